"""Selections: kept without an account, carried in at sign-in, shared between colleagues and nobody else, compared, filed."""

from __future__ import annotations

import csv
import io

import pikepdf
import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.dealings.shortlists import current, visitor_selection
from marketplace.dealings.shortlists.shortlists import (
    create_shortlist,
    decide_entry,
    keep_supplier,
    place_entry,
    reopen_shortlist,
    take_in_kept,
)
from marketplace.territories.models import Mrc, Municipality
from marketplace.web.errors import NotAllowed, Refused
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status
from tests import factories
from tests.scenario.people import known
from tests.web.test_public_pages import kept_pages

pytestmark = pytest.mark.django_db
SEARCH = "/fournisseurs/?q=traiteur+pour+120+personnes+%C3%A0+Shawinigan"
CATERING = [("Service de traiteur pour réunions", "90101603")]
NOTE = "Zibeline a livré en retard l’an dernier"
REASON = "Répond à tout, à quatre kilomètres"


@pytest.fixture
def suppliers():
    names = ("Table du Rocher", "Festin d’ici", "Buanderie Nette")
    offers = (CATERING, CATERING, [("Buanderie", "91111502")])
    return [
        factories.SupplierFactory(
            name=name, offers=sold, serves=["36"], proved=6 if not place else 2,
            organisation__municipality=Municipality.objects.filter(mrc="36").first(), organisation__lat=46.55,
            organisation__lon=-72.74,
        )
        for place, (name, sold) in enumerate(zip(names, offers, strict=True))
    ]  # fmt: skip


@pytest.fixture
def town():
    """An institution with two members."""
    shop = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[])
    organisation = shop.organisation
    organisation.lat, organisation.lon = 46.34, -72.54
    organisation.save()
    people = [factories.MembershipFactory(organisation=organisation).user for _ in range(2)]
    return organisation, *people


def keep(client, supplier, *, back=SEARCH, **headers):
    return client.post(
        reverse("dealings:keep_supplier"), {"keep": supplier.slug, "next": back}, headers=headers
    )


