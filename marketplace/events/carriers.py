"""What follows an organisation and its supplier where two become one (`marketplace.web.carriers`)."""

from marketplace.events.models import Participation
from marketplace.web.carriers import carry

carry(Participation, "organisation", "supplier")
