"""A wrong claim is undone from where it was accepted; those who had a letter know, and nobody else has one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.accounts.join_undoing import undo_join_decision
from marketplace.accounts.joining import accept_join_request, refuse_join_request
from marketplace.accounts.models import JoinRequest, Membership, Side
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from tests import factories
from tests.admin.conftest import signed_in
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db


def asked(organisation, side=Side.SELLING, **fields) -> JoinRequest:
    user = factories.UserFactory()
    return JoinRequest.objects.create(
        organisation=organisation, side=side, user=user, title="Directrice", email=user.email, **fields
    )


def send_due(later: timedelta = timedelta()) -> list[str]:
    before = len(mail.outbox)
    with time_machine.travel(timezone.now() + later, tick=True):
        for pk in Message.objects.due().order_by("pk").values_list("pk", flat=True):
            send_message(message_id=pk)
    return sorted(address for sent in mail.outbox[before:] for address in sent.to)


def test_wrong_claim_is_undone_before_anybody_reads_of_it(pole_staff, platform_admin):
    organisation = factories.SupplierFactory().organisation
    holder = factories.MembershipFactory(organisation=organisation, role="owner")
    claim, other = asked(organisation), asked(organisation)
    accept_join_request(join_request=claim, by=pole_staff)
    undo_join_decision(join_request=claim, by=platform_admin)
    assert list(Membership.objects.all()) == [holder]
    assert set(JoinRequest.objects.values_list("state", "decided_by")) == {("open", None)}
    assert other.pk in JoinRequest.objects.open().values_list("pk", flat=True)
    assert send_due(timedelta(hours=1)) == []
    accept_join_request(join_request=claim, by=pole_staff, end_others=False)  # decided anew, told anew
    assert send_due(timedelta(hours=1)) == sorted([claim.user.email, holder.user.email])


def test_those_who_had_the_letter_are_told(pole_staff):
    organisation = factories.SupplierFactory().organisation
    holder = factories.MembershipFactory(organisation=organisation, role="owner").user
    claim = asked(organisation)
    accept_join_request(join_request=claim, by=pole_staff)
    assert send_due() == []
    both = sorted([claim.user.email, holder.email])
    assert send_due(timedelta(minutes=11)) == both
    claim.refresh_from_db()
    undo_join_decision(join_request=claim, by=pole_staff, message="Mauvaise personne.")
    assert send_due() == both
    assert all("Mauvaise personne." in sent.body for sent in mail.outbox[-2:])


def test_refusal_is_undone(pole_staff):
    claim = asked(factories.SupplierFactory().organisation)
    refuse_join_request(join_request=claim, by=pole_staff, answer="Il manque une pièce.")
    undo_join_decision(join_request=claim, by=pole_staff)
    assert send_due(timedelta(hours=1)) == []
    with pytest.raises(WrongMove, match="Aucune décision"):
        undo_join_decision(join_request=claim, by=pole_staff)


def test_institution_verified_by_a_wrong_acceptance_is_verified_no_more(platform_admin):
    organisation = factories.BuyerFactory(organisation__neq=None).organisation
    first = asked(organisation, Side.BUYING, claimed_neq="8800000001", domain="ville.exemple.test")
    accept_join_request(join_request=first, by=platform_admin, email_domains=["ville.exemple.test"])
    assert organisation.own_domains.confirmed().exists()
    undo_join_decision(join_request=first, by=platform_admin)
    organisation.refresh_from_db()
    assert (organisation.neq, organisation.institution_verified_on) == (None, None)
    assert not organisation.own_domains.exists()
    assert not Membership.objects.exists()


def test_others_do_not_undo(pole_staff, foreign_staff):
    claim = asked(factories.SupplierFactory().organisation)
    accept_join_request(join_request=claim, by=pole_staff)
    for person in (foreign_staff, claim.user):
        with pytest.raises(NotAllowed):
            undo_join_decision(join_request=claim, by=person)


def test_page_of_the_request_leads_to_the_undoing(pole_staff):
    claim = asked(factories.SupplierFactory().organisation)
    client = signed_in(pole_staff)
    page, undo = (f"/gestion/accounts/joinrequest/{claim.pk}/{name}/" for name in ("change", "annuler"))
    done = client.post(
        page.replace("change", "decision"), {"decision": "accept", "role": "owner"}, follow=True
    ).content.decode()
    assert undo in done
    assert "vous pouvez encore annuler" in done
    assert "Annuler cette décision" in client.get(undo).content.decode()
    assert "attend de nouveau" in client.post(undo, follow=True).content.decode()
    assert undo not in client.get(page).content.decode()