def text_of(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_visitor_keeps_and_comes_back_to_the_same_place(client, suppliers):
    first, second, _other = suppliers
    came_back = keep(client, first)
    assert came_back["Location"] == f"{SEARCH}#retenir-{first.slug}"
    keep(client, first)
    keep(client, second)
    page = text_of(client.get(SEARCH))
    assert "Ma sélection" in page
    assert page.count("(2)") == 2
    assert page.count("Retenu<") == 2
    shelf = text_of(client.get(reverse("dealings:selection")))
    assert "« traiteur pour 120 personnes à Shawinigan »" in shelf
    assert shelf.index(first.organisation.name) < shelf.index(second.organisation.name)
    client.post(reverse("dealings:keep_supplier"), {"drop": first.slug, "next": "https://ailleurs.test/"})
    assert first.organisation.name not in text_of(client.get(reverse("dealings:selection")))
    client.post(reverse("dealings:keep_supplier"), {"drop": second.slug})
    assert not Session.objects.exists(), "whoever keeps nothing has no session"


def test_htmx_gets_the_button_and_the_count(client, suppliers):
    part = keep(client, suppliers[0], **{"hx-request": "true"})
    assert part.status_code == 200
    said = text_of(part)
    assert "<html" not in said
    assert 'name="drop"' in said
    assert 'id="n-selection" hx-swap-oob="true"> (1)' in said


def test_only_this_site_may_post(client, suppliers):
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://ailleurs.test"},
        {"origin": "null"},
    ):
        assert keep(client, suppliers[0], **headers).status_code == 403
    assert not Session.objects.exists()
    for headers in ({"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}):
        assert keep(Client(enforce_csrf_checks=True), suppliers[0], **headers).status_code == 302


def test_what_nobody_may_keep_does_not_exist(client):
    draft = factories.SupplierFactory(status=Status.DRAFT, indexed=False)
    assert keep(client, draft).status_code == 404
    assert keep(client, factories.SupplierFactory.build(slug="nulle-part")).status_code == 404


def test_pages_kept_for_everyone_know_of_no_selection(client, suppliers, settings, django_assert_num_queries):
    settings.KEEP_PUBLIC_PAGES = True
    visitor, asked = Client(), [SEARCH, reverse("suppliers:supplier", args=[suppliers[0].slug])]
    before = [visitor.get(address).content for address in asked]
    keep(client, suppliers[0])
    for address in asked:
        mine = client.get(address)
        assert "(1)" in text_of(mine)
        assert "ETag" not in mine
    for address, page in zip(asked, before, strict=True):
        with django_assert_num_queries(1):
            assert visitor.get(address).content == page
    assert not [page for page in kept_pages() if "is-kept" in page or "(1)" in page]
    assert any("page:" in key for key in cache._cache)


def test_visitor_keeps_a_bounded_number(client, suppliers, monkeypatch):
    monkeypatch.setattr(visitor_selection, "MOST_KEPT", 1)
    monkeypatch.setattr(current, "MOST_KEPT", 1)
    keep(client, suppliers[0])
    refused = keep(client, suppliers[1])
    assert "au plus 1 fournisseurs" in text_of(client.get(refused["Location"]))


def test_sign_in_takes_the_selection_along_and_comes_back_to_the_search(client, suppliers, town):
    organisation, clerk, _colleague = town
    known(clerk)
    for supplier in suppliers[:2]:
        keep(client, supplier)
    page = client.get(SEARCH)
    entrance = reverse("account_login")
    assert f"{entrance}?next=%2Ffournisseurs%2F%3Fq%3Dtraiteur" in page.content.decode()
    signed = client.post(entrance, {"login": clerk.email, "password": factories.PASSWORD, "next": SEARCH})
    assert signed["Location"] == SEARCH
    shortlist = Shortlist.objects.get()
    assert (shortlist.organisation, shortlist.name) == (
        organisation,
        "Traiteur pour 120 personnes à Shawinigan",
    )
    assert [entry.supplier for entry in shortlist.entries.all()] == suppliers[:2]
    back = text_of(client.get(SEARCH))
    assert back.count("(2)") == 2
    assert "Ce que vous aviez retenu est dans la sélection" in back
    assert (
        take_in_kept(
            kept=[visitor_selection.KeptSupplier(suppliers[0].pk, "", shortlist.created_at)], by=clerk
        )
        == shortlist
    )


def filled(town, suppliers) -> Shortlist:
    organisation, clerk, _colleague = town
    shortlist = create_shortlist(
        name="Traiteur du congrès", purpose="Dîner de 120", organisation=organisation, by=clerk
    )
    search = SEARCH.partition("?")[2]
    for supplier in suppliers:
        keep_supplier(shortlist=shortlist, supplier=supplier, search=search, by=clerk)
    kept, aside, last = shortlist.entries.all()
    decide_entry(entry=kept, state="kept", reason=REASON, note=NOTE, by=clerk)
    decide_entry(entry=aside, state="aside", reason="=1+1", note="", by=clerk)
    last.supplier.status = Status.ARCHIVED
    last.supplier.save()
    reindex_suppliers(supplier_ids=[last.supplier_id])
    return shortlist


def test_colleagues_share_a_selection_and_nobody_else_learns_of_it(
    town, suppliers, pole_staff, platform_admin
):
    _organisation, clerk, colleague = town
    shortlist = filled(town, suppliers)
    stranger = factories.MembershipFactory(organisation=factories.BuyerFactory().organisation).user
    seller = factories.MembershipFactory(organisation=suppliers[0].organisation).user
    entry = shortlist.entries.first()
    pages = [
        f"{reverse('dealings:selection')}?liste={shortlist.pk}",
        f"{reverse('dealings:export_csv')}?liste={shortlist.pk}",
        f"{reverse('dealings:compare')}?liste={shortlist.pk}",
        reverse("dealings:shortlist_entry", args=[entry.pk]),
        reverse("dealings:describe_shortlist", args=[shortlist.pk]),
    ]
    for person in (clerk, colleague, stranger, seller, pole_staff, platform_admin):
        client = Client()
        client.force_login(person)
        is_theirs = person in (clerk, colleague)
        for page in pages:
            assert client.get(page).status_code == (200 if is_theirs else 404), (page, person)
        act = client.post(reverse("dealings:act_on_shortlist", args=[shortlist.pk]), {"archive": "1"})
        assert act.status_code == (302 if is_theirs else 404)
    reader = _as(colleague)
    other = create_shortlist(name="Autre", organisation=None, by=colleague)
    use = reverse("dealings:act_on_shortlist", args=[shortlist.pk])
    reopen_shortlist(shortlist=shortlist, by=colleague)
    reader.post(reverse("dealings:act_on_shortlist", args=[other.pk]), {"use": "1"})
    shown = text_of(reader.get(pages[0]))
    assert NOTE in shown
    assert reader.session["shortlist"] == other.pk  # reading another one changes nothing
    assert "Retenir plutôt dans celle-ci" in shown
    reader.post(use, {"use": "1"})
    assert reader.session["shortlist"] == shortlist.pk
    assert "Retenir plutôt dans celle-ci" not in text_of(reader.get(pages[0]))
    assert "N’est plus au répertoire depuis" in shown
    assert str(shortlist) not in shortlist.name
    with pytest.raises(NotAllowed):
        decide_entry(entry=entry, state="kept", reason="", note="", by=stranger)


def _as(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_person_without_institution_keeps_for_herself(suppliers):
    person = factories.UserFactory()
    client = _as(person)
    keep(client, suppliers[0], back=f"/fournisseurs/{suppliers[0].slug}/")
    shortlist = Shortlist.objects.get()
    assert (shortlist.owner, shortlist.organisation) == (person, None)
    assert shortlist.name.startswith("Sélection du ")
    for _press in range(2):
        client.post(reverse("dealings:create_shortlist"), {"name": "  Mobilier  "})
    assert [one.name for one in Shortlist.objects.order_by("pk")][1:] == ["Mobilier"]
    keep(client, suppliers[1])
    assert Shortlist.objects.get(name="Mobilier").entries.count() == 1


def test_order_moves_once_however_often_one_asks(town, suppliers):
    _organisation, clerk, colleague = town
    shortlist = filled(town, suppliers)
    first, second, third = shortlist.entries.all()
    for by in (clerk, colleague):  # a double click, or a colleague on an older page
        place_entry(entry=third, before=first, by=by)
    assert list(shortlist.entries.all()) == [third, first, second]
    client = _as(clerk)
    act = reverse("dealings:act_on_shortlist", args=[shortlist.pk])
    for posted in ("x-y", f"{first.pk}-999999", "", f"{second.pk}-{first.pk}"):
        client.post(act, {"move": posted})
    assert list(shortlist.entries.all()) == [third, second, first]


def test_two_colleagues_do_not_write_over_each_other(town, suppliers):
    _organisation, clerk, colleague = town
    entry = filled(town, suppliers).entries.first()
    address = reverse("dealings:shortlist_entry", args=[entry.pk])
    seen = _as(clerk).get(address).context["form"]["form_version"].value()
    decide_entry(entry=entry, state="kept", reason=REASON, note="Rappeler mardi", by=colleague)
    posted = {"form_version": seen, "state": "kept", "reason": REASON, "note": "Rappeler jeudi"}
    asked = _as(clerk).post(address, posted)
    assert asked.status_code == 409
    assert "Rappeler mardi" in asked.content.decode()
    entry.refresh_from_db()
    assert entry.note == "Rappeler mardi"


def test_words_are_not_lost_from_a_card(town, suppliers):
    _organisation, clerk, _colleague = town
    shortlist = filled(town, suppliers)
    client = _as(clerk)
    drop = {"drop": suppliers[0].slug, "next": SEARCH}
    assert "Retirez ce fournisseur depuis la sélection" in text_of(
        client.post(reverse("dealings:keep_supplier"), drop, follow=True)
    )
    assert shortlist.entries.count() == 3
    client.post(
        reverse("dealings:act_on_shortlist", args=[shortlist.pk]), {"drop": shortlist.entries.first().pk}
    )
    assert shortlist.entries.count() == 2


def test_comparison_says_what_each_delivers_of_what_is_asked(town, suppliers):
    _organisation, clerk, _colleague = town
    laundry = factories.SupplierFactory(name="Lavoir", mrc=Mrc.objects.get(code="10"), serves=["10"])
    shortlist = filled(town, suppliers)
    keep_supplier(shortlist=shortlist, supplier=laundry, by=clerk)
    asked = {"liste": shortlist.pk, "fournisseur": [one.slug for one in (*suppliers, laundry)]}
    page = _as(clerk).get(reverse("dealings:compare"), asked)
    rows = {row.label.replace("\u00a0", " "): row.cells for row in page.context["comparison"].rows}
    assert [cell.verdict for cell in rows["traiteur"]] == ["full", "full", "none", "none"]
    assert [cell.verdict for cell in rows["Livraison : Shawinigan"]][:2] == ["full", "full"]
    assert rows["Livraison : Shawinigan"][3].verdict == "none"
    assert rows["120 personnes"][0].verdict == "part"
    assert rows["Distance de votre institution"][0].text.replace("\u00a0", " ") == "À 28 km"
    assert rows["Six critères de la Loi"][0].text == "6 prouvés sur 6"
    assert rows["traiteur"][2].text.startswith("N’est plus au répertoire")


def test_files_hold_the_choice_and_no_formula(town, suppliers):
    _organisation, clerk, _colleague = town
    shortlist = filled(town, suppliers)
    client = _as(clerk)
    table = client.get(reverse("dealings:export_csv"), {"liste": shortlist.pk}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert len(rows) == 4
    assert rows[1][3:6] == ["retenu", REASON, NOTE]
    assert rows[2][4] == "'=1+1"
    assert rows[3][8].startswith("N’est plus au répertoire")
    assert client.get(reverse("dealings:export_xlsx"), {"liste": shortlist.pk}).content[:2] == b"PK"
    for address in (reverse("dealings:export_pdf"), f"/en{reverse('dealings:selection')}"):
        assert address  # both languages have the address
    made = client.get(reverse("dealings:export_pdf"), {"liste": shortlist.pk})
    assert made.headers["Content-Disposition"] == 'attachment; filename="traiteur-du-congres.pdf"'
    with pikepdf.open(io.BytesIO(made.content)) as document:
        assert document.Root.MarkInfo.Marked


def test_document_says_who_was_looked_at_and_keeps_notes_out_unless_asked(town, suppliers, monkeypatch):
    _organisation, clerk, _colleague = town
    shortlist = filled(town, suppliers)
    written = []
    monkeypatch.setattr(
        "marketplace.dealings.shortlists.exports.render_pdf",
        lambda _template, facts: written.append(facts) or b"%PDF",
    )
    client = _as(clerk)
    for asked in ({}, {"notes": "1"}):
        client.get(reverse("dealings:export_pdf"), {"liste": shortlist.pk, **asked})
    plain, noted = written
    assert dict(plain["summary"])["Préparé par"] == f"{clerk.get_full_name()} ({clerk.email})"
    assert dict(plain["summary"])["Besoin et critères"] == "Dîner de 120"
    assert "traiteur pour 120 personnes" in plain["searches"][0]["text"]
    assert "fournisseurs y répondent aujourd’hui" in plain["searches"][0]["detail"]
    decisions = {row[0]: row[2:] for row in plain["decisions"]["rows"]}
    assert decisions["Table du Rocher"][:2] == ["Retenu", REASON]
    assert decisions["Table du Rocher"][2].startswith("Vérifiée le")
    assert decisions["Festin d’ici"][0] == "Écarté"
    assert decisions["Buanderie Nette"][2].startswith("N’est plus au répertoire")
    assert NOTE not in str(plain)
    assert NOTE in str(noted)


def test_an_archived_selection_is_read_and_takes_nothing_more(town, suppliers):
    _organisation, clerk, _colleague = town
    shortlist = filled(town, suppliers)
    client = _as(clerk)
    act = reverse("dealings:act_on_shortlist", args=[shortlist.pk])
    client.post(act, {"archive": "1"})
    shortlist.refresh_from_db()
    with pytest.raises(Refused):
        keep_supplier(shortlist=shortlist, supplier=factories.SupplierFactory(), by=clerk)
    keep(client, suppliers[0])
    assert ShortlistEntry.objects.filter(shortlist=shortlist).count() == 3
    assert Shortlist.objects.active().count() == 1, "what is kept next goes to a new one"
    client.post(act, {"reopen": "1"})
    shortlist.refresh_from_db()
    assert shortlist.archived_at is None


def test_odd_addresses_are_answered(client, suppliers, town):
    clerk = _as(town[1])
    for asked in ("?liste=x", "?liste=99999999", "?liste=%C2%B2"):
        assert clerk.get(reverse("dealings:selection") + asked).status_code == 404
        assert client.get(reverse("dealings:selection") + asked).status_code == 200, "a visitor has one only"
    for asked in ("?fournisseur=nulle-part&fournisseur=a", "?selon=q%3D%00", ""):
        assert client.get(reverse("dealings:compare") + asked).status_code == 200


def test_staff_count_selections_and_read_no_word_of_them(
    town, suppliers, pole_staff, foreign_staff, platform_admin
):
    shortlist = filled(town, suppliers)
    page = reverse("admin:dealings_shortlist_change", args=[shortlist.pk])
    for person, status in ((pole_staff, 200), (platform_admin, 200), (foreign_staff, 302)):
        client = _as(person)
        shown = client.get(page)
        assert shown.status_code == status
        listed = text_of(client.get(reverse("admin:dealings_shortlist_changelist")))
        assert ("Ville de Zacharie" in listed) is (status == 200)
        for words in (shortlist.name, shortlist.purpose, NOTE, REASON, "Table du Rocher"):
            assert words not in listed + text_of(shown)


def test_a_person_takes_away_her_selections_and_leaves_the_institution_its_own(town, suppliers):
    _organisation, clerk, colleague = town
    shared = filled(town, suppliers)
    own = create_shortlist(name="À moi", by=clerk)
    keep_supplier(shortlist=own, supplier=suppliers[0], by=clerk)
    copy = export_personal_data(clerk)["shortlists"]
    assert [one["name"] for one in copy["own"]] == ["À moi"]
    assert len(copy["kept_for_institutions"]) == 3
    factories.MembershipFactory(organisation=shared.organisation, role="owner")
    erase_personal_data(user=clerk, by=None)
    assert list(Shortlist.objects.visible_to(colleague)) == [shared]
    assert shared.entries.count() == 3
