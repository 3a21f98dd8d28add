"""The public pages, the form, and a person's own requests."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar

from cohorts.admission import apply_to_cohort, withdraw_application
from cohorts.models import Application, Cohort, State
from suppliers.models import Status
from tests import factories as people

from . import factories

pytestmark = pytest.mark.django_db
S = Application.State


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def join(cohort, supplier=None, member=None):
    if supplier is None:
        supplier, member = factories.enterprise()
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=member, motivation="Vendre mieux.")


# -- the list ----------------------------------------------------------------------------------------------------------


def test_list_shows_open_coming_and_running_cohorts(client):
    factories.CohortFactory(title="Ouverte à tous")
    factories.CohortFactory(title="Pas encore", opens_at=timezone.now() + timedelta(days=3))
    factories.CohortFactory(title="Déjà commencée", state=State.RUNNING)
    factories.CohortFactory(title="Finie", state=State.DONE)
    factories.CohortFactory(title="Abandonnée", state=State.CANCELLED)
    factories.CohortFactory(title="En brouillon", state=State.DRAFT)
    page = text_of(client.get("/cohortes/"))
    assert "3 cohortes" in page
    assert all(title in page for title in ("Ouverte à tous", "Pas encore", "Déjà commencée"))
    assert not any(title in page for title in ("Finie", "Abandonnée", "En brouillon"))
    everything = text_of(client.get("/cohortes/?statut=toutes"))
    assert "Finie" in everything
    assert "Abandonnée" in everything
    assert "En brouillon" not in everything


def test_list_filters_by_region_and_keeps_what_is_open_to_all(client):
    factories.CohortFactory(title="Mauricienne")
    factories.CohortFactory(title="Lavalloise", region_id="13")
    factories.CohortFactory(title="Provinciale", region_id=None)
    page = text_of(client.get("/cohortes/?region=13"))
    assert "Lavalloise" in page
    assert "Provinciale" in page
    assert "Mauricienne" not in page
    both = text_of(client.get("/cohortes/?region=13&region=04"))
    assert "Mauricienne" in both


def test_unknown_filter_is_said_and_ignored(client):
    factories.CohortFactory(title="Mauricienne")
    response = client.get("/cohortes/?region=99&statut=jolie&page=7")
    assert response.status_code == 200
    page = text_of(response)
    assert "ne connaît pas « 99 »" in page
    assert "ne connaît pas « jolie »" in page
    assert "Mauricienne" in page


def test_empty_list_says_what_comes(client):
    assert "Aucune cohorte n’est annoncée" in text_of(client.get("/cohortes/"))
    assert "Voir toutes les cohortes" in text_of(client.get("/cohortes/?region=04"))


def test_list_in_english(client):
    factories.CohortFactory(title="Titre", title_en="A title")
    factories.CohortFactory(title="Sans traduction")
    page = text_of(client.get("/en/cohorts/"))
    assert "A title" in page
    assert 'lang="fr-CA">Sans traduction' in page


# -- the page of one ---------------------------------------------------------------------------------------------------


def test_page_says_places_date_workshops_and_one_action(client):
    cohort = factories.CohortFactory(places=50)
    factories.WorkshopFactory(cohort=cohort, title="Chiffrer une offre", minutes=90)
    for _n in range(3):
        join(cohort)
    page = text_of(client.get(reverse("cohorts:cohort", args=[cohort.slug])))
    assert "<b>47</b>" in page
    assert "places libres sur 50" in page
    assert "Chiffrer une offre" in page
    assert "1 h 30" in page
    assert "Candidatures jusqu’au" in page
    assert page.count('class="btn block"') == 1


def test_full_cohort_says_so_and_still_takes_names(client):
    cohort = factories.CohortFactory(places=1)
    join(cohort), join(cohort)
    page = text_of(client.get(reverse("cohorts:cohort", args=[cohort.slug])))
    assert "Complète, liste d’attente" in page
    assert "1 place, prise; 1 entreprise en attente" in page
    assert "Me mettre en attente" in page


@pytest.mark.parametrize("state", [State.CLOSED, State.RUNNING, State.DONE, State.CANCELLED])
def test_cohort_that_takes_no_applications_offers_none(client, state):
    cohort = factories.CohortFactory(state=state)
    page = text_of(client.get(reverse("cohorts:cohort", args=[cohort.slug])))
    assert "Poser ma candidature" not in page
    assert "Me mettre en attente" not in page


def test_draft_is_seen_by_the_staff_who_run_it_and_nobody_else(
    client, pole_staff, foreign_staff, platform_admin
):
    cohort = factories.CohortFactory(state=State.DRAFT)
    addresses = [reverse(f"cohorts:{name}", args=[cohort.slug]) for name in ("cohort", "calendar")]
    for address in addresses:
        assert client.get(address).status_code == 404
        assert signed_in(foreign_staff).get(address).status_code == 404
        assert signed_in(people.UserFactory()).get(address).status_code == 404


def test_page_names_nobody_who_applied(client):
    cohort = factories.CohortFactory()
    supplier, member = factories.enterprise("Coopérative Zorglub")
    join(cohort, supplier, member)
    other, stranger = factories.enterprise()
    for visitor in (client, signed_in(stranger)):
        for address in ("/cohortes/", f"/cohortes/{cohort.slug}/", "/api/v1/cohorts/"):
            assert "Zorglub" not in text_of(visitor.get(address))
    assert "Suivre ma candidature" in text_of(signed_in(member).get(f"/cohortes/{cohort.slug}/"))
    assert other.pk


# -- asking ------------------------------------------------------------------------------------------------------------


def test_asking_sends_to_sign_in_and_back(client):
    cohort = factories.CohortFactory()
    response = client.get(reverse("cohorts:apply", args=[cohort.slug]))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next=/cohortes/{cohort.slug}/candidature/")


def test_asking_gives_a_place_and_leads_to_the_request():
    cohort = factories.CohortFactory()
    supplier, member = factories.enterprise()
    response = signed_in(member).post(
        reverse("cohorts:apply", args=[cohort.slug]), {"supplier": supplier.pk, "motivation": ""}, follow=True
    )
    application = Application.objects.get()
    assert response.redirect_chain[-1][0] == reverse("cohorts:application", args=[application.pk])
    assert "a sa place" in text_of(response)
    assert (application.by, application.state) == (member, S.ACCEPTED)


def test_choice_among_my_enterprises_and_no_other():
    cohort = factories.CohortFactory()
    first, member = factories.enterprise("Aube")
    second = people.SupplierFactory(name="Brunante")
    people.MembershipFactory(user=member, organisation=second.organisation)
    foreign, _other = factories.enterprise("Crépuscule")
    client, address = signed_in(member), reverse("cohorts:apply", args=[cohort.slug])
    page = text_of(client.get(address))
    assert "Aube" in page
    assert "Brunante" in page
    assert "Crépuscule" not in page
    assert "Choisissez l’entreprise" in text_of(client.post(address, {"supplier": foreign.pk}))
    assert not Application.objects.exists()
    client.post(address, {"supplier": second.pk})
    assert Application.objects.get().supplier == second
    assert first.pk


def test_selection_keeps_what_was_typed_and_says_what_lacks():
    cohort = factories.CohortFactory(admission=Cohort.Admission.SELECTION)
    supplier, member = factories.enterprise()
    client, address = signed_in(member), reverse("cohorts:apply", args=[cohort.slug])
    assert "pourquoi ce parcours vous convient" in text_of(client.post(address, {"supplier": supplier.pk}))
    long = "Vendre. " * 400
    page = text_of(client.post(address, {"supplier": supplier.pk, "motivation": long}))
    assert "trop long" in page
    assert long.strip()[:200] in page


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED])
def test_unpublished_enterprise_is_told_why_it_cannot_ask(status):
    cohort = factories.CohortFactory()
    supplier, member = factories.enterprise("Petite fiche", status=status)
    client, address = signed_in(member), reverse("cohorts:apply", args=[cohort.slug])
    page = text_of(client.get(address))
    assert "La fiche « Petite fiche » n’est pas publiée" in page
    assert "<textarea" not in page
    client.post(address, {"supplier": supplier.pk, "motivation": "Quand même."})
    assert not Application.objects.exists()


def test_person_without_an_enterprise_is_told_what_to_do():
    cohort = factories.CohortFactory()
    page = text_of(signed_in(people.UserFactory()).get(reverse("cohorts:apply", args=[cohort.slug])))
    assert "Aucune entreprise à votre nom" in page


def test_asking_twice_leads_to_the_first_request():
    cohort = factories.CohortFactory()
    supplier, member = factories.enterprise()
    client, address = signed_in(member), reverse("cohorts:apply", args=[cohort.slug])
    for _n in range(2):
        client.post(address, {"supplier": supplier.pk})
    assert Application.objects.count() == 1
    assert "a déjà posé sa candidature" in text_of(client.get(address))


def test_closed_cohort_takes_nobody_by_its_form():
    cohort = factories.CohortFactory(state=State.CLOSED)
    supplier, member = factories.enterprise()
    response = signed_in(member).post(
        reverse("cohorts:apply", args=[cohort.slug]), {"supplier": supplier.pk, "motivation": "Trop tard."}
    )
    assert "ne prend pas de candidatures" in text_of(response)
    assert not Application.objects.exists()


# -- my requests -------------------------------------------------------------------------------------------------------


def test_thread_tells_the_whole_story():
    cohort = factories.CohortFactory(places=1)
    factories.WorkshopFactory(cohort=cohort, title="Lire un avis")
    first, second = join(cohort), join(cohort)
    client, address = signed_in(second.by), reverse("cohorts:application", args=[second.pk])
    page = text_of(client.get(address))
    assert "Rang 1 aujourd’hui" in page
    assert "Confirmer ma place" not in page
    withdraw_application(application=first, by=first.by)
    page = text_of(client.get(address))
    assert "Une place vous est offerte" in page
    assert "Elle vous est réservée jusqu’au" in page
    page = text_of(client.post(reverse("cohorts:confirm", args=[second.pk]), follow=True))
    assert "Votre place est confirmée." in page
    for title in (
        "Candidature posée",
        "Sur la liste d’attente",
        "Une place vous est offerte",
        "Place confirmée",
    ):
        assert title in page
    assert "Lire un avis" in page


def test_withdrawing_shows_the_consequence_and_needs_a_post():
    cohort = factories.CohortFactory(places=1)
    application = join(cohort)
    client, address = signed_in(application.by), reverse("cohorts:withdraw", args=[application.pk])
    assert "Laisser votre place?" in text_of(client.get(address))
    application.refresh_from_db()
    assert application.state == S.ACCEPTED
    page = text_of(client.post(address, follow=True))
    assert "votre candidature est retirée" in page
    assert "Poser ma candidature" in page
    application.refresh_from_db()
    assert application.state == S.WITHDRAWN


def test_nobody_else_sees_or_moves_a_request(pole_staff, platform_admin, client):
    application = join(factories.CohortFactory())
    _other, stranger = factories.enterprise()
    for person in (stranger, platform_admin):
        visitor = signed_in(person)
        for name, method in (
            ("application", "get"),
            ("withdraw", "get"),
            ("withdraw", "post"),
            ("confirm", "post"),
        ):
            response = getattr(visitor, method)(reverse(f"cohorts:{name}", args=[application.pk]))
            assert response.status_code == 404, name
        assert "Aucune candidature" in text_of(visitor.get(reverse("cohorts:mine")))
    assert client.get(reverse("cohorts:application", args=[application.pk])).status_code == 302
    application.refresh_from_db()
    assert application.state == S.ACCEPTED


def test_member_who_left_sees_it_no_more():
    application = join(factories.CohortFactory())
    application.by.memberships.all().delete()
    assert (
        signed_in(application.by).get(reverse("cohorts:application", args=[application.pk])).status_code
        == 404
    )


def test_late_confirmation_is_refused_in_a_sentence():
    cohort = factories.CohortFactory(places=1)
    first, second = join(cohort), join(cohort)
    withdraw_application(application=first, by=first.by)
    Application.objects.filter(pk=second.pk).update(confirm_by=timezone.now() - timedelta(hours=1))
    page = text_of(signed_in(second.by).post(reverse("cohorts:confirm", args=[second.pk]), follow=True))
    assert "Le délai pour confirmer est passé" in page


def test_my_space_puts_the_offer_first():
    cohort = factories.CohortFactory(places=1, title="Cohorte d’hiver")
    first, second = join(cohort), join(cohort)
    client = signed_in(second.by)
    assert "Confirmer votre place" not in text_of(client.get("/mon-espace/"))
    withdraw_application(application=first, by=first.by)
    page = text_of(client.get("/mon-espace/"))
    assert "Confirmer votre place : Cohorte d’hiver" in page
    assert reverse("cohorts:application", args=[second.pk]) in page
    assert "Confirmer votre place" not in text_of(signed_in(first.by).get("/mon-espace/"))


# -- the calendar ------------------------------------------------------------------------------------------------------


def test_calendar_holds_every_workshop(client):
    cohort = factories.CohortFactory(title="Hiver; cohorte, 1")
    start = timezone.now().replace(microsecond=0) + timedelta(days=31)
    factories.WorkshopFactory(cohort=cohort, title="Lire un avis", starts_at=start, minutes=90)
    factories.WorkshopFactory(cohort=cohort, place="Bibliothèque")
    response = client.get(reverse("cohorts:calendar", args=[cohort.slug]))
    assert response["Content-Type"].startswith("text/calendar")
    one, two = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(one["summary"]) == "Lire un avis (Hiver; cohorte, 1)"
    assert one.decoded("dtstart") == start
    assert one.decoded("dtend") == start + timedelta(minutes=90)
    assert str(one["status"]) == "CONFIRMED"
    assert str(two["location"]) == "Bibliothèque"
    assert one["uid"] != two["uid"]


def test_calendar_of_a_cancelled_cohort_cancels_its_dates(client):
    cohort = factories.CohortFactory(state=State.CANCELLED)
    factories.WorkshopFactory(cohort=cohort)
    (entry,) = Calendar.from_ical(client.get(reverse("cohorts:calendar", args=[cohort.slug])).content).walk(
        "VEVENT"
    )
    assert str(entry["status"]) == "CANCELLED"


# -- the API -----------------------------------------------------------------------------------------------------------


def test_api_lists_announced_cohorts(client):
    cohort = factories.CohortFactory(places=3, title="Vendre", region_id=None)
    cohort.partners.add(people.pole("laval"))
    join(cohort)
    factories.CohortFactory(state=State.DRAFT, title="Secrète")
    answer = client.get("/api/v1/cohorts/").json()
    assert (answer["count"], answer["next"], answer["previous"]) == (1, None, None)
    (row,) = answer["results"]
    assert row["poles"] == ["mauricie", "laval"]
    assert (row["places"], row["places_left"], row["waiting"]) == (3, 2, 0)
    assert row["takes_applications"] is True
    assert row["region"] is None
    assert row["url"].endswith(f"/cohortes/{cohort.slug}/")


def test_api_filters_and_says_what_it_does_not_know(client):
    factories.CohortFactory(state=State.DONE)
    assert client.get("/api/v1/cohorts/").json()["count"] == 0
    assert client.get("/api/v1/cohorts/?status=past&region=04").json()["count"] == 1
    answer = client.get("/api/v1/cohorts/?status=nice").json()
    assert answer["messages"]


def test_names_follow_the_reader(client):
    cohort = factories.CohortFactory(title="Français", title_en="English")
    assert cohort.name == "Français"
    with translation.override("en"):
        assert cohort.name == "English"
        assert "/en/cohorts/" in reverse("cohorts:list")
        assert reverse("cohorts:mine") == "/en/my-space/cohorts/"
