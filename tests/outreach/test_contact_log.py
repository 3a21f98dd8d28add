"""The contact log: who reads it, one form written once, what is to be done next, and what is forgotten."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.people import erase_person, find_person_traces
from marketplace.accounts.person_marks import PersonMarks
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.outreach.contact_log.personal_data import forget_contacts
from marketplace.outreach.contact_log.recording import (
    NextAction,
    close_next_action,
    log_contact,
    postpone_next_action,
    withdraw_contact,
)
from marketplace.outreach.models import Approach, ContactEntry, InstitutionInvitation, Respondent
from marketplace.outreach.pipeline.personal_data import forget_declined_people
from marketplace.web.errors import NotAllowed, Refused
from tests import factories
from tests.accounts.test_forgetting import everywhere
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db


def noted(organisation, by, **fields):
    today = timezone.localdate()
    return log_contact(
        organisation=organisation,
        kind="call",
        direction="out",
        by=by,
        **{"said": "Oui.", "next_action": NextAction("Rappeler", today, by)} | fields,
    )


def typed(**fields):
    today = timezone.localdate()
    return {
        "way": "call_out",
        "on": str(today),
        "with_whom": "Zénon Discret",
        "said": "Il rappellera.",
        "next_action": "Rappeler",
        "next_on": str(today + timedelta(days=2)),
        "next_by": "",
        "key": str(uuid4()),
    } | fields


def test_form_writes_one_entry_however_often_it_is_sent(pole_staff):
    supplier = factories.SupplierFactory(status="draft")
    client = signed_in(pole_staff)
    address = reverse("outreach_admin:organisation_log", args=[supplier.organisation_id])
    sheet = reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    sent = typed(back="supplier")
    for _time in range(2):
        assert client.post(address, sent)["Location"] == sheet
    entry = ContactEntry.objects.get()
    assert (entry.way, entry.pole_id, entry.by, entry.next_by) == ("call_out", "mauricie", pole_staff, None)
    assert "Il rappellera." in client.get(sheet).content.decode()
    wrong = client.post(address, typed(next_on="", key=str(uuid4()))).content.decode()
    assert "Dites pour quel jour." in wrong
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    assert "Cette date est à venir" in client.post(address, typed(on=tomorrow)).content.decode()
    assert ContactEntry.objects.count() == 1


def test_what_a_pole_noted_is_its_own(pole_staff, platform_admin):
    organisation = factories.SupplierFactory(status="draft").organisation
    entry = noted(organisation, pole_staff)
    other = factories.PolePostFactory(pole=factories.pole("laval")).user
    client = signed_in(other)
    for name, key in (("organisation_log", organisation.pk), ("contact_state", entry.pk)):
        assert client.post(reverse(f"outreach_admin:{name}", args=[key]), typed()).status_code == 404
    for verb in (close_next_action, withdraw_contact):
        with pytest.raises(NotAllowed):
            verb(entry=entry, by=other)
    with pytest.raises(NotAllowed):
        noted(organisation, other)
    with pytest.raises(Refused):
        noted(organisation, pole_staff, next_action=NextAction("Oui", timezone.localdate(), other))
    # Two pôles that answer for one organisation keep each their own log.
    organisation.pole = factories.pole("laval")
    organisation.save()
    noted(organisation, other, said="De Laval.")
    for reader, seen in ((pole_staff, 1), (other, 1), (platform_admin, 2)):
        assert ContactEntry.objects.visible_to(reader).filter(organisation=organisation).count() == seen
    assert (
        ContactEntry.objects.visible_to(factories.MembershipFactory(organisation=organisation).user).count()
        == 0
    )


def test_next_action_is_closed_once_put_off_once_and_taken_back(pole_staff):
    entry = noted(factories.SupplierFactory().organisation, pole_staff)
    client, address = signed_in(pole_staff), reverse("outreach_admin:next_actions")
    page = client.get(address)
    assert [row.pk for row, _badge in page.context["rows"]] == [entry.pk]
    assert "action à faire" in client.get(reverse("admin:index")).content.decode()
    later = {"entry": entry.pk, "seen": str(entry.next_on), "move": "7"}
    client.post(address, later)
    assert "changé entretemps" in client.post(address, later, follow=True).content.decode()
    entry.refresh_from_db()
    assert entry.next_on == timezone.localdate() + timedelta(days=7)
    done = client.post(address, {"entry": entry.pk, "move": "done"})
    assert (
        "l’a déjà faite"
        in client.post(address, {"entry": entry.pk, "move": "done"}, follow=True).content.decode()
    )
    assert "Pas faite après tout" in client.get(done["Location"]).content.decode()
    client.post(address, {"entry": entry.pk, "move": "reopen"})
    entry.refresh_from_db()
    assert entry.has_open_action
    withdraw_contact(entry=entry, by=pole_staff)
    with pytest.raises(Refused):
        postpone_next_action(entry=entry, seen=entry.next_on, until=entry.next_on, by=pole_staff)
    assert not ContactEntry.objects.with_open_action().exists()


def test_old_words_and_erased_people_are_forgotten(pole_staff, platform_admin):
    organisation = factories.SupplierFactory().organisation
    entry = noted(organisation, pole_staff, with_whom="Zoltane O’Ficelle", said="z@ficelle.test")
    marks = PersonMarks(name="Zoltane O’Ficelle", email="z@ficelle.test")
    keys = [trace.key for trace in find_person_traces(marks=marks, user=pole_staff)]
    erase_person(marks=marks, keys=keys, channel="phone", by=platform_admin)
    assert everywhere("ficelle") == []
    noted(organisation, pole_staff, said="Zibeline", on=timezone.localdate() - timedelta(days=4 * 366))
    assert forget_contacts(by=None) == 1
    assert forget_contacts(by=None) == 0
    assert everywhere("zibeline") == []
    row = Approach.objects.create(
        organisation=organisation, pole=entry.pole, side="selling", contact_name="Zibeline",
        stage_on=timezone.localdate() - timedelta(days=4 * 366),
    )  # fmt: skip
    long_ago = timezone.now() - timedelta(days=4 * 366)
    InstitutionInvitation.objects.create(approach=row, name="Zibeline", at=long_ago)
    Respondent.objects.create(
        pole=entry.pole,
        organisation=organisation,
        name="Zibeline",
        since=long_ago.date(),
        until=long_ago.date(),
    )
    assert (forget_declined_people(by=None), forget_declined_people(by=None)) == (3, 0)
    assert everywhere("zibeline") == []
    erase_personal_data(user=pole_staff, by=None)
    entry.refresh_from_db()
    assert (entry.by, entry.next_by, entry.has_open_action) == (None, None, True)
