"""Seeded alerts in each state: running at each rhythm, narrow and wide, paused for holidays, stopped; one with mail that waits."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching.alerts.digests import announce_notices
from marketplace.matching.alerts.models import Alert
from marketplace.matching.alerts.reading import ask_address, confirm_address, renew_feeds
from marketplace.matching.alerts.verbs import CONSENT_WORDING, Profile, ask_alert, pause_alerts, stop_alerts
from suppliers.models import Supplier

Frequency = Alert.Frequency
#: Of the member, beside the alert without criteria: for the enterprise or for themselves, and what is asked.
MEMBERS = (
    (
        True,
        Profile(
            name="Entretien ménager en Mauricie",
            words="entretien ménager, nettoyage de bureaux",
            regions=("04",),
        ),
    ),
    (
        False,
        Profile(name="Tous les avis de la Mauricie", regions=("04",), frequency=Frequency.WEEKLY, weekday=3),
    ),
    (False, Profile(name="Gros contrats de traiteur", words="traiteur", amount_from=Decimal(100_000))),
)
BUYERS = (
    Profile(
        name="Ce que d’autres villes demandent",
        words="entretien, déneigement",
        regions=("04",),
        frequency=Frequency.WEEKLY,
    ),
    Profile(name="Mobilier urbain", codes=("5610",), methods=("open",)),
)
WAITING = 60  # the latest notices, announced to the alerts that they answer


def seed_alerts(*, member_of: Supplier, member: User, shopper: User, day: date) -> None:
    of_member = [
        _ask(member, member_of if is_for_supplier else None, profile) for is_for_supplier, profile in MEMBERS
    ]
    of_buyer = [_ask(shopper, None, profile) for profile in BUYERS]
    pause_alerts(alerts=[of_member[-1]], paused_from=day, paused_until=day + timedelta(days=14), by=member)
    stop_alerts(alerts=[of_buyer[-1]], by=shopper)
    renew_feeds(user=member, by=member)
    confirm_address(reader=ask_address(user=shopper, address="achats@demo.example", by=shopper), by=shopper)
    latest = Tender.objects.open().order_by("-published_at", "pk").values_list("pk", flat=True)[:WAITING]
    announce_notices(tenders=list(latest), by=None)


def _ask(user: User, supplier: Supplier | None, profile: Profile) -> Alert:
    return ask_alert(
        user=user, supplier=supplier, profile=profile, consent_wording=str(CONSENT_WORDING), by=user
    )
