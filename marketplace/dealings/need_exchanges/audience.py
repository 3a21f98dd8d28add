"""Who is told what happens to a need, beside its institution."""

from __future__ import annotations

from django.db.models import Q

from buyers.models import Need
from marketplace.accounts.models import Visitor
from marketplace.dealings.models import Follow, NeedInvitation, Quote
from suppliers.models import Supplier


def suppliers_concerned(need: Need) -> list[Supplier]:
    """Those invited and told, those that asked or are interested, and those that submitted a quote; one query."""
    invited = NeedInvitation.objects.filter(need=need, told_at__isnull=False, declined_at__isnull=True)
    quoted = Quote.objects.submitted().filter(need=need)
    rows = Supplier.objects.filter(
        Q(pk__in=invited.values("supplier"))
        | Q(pk__in=quoted.values("supplier"))
        | Q(need_questions__need=need)
        | Q(interests__need=need)
    )
    return list(rows.distinct().select_related("organisation").order_by("pk"))


def followers_of(need: Need) -> list[Follow]:
    """People who watch it and may still read it."""
    rows = Follow.objects.filter(need=need, user__is_active=True).select_related("user").order_by("pk")
    return [row for row in rows if Need.objects.visible_to(row.user).filter(pk=need.pk).exists()]


def invited_condition(user: Visitor) -> Q | None:
    """The needs to which enterprises of this person are invited, as a condition on needs."""
    if not getattr(user, "organisation_ids", ()):
        return None
    mine = NeedInvitation.objects.filter(supplier__organisation__in=user.organisation_ids)
    return Q(pk__in=mine.values("need"))
