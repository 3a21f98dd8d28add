"""The printed catalogue: whom it holds, what hostile names do to it, and that no withdrawn listing is handed out."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.personal_data import erase_personal_data
from marketplace.outreach.models import Catalogue
from marketplace.outreach.promotion import catalogues
from marketplace.outreach.promotion.catalogue_facts import catalogue_entries, catalogue_facts
from marketplace.outreach.promotion.catalogues import (
    ask_for_catalogue,
    forget_catalogues,
    make_catalogue,
    still_true,
    wake_waiting_makers,
)
from marketplace.outreach.promotion.scopes import Scope
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed, Refused
from marketplace.web.private_files import PrivateFile
from suppliers.curation import DecisionNote, suspend_supplier
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Supplier
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
MAURICIE = Scope(region="04")
PERSON = "Xénophon Discret"


def asked(by, **more):
    fields = {"scope": MAURICIE, "language": "fr", "has_crop_marks": False} | more
    return ask_for_catalogue(by=by, **fields)


@pytest.fixture
def staff():
    return factories.PolePostFactory().user


@pytest.fixture
def listed():
    """Two published listings of Mauricie, one with a name that no column holds, and one that nobody may see."""
    first = factories.SupplierFactory(name="Buanderie du Cap", proved=6)
    factories.OfferFactory(supplier=first, title="Nettoyage de draps")
    factories.ContactFactory(
        supplier=first, name=PERSON, email="x@exemple.test", phone="8195550123", is_public=True
    )
    hostile = factories.SupplierFactory(
        name="Les 🎉 #set page() $x$ \\ @e1 <b> " + "anticonstitutionnellement" * 4
    )
    factories.OfferFactory(supplier=hostile, title="Nettoyage de draps")
    factories.SupplierFactory(name="Secrète", status="submitted")
    reindex_suppliers()
    return first, hostile


def test_catalogue_is_made_by_a_worker_with_published_listings_and_no_person(staff, listed):
    catalogue = asked(staff, has_crop_marks=True)
    assert asked(staff, has_crop_marks=True) == catalogue  # a second click
    assert make_catalogue(catalogue.pk)
    assert not make_catalogue(catalogue.pk)  # a second worker
    catalogue.refresh_from_db()
    assert set(catalogue.supplier_ids) == {one.pk for one in listed}
    page = signed_in(staff).get(reverse("outreach_admin:catalogue"))
    assert "2 fiches" in page.content.decode()
    response = signed_in(staff).get(reverse("outreach_admin:catalogue_file", args=[catalogue.pk]))
    content = b"".join(response.streaming_content)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) == catalogue.page_count
        assert document.Root.MarkInfo.Marked  # tagged
        trimmed = document.pages[0].trimbox
        assert [float(side) for side in trimmed] == [27, 27, 27 + 612, 27 + 792]
        fonts = [font for page in document.pages for font in page.resources.get("/Font", {}).values()]
        inside = [part.FontDescriptor for font in fonts for part in font.DescendantFonts]
        assert fonts
        assert all("/FontFile3" in one or "/FontFile2" in one for one in inside)
    said = str(catalogue_facts(catalogue_entries(MAURICIE.suppliers()), title="Mauricie", subtitle=""))
    assert PERSON not in said
    assert "x@exemple.test" not in said
    assert "819" in said
    assert "Secrète" not in said


def test_catalogue_that_kills_workers_is_given_up(staff, listed):
    catalogue = asked(staff)
    ago = timezone.now() - timedelta(hours=1)
    waited = Catalogue.objects.filter(pk=catalogue.pk)
    waited.update(asked_at=ago, state=Catalogue.State.MAKING, leased_until=ago)
    assert not make_catalogue(catalogue.pk)
    assert waited.get().state == Catalogue.State.FAILED
    assert wake_waiting_makers() == 0
    waited.update(state=Catalogue.State.ASKED)  # no worker came to it for an hour
    assert make_catalogue(catalogue.pk)


def test_index_names_an_offer_once_with_each_of_its_enterprises(listed):
    facts = catalogue_facts(catalogue_entries(MAURICIE.suppliers()), title="Mauricie", subtitle="")
    (letter,) = facts["offers"]
    assert letter["letter"] == "N"
    assert letter["lines"] == [["Nettoyage de draps", [f"e{one.pk}" for one in listed]]]


def test_catalogue_with_a_listing_that_was_withdrawn_is_not_handed_out(staff, listed):
    catalogue = asked(staff)
    make_catalogue(catalogue.pk)
    other = factories.SupplierFactory(name="Ailleurs", mrc=Mrc.objects.get(code="65"))
    reindex_suppliers(supplier_ids=[other.pk])
    catalogue.refresh_from_db()
    assert still_true([catalogue]) == {catalogue.pk}  # what changed is not in it
    supplier = Supplier.objects.get(pk=listed[0].pk)
    suspend_supplier(supplier=supplier, by=staff, note=DecisionNote(message="À votre demande."))
    assert still_true([catalogue]) == set()
    response = signed_in(staff).get(reverse("outreach_admin:catalogue_file", args=[catalogue.pk]))
    assert response.status_code == 302


def test_catalogue_refuses_nobody_too_many_and_strangers(staff, listed, monkeypatch):
    with pytest.raises(Refused, match="Aucune fiche"):
        asked(staff, scope=Scope(region="01"))
    with pytest.raises(NotAllowed):
        asked(factories.UserFactory())
    monkeypatch.setattr(catalogues, "MOST_ENTERPRISES", 1)
    with pytest.raises(Refused, match="au plus 1"):
        asked(staff)


def test_catalogue_of_a_colleague_and_of_last_week_does_not_exist(staff, listed):
    catalogue = asked(staff)
    assert wake_waiting_makers() == 1
    make_catalogue(catalogue.pk)
    address = reverse("outreach_admin:catalogue_file", args=[catalogue.pk])
    assert signed_in(factories.PolePostFactory().user).get(address).status_code == 404
    Catalogue.objects.update(asked_at=timezone.now() - timedelta(days=8))
    assert forget_catalogues(by=None) == 1
    assert not PrivateFile.objects.exists()
    make_catalogue(asked(staff).pk)
    erase_personal_data(user=staff, by=None)
    assert not Catalogue.objects.exists()
    assert not PrivateFile.objects.exists()


def test_selection_becomes_a_catalogue_of_what_is_kept_and_published(client, listed):
    address = reverse("outreach:selection_catalogue")
    assert client.get(address).status_code == 302  # nothing is kept
    session = client.session
    session["kept_suppliers"] = [
        {"id": one.pk, "search": "", "at": timezone.now().isoformat()} for one in listed
    ]
    session.save()
    response = client.get(address)
    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"].startswith("max-age=0")
    Supplier.objects.update(status="suspended")
    assert client.get(address).status_code == 302
