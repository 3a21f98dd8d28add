"""A consortium's life: formed by one enterprise, which invites; joined, declined, left; led by one; dissolved at will."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.consortiums import emails
from marketplace.dealings.consortiums.permissions import (
    may_answer_for,
    may_lead_consortium,
    may_read_consortium,
)
from marketplace.dealings.models import Consortium, ConsortiumMember, Interest
from marketplace.dealings.notices import Notice, about, kind_of
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier

State = ConsortiumMember.State
#: With its lead: more would be a federation.
MOST_MEMBERS = 12


@verb
def form_consortium(
    *,
    supplier: Supplier,
    notice: Notice,
    invited: Sequence[Supplier],
    by: User,
    brings: Mapping[int, str] | None = None,
) -> Consortium:
    """Begin a consortium that this enterprise leads, and invite others. `brings` says by supplier what each would bring.

    A second click on the same button finds the one that stands.
    """
    check_permission(may_answer_for, by, supplier)
    _hold_supplier(supplier)
    said = brings or {}
    _check_interest(supplier, notice)
    if not kind_of(notice).is_running(notice):
        raise WrongMove(_("On ne peut plus répondre à cet avis."))
    if (standing := standing_part(supplier, notice)) is not None:
        if not standing.is_lead:
            raise WrongMove(_("Votre entreprise fait déjà partie d’un groupement pour cet avis."))
        _invite(standing.consortium, invited, by, said)
        return standing.consortium
    consortium = Consortium.objects.create(created_by=by, **about(notice))
    now = timezone.now()
    ConsortiumMember.objects.create(
        consortium=consortium,
        supplier=supplier,
        state=State.ACCEPTED,
        is_lead=True,
        contact=by,
        brings=said.get(supplier.pk, ""),
        invited_by=by,
        invited_at=now,
        answered_at=now,
    )
    _invite(consortium, invited, by, said)
    return consortium


@verb
def invite_to_consortium(
    *, consortium: Consortium, invited: Sequence[Supplier], by: User, brings: Mapping[int, str] | None = None
) -> list[ConsortiumMember]:
    """Ask more enterprises to come; those who are in it or asked already stay as they are."""
    row = _hold(consortium)
    check_permission(
        may_lead_consortium,
        by,
        row,
        sentence=_("Seule l’entreprise qui mène le groupement peut y inviter des partenaires."),
    )
    return _invite(row, invited, by, brings or {})


@verb
def accept_invitation(*, member: ConsortiumMember, by: User) -> None:
    """Come in; the person who accepts speaks for the enterprise until it names another."""
    part = _hold_part(member)
    check_permission(may_answer_for, by, part.supplier)
    if part.state == State.ACCEPTED:
        return
    _check_asked(part)
    if part.supplier.status != Status.PUBLISHED:
        raise WrongMove(_("Votre fiche n’est pas publiée : vous ne pouvez pas vous joindre à un groupement."))
    _hold_supplier(part.supplier)
    if standing_part(part.supplier, part.consortium.notice) is not None:
        raise WrongMove(
            _("Votre entreprise fait déjà partie d’un groupement pour cet avis. Quittez-le d’abord.")
        )
    _answer(part, State.ACCEPTED, contact=by)
    emails.send_accepted(part, by)


@verb
def decline_invitation(*, member: ConsortiumMember, by: User) -> None:
    """Say no; the lead is told."""
    part = _hold_part(member)
    check_permission(may_answer_for, by, part.supplier)
    if part.state == State.DECLINED:
        return
    _check_asked(part)
    _answer(part, State.DECLINED)
    emails.send_declined(part, by)


@verb
def withdraw_invitation(*, member: ConsortiumMember, by: User) -> None:
    """The lead takes an unanswered invitation back."""
    part = _hold_part(member)
    check_permission(may_lead_consortium, by, part.consortium)
    if part.state == State.WITHDRAWN:
        return
    _check_asked(part)
    _answer(part, State.WITHDRAWN)


@verb
def leave_consortium(*, member: ConsortiumMember, by: User) -> None:
    """Go; where the lead goes, who came first after it leads; where nobody is left, it is dissolved."""
    part = _hold_part(member)
    check_permission(may_answer_for, by, part.supplier)
    if part.state != State.ACCEPTED:
        return
    was_lead = part.is_lead
    part.is_lead = False
    _answer(part, State.LEFT)
    rest = (
        part.consortium.members.inside()
        .select_related("supplier__organisation")
        .order_by("answered_at", "pk")
    )
    heir = rest.first()
    if heir is None:
        _dissolve(part.consortium)
        return
    if was_lead:
        ConsortiumMember.objects.filter(pk=heir.pk).update(is_lead=True)
    emails.send_left(part, by, heir=heir if was_lead else None)


@verb
def hand_over_lead(*, consortium: Consortium, to: ConsortiumMember, by: User) -> None:
    """Another member leads from now on."""
    row = _hold(consortium)
    check_permission(
        may_lead_consortium,
        by,
        row,
        sentence=_("Seule l’entreprise qui mène le groupement peut céder sa place."),
    )
    heir = row.members.inside().select_related("supplier__organisation").filter(pk=to.pk).first()
    if heir is None:
        raise WrongMove(_("Cette entreprise ne fait pas partie du groupement."))
    if heir.is_lead:
        return
    row.members.filter(is_lead=True).update(is_lead=False)
    row.members.filter(pk=heir.pk).update(is_lead=True)
    emails.send_new_lead(heir, by)


@verb
def dissolve_consortium(*, consortium: Consortium, by: User) -> None:
    """End it: members read its page still, nobody writes in it, and open invitations fall."""
    row = Consortium.objects.select_for_update(of=("self",)).get(pk=consortium.pk)
    check_permission(
        may_lead_consortium,
        by,
        row,
        sentence=_("Seule l’entreprise qui mène le groupement peut le dissoudre."),
    )
    if row.is_standing:
        emails.send_dissolved(row, by)
        _dissolve(row)


@verb
def write_consortium_page(*, consortium: Consortium, plan: str, answer: str, notes: str, by: User) -> None:
    """What the members prepare together."""
    row = _hold(consortium)
    check_permission(may_read_consortium, by, row)
    row.plan, row.answer, row.notes = plan, answer, notes
    row.save(update_fields=["plan", "answer", "notes"])


@verb
def describe_part(*, member: ConsortiumMember, brings: str, by: User) -> None:
    """What an enterprise brings, in its own words; the person who writes it speaks for it."""
    part = _hold_part(member)
    check_permission(may_answer_for, by, part.supplier)
    if part.state != State.ACCEPTED:
        raise NotAllowed(_("Votre entreprise ne fait pas partie de ce groupement."))
    part.brings, part.contact = brings, by
    part.save(update_fields=["brings", "contact"])


# --- Rows held, and what all of them check --------------------------------------------------------------------------------


def _hold(consortium: Consortium) -> Consortium:
    """One move at a time in a consortium."""
    row = Consortium.objects.select_for_update(of=("self",)).get(pk=consortium.pk)
    if not row.is_standing:
        raise WrongMove(_("Ce groupement est dissous."))
    return row


def _hold_part(member: ConsortiumMember) -> ConsortiumMember:
    row = _hold(member.consortium)
    part = ConsortiumMember.objects.select_related("supplier__organisation").get(pk=member.pk)
    part.consortium = row
    return part


def _hold_supplier(supplier: Supplier) -> None:
    """Two groups at once for one enterprise and notice: one waits for the other."""
    list(
        Supplier.objects.filter(pk=supplier.pk).select_for_update(of=("self",), no_key=True).values_list("pk")
    )


def standing_parts(suppliers: Sequence[Supplier], notice: Notice) -> list[ConsortiumMember]:
    """The places of these enterprises in consortiums that stand for this notice; one query."""
    rows = ConsortiumMember.objects.inside().filter(supplier__in=suppliers, consortium__dissolved_at=None)
    return list(rows.filter(**about(notice, "consortium__")).select_related("consortium"))


def standing_part(supplier: Supplier, notice: Notice) -> ConsortiumMember | None:
    return next(iter(standing_parts([supplier], notice)), None)


def _check_interest(supplier: Supplier, notice: Notice) -> None:
    if not Interest.objects.looking_for_partners().filter(supplier=supplier, **about(notice)).exists():
        raise WrongMove(_("Dites d’abord que cet avis vous intéresse et que vous cherchez des partenaires."))


def _check_asked(part: ConsortiumMember) -> None:
    if part.state != State.INVITED:
        raise WrongMove(_("Cette invitation ne tient plus."))


def _invite(
    consortium: Consortium, invited: Sequence[Supplier], by: User, brings: Mapping[int, str]
) -> list[ConsortiumMember]:
    """Only enterprises that look for partners for this notice can be asked."""
    known = {part.supplier_id: part for part in consortium.members.all()}
    wanted = {supplier.pk for supplier in invited}
    looking = Interest.objects.looking_for_partners().filter(supplier__in=wanted, **about(consortium.notice))
    allowed = list(looking.order_by("supplier").values_list("supplier", flat=True))
    if wanted - set(allowed) - set(known):
        raise WrongMove(_("Une de ces entreprises ne cherche plus de partenaires pour cet avis."))
    fresh = [
        pk for pk in allowed if pk not in known or known[pk].state not in ConsortiumMember.INSIDE_OR_ASKED
    ]
    inside = sum(part.state in ConsortiumMember.INSIDE_OR_ASKED for part in known.values())
    if inside + len(fresh) > MOST_MEMBERS:
        raise WrongMove(_("Un groupement a douze entreprises au plus."))
    asked = []
    for pk in fresh:
        part = known.get(pk) or ConsortiumMember(consortium=consortium, supplier_id=pk)
        part.state, part.invited_by, part.invited_at = State.INVITED, by, timezone.now()
        part.answered_at, part.contact = None, None
        part.brings = brings.get(pk, part.brings)[:400]
        part.save()
        asked.append(part)
    emails.send_invitations(consortium, asked, by)
    return asked


def _answer(part: ConsortiumMember, state: str, contact: User | None = None) -> None:
    part.state, part.answered_at, part.contact = state, timezone.now(), contact
    part.save(update_fields=["state", "answered_at", "contact", "is_lead"])


def _dissolve(consortium: Consortium) -> None:
    consortium.dissolved_at = timezone.now()
    consortium.save(update_fields=["dissolved_at"])
