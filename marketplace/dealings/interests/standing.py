"""Where a reader and a notice stand: followed or not, what each of their enterprises said of it, who else agreed to be
seen. One query, for the notice's page has none to spare.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from buyers.models import AuthorisationRule
from marketplace.accounts.models import User
from marketplace.dealings.models import Decline, Follow, Interest
from marketplace.dealings.notices import Notice, about, kind_of
from marketplace.matching.engine import SupplierProfile
from suppliers.models import HeldCertification, Supplier

from .go_no_go import Asked, Check, go_no_go

#: What the checks read of a rule.
RULE = ("label", "label_en", "certification_id", "citation", "citation_en")


@dataclass(frozen=True, kw_only=True)
class Enterprise:
    """One of the reader's, as the directory knows it, with what it said of the notice. `served` are tokens (« 371 », « R04 »,
    « Q »)."""

    pk: int
    name: str
    slug: str
    capacity: int | None
    region: str | None
    served: list[str] | None
    certifications: list[str]
    interest: dict[str, Any] | None
    decline: dict[str, Any] | None

    @property
    def interested_at(self) -> datetime | None:
        return parse_datetime(self.interest["at"]) if self.interest else None

    @property
    def declined_at(self) -> datetime | None:
        return parse_datetime(self.decline["at"]) if self.decline else None

    @property
    def decline_reason(self) -> str:
        reason = self.decline["reason"] if self.decline else ""
        return str(Decline.Reason(reason).label) if reason else ""

    @property
    def profile(self) -> SupplierProfile:
        """As the matching reads where it delivers and how much it can."""
        return SupplierProfile(
            key=self.pk,
            serves=frozenset(self.served or ()),
            capacity=self.capacity or 0,
            region=self.region or "",
        )


@dataclass(frozen=True, kw_only=True)
class OtherInterest:
    """An enterprise that agreed to be seen by this reader. `open_to_partners`: it wishes to answer with others."""

    name: str
    slug: str
    open_to_partners: bool


@dataclass
class Standing:
    """`others` are those whom the reader may see; None of it says who is not shown."""

    notice: Notice
    is_followed: bool
    is_invited: bool = False
    enterprises: list[Enterprise] = field(default_factory=list)
    rules: list[AuthorisationRule] = field(default_factory=list)
    others: list[OtherInterest] = field(default_factory=list)

    @cached_property
    def checks(self) -> list[tuple[Enterprise, list[Check]]]:
        """The go or no-go of each of the reader's enterprises."""
        kind, notice = kind_of(self.notice), self.notice
        asked = Asked(
            profile=kind.profile(notice),
            closes_at=notice.closes_at,
            is_running=kind.is_running(notice),
            is_by_invitation=kind.is_by_invitation(notice),
            is_invited=self.is_invited,
        )
        today = timezone.localdate()
        return [
            (one, go_no_go(asked, one.profile, one.certifications, self.rules, today))
            for one in self.enterprises
        ]


def standing_of(user: User, notice: Notice) -> Standing:
    """One query, whatever there is."""
    of_notice, kind = about(notice), kind_of(notice)
    mine = (
        Supplier.objects.published()
        .filter(organisation__in=user.organisation_ids)
        .order_by("organisation__name", "pk")
    )
    others = (
        Interest.objects.filter(**of_notice)
        .shown_to(user)
        .exclude(supplier__organisation__in=user.organisation_ids)
        .order_by("supplier__organisation__name", "pk")
    )
    row = (
        User.objects.filter(pk=user.pk)
        .values(
            is_followed=Exists(Follow.objects.filter(user=user, **of_notice)),
            is_invited=Exists(kind.invited(notice, user)),
            enterprises=ArraySubquery(mine.values(json=_enterprise(of_notice))),
            rules=ArraySubquery(
                AuthorisationRule.objects.asked_by(category=kind.category(notice), amount=kind.amount(notice))
                .order_by("pk")
                .values(json=JSONObject(**{name: F(name) for name in RULE}))
            ),
            others=ArraySubquery(
                others.values(
                    json=JSONObject(
                        name=F("supplier__organisation__name"),
                        slug=F("supplier__slug"),
                        open_to_partners=F("open_to_partners"),
                    )
                )
            ),
        )
        .get()
    )
    return Standing(
        notice=notice,
        is_followed=row["is_followed"],
        is_invited=row["is_invited"],
        enterprises=[Enterprise(**one) for one in row["enterprises"] or ()],
        rules=[
            AuthorisationRule(**one) for one in row["rules"] or ()
        ],  # as the checks read them, not to be saved
        others=[OtherInterest(**one) for one in row["others"] or ()],
    )


def _enterprise(of_notice: dict[str, Any]) -> JSONObject:
    held = HeldCertification.objects.filter(supplier=OuterRef("pk"))
    return JSONObject(
        pk=F("pk"),
        name=F("organisation__name"),
        slug=F("slug"),
        capacity=F("directory__capacity"),
        region=F("directory__region"),
        served=F("directory__serves"),
        certifications=ArraySubquery(held.values_list("certification", flat=True)),
        interest=_said(Interest, of_notice, "seen_by_others", "seen_by_buyer", "open_to_partners"),
        decline=_said(Decline, of_notice, "reason", "note"),
    )


def _said(model: type[Interest] | type[Decline], of_notice: dict[str, Any], *columns: str) -> Subquery:
    rows = model._default_manager.filter(supplier=OuterRef("pk"), **of_notice)
    return Subquery(rows.values(json=JSONObject(at=F("at"), **{name: F(name) for name in columns})))
