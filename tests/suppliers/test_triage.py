"""Triage of prospects: what the signs say, what people choose fifty at a time, and what is undone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import PersonalDataRead
from marketplace.outbox.models import Message
from marketplace.territories.models import Mrc
from suppliers.models import Decision, Status, Supplier, Triage, TriageSign
from suppliers.triage.choosing import choose_for_prospects, undo_triage
from suppliers.triage.judging import Judge, judge_prospects, likelihood
from suppliers.triage.prospects import ProspectQuery, chosen_prospects, found_prospects
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/gestion/suppliers/supplier/trier/"


@pytest.fixture
def staff(pole_staff):
    return pole_staff


def staff_of(code: str):
    return factories.PolePostFactory(pole=factories.pole(code)).user


def prospect(name: str, **fields):
    return factories.SupplierFactory(
        **{"name": name, "status": Status.PROSPECT, "activity": "", "legal_form": "obnl"} | fields
    )


@pytest.mark.parametrize(
    ("name", "activity", "form", "expected"),
    [
        ("Syndicat des copropriétaires du 12, rue des Érables", "", "obnl", "unlikely"),
        ("Groupe scout Les Éclaireurs", "", "obnl", "unlikely"),
        ("Chevaliers de Colomb du conseil 2222", "", "obnl", "unlikely"),
        ("Coopérative de solidarité de Machiche", "", "coop_solidarite", "likely"),
        ("Fringues et cie", "FRIPERIE, VENTE DE VÊTEMENTS USAGÉS", "obnl", "likely"),
        ("Aide chez soi", "Entretien ménager et repas", "obnl", "likely"),
        ("Coopérative d’habitation Le Relais", "", "coop", "unsure"),
        ("Les Amis de la rivière", "", "obnl", "unsure"),
    ],
)
def test_signs_tell_likely_from_unlikely(name, activity, form, expected):
    judged = Judge(TriageSign.objects.in_use()).judge(
        name=name, activity=activity, sector="", legal_form=form
    )
    assert likelihood(judged.points) == expected


def test_what_changed_is_judged_again_and_nothing_else():
    one = prospect("Les Amis du lac")
    prospect("Friperie du coin")
    assert judge_prospects(by=None) == 2
    assert judge_prospects(by=None) == 0
    before = one.triage.points
    one.organisation.name = "Syndicat de copropriété du lac"
    one.organisation.save()
    assert judge_prospects(by=None) == 1
    one.triage.refresh_from_db()
    assert one.triage.points < before
    TriageSign.objects.filter(label="Syndicat de copropriété").update(points=-1)
    TriageSign.pgh_event_model.objects.update(
        pgh_created_at=timezone.now()
    )  # not the start of this transaction
    assert judge_prospects(by=None) == 2


def test_what_a_clock_ahead_of_ours_edited_is_judged_once_and_again_when_its_time_comes():
    one = prospect("Les Amis du lac")
    later = timezone.now() + timedelta(hours=2)
    Supplier.objects.filter(pk=one.pk).update(updated_at=later)
    type(one.organisation).objects.filter(pk=one.organisation_id).update(updated_at=later)
    TriageSign.pgh_event_model.objects.update(pgh_created_at=later)
    assert [judge_prospects(by=None) for _time in range(2)] == [1, 0]
    with time_machine.travel(later + timedelta(seconds=1), tick=False):
        assert [judge_prospects(by=None) for _time in range(2)] == [1, 0]


def test_the_likeliest_come_first_and_every_field_is_searched(staff):
    unlikely = prospect("Club de motoneige du Nord")
    unsure = prospect("Amis du parc", organisation__phone="819 555-0188")
    likely = prospect("Friperie du coin", activity="vente")
    factories.ContactFactory(supplier=unsure, name="Zénon Gélinas")
    prospect("Ailleurs", mrc=Mrc.objects.get(code="65"))
    judge_prospects(by=None)

    def shown(**asked):
        query = ProspectQuery.read(asked)
        return list(chosen_prospects(found_prospects(staff, query), query))

    assert shown() == [likely, unsure, unlikely]
    assert shown(q="gelinas") == shown(q="5550188") == [unsure]
    assert shown(q="VENTE") == shown(probabilite="probable") == [likely]
    assert shown(q="zzz") == shown(mrc="999") == shown(etat="gardees") == []
    assert shown(etat="'; --", probabilite="?", q="\x00") == [likely, unsure, unlikely]


def post(client: Client, address: str = PAGE, **data):
    page = client.get(address)
    fields = {
        "opened_at": page.context["opened_at"],
        "row": [row.supplier.pk for row in page.context["rows"]],
    }
    return client.post(address, fields | data)


def test_fifty_are_chosen_at_once_filters_stay_and_the_gesture_is_undone(staff):
    kept, put_off, out, other = (prospect(name) for name in ("Alpha", "Bêta", "Gamma", "Delta"))
    client = signed_in(staff)
    choices = {f"choice-{kept.pk}": "keep", f"choice-{put_off.pk}": "later", f"choice-{other.pk}": "bogus"}
    answer = post(client, f"{PAGE}?q=a", **choices, rest="not_social")
    address = urlsplit(answer["Location"])
    asked = parse_qs(address.query)
    assert asked["q"] == ["a"]
    states = dict(Supplier.objects.values_list("pk", "status"))
    assert (states[kept.pk], states[put_off.pk], states[out.pk]) == ("prospect", "prospect", "archived")
    assert states[other.pk] == "prospect", "a choice that is none is none"
    page = client.get(answer["Location"])
    text = page.content.decode().replace("\u00a0", " ")
    assert "3 fiches triées : 1 gardée, 1 écartée, 1 remise à plus tard." in text
    assert "Annuler ce tri" in text
    assert [row.supplier for row in client.get(f"{PAGE}?etat=gardees").context["rows"]] == [kept]
    assert "gardée par" in client.get(f"{PAGE}?etat=gardees").content.decode()

    client.post(PAGE, {"undo": asked["lot"][0]})
    assert set(Supplier.objects.values_list("status", flat=True)) == {"prospect"}
    assert {row.supplier for row in client.get(PAGE).context["rows"]} == {kept, put_off, out, other}
    assert not Message.objects.exists()


def test_what_is_put_off_comes_back_by_itself(staff):
    one = prospect("Alpha")
    choose_for_prospects(choices={one.pk: "later"}, opened_at=timezone.now(), by=staff)
    client = signed_in(staff)
    assert client.get(PAGE).context["rows"] == []
    assert len(client.get(f"{PAGE}?etat=plus-tard").context["rows"]) == 1
    Triage.objects.update(until=timezone.localdate())
    assert len(client.get(PAGE).context["rows"]) == 1


def test_a_colleague_who_was_faster_is_not_written_over(staff):
    """Two people have the same page open; one row is also published meanwhile."""
    both, gone, free = prospect("Alpha"), prospect("Bêta"), prospect("Gamma")
    opened = timezone.now()
    choose_for_prospects(choices={both.pk: "keep"}, opened_at=opened, by=staff_of("mauricie"))
    Supplier.objects.filter(pk=gone.pk).update(status=Status.DRAFT)
    outcome = choose_for_prospects(
        choices={both.pk: "not_social", gone.pk: "keep", free.pk: "keep"}, opened_at=opened, by=staff
    )
    assert outcome.total == 1
    assert len(outcome.refused) == 2
    assert Triage.objects.get(supplier=both).choice == "keep"
    assert not Decision.objects.filter(supplier=both).exists()


def test_another_territory_is_neither_shown_nor_chosen_nor_undone(staff):
    theirs = prospect("Là-bas", mrc=Mrc.objects.get(code="65"))
    laval = staff_of("laval")
    outcome = choose_for_prospects(choices={theirs.pk: "keep"}, opened_at=timezone.now(), by=staff)
    assert outcome.total == 0
    done = choose_for_prospects(choices={theirs.pk: "keep"}, opened_at=timezone.now(), by=laval)
    assert done.total == 1
    assert undo_triage(batch=done.batch, by=staff) == 0
    assert undo_triage(batch=uuid4(), by=laval) == 0
    client = signed_in(staff)
    assert client.post(PAGE, {"row": theirs.pk, f"choice-{theirs.pk}": "not_social"}).status_code == 302
    forged = {"row": theirs.pk, f"choice-{theirs.pk}": "not_social", "opened_at": timezone.now().isoformat()}
    client.post(PAGE, forged)
    assert Supplier.objects.get(pk=theirs.pk).status == Status.PROSPECT


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"opened_at": "hier", "row": "1", "choice-1": "keep"},
        {"opened_at": "2026-11-30T10:00:00", "row": "1", "choice-1": "keep"},
        {"opened_at": "2026-11-30T10:00:00+00:00", "row": ["x", "9" * 30], "rest": "keep"},
        {"undo": "not-one", "row": "1"},
    ],
)
def test_a_post_that_makes_no_sense_says_so(staff, data):
    answer = signed_in(staff).post(PAGE, data, follow=True)
    assert "Choisissez au moins une ligne." in answer.content.decode()


def test_people_who_are_shown_are_noted_as_read(staff):
    one = prospect("Alpha")
    factories.ContactFactory(supplier=one, name="Zénon Gélinas")
    client = signed_in(staff)
    assert "Zénon Gélinas" in client.get(PAGE).content.decode()
    read = PersonalDataRead.objects.get()
    assert (read.reader, read.organisation, read.what) == (staff, one.organisation, "supplier.triage")
    assert reverse("suppliers_admin:triage") in client.get("/gestion/").content.decode()


def test_many_are_judged_at_once_and_shown_in_few_statements(staff, django_assert_max_num_queries):
    organisations = [
        factories.OrganisationFactory.build(name=f"Friperie {n}", mrc_id="371") for n in range(120)
    ]
    type(organisations[0]).objects.bulk_create(organisations)
    Supplier.objects.bulk_create(
        Supplier(organisation=one, slug=f"p{n}", status=Status.PROSPECT)
        for n, one in enumerate(organisations)
    )
    client = signed_in(staff)
    client.get(PAGE)
    with django_assert_max_num_queries(15):
        page = client.get(PAGE)
    assert len(page.context["rows"]) == 50
    assert page.context["page_obj"].paginator.count == 120
