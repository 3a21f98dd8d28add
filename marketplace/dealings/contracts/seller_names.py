"""Whose awards are these? A winner without a NEQ is proposed an enterprise by name and place; staff confirm, refuse, take back.

Nothing is tied by itself. What is confirmed ties every award of that name and town, those of later imports too
(`buyers.ocds.importer.link_known`).
"""

from __future__ import annotations

from django.db.models import Count, F, Func, Min, Q, QuerySet, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Award, SellerName
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import can_curate_organisation, check_permission
from marketplace.matching.experience import learn_experience
from marketplace.territories.places import current_gazetteer
from marketplace.web.errors import WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.list_versions import NOTICES, record_list_change
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier
from suppliers.neq_proposals import NamedPlace, RegistryNames

State = SellerName.Status
MOST_NAMES = 5_000  # of winners, asked in one night; the others the night after
READ_ALL = 20_000  # enterprises whose names are read whole, some 60 MB


def folded(column: str) -> Func:
    return Func(F(column), function="f_fold", output_field=TextField())


def unnamed_awards() -> QuerySet[Award]:
    """Won by someone who is named without a NEQ and is no organisation of ours yet; with `key` and `place` folded."""
    rows = Award.objects.standing().filter(organisation=None, neq="").exclude(name="")
    return rows.annotate(key=folded("name"), place=folded("town"))


@verb
def propose_seller_names(*, by: User | None) -> int:
    """Look for the enterprises that winners without a NEQ may be; how many were proposed. What staff decided stands."""
    asked = list(
        unnamed_awards()
        .exclude(_decided())
        .values("key", "place")
        .annotate(n=Count("pk"), written=Min("name"), seat=Min("town"))
        .order_by("-n", "key", "place")[:MOST_NAMES]
    )
    waiting = {(row.key, row.town, row.organisation_id): row for row in SellerName.objects.waiting()}
    standing = set()
    new, changed = [], []
    if asked:
        names = RegistryNames(_enterprises({row["key"] for row in asked}))
        refused = set(
            SellerName.objects.filter(status=State.REFUSED).values_list("key", "town", "organisation_id")
        )
        for number, row in enumerate(asked):
            for one in names.propose(_named_place(number, row["written"], row["seat"])):
                key = (row["key"], row["place"], one.registered)
                if key in refused or key in standing:
                    continue
                standing.add(key)
                said = {"confidence": one.confidence, "reasons": [str(why) for why in one.reasons]}
                known = waiting.get(key)
                if known is None:
                    new.append(
                        SellerName(
                            name=row["written"],
                            key=key[0],
                            town=key[1],
                            organisation_id=one.registered,
                            **said,
                        )
                    )
                elif (known.confidence, known.reasons) != (said["confidence"], said["reasons"]):
                    known.confidence, known.reasons = said["confidence"], said["reasons"]
                    changed.append(known)
    SellerName.objects.filter(pk__in=[row.pk for key, row in waiting.items() if key not in standing]).delete()
    SellerName.objects.bulk_create(new)
    SellerName.objects.bulk_update(changed, ["confidence", "reasons"])
    return len(new)


def _decided() -> Q:
    """Names that are an organisation already."""
    confirmed = SellerName.objects.filter(status=State.CONFIRMED)
    return Q(key__in=confirmed.values("key")) & Q(place__in=confirmed.values("town"))


def _enterprises(keys: set[str]) -> list[NamedPlace]:
    """Every enterprise of the directory and its prospects; where they are many, the published ones and namesakes."""
    rows = Organisation.objects.filter(supplier__isnull=False).exclude(supplier__status=Status.ARCHIVED)
    if rows.order_by("pk")[READ_ALL : READ_ALL + 1].exists():
        rows = rows.alias(folded=folded("name")).filter(
            Q(supplier__status=Status.PUBLISHED) | Q(folded__in=keys)
        )
    values = rows.order_by("pk").values_list("pk", "name", "municipality", "town", "mrc", "postal_code")
    return [
        NamedPlace(pk, name, municipality or fold_text(town), mrc or "", postal_code)
        for pk, name, municipality, town, mrc, postal_code in values.iterator()
    ]


def _named_place(key: int, name: str, town: str) -> NamedPlace:
    if not town:
        return NamedPlace(key, name)
    place = current_gazetteer().resolve(town)
    return NamedPlace(key, name, place.municipality or fold_text(town), place.mrc or "")


# --- Decisions --------------------------------------------------------------------------------------------------------


def can_decide_seller_name(user: User, seller: SellerName) -> bool:
    """Staff of the enterprise's territory."""
    return can_curate_organisation(user, seller.organisation)


@verb
def confirm_seller_name(*, seller: SellerName, by: User | None) -> int:
    """The winner is this enterprise; how many awards are tied to it. Raises `Refused`."""
    held = _hold(seller, by)
    if held.status != State.PROPOSED:
        raise WrongMove(_("Cette proposition est déjà décidée."))
    if SellerName.objects.filter(key=held.key, town=held.town, status=State.CONFIRMED).exists():
        raise WrongMove(_("Ce nom est déjà celui d’une autre entreprise. Annulez d’abord cette décision."))
    _decide(held, State.CONFIRMED, by)
    tied = awards_of(held).filter(organisation=None).update(organisation=held.organisation)
    _follow_up(held)
    return tied


@verb
def refuse_seller_name(*, seller: SellerName, by: User | None) -> None:
    """Not this enterprise: it is not proposed again for this name and town."""
    held = _hold(seller, by)
    if held.status != State.PROPOSED:
        raise WrongMove(_("Cette proposition est déjà décidée."))
    _decide(held, State.REFUSED, by)


@verb
def take_back_seller_name(*, seller: SellerName, by: User | None) -> None:
    """The decision was wrong: the awards are nobody's again, and the proposal waits."""
    held = _hold(seller, by)
    if held.status == State.PROPOSED:
        raise WrongMove(_("Il n’y a rien à annuler : cette proposition attend une décision."))
    was_confirmed = held.status == State.CONFIRMED
    _decide(held, State.PROPOSED, None)
    if was_confirmed:
        awards_of(held).filter(organisation=held.organisation).update(organisation=None)
        _follow_up(held)


def awards_of(seller: SellerName) -> QuerySet[Award]:
    """The awards of that name and town that no NEQ ties."""
    rows = Award.objects.filter(neq="").alias(key=folded("name"), place=folded("town"))
    return rows.filter(key=seller.key, place=seller.town)


def _hold(seller: SellerName, by: User | None) -> SellerName:
    held = SellerName.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=seller.pk)
    check_permission(can_decide_seller_name, by, held)
    return held


def _decide(held: SellerName, status: str, by: User | None) -> None:
    held.status, held.decided_by = status, by
    held.decided_at = None if status == State.PROPOSED else timezone.now()
    held.save(update_fields=["status", "decided_by", "decided_at"])


def _follow_up(held: SellerName) -> None:
    """What is made from awards is made anew: the enterprise's experience, and pages that show its contracts."""
    suppliers = list(Supplier.objects.filter(organisation=held.organisation).values_list("pk", flat=True))
    learn_experience(supplier_ids=suppliers, by=None)
    record_list_change(NOTICES)
