"""What follows an organisation where two become one (`web.carriers`)."""

from marketplace.outbox.models import Message
from marketplace.web.carriers import carry

carry(Message, "members_of")  # or the letters that wait would find nobody
