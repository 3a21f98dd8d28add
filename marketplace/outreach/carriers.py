"""What follows an organisation where two become one (`web.carriers`)."""

from marketplace.outreach.models import ContactEntry, LetterTarget
from marketplace.web.carriers import carry

carry(ContactEntry, "organisation")
carry(LetterTarget, "supplier", alike=("letter",))
