"""Law 25: where buyers' profiles may name people who have no account. Notices and awards are public records, and stay."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from marketplace.accounts.people import PeopleColumns, register_people_columns

register_people_columns(
    PeopleColumns(
        "buyers", Buyer, ("presentation",), gettext_lazy("profil d’un acheteur"), organisation="organisation"
    )
)
