"""A need from its first words to its end: who writes it, who sees it when, what changes of it and what does not."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from buyers.models import Clause, Need, NeedVersion, ProcedureRule
from buyers.needs import audience
from buyers.needs.advice import Question, advise_on, rule_applies
from buyers.needs.drafting import copy_tender, delete_need_draft, draft_need
from buyers.needs.lifecycle import (
    cancel_need,
    change_need,
    close_need,
    decide_need,
    publish_need,
    return_need,
    submit_need,
    take_back_need,
    tell_closed_needs,
)
from buyers.needs.proposals import propose_codes, propose_place
from buyers.needs.versions import changes_of
from marketplace.accounts.people import find_person_traces
from marketplace.accounts.person_marks import PersonMarks
from marketplace.outbox.models import Event, Message
from marketplace.web.errors import NotAllowed, Refused
from tests.factories import (
    BuyerFactory,
    MembershipFactory,
    NeedFactory,
    PolePostFactory,
    TenderFactory,
    UserFactory,
    pole,
)

pytestmark = pytest.mark.django_db
SOON = timedelta(days=10)


def institution(*, verified=True, **fields):
    buyer = BuyerFactory(**fields, **({"verified_at": []} if verified else {}))
    return buyer, MembershipFactory(organisation=buyer.organisation).user


def draft(buyer, by, **values):
    said = {"title": "Traiteur", "description": "120 personnes", "closes_at": timezone.now() + SOON} | values
    return draft_need(buyer=buyer, values=said, by=by)


def events(need):
    return list(Event.objects.filter(subject=f"need:{need.pk}").order_by("pk").values_list("kind", "version"))


def typed(client, need, **values):
    """What the page of a need would post, with these values instead."""
    form = client.get(reverse("needs:write", args=[need.slug])).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    for name, format_ in (("closes_at", "%Y-%m-%dT%H:%M"), ("questions_until", "%Y-%m-%dT%H:%M")):
        if name in data:
            data[name] = data[name].strftime(format_)
    return data | values


def test_a_verified_institution_publishes_at_once_and_a_new_one_after_a_look():
    buyer, member = institution()
    need = draft(buyer, member)
    assert not Need.objects.public().exists()
    submit_need(need=need, by=member)
    assert need.is_open
    assert events(need) == [("need.published", "1")]
    with pytest.raises(Refused):
        submit_need(need=need, by=member)
    assert NeedVersion.objects.filter(need=need).count() == 1

    new, person = institution(verified=False)
    other, staff = draft(new, person), PolePostFactory().user
    submit_need(need=other, by=person)
    assert other.status == Need.Status.SUBMITTED
    assert not Need.objects.public().filter(pk=other.pk).exists()
    with pytest.raises(NotAllowed):
        publish_need(need=other, by=person)
    return_need(need=other, message="Précisez le lieu.", by=staff)
    assert other.status == Need.Status.DRAFT
    submit_need(need=other, by=person)
    publish_need(need=other, by=staff)
    assert Need.objects.public().filter(pk=other.pk).exists()
    cancel_need(need=other, reason="Hors du mandat", by=staff)
    cancel_need(need=need, reason="Reporté", by=member)  # its own institution is not written to
    assert sorted(Message.objects.values_list("kind", flat=True)) == [
        "need.cancelled",
        "need.published",
        "need.returned",
    ]


def test_a_change_is_a_version_that_says_what_changed_and_keeps_what_was_promised():
    buyer, member = institution()
    need = draft(buyer, member, is_sealed=True)
    submit_need(need=need, by=member)
    clause = Clause.objects.first()
    later = need.closes_at + timedelta(days=2)
    change_need(
        need=need,
        values={"title": "Traiteur, 140 personnes", "closes_at": later},
        by=member,
        clauses=[clause],
    )
    assert need.version == 2
    told = {change.name: (change.before, change.after) for change in changes_of(need, 2)}
    assert told["title"] == ("Traiteur", "Traiteur, 140 personnes")
    assert told["clauses"] == ("", clause.title)
    assert "closes_at" in told
    assert ("need.changed", "2") in events(need)
    change_need(need=need, values={"estimated_amount": 12_000}, by=member)  # nobody else reads it
    assert need.version == 2
    for values in (
        {"is_sealed": False},
        {"closes_at": later - timedelta(days=3)},
        {"closes_at": timezone.now() - timedelta(hours=1)},
        {"audience": "invited"},
        {"method": "limited"},
        {"description": ""},
    ):
        with pytest.raises(Refused):
            change_need(need=need, values=values, by=member)
    with pytest.raises(Refused):
        close_need(need=need, by=member)
    need.refresh_from_db()
    assert need.is_sealed
    assert need.closes_at == later
    clause.title = "Autre titre"
    clause.save()
    assert need.clauses.get().title != "Autre titre"


def test_the_clock_closes_a_need_and_it_is_told_once():
    buyer, member = institution()
    need = NeedFactory(buyer=buyer, closes_at=timezone.now() - timedelta(seconds=61))
    assert need.is_closed
    assert tell_closed_needs(by=None) == 1
    assert tell_closed_needs(by=None) == 0
    assert [kind for kind, _version in events(need)] == ["need.closed"]
    with pytest.raises(Refused):
        change_need(need=need, values={"closes_at": timezone.now() + SOON}, by=member)
    decide_need(need=need, at=timezone.now(), by=member)
    with pytest.raises(Refused):
        cancel_need(need=need, reason="Trop tard", by=member)


def test_an_audience_is_told_by_apps_above(monkeypatch):
    monkeypatch.setattr(audience, "_conditions", {})
    invited, fitting = NeedFactory(audience="invited"), NeedFactory(audience="fitting")
    guest, stranger = UserFactory(), UserFactory()
    assert not Need.objects.visible_to(guest).exists()
    audience.register_audience(
        "invited", lambda user: Q(pk=invited.pk) if user == guest else None, name="test"
    )
    audience.register_audience("fitting", lambda user: Q(), name="test")
    assert set(Need.objects.visible_to(guest)) == {invited, fitting}
    assert set(Need.objects.visible_to(stranger)) == {fitting}


def test_codes_and_place_are_proposed_from_the_words():
    buyer, _member = institution()
    assert propose_codes("Entretien ménager de bureaux")[0].code.startswith("7611")
    assert propose_place("Déneigement à Shawinigan", "", buyer) == "36"
    assert propose_place("Déneigement", "", buyer) == "371"


def test_a_notice_of_ones_own_becomes_a_draft():
    buyer, member = institution()
    need = copy_tender(tender=TenderFactory(buyer=buyer, title="Lavage de vitres"), buyer=buyer, by=member)
    assert (need.title, need.status) == ("Lavage de vitres", Need.Status.DRAFT)
    assert need.closes_at > timezone.now()


def test_rules_say_what_may_apply_and_needs_of_a_year_are_added():
    buyer, _member = institution(kind="municipality")
    rules = {rule.label: rule for rule in ProcedureRule.objects.filter(regimes__contains=["municipal"])}
    direct = next(rule for label, rule in rules.items() if label.startswith("De gré à gré"))
    public = next(rule for label, rule in rules.items() if label.startswith("Appel d’offres"))
    assert rule_applies(direct, Question("municipal", "services", 10_000, 10_000))
    assert not rule_applies(direct, Question("municipal", "services", 25_000, 25_000))
    assert rule_applies(public, Question("municipal", "services", 139_000, 139_000))
    assert not rule_applies(public, Question("municipal", "goods", 139_000, 139_000))
    assert not rule_applies(public, Question("health", "services", 100_000, 120_000))
    assert rule_applies(direct, Question("municipal", "", None, None))

    need = NeedFactory(buyer=buyer, method="direct", estimated_amount=20_000)
    assert advise_on(need).choice_stands
    assert not advise_on(need).split
    NeedFactory(buyer=buyer, method="direct", estimated_amount=15_000, submitted_at=timezone.now())
    assert "35" in advise_on(need).split
    NeedFactory(buyer=BuyerFactory(kind="state_enterprise"))
    assert advise_on(NeedFactory(buyer=BuyerFactory(kind="private"))).regime == ""


def test_a_need_is_posted_from_the_pages_and_bad_input_loses_nothing(client):
    buyer, member = institution()
    client.force_login(member)
    began = client.post(reverse("needs:new"), {"title": "Entretien ménager à Shawinigan", "buyer": buyer.pk})
    again = client.post(reverse("needs:new"), {"title": "Entretien ménager à Shawinigan", "buyer": buyer.pk})
    assert began["Location"] == again["Location"]
    need = Need.objects.get()
    assert need.mrc_id == "36"
    assert need.unspsc

    write = reverse("needs:write", args=[need.slug])
    past = timezone.localtime() - timedelta(days=1)
    refused = client.post(
        write,
        typed(
            client, need, description="Trois soirs par semaine", closes_at=past.strftime("%Y-%m-%dT%H:%M"),
            estimated_amount="douze mille", next="1",
            document=SimpleUploadedFile("malice.exe", b"MZ\x90\x00" + b"\x00" * 400),
        ),
    )  # fmt: skip
    page = refused.content.decode()
    assert refused.status_code == 200
    for said in (
        "La clôture doit être à venir",
        "n’est pas un montant",
        "pas accepté",
        "Trois soirs par semaine",
        "douze mille",
    ):
        assert said in page, said

    late = (timezone.localtime() + SOON).strftime("%Y-%m-%dT%H:%M")
    after = (timezone.localtime() + 2 * SOON).strftime("%Y-%m-%dT%H:%M")
    wrong = client.post(write, typed(client, need, closes_at=late, questions_until=after))
    assert "jusqu’à la clôture au plus tard" in wrong.content.decode()

    good = typed(
        client, need, description="Trois soirs", closes_at=late, estimated_amount="12 000,50 $", next="1"
    )
    good.pop("questions_until")
    publish = reverse("needs:publish", args=[need.slug])
    assert client.post(write, good)["Location"] == publish
    assert client.get(publish).status_code == 200
    for _click in range(2):
        assert client.post(publish)["Location"] == reverse("needs:need", args=[need.slug])
    need.refresh_from_db()
    assert need.version == 1
    assert str(need.estimated_amount) == "12000.50"
    client.logout()
    seen = client.get(reverse("needs:need", args=[need.slug])).content.decode()
    assert "Trois soirs" in seen
    assert "12\u00a0000" not in seen


def test_two_colleagues_who_write_at_once_choose(client):
    buyer, member = institution()
    need = draft(buyer, member)
    client.force_login(member)
    mine = typed(client, need, title="Traiteur d’ici")
    change_need(need=need, values={"title": "Traiteur de là"}, by=None)
    answer = client.post(reverse("needs:write", args=[need.slug]), mine)
    assert answer.status_code == 409
    assert "Traiteur de là" in answer.content.decode()
    need.refresh_from_db()
    assert need.title == "Traiteur de là"


def test_the_lists_hide_what_is_not_for_everyone(client):
    shown = NeedFactory(title="Besoin montré")
    NeedFactory(title="Besoin réservé", audience="invited")
    NeedFactory(title="Brouillon", status="draft", version=0)
    page = client.get(reverse("needs:list"), {"q": "besoin", "statut": "tous", "region": "99"})
    assert page.status_code == 200
    assert [row["title"] for row in page.context["needs"]] == [shown.title]
    assert page.context["messages_here"]
    rows = client.get("/api/v1/needs/", {"status": "all", "method": "nothing"}).json()
    assert [row["slug"] for row in rows["results"]] == [shown.slug]
    assert rows["messages"]
    assert "estimated_amount" not in rows["results"][0]


def test_staff_publish_what_they_read(client):
    buyer, member = institution(verified=False)
    need, staff = draft(buyer, member), PolePostFactory().user
    submit_need(need=need, by=member)
    with pytest.raises(Refused):
        change_need(need=need, values={"title": "Autre chose"}, by=member)
    client.force_login(staff)
    decide = reverse("needs_admin:decision", args=[need.pk])
    seen = client.get(reverse("needs_admin:need", args=[need.pk])).context["seen"]
    take_back_need(need=need, by=member)
    change_need(need=need, values={"title": "Autre chose"}, by=member)
    submit_need(need=need, by=member)
    assert "Relisez-le" in client.post(decide, {"move": "publish", "seen": seen}).content.decode()
    need.refresh_from_db()
    assert need.status == Need.Status.SUBMITTED
    seen = client.get(reverse("needs_admin:need", args=[need.pk])).context["seen"]
    client.post(decide, {"move": "publish", "seen": seen})
    need.refresh_from_db()
    assert need.is_open


def test_a_draft_stays_its_institutions_own_and_goes_without_a_trace():
    """Staff who look for a person do not read drafts; what is deleted leaves no history either."""
    shop = BuyerFactory()
    member = MembershipFactory(organisation=shop.organisation).user
    staff = PolePostFactory(pole=pole("mauricie")).user
    values = {"title": "Ménage pour Zoé Ficelle", "description": "Rue des Forges"}
    draft = draft_need(buyer=shop, values=values, by=member)
    marks = PersonMarks(name="Zoé Ficelle")
    assert not find_person_traces(marks=marks, user=staff)
    Need.objects.filter(pk=draft.pk).update(status="submitted")
    assert find_person_traces(marks=marks, user=staff)
    Need.objects.filter(pk=draft.pk).update(status="draft")
    history = Need.pgh_event_model.objects.filter(pgh_obj_id=draft.pk)
    assert history.exists()
    delete_need_draft(need=draft, by=member)
    assert not history.exists()
