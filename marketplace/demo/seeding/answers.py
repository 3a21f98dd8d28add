"""Seeded answers of enterprises to notices, each state inhabited: followed and changed since, interesting, set aside with a
reason; partners to find, a group at work, an invitation that waits, a group dissolved.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.utils import timezone

from buyers.models import Buyer, Tender
from buyers.ocds.derivation import order_versions
from marketplace.accounts.models import User
from marketplace.classification.codes import code_prefix
from marketplace.dealings.models import Consortium, ConsortiumMember, Decline, Follow, Interest
from suppliers.models import DirectoryEntry, Supplier

from .seed_data import read_seed_data

_DATA = read_seed_data("answers.json")
State = ConsortiumMember.State
PARTNERS = 6


def seed_answers(*, member_of: Supplier, member: User, shop: Buyer, day: date) -> int:
    """Write them; how many groups. `member_of` and `shop` are what the demo's logins are members of."""
    running = Tender.objects.open().order_by("pk")
    mine = list(running.filter(buyer=shop)[:4])
    others = list(
        Supplier.objects.published()
        .filter(organisation__region=member_of.organisation.region_id)
        .exclude(pk=member_of.pk)
        .select_related("organisation")
        .order_by("pk")[:PARTNERS]
    )
    if len(mine) < 4 or len(others) < PARTNERS:
        return 0
    at = timezone.make_aware(datetime.combine(day, time(9, 30)))
    for tender in mine[:2]:
        _follow(member, tender)
    _say(member_of, mine[0], at, by=member, seen_by_buyer=True, open_to_partners=True)
    for number, supplier in enumerate(others[:4]):
        _say(supplier, mine[0], at, seen_by_others=number < 2, open_to_partners=True)
    group = Consortium.objects.create(
        tender=mine[0], created_by=member, **{name: _DATA[name] for name in ("plan", "answer", "notes")}
    )
    _part(group, member_of, State.ACCEPTED, at, _DATA["brings"][0], is_lead=True, contact=member)
    for number, (supplier, state) in enumerate(
        zip(others, (State.ACCEPTED, State.INVITED, State.DECLINED), strict=False), 1
    ):
        _part(group, supplier, state, at + timedelta(hours=number), _DATA["brings"][number])

    _say(member_of, mine[1], at, by=member, seen_by_others=True, open_to_partners=True)
    _say(others[4], mine[1], at, open_to_partners=True)
    asking = Consortium.objects.create(tender=mine[1])
    _part(asking, others[4], State.ACCEPTED, at, _DATA["brings"][1], is_lead=True)
    _part(asking, member_of, State.INVITED, at, _DATA["brings"][0])

    Decline.objects.create(
        supplier=member_of, tender=mine[2], reason=Decline.Reason.TOO_SOON, note=_DATA["note"], by=member
    )
    Decline.objects.create(supplier=others[5], tender=mine[0], reason=Decline.Reason.TOO_FAR)
    if closed := Tender.objects.filter(status=Tender.Status.COMPLETE).order_by("pk").first():
        over = Consortium.objects.create(tender=closed, dissolved_at=at - timedelta(days=20))
        _part(over, member_of, State.ACCEPTED, at - timedelta(days=40), "", is_lead=True, contact=member)
        _part(over, others[5], State.LEFT, at - timedelta(days=39), "")
    _seed_partners(member_of, member, at)
    _seed_change(member)
    return Consortium.objects.count()


def _seed_partners(member_of: Supplier, member: User, at: datetime) -> None:
    """A notice of several lots that several enterprises of its trades would answer together: groups are proposed."""
    lots = Tender.objects.open().annotate(count=Count("lots")).filter(count__gte=2).order_by("pk").first()
    if lots is None:
        return
    _say(member_of, lots, at, by=member, open_to_partners=True)
    wanted = {code_prefix(code)[:6] for lot in lots.lots.all() for code in lot.unspsc}
    wanted |= {code_prefix(code)[:6] for code in lots.unspsc}
    sellers = DirectoryEntry.objects.filter(codes__overlap=list(wanted)).exclude(supplier=member_of)
    for entry in sellers.select_related("supplier").order_by("pk")[:PARTNERS]:
        _say(entry.supplier, lots, at, open_to_partners=True)


def _seed_change(member: User) -> None:
    """A followed notice that changed since: its mail leaves within the minute, for « Courriels »."""
    amended = (
        Tender.objects.open().annotate(count=Count("versions")).filter(count__gte=2).order_by("pk").first()
    )
    if amended is not None:
        first = order_versions(amended.ocid, amended.versions.all())[0]
        Follow.objects.get_or_create(user=member, tender=amended, defaults={"told_version": first.release_id})


def _follow(member: User, tender: Tender) -> None:
    Follow.objects.create(user=member, tender=tender, told_version=tender.version)


def _say(supplier: Supplier, tender: Tender, at: datetime, **fields: object) -> None:
    interest, _is_new = Interest.objects.get_or_create(supplier=supplier, tender=tender, defaults=fields)
    Interest.objects.filter(pk=interest.pk).update(at=at)


def _part(
    group: Consortium, supplier: Supplier, state: str, at: datetime, brings: str, **fields: object
) -> None:
    ConsortiumMember.objects.create(
        consortium=group,
        supplier=supplier,
        state=state,
        brings=brings,
        invited_at=at,
        answered_at=None if state == State.INVITED else at + timedelta(hours=3),
        **fields,
    )
