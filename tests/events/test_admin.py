"""The organiser's pages: what they show and do, to whom, and the tables that leave."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import PersonalDataRead
from marketplace.events.lifecycle import publish_agenda
from marketplace.events.models import Block, MatchmakingEvent, Meeting, Participation, Plan, State
from marketplace.events.planning import plan_meetings
from marketplace.events.wishes import choose_wishes
from marketplace.outbox.models import Message
from tests.web.clean import faults

from .factories import EventFactory, buyer, closed, coming, opened, supplier
from .test_pages import published_day

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(event, page: str) -> str:
    name = "admin:events_matchmakingevent_change" if page == "change" else f"events_admin:{page}"
    return reverse(name, args=[event.pk])


def act(client: Client, event, gesture: str, **values):
    return client.post(address(event, "act"), {"geste": gesture, **values}, follow=True)


def test_every_gesture_works_for_the_pole_and_changes_nothing_for_another(pole_staff, foreign_staff):
    event = EventFactory()
    own, foreign = signed_in(pole_staff), signed_in(foreign_staff)
    for gesture, state in (
        ("open", State.OPEN),
        ("close", State.WISHES),
        ("plan", State.SCHEDULED),
        ("publish", State.PUBLISHED),
        ("cancel", State.CANCELLED),
    ):
        before = MatchmakingEvent.objects.get(pk=event.pk).state
        refused = act(foreign, event, gesture)
        assert refused.status_code == 404
        assert MatchmakingEvent.objects.get(pk=event.pk).state == before
        act(own, event, gesture)
        assert MatchmakingEvent.objects.get(pk=event.pk).state == state
        if gesture == "open":
            event.refresh_from_db()
            coming(event, buyer()), coming(event)


def test_refusals_are_said_and_lose_nothing(pole_staff):
    client = signed_in(pole_staff)
    draft = EventFactory(blocks=[])
    assert "Ajoutez au moins un bloc" in act(client, draft, "open").content.decode()
    event = closed(opened())
    assert "Aucun acheteur n’est inscrit" in act(client, event, "plan").content.decode()
    assert "Cette action n’existe pas" in act(client, event, "dynamiter").content.decode()
    for values in ({"rencontre": "zut"}, {"rencontre": "999999999999"}, {}):
        assert "n’existe plus" in act(client, event, "move", **values).content.decode()
    assert "n’est pas inscrite" in act(client, event, "absent", participation="1").content.decode()
    assert client.get(address(event, "act")).status_code == 405


def test_grid_shows_the_plan_its_proof_and_what_was_not_met(pole_staff):
    event = opened(tables=1)
    shop = coming(event, buyer(name="Ville de Zacharie"), free_slots=[0])
    for name in ("Coop Une", "Coop Deux"):
        choose_wishes(participation=coming(event, supplier(name=name)), wanted=[shop], by=None)
    plan_meetings(event=closed(event), by=pole_staff)
    client = signed_in(pole_staff)
    page = client.get(address(event, "grid")).content.decode()
    assert faults(page) == []
    assert "1 sur 2" in page
    assert "Proposée" in page
    assert "l’acheteur a une autre rencontre à chaque heure commune" in page
    by_supplier = client.get(address(event, "grid") + "?par=fournisseurs&creneau=99&rencontre=zut")
    assert by_supplier.status_code == 200
    meeting = Meeting.objects.get()
    chosen = client.get(address(event, "grid") + f"?rencontre={meeting.pk}&creneau=3").content.decode()
    assert 'id="deplacer"' in chosen
    assert faults(chosen) == []
    assert Plan.objects.get().by == pole_staff


def test_grid_counts_what_stands_after_a_no_show(pole_staff):
    event = opened(tables=2)
    shops = [coming(event, buyer(name=f"Ville {name}")) for name in ("Une", "Deux")]
    sellers = [coming(event, supplier(name=f"Coop {name}")) for name in ("Une", "Deux", "Trois")]
    choose_wishes(participation=shops[0], wanted=sellers, by=None)
    choose_wishes(participation=shops[1], wanted=sellers[:2], by=None)
    plan_meetings(event=closed(event), by=None)
    publish_agenda(event=event, by=None)
    client = signed_in(pole_staff)

    def said():
        return client.get(address(event, "grid")).content.decode().replace("\u00a0", " ")

    assert "5 sur 5" in said()
    act(client, event, "absent", participation=shops[0].pk)
    page = said()
    assert faults(page) == []
    assert "2 sur 5" in page
    assert "Chaque organisation a au moins 1 rencontre." in page, "the third was placed with the other buyer"
    assert page.count("Ville Une est notée absente.") == 3
    assert "quand la grille a été proposée" in page
    act(client, event, "back", participation=shops[0].pk)
    assert "5 sur 5" in said()


def test_moving_and_absence_from_the_pages(pole_staff):
    event, shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    client = signed_in(pole_staff)
    meeting = Meeting.objects.get(buyer=shop, supplier=seller)
    act(client, event, "move", rencontre=meeting.pk, creneau=6, table=event.tables + 1)
    meeting.refresh_from_db()
    assert (meeting.slot, event.table_label(meeting.table)) == (6, "A")
    said = act(client, event, "absent", participation=seller.pk, page="participants").content.decode()
    assert "annulée" in said
    assert Participation.objects.get(pk=seller.pk).state == "absent"
    act(client, event, "back", participation=seller.pk, page="participants")
    meeting.refresh_from_db()
    assert meeting.slot is not None
    act(client, event, "absent", participation=seller.pk, avant="5", page="participants")
    assert Participation.objects.get(pk=seller.pk).free_slots == [5, 6, 7]


def test_meeting_of_another_event_is_out_of_reach(pole_staff):
    event, shop, _seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    other = opened(tables=5)
    act(
        signed_in(pole_staff),
        other,
        "move",
        rencontre=Meeting.objects.filter(buyer=shop).first().pk,
        creneau=7,
        table=3,
    )
    act(signed_in(pole_staff), other, "absent", participation=shop.pk)
    assert not Meeting.objects.filter(state="moved").exists()
    assert Participation.objects.get(pk=shop.pk).state == "registered"


def test_participants_page_is_noted_as_read_and_well_made(pole_staff):
    event, shop, _seller, _rival = published_day()
    response = signed_in(pole_staff).get(address(event, "participants"))
    page = response.content.decode()
    assert "Ville de Zacharie" in page
    assert faults(page) == []
    assert PersonalDataRead.objects.filter(reader=pole_staff, organisation=shop.organisation).count() == 1


def test_exports_neutralise_formulas_and_stay_in_their_pole(pole_staff, foreign_staff):
    event = opened()
    coming(event, buyer(name="=HYPERLINK(1)"), needs="+1+1")
    coming(event, supplier(name="@Coop"))
    plan_meetings(event=closed(event), by=None)
    for what in ("", "?quoi=participants"):
        response = signed_in(pole_staff).get(address(event, "export") + what)
        text = response.content.decode("utf-8-sig")
        assert "'=HYPERLINK(1)" in text
        assert ";=HYPERLINK" not in text
        hidden = signed_in(foreign_staff).get(address(event, "export") + what, follow=True)
        assert "HYPERLINK" not in hidden.content.decode()
    assert "'+1+1" in text


def form(**values):
    data = {
        "title": "Journée", "title_en": "", "text": "", "text_en": "", "pole": "mauricie", "region": "04",
        "day": "2099-05-05", "place": "Salle", "address": "",
        "registration_opens_at": "2099-01-01T09:00", "registration_closes_at": "2099-04-01T16:00",
        "wishes_close_at": "2099-04-20T16:00", "slot_minutes": "25", "gap_minutes": "5", "tables": "10",
        "spare_tables": "2", "most_wishes": "8", "buyer_places": "", "supplier_places": "",
        "blocks-TOTAL_FORMS": "2", "blocks-INITIAL_FORMS": "0", "blocks-MIN_NUM_FORMS": "0",
        "blocks-MAX_NUM_FORMS": "1000", "blocks-0-starts_at": "09:00", "blocks-0-slots": "3", "blocks-0-pause": "",
        "blocks-1-starts_at": "13:00", "blocks-1-slots": "3", "blocks-1-pause": "dîner",
    }  # fmt: skip
    return {**data, **values}


def test_adding_an_event_by_form(pole_staff):
    client = signed_in(pole_staff)
    add = reverse("admin:events_matchmakingevent_add")
    assert "Laval" not in client.get(add).content.decode().split('id="id_region"')[0]
    client.post(add, form())
    event = MatchmakingEvent.objects.get()
    assert (event.slug, event.state, event.pole_id, Block.objects.count()) == (
        "journee",
        "draft",
        "mauricie",
        2,
    )
    client.post(add, form())
    assert MatchmakingEvent.objects.filter(slug="journee-2").exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"pole": "laval"}, "Sélectionnez un choix valide"),
        ({"registration_closes_at": "2098-01-01T09:00"}, "doit venir après leur début"),
        ({"wishes_close_at": "2099-03-01T09:00"}, "après les inscriptions"),
        ({"slot_minutes": "15"}, "20"),
        ({"blocks-1-starts_at": "09:30"}, "se chevauchent"),
    ],
    ids=["another pôle", "dates", "wishes", "too short", "overlap"],
)
def test_form_says_what_is_wrong(pole_staff, values, said):
    response = signed_in(pole_staff).post(reverse("admin:events_matchmakingevent_add"), form(**values))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not MatchmakingEvent.objects.exists()


def test_hours_are_fixed_once_open(pole_staff):
    event = opened()
    page = signed_in(pole_staff).get(address(event, "change")).content.decode()
    assert 'name="slot_minutes"' not in page
    assert 'name="day"' in page
    assert 'name="blocks-0-slots"' not in page
    assert 'name="tables"' in page


def test_grid_prints_by_a_button_that_script_shows(pole_staff):
    event, *_people = published_day()
    page = signed_in(pole_staff).get(address(event, "grid")).content.decode()
    assert "<span data-print hidden><button" in page
    assert "js/print.js" in page
    assert "css/grid-print.css" in page
    assert "window.print" not in page


def test_index_counts_what_is_to_plan(pole_staff, foreign_staff):
    event = closed(opened())
    from datetime import timedelta

    from django.utils import timezone

    MatchmakingEvent.objects.filter(pk=event.pk).update(
        registration_closes_at=timezone.now() - timedelta(2), wishes_close_at=timezone.now() - timedelta(1)
    )
    assert MatchmakingEvent.objects.curated_by(pole_staff).to_plan().count() == 1
    assert MatchmakingEvent.objects.curated_by(foreign_staff).to_plan().count() == 0
    assert "activité à planifier" in signed_in(pole_staff).get("/gestion/").content.decode()


def test_mails_of_an_event_are_signed_by_its_pole(pole_staff):
    event = opened()
    coming(event)
    assert {message.pole for message in Message.objects.filter(kind__startswith="events.")} == {event.pole}
