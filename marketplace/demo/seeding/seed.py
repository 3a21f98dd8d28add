"""The whole demo in one transaction: the same rows for the same (seed, day)."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils import timezone

from buyers.ocds.importer import import_tenders
from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import Consent, Organisation, User
from marketplace.matching.experience import learn_experience
from marketplace.matching.models import Alert
from suppliers.directory_index import reindex_suppliers
from suppliers.models import DirectoryText, Offer, Status, Supplier

from .addresses import populated_towns
from .alerts import seed_alerts
from .answers import seed_answers
from .bulk_copy import label_history, without_index
from .buyers import BUYERS as INVENTED_BUYERS
from .buyers import seed_buyers
from .cohorts import seed_cohorts
from .duplicates import seed_duplicates, seed_registry_drift
from .enterprise_rows import Progress, seed_enterprises
from .enterprises import MEMBER_MRC, MEMBER_NEQ
from .events import seed_events
from .feedback import seed_feedback
from .imports import seed_imports
from .inquiries import seed_inquiries
from .letters import seed_letters
from .need_exchanges import seed_need_exchanges
from .needs import seed_needs
from .notice_winners import Sellers, group_sellers
from .outcomes import seed_outcomes
from .outreach import seed_outreach
from .own_lists import seed_own_lists
from .people import seed_join_requests, seed_people
from .pictures import seed_pictures
from .pole_list import seed_pole_list
from .promotion import seed_promotion
from .references import seed_references
from .refused_mail import seed_refused_mail
from .registrations import seed_certificates, seed_documents, seed_registrations
from .saved_searches import seed_saved_searches
from .security_log import seed_security_log
from .shortlists import seed_shortlists
from .sources import seed_seller_names, seed_sources, settle_sources
from .tenders import DemoReleaseWriter
from .triage import seed_triage

BUYERS = len(INVENTED_BUYERS)
#: Of each other state (announced, closed, called off, without a bid), for each open one.
OTHER_SHARE = 0.02
#: Notices of the past year with a winner, for each open one: what past awards are read from.
AWARDED_SHARE = 0.25
FOR_MEMBER = 4
LAST_NEQ = 1_199_999_999


class AlreadySeeded(Exception):
    """Seeded enterprises stand in this database."""


@transaction.atomic
def seed_demo(*, suppliers: int, tenders: int, seed: int, day: date, progress: Progress) -> dict[str, int]:
    """Write the demo; returns how many of each. Raises AlreadySeeded and changes nothing where it stands already.

    `suppliers` enterprises are published; a few more fill the queue and the list of prospects. `tenders` notices are
    open on `day`; a quarter as many were awarded in the past year.
    """
    if Organisation.objects.filter(neq__startswith="1199").exists():
        raise AlreadySeeded
    rng = random.Random(f"{seed}:{day.isoformat()}")
    label_history("demo.seed")
    enterprises = seed_enterprises(count=suppliers, rng=rng, day=day, progress=progress)
    progress("directory", 0, 1)
    with without_index(DirectoryText, "directory_search"):
        reindex_suppliers(supplier_ids=None)
    progress("directory", 1, 1)
    first_neq = LAST_NEQ if enterprises + BUYERS <= 1_000_000 else 0
    buyers = seed_buyers(towns=populated_towns(), rng=rng, first_neq=first_neq)
    member_of = Supplier.objects.get(organisation__neq=MEMBER_NEQ)
    member = seed_people(buyer=buyers[0], supplier=member_of)
    give_consent(
        user=member, purpose=Consent.Purpose.ALERTS, wording="Consentement de démonstration.", by=member
    )
    Alert.objects.create(user=member, supplier=member_of, frequency=Alert.Frequency.INSTANT)
    writer = DemoReleaseWriter(buyers, rng, day)
    winners = sellers_by_code()
    awarded = round(tenders * AWARDED_SHARE)
    releases = [release for index in range(awarded) for release in writer.awarded_tender(index, winners)]
    for index in range(tenders):
        releases += writer.open_tender(awarded + index, for_member=index < FOR_MEMBER)
    releases += other_states(writer, awarded + tenders, round(tenders * OTHER_SHARE) or min(tenders, 1))
    progress("tenders", 0, len(releases))
    staff = User.objects.get(email="mauricie@demo.example")
    releases += seed_sources(day=day, buyers=buyers, staff=staff, rng=random.Random(f"{seed}:{day}:sources"))
    seed_seller_names(day=day, staff=staff)
    import_releases(releases)
    settle_sources()
    learn_experience(supplier_ids=None, by=None)
    progress("tenders", len(releases), len(releases))
    seed_registrations(member=member, staff=staff)
    if member_of.organisation.mrc_id == MEMBER_MRC:  # the territory of these staff
        seed_documents(supplier=member_of, staff=staff)
        seed_certificates(supplier=member_of, member=member, staff=staff, day=day)
    seed_references(member_of=member_of, rng=random.Random(f"{seed}:{day}:references"), day=day)
    seed_pictures(count=suppliers)
    seed_pole_list(rng=random.Random(f"{seed}:{day}:list"))
    seed_imports(staff=staff)
    seed_triage(staff=staff, at=timezone.now())
    seed_cohorts(member_of=member_of, member=member, rng=random.Random(f"{seed}:{day}:cohorts"), day=day)
    seed_events(member_of=member_of, member=member, shop=buyers[0], rng=rng)
    seed_needs(
        buyers=buyers,
        shopper=User.objects.get(email="acheteuse@demo.example"),
        rng=random.Random(f"{seed}:{day}:needs"),
        day=day,
    )
    seed_need_exchanges(  # after the needs, which it answers
        member_of=member_of,
        member=member,
        shopper=User.objects.get(email="acheteuse@demo.example"),
        rng=random.Random(f"{seed}:{day}:need_exchanges"),
    )
    seed_join_requests(member=member, shop=buyers[0], day=day)
    seed_saved_searches()
    seed_alerts(
        member_of=member_of, member=member, shopper=User.objects.get(email="acheteuse@demo.example"), day=day
    )
    seed_feedback(member_of=member_of, member=member, staff=staff)
    seed_own_lists(shop=buyers[0], rng=random.Random(f"{seed}:{day}:own_lists"))
    seed_inquiries(
        member_of=member_of,
        shop=buyers[0],
        rng=random.Random(f"{seed}:{day}:inquiries"),
        day=day,
    )
    seed_answers(member_of=member_of, member=member, shop=buyers[0], day=day)
    seed_shortlists(town=buyers[0].organisation)
    seed_outcomes(
        member_of=member_of,
        shopper=User.objects.get(email="acheteuse@demo.example"),
        shop=buyers[0],
        rng=random.Random(f"{seed}:{day}:outcomes"),
        day=day,
    )
    seed_duplicates(staff=staff)
    seed_registry_drift(staff=staff)
    seed_outreach(staff=staff, shop=buyers[0], day=day)
    seed_refused_mail(staff=staff, day=day)
    seed_letters(staff=staff, member=member, day=day)
    seed_promotion(staff=staff, day=day)
    seed_security_log(rng=random.Random(f"{seed}:{day}:security"), day=day)
    return {"suppliers": enterprises, "buyers": len(buyers), "tenders": tenders, "awarded": awarded}


def import_releases(releases: list[dict[str, Any]]) -> None:
    """Import notices as real ones are; raises RuntimeError where one is rejected."""
    if not releases:  # a file without any is rejected
        return
    with TemporaryDirectory() as folder:
        path = Path(folder, "demonstration.json")
        path.write_text(json.dumps({"version": "1.1", "releases": releases}), encoding="utf-8")
        report = import_tenders(path=path, by=None)
    if report.rejected:
        raise RuntimeError(str(report.rejected[0]))


def sellers_by_code() -> Sellers:
    """Some sellers of each code in each region, to win what was awarded."""
    published = Offer.codes.through.objects.filter(offer__supplier__status=Status.PUBLISHED)
    of = "offer__supplier__organisation__"
    rows = published.order_by("offer_id").values_list(
        "unspsccode_id", f"{of}neq", f"{of}name", f"{of}region_id"
    )
    return group_sellers(list(rows[:20_000]))


def other_states(writer: DemoReleaseWriter, first: int, count: int) -> list[dict[str, Any]]:
    """`count` notices announced, as many closed, called off, and left without a bid."""
    found: list[dict[str, Any]] = []
    for n in range(count):
        index = first + 4 * n
        found += writer.planned_tender(index)
        found += writer.closed_tender(index + 1)
        found += writer.ended_tender(index + 2, cancelled=True)
        found += writer.ended_tender(index + 3, cancelled=False)
    return found
