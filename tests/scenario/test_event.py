"""A matchmaking day in the browser: ten buyers, twenty suppliers, and an agenda for everyone. Here without script, which has
to do all that the other does; `dev.py prove event` walks it with script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import Browser, BrowserContext, Page, expect

from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Side, State
from marketplace.events.wishes import choose_wishes
from marketplace.outbox.models import Message
from tests import factories
from tests.events.factories import buyer, coming, person_of, supplier
from tests.outbox.running import send_message

BUYERS, SUPPLIERS = 10, 20


@pytest.fixture
def site(live_server, settings) -> str:
    settings.SITE_URL = live_server.url
    return live_server.url


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_event_gives_everyone_an_agenda(site: str, browser: Browser) -> None:
    walk_the_day(site, browser, script=False)


def walk_the_day(site: str, browser: Browser, *, script: bool) -> None:
    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    town = buyer(name="Ville de Zacharie")
    coop = supplier(name="Coopérative Zéphirine", offers=[("Entretien ménager", "76111500")], serves=["R04"])
    factories.TenderFactory(buyer=town, unspsc=["76111500"])
    for person in (staff, person_of(town), person_of(coop)):
        EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)

    office = signed_in(browser, site, staff.email, script)
    event = prepare_and_open(office, site)

    town_page = signed_in(browser, site, person_of(town).email, script)
    coop_page = signed_in(browser, site, person_of(coop).email, script)
    register(town_page, site, event, "Entretien de nos bibliothèques")
    register(coop_page, site, event, "Entretien ménager de bureaux")
    fill_up(event)
    wish_for(town_page, site, event, "Coopérative Zéphirine", "Offre ce que vos avis demandent")
    wish_for(coop_page, site, event, "Ville de Zacharie", "Ses avis demandent ce que vous offrez")

    plan_and_publish(office, site, event)
    assert_everyone_has_an_agenda(event)

    for page, other in ((town_page, "Coopérative Zéphirine"), (coop_page, "Ville de Zacharie")):
        page.goto(f"{site}/mon-espace/")
        page.click(".under-way a")
        expect(page.locator(".slots").first).to_be_visible()
        expect(page.locator("main")).to_contain_text(other)
    assert_mail_and_calendar(coop_page, site, coop, "Ville de Zacharie")

    mark_absent(office, site, event, "Ville de Zacharie")
    coop_page.reload()
    expect(coop_page.locator("main")).to_contain_text("Annulée")


def signed_in(browser: Browser, site: str, email: str, script: bool) -> Page:
    context: BrowserContext = browser.new_context(java_script_enabled=script, locale="fr-CA")
    page = context.new_page()
    page.goto(f"{site}/compte/connexion/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(re.compile(r"/mon-espace/|/gestion/"))
    return page


def prepare_and_open(page: Page, site: str) -> MatchmakingEvent:
    day = timezone.localdate() + timedelta(days=30)
    page.goto(f"{site}/gestion/events/matchmakingevent/add/")
    page.fill("input[name=title]", "Journée de maillage de la Mauricie")
    page.fill("textarea[name=text]", "Une journée de rencontres.")
    page.select_option("select[name=region]", "04")
    page.fill("input[name=day]", day.isoformat())
    page.fill("input[name=place]", "Centre culturel")
    for name, days in (
        ("registration_opens_at", -1),
        ("registration_closes_at", 10),
        ("wishes_close_at", 20),
    ):
        moment = timezone.localtime() + timedelta(days=days)
        page.fill(f"input[name={name}]", moment.strftime("%Y-%m-%dT%H:%M"))
    for row, (hour, slots) in enumerate((("09:00", 4), ("13:00", 4))):
        page.fill(f"input[name=blocks-{row}-starts_at]", hour)
        page.fill(f"input[name=blocks-{row}-slots]", str(slots))
    page.fill("input[name=blocks-1-pause]", "dîner")
    page.click("button[name=_continue], button[name=_save]")
    expect(page.locator("main")).to_contain_text("Activité en préparation")
    page.click("button[name=geste][value=open]")
    expect(page.locator("main")).to_contain_text("L’activité est ouverte")
    event = MatchmakingEvent.objects.get()
    assert event.state == State.OPEN
    return event


def register(page: Page, site: str, event: MatchmakingEvent, needs: str) -> None:
    page.goto(f"{site}/activites/")
    page.click(f"text={event.title}")
    page.click("aside a.btn")
    page.fill("textarea[name=needs]", needs)
    page.check("input[name=is_listed]")
    page.click("main form.panel button[type=submit]")
    expect(page.locator("main")).to_contain_text("C’est noté")


def fill_up(event: MatchmakingEvent) -> None:
    """The others come and wish as their pages would have them do."""
    event.refresh_from_db()
    for _ in range(BUYERS - 1):
        coming(event, buyer())
    for _ in range(SUPPLIERS - 1):
        coming(event, supplier())
    there = list(Participation.objects.coming().filter(event=event).order_by("pk"))
    sides = {side: [p for p in there if p.side == side] for side in Side}
    for place, participation in enumerate(there[2:]):
        in_front = sides[Side(participation.side).other]
        wanted = [in_front[(place * 3 + step) % len(in_front)] for step in range(3)]
        choose_wishes(participation=participation, wanted=wanted, by=participation.person)


def wish_for(page: Page, site: str, event: MatchmakingEvent, name: str, why: str) -> None:
    page.goto(f"{site}/mon-espace/")
    page.click(".todo a.btn:has-text('Choisir')")
    row = page.locator(".ev-pick > li", has_text=name)
    expect(row).to_contain_text(why)
    row.locator("select").select_option("1")
    page.click("text=Enregistrer mes souhaits")
    expect(page.locator("main")).to_contain_text("Vos souhaits sont notés")
    expect(page.locator(".ev-pick > li.on")).to_have_count(1)


def plan_and_publish(page: Page, site: str, event: MatchmakingEvent) -> None:
    page.goto(f"{site}/gestion/events/matchmakingevent/{event.pk}/grille/")
    page.get_by_text("Fermer les inscriptions").first.click()  # says whom it writes to before the button
    page.click("button[name=geste][value=close]")
    expect(page.locator("main")).to_contain_text("Les inscriptions sont fermées")
    page.click("button[name=geste][value=plan]")
    expect(page.locator("main")).to_contain_text("Seule votre équipe voit cette grille")
    expect(page.locator(".gt .c-proposed").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("maximum possible")
    assert not Message.objects.filter(kind="events.agenda").exists()
    page.get_by_text("Publier les horaires").first.click()
    page.click("button[name=geste][value=publish]")
    expect(page.locator("main")).to_contain_text("Les horaires sont publiés")


def assert_everyone_has_an_agenda(event: MatchmakingEvent) -> None:
    there = Participation.objects.coming().filter(event=event)
    assert there.count() == BUYERS + SUPPLIERS
    for participation in there:
        assert Meeting.objects.filter(event=event).of(participation).placed().exists(), participation
    assert Message.objects.filter(kind="events.agenda").count() == BUYERS + SUPPLIERS


def assert_mail_and_calendar(page: Page, site: str, party, other: str) -> None:
    """The mail leaves, holds the agenda, and its address opens a calendar without signing in."""
    message = Message.objects.get(kind="events.agenda", recipient=person_of(party))
    send_message(message_id=message.pk)
    (letter,) = [one for one in mail.outbox if one.subject == message.title]
    assert other in letter.body
    address = re.search(rf"{re.escape(site)}/\S+\.ics", letter.body)
    assert address, letter.body
    answer = page.context.browser.new_context().request.get(address[0])
    assert answer.ok
    summaries = [str(entry["SUMMARY"]) for entry in Calendar.from_ical(answer.body()).walk("VEVENT")]
    assert any(other in summary for summary in summaries)


def mark_absent(page: Page, site: str, event: MatchmakingEvent, name: str) -> None:
    page.goto(f"{site}/gestion/events/matchmakingevent/{event.pk}/participants/")
    row = page.locator("tr", has_text=name)
    row.locator("summary").click()
    row.locator("button[value=absent]").click()
    expect(page.locator("[role=status]").first).to_contain_text("annulée")
