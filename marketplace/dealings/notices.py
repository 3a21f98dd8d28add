"""Notices of both kinds read alike: those of SEAO, and the needs that buyers post here.

Everything that people do about a notice (follow it, say that it interests them, answer together) asks its `NoticeKind`;
nothing else knows which kind it has. In addresses a notice is « avis-42 ».
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Concat
from django.urls import register_converter, reverse
from django.utils.translation import gettext as _

from buyers.models import Need, Tender, TenderVersion
from buyers.models.needs import BANDS
from buyers.needs.audience import audience_condition
from buyers.ocds.cleaning import clean_moment
from buyers.wording import need_badge, tender_badge
from marketplace.accounts.models import Visitor
from marketplace.matching.engine import TenderProfile
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.emails import site_link

Notice: TypeAlias = Tender | Need

#: Where people look a notice of SEAO up by its number, when its source gives no link.
SEAO_SEARCH = "https://seao.gouv.qc.ca/"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A date to keep. `key` tells those of one notice apart: closing, questions."""

    key: str
    label: str
    at: datetime


class NoticeKind(ABC):
    """What differs between the two kinds. `field` is the column that names it in rows; `word` begins its key."""

    field: str
    word: str

    @abstractmethod
    def rows(self, user: Visitor) -> QuerySet[Any]:
        """Those that a person may see, with what lists and calendars read of each."""

    @abstractmethod
    def page(self, notice: Any) -> str:
        """The address of its page, in the language that is active."""

    @abstractmethod
    def page_link(self, notice: Any) -> Any:
        """The same, whole, in the language of the mail that it stands in."""

    @abstractmethod
    def version(self, notice: Any) -> str:
        """Changes whenever there is something new to tell who follows it."""

    @abstractmethod
    def told_condition(self) -> Q:
        """Rows of `Follow` whose `told_version` is what `version` says."""

    @abstractmethod
    def mention(self, notice: Any) -> str:
        """What the outbox calls it, so that no second mail names the same version to the same person."""

    @abstractmethod
    def buyer_name(self, notice: Any) -> str: ...

    @abstractmethod
    def is_running(self, notice: Any) -> bool:
        """Whether answers are still received, be it of the invited alone."""

    @abstractmethod
    def deadlines(self, notice: Any) -> list[Deadline]:
        """Its dates to keep, the first first. The notice comes from `rows`."""

    @abstractmethod
    def changed(self, notice: Any) -> tuple[int, datetime]:
        """For calendars: a number that grows with each change, and when the last one was."""

    @abstractmethod
    def amount(self, notice: Any) -> Decimal | None:
        """What it is worth in dollars, as far as everyone may know."""

    @abstractmethod
    def badge(self, notice: Any) -> Any:
        """The badge of its state: kind and word."""

    def category(self, notice: Any) -> str:
        """goods, services, works; empty where it is not known."""
        return ""

    def source_number(self, notice: Any) -> str:
        """Its number in SEAO, where its source gives no link to it."""
        return ""

    def is_by_invitation(self, notice: Any) -> bool:
        return bool(notice.method == notice.Method.LIMITED)

    def invited(self, notice: Any, user: Visitor) -> QuerySet[Any]:
        """The notice, where the person's enterprises are known to be invited; SEAO does not say whom its buyers invite."""
        return type(notice)._default_manager.none()

    def profile(self, notice: Any) -> TenderProfile:
        """As the matching reads where and how large it is; its words are left out. No SQL."""
        amount, regions = self.amount(notice), (notice.region_id,) if notice.region_id else ()
        return TenderProfile(
            key=self.mention(notice),
            regions=regions,
            mrc=notice.mrc_id or "",
            mrcs=frozenset(code for code, mrc in mrcs_by_code().items() if mrc.region in regions),
            amount=float(amount) if amount else None,
        )


