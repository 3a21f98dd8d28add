"""Who a letter is written to: of each enterprise its members or its own address, and why one is left out. A few statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.models import Consent, Membership, Organisation, User
from marketplace.outbox.models import Suppression
from marketplace.outreach.models import Letter, LetterTarget, Purpose
from marketplace.outreach.writing.purposes import RULES, Rule, refusing_among
from suppliers.models import Contact, Status, Supplier

LeftOut = LetterTarget.LeftOut
#: An enterprise is invited to manage its listing no more often than this.
INVITED_APART = timedelta(days=90)


@dataclass(frozen=True)
class Reader:
    """One mail: to a member, or to the listing's own address. `person`: their name, where it is known."""

    supplier: Supplier
    user: User | None
    address: str
    person: str

    @property
    def organisation(self) -> Organisation:
        return self.supplier.organisation


@dataclass
class Audience:
    """`readers` by the key of the target; `left_out`: why, by the same."""

    readers: dict[int, list[Reader]] = field(default_factory=dict)
    left_out: dict[int, str] = field(default_factory=dict)

    @property
    def mails(self) -> int:
        return sum(len(readers) for readers in self.readers.values())

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Each reason in words with how many, the most frequent first."""
        counted = Counter(self.left_out.values())
        return [(str(LeftOut(why).label), n) for why, n in counted.most_common()]


def read_audience(letter: Letter, targets: Sequence[LetterTarget], *, taken: Iterable[str] = ()) -> Audience:
    """Of these targets (their suppliers and organisations fetched along). `taken`: addresses that have this letter already."""
    rule = RULES[letter.purpose]
    found = Audience()
    standing = _standing(letter, targets, found)
    candidates, managed = _candidates(rule, standing)
    refusing = _refusing(rule, candidates)
    consenting = _consenting(rule, candidates)
    invited = _invited_lately(letter, standing)
    seen = {address.lower() for address in taken}
    for target in standing:
        readers = candidates[target.supplier_id]
        if target.supplier_id in invited:
            found.left_out[target.pk] = LeftOut.INVITED_LATELY
        elif not rule.to_members and target.supplier_id in managed:
            found.left_out[target.pk] = LeftOut.HAS_MEMBERS
        elif rule.consent and not any(reader.user and reader.user.pk in consenting for reader in readers):
            found.left_out[target.pk] = LeftOut.NO_CONSENT
        elif not readers:
            found.left_out[target.pk] = LeftOut.NO_ADDRESS
        else:
            _choose(rule, target, readers, consenting, refusing, seen, found)
    return found


def _choose(
    rule: Rule,
    target: LetterTarget,
    readers: list[Reader],
    consenting: set[int],
    refusing: dict[str, str],
    seen: set[str],
    found: Audience,
) -> None:
    if rule.consent:
        readers = [reader for reader in readers if reader.user and reader.user.pk in consenting]
    kept = [reader for reader in readers if reader.address not in refusing]
    fresh = [reader for reader in kept if reader.address not in seen]
    if fresh:
        found.readers[target.pk] = fresh
        seen |= {reader.address for reader in fresh}
    else:
        found.left_out[target.pk] = LeftOut.SAME_ADDRESS if kept else refusing[readers[0].address]


def _standing(letter: Letter, targets: Sequence[LetterTarget], found: Audience) -> list[LetterTarget]:
    """Less those that are archived, or not of the territory of who writes it and of the pôle that signs: its colleagues read
    whom it names."""
    rows = Supplier.objects.filter(pk__in=[target.supplier_id for target in targets])
    rows = rows.curated_by(letter.by or AnonymousUser())
    if letter.pole_id:
        rows = rows.filter(organisation__in=Organisation.objects.in_territory_of(letter.pole_id))
    curated = set(rows.values_list("pk", flat=True))
    standing = []
    for target in targets:
        if target.supplier_id not in curated:
            found.left_out[target.pk] = LeftOut.NOT_YOURS
        elif target.supplier.status == Status.ARCHIVED:
            found.left_out[target.pk] = LeftOut.ARCHIVED
        else:
            standing.append(target)
    return standing


def _candidates(rule: Rule, targets: list[LetterTarget]) -> tuple[dict[int, list[Reader]], set[int]]:
    """By supplier; and which have members. Two statements."""
    suppliers = {target.supplier.organisation_id: target.supplier for target in targets}
    found: dict[int, list[Reader]] = defaultdict(list)
    managed: set[int] = set()
    members = Membership.objects.filter(organisation__in=suppliers, user__is_active=True)
    for membership in members.select_related("user").order_by("organisation", "pk"):
        supplier, user = suppliers[membership.organisation_id], membership.user
        managed.add(supplier.pk)
        if rule.to_members:
            found[supplier.pk].append(Reader(supplier, user, user.email.lower(), user.get_full_name()))
    if rule.to_listed:
        people = _contacts([supplier.pk for supplier in suppliers.values() if supplier.pk not in managed])
        for supplier in suppliers.values():
            if supplier.pk in managed:
                continue
            contact = people.get(supplier.pk)
            own = supplier.organisation.email.strip().lower()
            address = own or (contact.email.strip().lower() if contact else "")
            if address:
                person = contact.name if contact and (not own or contact.email.lower() == own) else ""
                found[supplier.pk].append(Reader(supplier, None, address, person))
    return found, managed


def _contacts(suppliers: list[int]) -> dict[int, Contact]:
    """Of each the first who has an address."""
    found: dict[int, Contact] = {}
    for contact in Contact.objects.filter(supplier__in=suppliers).exclude(email="").order_by("pk"):
        found.setdefault(contact.supplier_id, contact)
    return found


def _refusing(rule: Rule, candidates: dict[int, list[Reader]]) -> dict[str, str]:
    """Addresses that are not written to, and why. Two statements."""
    addresses = {reader.address for readers in candidates.values() for reader in readers}
    standing = Suppression.objects.standing().filter(address__in=addresses)
    refusing: dict[str, str] = dict.fromkeys(
        standing.values_list("address", flat=True), LeftOut.SUPPRESSED.value
    )
    return refusing | dict.fromkeys(refusing_among(addresses, rule.purpose), LeftOut.REFUSED.value)


def _consenting(rule: Rule, candidates: dict[int, list[Reader]]) -> set[int]:
    if not rule.consent:
        return set()
    users = {reader.user.pk for readers in candidates.values() for reader in readers if reader.user}
    rows = Consent.objects.standing().filter(purpose=rule.consent, user__in=users)
    return set(rows.values_list("user", flat=True))


def _invited_lately(letter: Letter, targets: list[LetterTarget]) -> set[int]:
    if letter.purpose != Purpose.INVITATION:
        return set()
    rows = LetterTarget.objects.filter(
        Q(left_out=LeftOut.NONE),
        supplier__in=[target.supplier_id for target in targets],
        letter__purpose=Purpose.INVITATION,
        settled_at__gt=timezone.now() - INVITED_APART,
    )
    rows = rows.exclude(letter=letter).exclude(letter__state=Letter.State.STOPPED)
    return set(rows.values_list("supplier", flat=True))
