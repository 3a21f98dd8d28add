"""The admin: each pôle its own cohorts and requests; decisions, export, counters; what waits in Mon espace."""

import csv
import io

import pytest
from django.test import Client

from cohorts.admission import accept_application, apply_to_cohort
from cohorts.models import Application, Cohort, Programme, State
from marketplace.accounts.models import PersonalDataRead
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from tests import factories as people
from tests.web.versions import version_of

from . import factories

pytestmark = pytest.mark.django_db
S = Application.State
SELECTION = Cohort.Admission.SELECTION
COHORTS, REQUESTS = "/gestion/cohorts/cohort/", "/gestion/cohorts/application/"


@pytest.fixture
def staff(pole_staff):
    client = Client()
    client.force_login(pole_staff)
    return client


@pytest.fixture
def foreign(foreign_staff):
    client = Client()
    client.force_login(foreign_staff)
    return client


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


def join(cohort, name=None, motivation="Vendre mieux."):
    supplier, member = factories.enterprise(name)
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=member, motivation=motivation)


def form_of(cohort, **changes):
    day = cohort.starts_on
    return {
        "programme": cohort.programme_id, "title": cohort.title, "pole": cohort.pole_id, "region": "04",
        "admission": cohort.admission, "places": cohort.places, "confirm_days": 3,
        "opens_at": "2026-01-05T09:00", "closes_at": f"{day}T16:00", "starts_on": str(day),
        "ends_on": str(cohort.ends_on), "place": "Ici", "workshops-TOTAL_FORMS": 0, "workshops-INITIAL_FORMS": 0,
        "_continue": "1", **changes,
    }  # fmt: skip


def test_another_poles_cohort_and_requests_do_not_exist(staff, foreign):
    cohort = factories.CohortFactory(title="Cohorte zibeline", admission=SELECTION)
    application = join(cohort, "Coopérative Zorglub")
    pages = [
        COHORTS, f"{COHORTS}{cohort.pk}/change/", f"{COHORTS}{cohort.pk}/history/", REQUESTS, f"{REQUESTS}?q=zorglub",
        f"{REQUESTS}{application.pk}/change/", f"{REQUESTS}{application.pk}/history/", f"{REQUESTS}?cohorte={cohort.pk}",
        "/gestion/", "/mon-espace/",
    ]  # fmt: skip
    for page in pages:
        found = (
            text_of(foreign.get(page, follow=True)).replace("q=zorglub", "").replace('value="zorglub"', "")
        )
        assert "zibeline" not in found, page
        assert "orglub" not in found, page
    assert "zibeline" in text_of(staff.get(COHORTS))
    assert "Zorglub" in text_of(staff.get(f"{REQUESTS}{application.pk}/change/"))
    for path, data, status in (
        (f"{REQUESTS}{application.pk}/decision/", {"move": "accept"}, 404),
        (f"{COHORTS}{cohort.pk}/geste/", {"move": "close_applications"}, 404),
        (f"{COHORTS}{cohort.pk}/change/", form_of(cohort, title="Prise"), 302),
        (REQUESTS, {"action": "export_selected_applications", "_selected_action": application.pk}, 302),
    ):
        response = foreign.post(path, data)
        assert response.status_code == status, path
    application.refresh_from_db()
    cohort.refresh_from_db()
    assert (application.state, cohort.state, cohort.title) == (S.APPLIED, State.OPEN, "Cohorte zibeline")


def test_members_do_not_enter(staff):
    application = join(factories.CohortFactory())
    client = Client()
    client.force_login(application.by)
    for page in (COHORTS, REQUESTS, f"{REQUESTS}{application.pk}/change/"):
        assert client.get(page).status_code == 302


