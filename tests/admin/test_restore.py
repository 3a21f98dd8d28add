"""« Rétablir cet état »: the differences are shown, then the restore passes through the checks of an edit."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.db.models import F

from cohorts.models import Workshop
from marketplace.accounts.models import Organisation
from marketplace.outbox.models import Message
from suppliers.editing import update_supplier
from suppliers.models import Contact, Decision, Offer, ServedArea, Supplier
from tests import factories
from tests.admin.conftest import signed_in
from tests.cohorts.factories import ApplicationFactory, WorkshopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier(pole_staff):
    """Published; its activity and its name were written twice."""
    supplier = factories.SupplierFactory(
        name="Coop Alpha", activity="Entretien ménager", offers=[("Ménage", "76111500")], serves=["R04"]
    )
    update_supplier(
        supplier=supplier, by=pole_staff, changes={"activity": "Déneigement", "name": "Coop Bêta"}
    )
    return Supplier.objects.get(pk=supplier.pk)


def links(client, supplier) -> list[str]:
    page = client.get(f"/gestion/suppliers/supplier/{supplier.pk}/history/").content.decode()
    return re.findall(r'href="(/gestion/retablir/[^"]+)"', page)


def of(found: list[str], model: str) -> list[str]:
    return [link for link in found if re.search(rf"/{model}/\d+/$", link)]


def restore(client, link: str) -> str:
    seen = re.search(r'name="seen" value="(\d+)"', client.get(link).content.decode())[1]
    response = client.post(link, {"seen": seen}, follow=True)
    return html.unescape(response.content.decode())


def test_former_state_comes_back_with_its_differences_shown(supplier, pole_staff):
    client = signed_in(pole_staff)
    [link, *_older] = of(links(client, supplier), "suppliers.supplier")
    shown = html.unescape(client.get(link).content.decode())
    assert "<del>Déneigement</del>" in shown
    assert "<ins>Entretien ménager</ins>" in shown
    assert "Retour à l’état du" in restore(client, link)
    supplier.refresh_from_db()
    assert supplier.activity == "Entretien ménager"
    assert supplier.status == "published"
    history = client.get(f"/gestion/suppliers/supplier/{supplier.pk}/history/").content.decode()
    assert "Fournisseur\u00a0: retour à l’état du" in history
    last = Decision.objects.filter(supplier=supplier).first()
    assert (last.verb, last.by) == ("update", pole_staff)
    assert last.message.startswith("Retour à l’état du")


def test_name_that_comes_back_is_indexed_in_the_directory(supplier, pole_staff):
    client = signed_in(pole_staff)
    [link, *_older] = of(links(client, supplier), "accounts.organisation")
    restore(client, link)
    assert Organisation.objects.get(pk=supplier.organisation_id).name == "Coop Alpha"
    assert "Coop Alpha" in signed_in(pole_staff).get("/fournisseurs/", {"q": "alpha"}).content.decode()


def test_restore_is_refused_where_an_edit_would_be(supplier, pole_staff):
    Organisation.objects.filter(pk=supplier.organisation_id).update(neq="1199000002")
    Organisation.objects.filter(pk=supplier.organisation_id).update(neq="1199000003")
    factories.OrganisationFactory(neq="1199000002")
    client = signed_in(pole_staff)
    said = [restore(client, link) for link in of(links(client, supplier), "accounts.organisation")[:1]]
    assert "Ce NEQ est déjà inscrit" in said[0]
    assert Organisation.objects.get(pk=supplier.organisation_id).neq == "1199000003"


def test_deleted_rows_come_back(supplier, pole_staff):
    contact = factories.ContactFactory(supplier=supplier, name="Denis Roy")
    client = signed_in(pole_staff)
    for model in (Contact, Offer, ServedArea):
        row = model.objects.filter(supplier=supplier).get()
        kept = {field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields}
        row.delete()
        [link, *_older] = of(links(client, supplier), model._meta.label_lower)
        restore(client, link)
        assert model.objects.filter(supplier=supplier).values().get() == kept
    assert Contact.objects.get(pk=contact.pk).name == "Denis Roy"


def test_changed_contact_comes_back(supplier, pole_staff):
    contact = factories.ContactFactory(supplier=supplier, name="Denis Roy", phone="8195550100")
    Contact.objects.filter(pk=contact.pk).update(phone="8195550199")
    client = signed_in(pole_staff)
    [link, *_older] = of(links(client, supplier), "suppliers.contact")
    restore(client, link)
    assert Contact.objects.get(pk=contact.pk).phone == "8195550100"


def test_state_of_a_supplier_is_not_brought_back_from_here(supplier, pole_staff):
    Supplier.objects.filter(pk=supplier.pk).update(status="suspended", activity="Autre")
    client = signed_in(pole_staff)
    [link, *_older] = of(links(client, supplier), "suppliers.supplier")
    assert "Ne peut pas être rétabli ici" in html.unescape(client.get(link).content.decode())
    restore(client, link)
    supplier.refresh_from_db()
    assert (supplier.status, supplier.activity) == ("suspended", "Déneigement")


def test_what_was_written_meanwhile_is_not_lost(supplier, pole_staff):
    client = signed_in(pole_staff)
    [link, *_older] = of(links(client, supplier), "suppliers.supplier")
    seen = re.search(r'name="seen" value="(\d+)"', client.get(link).content.decode())[1]
    update_supplier(supplier=supplier, by=pole_staff, changes={"activity": "Une troisième"})
    said = html.unescape(client.post(link, {"seen": seen}).content.decode())
    assert "Quelqu’un a écrit ici entretemps" in said
    supplier.refresh_from_db()
    assert supplier.activity == "Une troisième"


def test_only_who_may_edit_restores(supplier, pole_staff, foreign_staff):
    [link, *_older] = of(links(signed_in(pole_staff), supplier), "suppliers.supplier")
    other = signed_in(foreign_staff)
    assert other.get(link).status_code == 404
    assert other.post(link, {"seen": "1"}).status_code == 404
    elsewhere = factories.SupplierFactory()
    assert signed_in(pole_staff).get(link.replace(f"/{supplier.pk}/", f"/{elsewhere.pk}/")).status_code == 404
    page = f"/gestion/accounts/organisation/{supplier.organisation_id}/history/"
    assert "/gestion/retablir/" not in signed_in(pole_staff).get(page).content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_history_takes_the_same_statements_whatever_its_length(
    n, supplier, pole_staff, django_assert_max_num_queries
):
    for number in range(n):
        update_supplier(supplier=supplier, by=pole_staff, changes={"activity": f"Activité {number}"})
        factories.ContactFactory(supplier=supplier)
    client = signed_in(pole_staff)
    page = f"/gestion/suppliers/supplier/{supplier.pk}/history/"
    client.get(page)
    with django_assert_max_num_queries(20):
        client.get(page)


def test_moved_workshop_comes_back_and_those_who_are_in_are_told(pole_staff):
    workshop = WorkshopFactory(title="Premier atelier")
    cohort = workshop.cohort
    place = ApplicationFactory(cohort=cohort, state="accepted", seat=1)
    factories.MembershipFactory(organisation=place.supplier.organisation)
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=F("starts_at") + timedelta(days=1))
    client = signed_in(pole_staff)
    page = client.get(f"/gestion/cohorts/cohort/{cohort.pk}/history/").content.decode()
    [link, *_older] = of(re.findall(r'href="(/gestion/retablir/[^"]+)"', page), "cohorts.workshop")
    restore(client, link)
    assert Workshop.objects.get(pk=workshop.pk).starts_at == workshop.starts_at
    assert Message.objects.filter(subject=f"application:{place.pk}").exists()
