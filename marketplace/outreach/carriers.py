"""What follows an organisation or its supplier where two become one (`web.carriers`)."""

from marketplace.outreach.models import Approach, ContactEntry, FeaturedSupplier, LetterTarget, Respondent
from marketplace.web.carriers import carry

carry(ContactEntry, "organisation")
carry(LetterTarget, "supplier", alike=("letter",))
carry(FeaturedSupplier, "supplier")
carry(Approach, "organisation")
carry(Respondent, "organisation")
