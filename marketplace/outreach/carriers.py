"""What follows an organisation or its supplier where two become one (`web.carriers`)."""

from marketplace.outreach.models import ContactEntry, FeaturedSupplier, LetterTarget
from marketplace.web.carriers import carry

carry(ContactEntry, "organisation")
carry(LetterTarget, "supplier", alike=("letter",))
carry(FeaturedSupplier, "supplier")
