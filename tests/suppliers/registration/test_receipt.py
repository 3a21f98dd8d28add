"""« Renvoyer l’accusé de réception »: by who sent it, by the pôle, a few times a day, by nobody else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.outbox.models import Message
from suppliers.curation import submit_supplier
from suppliers.emails import REGISTRATION_RECEIVED, send_registration_received
from suppliers.models import Status
from tests import factories

pytestmark = pytest.mark.django_db


def test_receipt_goes_again_to_who_sent_it_and_only_so_often():
    supplier = factories.SupplierFactory(status=Status.DRAFT)
    sender = factories.MembershipFactory(organisation=supplier.organisation).user
    decision = submit_supplier(supplier=supplier, by=sender)
    send_registration_received(supplier=supplier, decision=decision, by=sender)
    supplier.refresh_from_db()
    mails = Message.objects.filter(kind=REGISTRATION_RECEIVED.kind)
    address = reverse("suppliers:register_receipt", args=[supplier.pk])

    def press(user):
        client = Client()
        client.force_login(user)
        return client.post(address).status_code

    def wait():
        mails.update(created_at=timezone.now() - timedelta(minutes=11))

    assert press(sender) == 302
    assert mails.count() == 1  # it has just left
    for expected in (2, 3, 4, 4):
        wait()
        press(sender)
        assert mails.count() == expected
    assert set(mails.values_list("recipient", flat=True)) == {sender.pk}
    assert press(factories.UserFactory()) == 404
