"""What goes against the dates of a cohort asks why; what a pôle decided has its way back while its letters wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cohorts.admission import accept_application, decline_application
from cohorts.lifecycle import cancel_cohort, finish_cohort, start_cohort
from cohorts.models import Application, Cohort, State
from cohorts.undoing import undo_application_decision, undo_cohort_move
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests.admin.conftest import signed_in
from tests.cohorts.factories import ApplicationFactory, CohortFactory, WorkshopFactory, enterprise
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db


def send_due(later: timedelta = timedelta()) -> list[str]:
    before = len(mail.outbox)
    with time_machine.travel(timezone.now() + later, tick=True):
        for pk in Message.objects.due().order_by("pk").values_list("pk", flat=True):
            send_message(message_id=pk)
    return sorted(address for sent in mail.outbox[before:] for address in sent.to)


def test_cohort_does_not_start_six_weeks_early_without_a_reason(pole_staff):
    cohort = CohortFactory(state=State.CLOSED, starts_on=timezone.localdate() + timedelta(weeks=6))
    with pytest.raises(WrongMove, match="Écrivez pourquoi"):
        start_cohort(cohort=cohort, by=pole_staff)
    start_cohort(cohort=cohort, by=pole_staff, reason="Toutes sont prêtes.")
    history = signed_in(pole_staff).get(f"/gestion/cohorts/cohort/{cohort.pk}/history/").content.decode()
    assert "Toutes sont prêtes." in history
    undo_cohort_move(cohort=cohort, by=pole_staff)
    assert Cohort.objects.get(pk=cohort.pk).state == State.CLOSED


def test_cohort_starts_on_its_day_by_itself_and_stays_so(pole_staff):
    cohort = CohortFactory(state=State.CLOSED, starts_on=timezone.localdate())
    start_cohort(cohort=cohort, by=None)
    with pytest.raises(WrongMove, match="dates"):
        undo_cohort_move(cohort=cohort, by=pole_staff)


@pytest.mark.parametrize("days", [-1, 10])
def test_cohort_does_not_end_before_its_last_workshop_without_a_reason(days, pole_staff):
    today = timezone.localdate()
    cohort = CohortFactory(
        state=State.RUNNING, starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=days)
    )
    WorkshopFactory(cohort=cohort, starts_at=timezone.now() + timedelta(hours=2))
    with pytest.raises(WrongMove, match="Écrivez pourquoi"):
        finish_cohort(cohort=cohort, by=pole_staff)
    finish_cohort(cohort=cohort, by=pole_staff, reason="Le dernier atelier a eu lieu ailleurs.")
    assert Cohort.objects.get(pk=cohort.pk).state == State.DONE


def test_page_asks_the_reason_beside_the_button(pole_staff):
    cohort = CohortFactory(state=State.CLOSED)
    client, page = signed_in(pole_staff), f"/gestion/cohorts/cohort/{cohort.pk}/change/"
    assert 'name="reason"' in client.get(page).content.decode()
    address = reverse("cohorts_admin:move_cohort", args=[cohort.pk])
    assert "Écrivez pourquoi" in client.post(address, {"move": "start"}, follow=True).content.decode()
    client.post(address, {"move": "start", "reason": "Toutes sont prêtes."})
    assert Cohort.objects.get(pk=cohort.pk).state == State.RUNNING
    client.post(address, {"move": "undo"})
    assert Cohort.objects.get(pk=cohort.pk).state == State.CLOSED


def test_cancelled_cohort_takes_place_after_all_while_the_letters_wait(pole_staff):
    supplier, member = enterprise()
    cohort = CohortFactory()
    ApplicationFactory(cohort=cohort, supplier=supplier, state="accepted", seat=1)
    cancel_cohort(cohort=cohort, by=pole_staff, message="Trop peu d’inscrites.")
    undo_cohort_move(cohort=cohort, by=pole_staff)
    assert Cohort.objects.get(pk=cohort.pk).state == State.OPEN
    assert send_due(timedelta(hours=1)) == []
    cancel_cohort(cohort=cohort, by=pole_staff, message="Cette fois, oui.")
    assert send_due() == []
    assert send_due(timedelta(minutes=11)) == [member.email]
    with pytest.raises(WrongMove, match="déjà le courriel"):
        undo_cohort_move(cohort=cohort, by=pole_staff)


@pytest.mark.parametrize("verb", [accept_application, decline_application])
def test_decision_about_a_request_is_undone_while_its_letter_waits(verb, pole_staff, foreign_staff):
    supplier, member = enterprise()
    cohort = CohortFactory(admission=Cohort.Admission.SELECTION)
    application = ApplicationFactory(cohort=cohort, supplier=supplier)
    verb(application=application, by=pole_staff, message="Voici pourquoi.")
    with pytest.raises(NotAllowed):
        undo_application_decision(application=application, by=foreign_staff)
    undo_application_decision(application=application, by=pole_staff)
    row = Application.objects.get(pk=application.pk)
    assert (row.state, row.seat, row.decided_by) == ("applied", None, None)
    assert send_due(timedelta(hours=1)) == []
    verb(application=row, by=pole_staff, message="Voici pourquoi.")
    assert send_due(timedelta(minutes=11)) == [member.email]
    with pytest.raises(WrongMove, match="déjà le courriel"):
        undo_application_decision(application=row, by=pole_staff)
