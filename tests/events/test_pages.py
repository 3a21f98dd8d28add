"""The public pages, and those of who comes: with none, one and many; in both languages; what nobody else may read."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.text import capfirst

from marketplace.events.lifecycle import cancel_event, publish_agenda
from marketplace.events.models import Meeting, Participation, State, Wish
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import withdraw_participation
from marketplace.events.repairs import move_meeting
from marketplace.events.wishes import choose_wishes
from marketplace.web.typography import format_day
from tests import factories as common
from tests.web.clean import assert_clean
from tests.web.versions import Reader, posted_back

from .factories import EventFactory, at, buyer, closed, coming, opened, person_of, supplier

pytestmark = pytest.mark.django_db


def signed_in(user) -> Reader:
    client = Reader()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode()


def held(event) -> None:
    """Move a day into the past."""
    event.day = timezone.localdate() - timedelta(days=3)
    event.save(update_fields=["day"])


def test_list_shows_what_is_to_come_and_hides_drafts(client):
    response = client.get("/activites/")
    assert "Aucune activité à venir" in text_of(response)
    assert_clean(response)
    opened(title="Journée ouverte"), EventFactory(title="Journée secrète")
    old = opened(title="Journée tenue")
    held(old)
    page = text_of(client.get("/activites/"))
    assert "Journée ouverte" in page
    assert "Journée secrète" not in page
    assert "Journée tenue" not in page
    past = client.get("/activites/?quand=passees")
    assert "Journée tenue" in text_of(past)
    assert "Journée ouverte" not in text_of(past)
    assert_clean(past)


def test_list_filters_by_region_and_says_what_it_does_not_know(client):
    opened(title="Journée en Mauricie")
    assert "Journée en Mauricie" in text_of(client.get("/activites/?region=04"))
    other = client.get("/activites/?region=13")
    assert "Journée en Mauricie" not in text_of(other)
    assert "Aucune activité dans cette région" in text_of(other)
    response = client.get("/activites/?region=<b>&page=zut")
    assert response.status_code == 200
    assert "ne connaît pas" in text_of(response)


def test_event_names_those_who_agreed_and_counts_the_others(client):
    event = opened()
    coming(event, supplier(name="Coop Nommée"), is_listed=True)
    coming(event, supplier(name="Coop Discrète"))
    gone = coming(event, supplier(name="Coop Partie"), is_listed=True)
    withdraw_participation(participation=gone, by=None)
    response = client.get(f"/activites/{event.slug}/")
    page = text_of(response)
    assert "Coop Nommée" in page
    assert "Coop Discrète" not in page
    assert "Coop Partie" not in page
    assert "2 fournisseurs" in page
    assert page.count('class="btn block"') == 1
    assert_clean(response)


def test_draft_shows_to_its_own_pole_only(client, pole_staff, foreign_staff):
    event = EventFactory()
    address = f"/activites/{event.slug}/"
    assert client.get(address).status_code == 404
    assert signed_in(foreign_staff).get(address).status_code == 404
    assert "n’est pas annoncée" in text_of(signed_in(pole_staff).get(address))


def test_cancelled_event_says_so(client):
    event = opened()
    cancel_event(event=event, by=None)
    assert "Cette activité est annulée" in text_of(client.get(f"/activites/{event.slug}/"))
    never = EventFactory()
    cancel_event(event=never, by=None)
    assert client.get(f"/activites/{never.slug}/").status_code == 404


def test_pages_speak_english_where_the_event_does(client):
    event = opened(title="Journée", title_en="Matchmaking day", text_en="")
    page = text_of(client.get(f"/en/events/{event.slug}/"))
    assert "Matchmaking day" in page
    assert 'lang="fr-CA"' in page  # the text, which has no English
    assert "Matchmaking day" in text_of(client.get("/en/events/"))


def test_registration_needs_an_account_then_an_organisation(client):
    event = opened()
    address = f"/activites/{event.slug}/inscription/"
    assert "/connexion/" in client.get(address)["Location"]
    nobody = signed_in(common.UserFactory()).get(address)
    assert "Aucune organisation à inscrire" in text_of(nobody)
    assert_clean(nobody)


def test_registration_by_form_then_change_then_withdrawal():
    event, party = opened(), supplier(name="Coop Zéphir")
    client = signed_in(person_of(party))
    address = f"/activites/{event.slug}/inscription/"
    page = client.get(address)
    assert_clean(page)
    assert "Coop Zéphir" in text_of(page)
    wrong = client.post(address, {"party": f"fournisseur-{party.pk}", "most_meetings": "0"})
    assert wrong.status_code == 200
    assert "Choisissez au moins une heure" in text_of(wrong)
    assert_clean(wrong)
    done = client.post(
        address,
        {"party": f"fournisseur-{party.pk}", "slots": ["0", "2"], "needs": "Bancs", "is_listed": "on"},
    )
    assert done.status_code == 302
    row = Participation.objects.get()
    assert (row.free_slots, row.needs, row.is_listed, row.person) == ([0, 2], "Bancs", True, person_of(party))
    again = client.get(f"{address}?pour={row.pk}")
    assert "Changer l’inscription" in text_of(again)
    assert "Bancs" in text_of(again)
    client.post(f"{address}?pour={row.pk}", {"withdraw": "1"})
    row.refresh_from_db()
    assert row.state == Participation.State.WITHDRAWN


def test_registration_of_someone_else_s_organisation_is_refused():
    event, mine, theirs = opened(), supplier(), supplier()
    client = signed_in(person_of(mine))
    response = client.post(
        f"/activites/{event.slug}/inscription/", {"party": f"fournisseur-{theirs.pk}", "slots": ["0"]}
    )
    assert response.status_code == 200
    assert not Participation.objects.exists()
    other = coming(event, theirs)
    client.post(f"/activites/{event.slug}/inscription/?pour={other.pk}", {"withdraw": "1"})
    other.refresh_from_db()
    assert other.state == Participation.State.REGISTERED


def test_wishes_show_the_other_side_with_why_they_fit_best_first():
    event = opened()
    shop = coming(event, buyer(name="Ville de Shawinigan"))
    common.TenderFactory(buyer=shop.buyer, unspsc=["76111500"])
    fits = supplier(name="Zébulon entretien", offers=[("Entretien", "76111500")], serves=["371"])
    coming(event, supplier(name="Autre chose"))
    coming(event, fits, needs="Entretien de bureaux")
    coming(event, buyer(name="Ville rivale"))
    response = signed_in(shop.person).get(f"/activites/{event.slug}/souhaits/")
    page = text_of(response)
    assert_clean(response)
    assert "Offre ce que vos avis demandent" in page
    assert "Livre dans votre territoire" in page
    assert "Entretien de bureaux" in page
    assert page.index("Zébulon entretien") < page.index("Autre chose")
    assert "Ville rivale" not in page


def test_wishes_are_saved_by_rank_and_ties_are_said():
    event = opened(most_wishes=2)
    shop = coming(event, buyer())
    one, two, three = (coming(event, supplier(name=name)) for name in ("Aa", "Bb", "Cc"))
    client, address = signed_in(shop.person), f"/activites/{event.slug}/souhaits/"
    client.post(address, {f"rang-{two.pk}": "1", f"rang-{one.pk}": "2", "rang-999999": "3", "rang-x": "1"})
    assert [w.wanted for w in shop.wishes.order_by("rank")] == [two, one]
    told = client.post(address, {f"rang-{one.pk}": "1", f"rang-{three.pk}": "1"}, follow=True)
    assert "le même rang" in text_of(told)
    assert {w.wanted for w in shop.wishes.all()} == {one, three}
    refused = client.post(address, {f"rang-{p.pk}": str(n) for n, p in enumerate((one, two, three), 1)})
    assert refused.status_code == 200
    assert "jusqu’à 2 organisations" in text_of(refused)
    assert text_of(refused).count("selected") == 3  # nothing typed is lost
    assert shop.wishes.count() == 2


def test_nobody_reads_another_s_wishes(pole_staff, foreign_staff):
    event = opened()
    shop, seller = coming(event, buyer()), coming(event)
    rival = coming(event, buyer())
    choose_wishes(participation=shop, wanted=[seller], by=shop.person)
    for person in (seller.person, rival.person, foreign_staff):
        assert not Wish.objects.visible_to(person).exists()
        for address in ("", "souhaits/", "horaire/", "inscription/"):
            response = signed_in(person).get(f"/activites/{event.slug}/{address}?pour={shop.pk}", follow=True)
            assert 'value="1" selected' not in text_of(response)
    assert Wish.objects.visible_to(shop.person).count() == 1
    assert Wish.objects.visible_to(pole_staff).count() == 1
    assert "selected" in text_of(signed_in(shop.person).get(f"/activites/{event.slug}/souhaits/"))


def published_day():
    """A pair that meets, one with the other, and someone who has nothing to do with them."""
    event = opened(tables=3)
    shop = coming(event, buyer(name="Ville de Zacharie"), needs="Bancs de parc")
    seller = coming(event, supplier(name="Coop Zéphir"))
    choose_wishes(participation=shop, wanted=[seller], by=shop.person)
    rival = coming(event, supplier(name="Rivale"), free_slots=[0])
    plan_meetings(event=closed(event), by=None)
    return event, shop, seller, rival


def test_agenda_is_empty_until_published_then_only_one_s_own():
    event, _shop, seller, rival = published_day()
    address = f"/activites/{event.slug}/horaire/"
    before = signed_in(seller.person).get(address)
    assert "n’est pas encore prêt" in text_of(before)
    assert "Ville de Zacharie" not in text_of(before)
    assert not Meeting.objects.visible_to(seller.person).exists()
    publish_agenda(event=event, by=None)
    page = signed_in(seller.person).get(address)
    assert "Ville de Zacharie" in text_of(page)
    assert "Bancs de parc" in text_of(page)
    assert_clean(page)
    assert not Meeting.objects.visible_to(rival.person).filter(supplier=seller).exists()
    assert "Coop Zéphir" not in text_of(signed_in(rival.person).get(address))
    stranger = signed_in(common.UserFactory()).get(address)
    assert stranger.status_code == 302


def test_agenda_ends_the_morning_with_lunch():
    event, _shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    page = text_of(signed_in(seller.person).get(f"/activites/{event.slug}/horaire/"))
    assert page.count("dîner") == 1
    assert page.index("Matin") < page.index("dîner") < page.index("Après-midi")


def test_agenda_marks_the_next_meeting_and_those_that_moved(pole_staff):
    event, _shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    meeting = Meeting.objects.get(supplier=seller, buyer__organisation__name="Ville de Zacharie")
    move_meeting(meeting=meeting, slot=7, table=2, by=pole_staff)
    client = signed_in(seller.person)
    with time_machine.travel(at(event, "14:00"), tick=False):
        client.force_login(seller.person)
        page = text_of(client.get(f"/activites/{event.slug}/horaire/"))
    assert 'class="next"' in page
    assert "Dans 30\u00a0min" in page
    assert "Déplacée; elle était à" in page
    assert "Une rencontre a changé" in page


def test_api_lists_opened_events_only(client):
    opened(title="Journée ouverte", slug="ouverte"), EventFactory(title="Secrète")
    answer = client.get("/api/v1/events/?region=04").json()
    assert (answer["count"], answer["results"][0]["slug"]) == (1, "ouverte")
    assert answer["results"][0]["url"].endswith("/activites/ouverte/")
    assert client.get("/api/v1/events/?region=99&when=zut").json()["messages"]
    assert client.get("/api/v1/events/?when=past").json()["count"] == 0


def test_my_space_says_what_waits(pole_staff):
    event = opened()
    shop = coming(event, buyer())
    assert "Choisir qui rencontrer" not in text_of(signed_in(shop.person).get("/mon-espace/"))
    seller = coming(event)
    page = text_of(signed_in(shop.person).get("/mon-espace/"))
    assert f"/activites/{event.slug}/souhaits/?pour={shop.pk}" in page
    choose_wishes(participation=shop, wanted=[seller], by=shop.person)
    closed(event)
    assert "Choisir qui rencontrer" not in text_of(signed_in(shop.person).get("/mon-espace/"))
    assert "Planifier" not in text_of(signed_in(pole_staff).get("/mon-espace/"))
    type(event).objects.filter(pk=event.pk).update(
        registration_closes_at=timezone.now() - timedelta(hours=2),
        wishes_close_at=timezone.now() - timedelta(hours=1),
    )
    assert "Planifier" in text_of(signed_in(pole_staff).get("/mon-espace/"))
    plan_meetings(event=event, by=None)
    publish_agenda(event=event, by=None)
    page = text_of(signed_in(shop.person).get("/mon-espace/"))
    assert f"/activites/{event.slug}/horaire/?pour={shop.pk}" in page
    assert f"{capfirst(format_day(event.day))}, {event.place}. Votre horaire est prêt." in page
    assert "horaire est prêt" not in text_of(signed_in(pole_staff).get("/mon-espace/"))
    assert event.state == State.PUBLISHED


def test_list_ignores_what_it_does_not_know_and_says_so(client):
    opened(title="Journée ouverte", slug="ouverte")
    found = client.get("/activites/?quand=hier&region=99&region=03&region=04")
    for said in (
        "Le filtre «\u00a0quand\u00a0» ne connaît pas «\u00a0hier\u00a0»",
        "ne connaît pas «\u00a099\u00a0»",
    ):
        assert said in text_of(found)
    assert "Journée ouverte" in text_of(found)  # several regions: any of them
    assert_clean(found)


def test_two_members_of_one_organisation_lose_no_word(db):
    event = opened()
    party = buyer()
    register = f"/activites/{event.slug}/inscription/"
    first, second = (
        signed_in(person_of(party)),
        signed_in(common.MembershipFactory(organisation=party.organisation).user),
    )
    first.post(register, posted_back(first.get(register), having="slots") | {"needs": ["Du mobilier"]})
    one, two = posted_back(first.get(register)), posted_back(second.get(register))
    first.post(register, one | {"needs": ["Des bancs"], "most_meetings": ["4"]})
    asked = second.post(register, two | {"needs": ["Des arbres"], "is_listed": ["on"]})
    assert asked.status_code == 409
    assert "Des bancs" in text_of(asked)
    row = Participation.objects.get()
    assert (row.needs, row.is_listed) == ("Des bancs", False)
    second.post(register, posted_back(asked))
    row.refresh_from_db()
    assert (row.needs, row.most_meetings, row.is_listed) == ("Des arbres", 4, True)
