"""What follows a supplier where two become one (`marketplace.web.carriers`)."""

from cohorts.models import Application
from marketplace.web.carriers import carry

carry(Application, "supplier")