class _Tenders(NoticeKind):
    field, word = "tender", "avis"

    def rows(self, user: Visitor) -> QuerySet[Tender]:
        """`questions_end`: until when questions are taken, as the last version to say so writes it."""
        asked = KT("release__tender__enquiryPeriod__endDate")
        versions = TenderVersion.objects.filter(tender=OuterRef("pk")).annotate(asked=asked)
        said = versions.exclude(asked=None).order_by("-release_id").values("asked")[:1]
        return Tender.objects.visible_to(user).annotate(questions_end=Subquery(said))

    def page(self, notice: Tender) -> str:
        return reverse("tenders:tender", args=[notice.ocid])

    def page_link(self, notice: Tender) -> Any:
        return site_link("tenders:tender", notice.ocid)

    def version(self, notice: Tender) -> str:
        return notice.version

    def told_condition(self) -> Q:
        return Q(told_version=F("tender__version"))

    def mention(self, notice: Tender) -> str:
        return notice.ocid

    def buyer_name(self, notice: Tender) -> str:
        return notice.buyer_name or _("Acheteur non précisé")

    def is_running(self, notice: Tender) -> bool:
        return notice.is_running

    def badge(self, notice: Tender) -> Any:
        return tender_badge(notice)

    def deadlines(self, notice: Tender) -> list[Deadline]:
        asked = clean_moment(getattr(notice, "questions_end", None), end_of_day=True)
        found = []
        if asked:
            found.append(Deadline(key="questions", label=_("Dernier jour pour les questions"), at=asked))
        if notice.closes_at:
            found.append(Deadline(key="closing", label=_("Clôture"), at=notice.closes_at))
        return sorted(found, key=lambda deadline: deadline.at)

    def changed(self, notice: Tender) -> tuple[int, datetime]:
        return int(notice.changed_at.timestamp()) // 60, notice.changed_at

    def amount(self, notice: Tender) -> Decimal | None:
        return notice.amount_in_dollars

    def category(self, notice: Tender) -> str:
        return notice.category

    def source_number(self, notice: Tender) -> str:
        return "" if notice.url else notice.number


class _Needs(NoticeKind):
    field, word = "need", "besoin"

    def rows(self, user: Visitor) -> QuerySet[Need]:
        return Need.objects.visible_to(user).shown_once().select_related("buyer__organisation")

    def page(self, notice: Need) -> str:
        return reverse("needs:need", args=[notice.slug])

    def page_link(self, notice: Need) -> Any:
        return site_link("needs:need", notice.slug)

    def version(self, notice: Need) -> str:
        """Being cancelled or decided is no version of what it says, and is to be told."""
        return f"{notice.version} {notice.status}"

    def told_condition(self) -> Q:
        number = Cast("need__version", CharField())
        return Q(told_version=Concat(number, Value(" "), F("need__status"), output_field=CharField()))

    def mention(self, notice: Need) -> str:
        return f"need:{notice.pk}"

    def buyer_name(self, notice: Need) -> str:
        return notice.buyer.organisation.name

    def is_running(self, notice: Need) -> bool:
        return notice.is_running

    def badge(self, notice: Need) -> Any:
        return need_badge(notice)

    def deadlines(self, notice: Need) -> list[Deadline]:
        dates = [
            ("questions", _("Dernier jour pour les questions"), notice.questions_until),
            ("closing", _("Clôture"), notice.closes_at),
        ]
        return [Deadline(key=key, label=label, at=at) for key, label, at in dates if at]

    def invited(self, notice: Need, user: Visitor) -> QuerySet[Need]:
        return Need.objects.filter(audience_condition(user, [Need.Audience.INVITED]), pk=notice.pk)

    def changed(self, notice: Need) -> tuple[int, datetime]:
        at = notice.cancelled_at or notice.decided_at or notice.published_at or notice.created_at
        return notice.version * 2 + bool(notice.cancelled_at), at

    def amount(self, notice: Need) -> Decimal | None:
        """The band's upper end: the institution's own figure is its own."""
        low, high = BANDS[notice.band]
        found = high or low
        return Decimal(found) if found else None


TENDERS, NEEDS = _Tenders(), _Needs()
KINDS: tuple[NoticeKind, ...] = (TENDERS, NEEDS)


def kind_of(notice: Notice) -> NoticeKind:
    return TENDERS if isinstance(notice, Tender) else NEEDS


def about(notice: Notice, prefix: str = "") -> dict[str, Any]:
    """The column that names this notice, to filter rows by and to create them with."""
    return {f"{prefix}{kind_of(notice).field}": notice}


def notice_key(notice: Notice) -> str:
    """« avis-42 »: the part of an address that names it."""
    return f"{kind_of(notice).word}-{notice.pk}"


def find_notice(key: str, user: Visitor) -> Notice | None:
    """The notice of such a key; None where it does not exist for this person."""
    word, _dash, number = key.partition("-")
    for kind in KINDS:
        if kind.word == word:
            found: Notice | None = kind.rows(user).filter(pk=int(number)).first()
            return found
    return None


def notice_page(notice: Notice) -> str:
    return kind_of(notice).page(notice)


def next_deadline(notice: Notice, now: datetime) -> Deadline | None:
    """The first of its dates that is still ahead; None where it is over."""
    kind = kind_of(notice)
    if not kind.is_running(notice):
        return None
    return next((one for one in kind.deadlines(notice) if one.at > now), None)


class NoticeConverter:
    """`<notice:key>`."""

    regex = f"(?:{'|'.join(kind.word for kind in KINDS)})-[0-9]{{1,18}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NoticeConverter, "notice")
