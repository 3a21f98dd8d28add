"""What the pages of consortiums show, ready for their templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.consortiums.parts import (
    Part,
    Partner,
    as_candidates,
    find_partners,
    read_parts,
    share_sentence,
)
from marketplace.dealings.consortiums.permissions import own_parts
from marketplace.dealings.consortiums.proposals import Proposal, propose_groups
from marketplace.dealings.models import Consortium, ConsortiumMember
from marketplace.dealings.notices import Notice, about, kind_of, notice_key
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_money
from suppliers.models import Supplier

PAGE_SIZE = 20
State = ConsortiumMember.State


@dataclass(frozen=True)
class ProposedMember:
    pk: int
    name: str
    slug: str
    sentence: str
    is_own: bool


@dataclass(frozen=True)
class ProposedGroup:
    """A proposal in sentences; `warnings` say what it still lacks."""

    members: list[ProposedMember]
    warnings: list[str]

    @property
    def invited(self) -> list[int]:
        return [one.pk for one in self.members if not one.is_own]


def search_context(notice: Notice, user: User, mine: list[Supplier], own: Supplier | None) -> dict[str, Any]:
    """Who looks for partners for this notice, and the groups that cover it best around one's own enterprise."""
    kind = kind_of(notice)
    partners = find_partners(notice)
    looking = {one.pk for one in partners}
    choices = [one for one in mine if one.pk in looking]
    own = own if own in choices else next(iter(choices), None)
    context: dict[str, Any] = {
        "notice": notice,
        "key": notice_key(notice),
        "page": kind.page(notice),
        "buyer_name": kind.buyer_name(notice),
        "is_running": kind.is_running(notice),
        "choices": choices,
        "own": own,
        "partners": [one for one in partners if own and one.pk != own.pk],
        "crumbs": _crumbs((_("Trouver des partenaires"), "")),
    }
    if own is None:
        return context
    part = (
        ConsortiumMember.objects.inside()
        .filter(supplier=own, consortium__dissolved_at=None, **about(notice, "consortium__"))
        .select_related("consortium")
        .first()
    )
    context["standing"] = part
    context["may_invite"] = kind.is_running(notice) and (part is None or part.is_lead)
    if part is not None:
        known = part.consortium.members.filter(state__in=ConsortiumMember.INSIDE_OR_ASKED)
        inside = set(known.values_list("supplier", flat=True))
        context["partners"] = [one for one in context["partners"] if one.pk not in inside]
    if context["partners"] and part is None:
        context["groups"] = proposed_groups(notice, partners, own.pk)
    return context


def proposed_groups(notice: Notice, partners: list[Partner], own: int) -> list[ProposedGroup]:
    parts = read_parts(notice)
    candidates = {one.key: one for one in as_candidates(notice, parts, partners)}
    amount = int(kind_of(notice).amount(notice) or 0)
    first = candidates.pop(own)
    slugs = {one.pk: one.slug for one in partners}
    found = propose_groups([part.key for part in parts], amount, first, candidates.values())
    return [_in_words(proposal, parts, slugs, own) for proposal in found]


def brings_of(notice: Notice, partners: list[Partner], own: int, invited: list[int]) -> dict[int, str]:
    """What each of a group would bring, as the proposal says it: the first words of the shared page."""
    for group in proposed_groups(notice, partners, own):
        if group.invited == invited:
            return {one.pk: one.sentence for one in group.members}
    return {}


def _in_words(proposal: Proposal, parts: list[Part], slugs: dict[int, str], own: int) -> ProposedGroup:
    labels = {part.key: part.label for part in parts}
    warnings = []
    if proposal.missing:
        missing = ", ".join(labels[key] for key in proposal.missing)
        warnings.append(_("Personne n’apporte encore : %(parts)s.") % {"parts": missing})
    if proposal.short:
        warnings.append(
            _("Il manque %(amount)s de capacité par contrat.") % {"amount": format_money(proposal.short)}
        )
    members = [
        ProposedMember(
            share.candidate.key,
            share.candidate.name,
            slugs[share.candidate.key],
            share_sentence(share, parts),
            share.candidate.key == own,
        )
        for share in proposal.shares
    ]
    return ProposedGroup(members, warnings)


def list_context(request: HttpRequest, user: User) -> dict[str, Any]:
    """Consortiums of the person's enterprises, the latest first."""
    rows = Consortium.objects.of_members(user).select_related("tender", "need__buyer__organisation")
    page = paginate_list(
        request,
        rows.prefetch_related("members__supplier__organisation").order_by("-created_at", "-pk"),
        PAGE_SIZE,
    )
    return {
        "page_obj": page,
        "messages_here": [page.message] if page.message else [],
        "rows": [_row(consortium, user) for consortium in page],
        "crumbs": _crumbs((_("Mes groupements"), "")),
    }


def _row(consortium: Consortium, user: User) -> dict[str, Any]:
    members = list(consortium.members.all())
    asked = any(one.state == State.INVITED for one in own_parts(user, members))
    return {
        "consortium": consortium,
        "buyer_name": kind_of(consortium.notice).buyer_name(consortium.notice),
        "names": [one.supplier.organisation.name for one in members if one.state == State.ACCEPTED],
        "is_asked": asked and consortium.is_standing,
    }


def consortium_context(consortium: Consortium, user: User) -> dict[str, Any]:
    """The shared page: whole for members; for who is asked, who is in it and what they would bring."""
    members = list(
        consortium.members.select_related("supplier__organisation", "contact").order_by(
            "-is_lead", "invited_at", "pk"
        )
    )
    mine = own_parts(user, members)
    notice = consortium.notice
    kind = kind_of(notice)
    inside = [one for one in mine if one.state == State.ACCEPTED]
    return {
        "consortium": consortium,
        "notice": notice,
        "page": kind.page(notice),
        "buyer_name": kind.buyer_name(notice),
        "is_running": kind.is_running(notice),
        "members": [one for one in members if one.state == State.ACCEPTED],
        "asked": [one for one in members if one.state == State.INVITED],
        "gone": [one for one in members if one.state not in ConsortiumMember.INSIDE_OR_ASKED],
        "mine": {one.pk for one in mine},
        "invitations": [one for one in mine if one.state == State.INVITED],
        "is_inside": bool(inside),
        "is_lead": any(one.is_lead for one in inside),
        "own": inside,
        "words": [
            (_("Qui fait quoi"), consortium.plan),
            (_("Notre réponse commune"), consortium.answer),
            (_("Notes"), consortium.notes),
        ]
        if inside
        else [],
        "search_url": reverse("dealings:consortium_search", args=[notice_key(notice)]),
        "crumbs": _crumbs((_("Mes groupements"), reverse("dealings:consortium_list")), (_("Groupement"), "")),
    }


def _crumbs(*rest: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mon espace"), site_page_url("my_space")), *rest]