def test_staff_open_a_cohort_from_nothing(staff):
    programme = factories.ProgrammeFactory()
    model = factories.CohortFactory.build(programme=programme, title="Vendre au printemps", places=8)
    response = staff.post(f"{COHORTS}add/", form_of(model, programme=programme.pk), follow=True)
    cohort = Cohort.objects.get()
    assert "Cohorte en préparation" in text_of(response)
    assert (cohort.slug, cohort.state, cohort.places) == ("vendre-au-printemps", State.DRAFT, 8)
    page = text_of(staff.post(f"{COHORTS}{cohort.pk}/geste/", {"move": "open_cohort"}, follow=True))
    cohort.refresh_from_db()
    assert cohort.state == State.OPEN
    assert "annoncée" in page


def test_staff_do_not_open_one_in_the_name_of_another_pole(staff):
    programme = factories.ProgrammeFactory()
    model = factories.CohortFactory.build(programme=programme)
    staff.post(f"{COHORTS}add/", form_of(model, programme=programme.pk, pole="laval"))
    assert not Cohort.objects.exists()


def test_faults_of_the_form_are_said(staff):
    cohort = factories.CohortFactory(places=2)
    join(cohort), join(cohort)
    wrong = {"places": 1, "ends_on": "2020-01-01", "closes_at": "2020-01-01T10:00", "admission": SELECTION}
    address = f"{COHORTS}{cohort.pk}/change/"
    page = text_of(staff.post(address, form_of(cohort, **wrong) | version_of(staff, address)))
    for sentence in (
        "2 places sont déjà prises",
        "La fin de la cohorte vient avant son début",
        "La fin des candidatures vient avant leur début",
        "la façon d’y entrer ne change plus",
    ):
        assert sentence in page
    cohort.refresh_from_db()
    assert cohort.places == 2


def test_more_places_by_the_form_go_to_the_line(staff):
    cohort = factories.CohortFactory(places=1)
    for _n in range(3):
        join(cohort)
    address = f"{COHORTS}{cohort.pk}/change/"
    posted = form_of(cohort, places=2) | version_of(staff, address)
    page = text_of(staff.post(address, posted, follow=True))
    assert "1 place est offerte" in page
    assert list(cohort.applications.order_by("arrival").values_list("state", flat=True)) == [
        S.ACCEPTED, S.OFFERED, S.WAITING,
    ]  # fmt: skip


def test_decision_of_one_request(staff):
    cohort = factories.CohortFactory(admission=SELECTION)
    application = join(cohort)
    address = f"{REQUESTS}{application.pk}/decision/"
    page = text_of(staff.post(address, {"move": "decline"}))
    assert "Écrivez pourquoi" in page
    page = text_of(staff.post(address, {"move": "accept", "message": "Bienvenue."}, follow=True))
    assert "acceptée" in page
    application.refresh_from_db()
    assert (application.state, application.message) == (S.ACCEPTED, "Bienvenue.")
    assert "Cette action n’existe pas" in text_of(staff.post(address, {"move": "delete"}))
    assert PersonalDataRead.objects.filter(what="cohort.application").exists()


def test_bulk_decisions_follow_the_order_of_arrival(staff):
    cohort = factories.CohortFactory(admission=SELECTION, places=2)
    rows = [join(cohort) for _n in range(4)]
    posted = {
        "action": "accept_selected_applications",
        "_selected_action": [row.pk for row in reversed(rows)],
    }
    assert "4 candidatures choisies" in text_of(staff.post(REQUESTS, posted))
    page = text_of(staff.post(REQUESTS, {**posted, "confirmed": "1", "message": ""}, follow=True))
    assert "acceptée (2), en attente d’une place (2)" in page
    assert list(cohort.applications.order_by("arrival").values_list("state", flat=True)) == [
        S.ACCEPTED, S.ACCEPTED, S.WAITING, S.WAITING,
    ]  # fmt: skip


def test_declining_many_wants_a_message_and_says_what_was_refused(staff):
    cohort = factories.CohortFactory(admission=SELECTION)
    first, second = join(cohort), join(cohort)
    accept_application(application=first, by=None)
    posted = {
        "action": "decline_selected_applications",
        "_selected_action": [first.pk, second.pk],
        "confirmed": "1",
    }
    staff.post(REQUESTS, {**posted, "message": ""})
    second.refresh_from_db()
    assert second.state == S.APPLIED
    page = text_of(staff.post(REQUESTS, {**posted, "message": "Complet."}, follow=True))
    assert "refusée (1)" in page
    assert "1 refusée" in page


