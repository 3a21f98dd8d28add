"""`dev.py prove sealed_rush`: 200 enterprises hand in around one closing; those in time are in, none after, one receipt each."""

from __future__ import annotations

import pytest

from marketplace.dealings.models import Quote
from marketplace.outbox.models import Message
from tests.dealings.test_sealed_quotes import rush

pytestmark = pytest.mark.django_db(transaction=True)
ENTERPRISES = 200


def test_two_hundred_in_the_last_second():
    kept, lost, late = rush(ENTERPRISES, before=1.0, after=0.5)
    assert kept > ENTERPRISES / 4
    assert (lost, late) == (0, 0)
    receipts = Message.objects.filter(kind="exchange.quote_received")
    assert receipts.count() == kept == Quote.objects.submitted().count()