def test_export_holds_only_ones_own_and_no_formula(staff):
    mine = join(factories.CohortFactory(title="La nôtre"), "=1+1 Coop", motivation='=HYPERLINK("http://x")')
    other = join(factories.CohortFactory(title="La leur", pole=people.pole("laval")), "Zorglub")
    response = staff.post(
        REQUESTS,
        {
            "action": "export_selected_applications",
            "_selected_action": [mine.pk, other.pk],
            "select_across": "1",
        },
    )
    assert response["Content-Type"].startswith("text/csv")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert [row["Entreprise"] for row in rows] == ["'=1+1 Coop"]
    assert rows[0]["Motivation"].startswith("'=")
    assert "Zorglub" not in content
    assert PersonalDataRead.objects.filter(what="cohort.export").count() == 1


def test_partner_pole_edits_without_taking_over(foreign):
    cohort = factories.CohortFactory()
    cohort.partners.add(people.pole("laval"))
    address = f"{COHORTS}{cohort.pk}/change/"
    posted = form_of(cohort, title="À deux", partners=["laval"]) | version_of(foreign, address)
    foreign.post(address, posted)
    cohort.refresh_from_db()
    assert (cohort.title, cohort.pole_id) == ("À deux", "mauricie")


def test_provincial_programme_is_read_not_edited(staff):
    provincial, own = factories.ProgrammeFactory(), factories.ProgrammeFactory(pole=people.pole("mauricie"))
    theirs = factories.ProgrammeFactory(pole=people.pole("laval"), name="Zibeline")
    base = "/gestion/cohorts/programme/"
    assert "Zibeline" not in text_of(staff.get(base))
    assert staff.get(f"{base}{theirs.pk}/change/").status_code == 302
    for programme, name in ((provincial, provincial.name), (own, "Renommé")):
        address = f"{base}{programme.pk}/change/"
        version = version_of(staff, address) if programme is own else {}
        staff.post(address, {"name": "Renommé", "teaches": "Vendre.", "pole": "mauricie", **version})
        programme.refresh_from_db()
        assert programme.name == name
    assert Programme.objects.count() == 3


def test_cancelling_from_the_page_tells_everyone(staff):
    cohort = factories.CohortFactory()
    application = join(cohort)
    address = f"{COHORTS}{cohort.pk}/geste/"
    assert "Écrivez pourquoi" in text_of(staff.post(address, {"move": "cancel_cohort"}, follow=True))
    staff.post(address, {"move": "cancel_cohort", "message": "Trop peu d’inscriptions."})
    cohort.refresh_from_db()
    assert cohort.state == State.CANCELLED
    assert application.by.messages.filter(kind="cohorts.cancelled").count() == 1


def test_what_is_to_decide_waits_in_my_space_and_on_the_first_page(staff, foreign):
    cohort = factories.CohortFactory(admission=SELECTION, title="À choisir")
    for _n in range(2):
        join(cohort)
    for page in ("/mon-espace/", "/gestion/"):
        assert "andidatures" in text_of(staff.get(page))
    assert "Décider de 2 candidatures : À choisir" in text_of(staff.get("/mon-espace/"))
    assert "À choisir" not in text_of(foreign.get("/mon-espace/"))


def test_erasing_a_person_keeps_the_enterprises_place_without_the_name():
    application = join(factories.CohortFactory())
    person = application.by
    (exported,) = export_personal_data(person)["cohorts"]
    assert exported["motivation"] == "Vendre mieux."
    erase_personal_data(user=person, by=person)
    application.refresh_from_db()
    assert (application.state, application.by) == (S.ACCEPTED, None)
    history = Application.pgh_event_model.objects.filter(pgh_obj_id=application.pk)
    assert not history.exclude(by=None).exists()
