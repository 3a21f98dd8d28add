"""How each source fares: the age of its newest notice, whether it is stale, who is told, what readers are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.emails import send_source_stale
from buyers.feeds.canadabuys import PREFIX as CANADABUYS
from buyers.models import NoticeSource, SourceState, Tender
from buyers.ocds.identifiers import SEAO
from marketplace.accounts.models import User
from marketplace.web.process_cache import cached_in_process
from marketplace.web.typography import format_day_short
from marketplace.web.verbs import verb

PREFIXES: dict[str, str] = {NoticeSource.Kind.SEAO: SEAO, NoticeSource.Kind.CANADABUYS: CANADABUYS}


@verb
def look_at_source(*, source: NoticeSource, by: User | None) -> SourceState:
    """Read the age of its newest notice, and tell the platform's administrators once when it becomes stale."""
    now = timezone.now()
    state, _is_new = SourceState.objects.select_for_update().get_or_create(source=source)
    state.prefix = PREFIXES.get(source.kind, state.prefix)  # of OCDS publishers, learnt from what they give
    if state.prefix:
        published = Tender.objects.filter(ocid__startswith=state.prefix, published_at__lte=now)
        state.newest_at = published.aggregate(newest=Max("published_at"))["newest"]
    was_stale, why = state.stale_since is not None, stale_reason(source, state, now) if source.is_on else ""
    if not why:
        state.stale_since = None
    elif not was_stale:
        state.stale_since = now
    state.save()
    if why and not was_stale:
        send_source_stale(source, state, why=why)
    return state


def stale_reason(source: NoticeSource, state: SourceState, now: datetime) -> str:
    """Why a source counts as stale, as a key; "" where it is fresh, or was never tried."""
    oldest = now - source.stale_after
    read_at = state.succeeded_at or state.created_at
    if read_at < oldest:
        return "unread"
    if state.newest_at is not None and state.newest_at < oldest:
        return "old"
    return ""


def look_at_sources() -> None:
    """Every hour: also those that no worker manages to read."""
    for source in NoticeSource.objects.filter(state__isnull=False).select_related("state"):
        look_at_source(source=source, by=None)


# --- What readers are told --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownSource:
    """What pages say of a source. `prefix`: of its notices' ocids. `is_stale`: its newest notice is older than it should be."""

    name: str
    kind: str
    prefix: str
    licence: str
    newest_at: datetime | None
    is_stale: bool


@cached_in_process
def known_sources() -> list[KnownSource]:
    """Every source that has given notices, also those turned off: that their notices are old is as true of them."""
    now = timezone.now()
    rows = SourceState.objects.exclude(prefix="").select_related("source").order_by("source__name")
    return [
        KnownSource(
            name=state.source.name,
            kind=state.source.kind,
            prefix=state.prefix,
            licence=state.source.licence,
            newest_at=state.newest_at,
            is_stale=state.newest_at is not None and state.newest_at < now - state.source.stale_after,
        )
        for state in rows
    ]


def source_of(ocid: str) -> KnownSource | None:
    """Where a notice comes from, as far as its ocid says. No SQL, most often."""
    return next((source for source in known_sources() if ocid.startswith(source.prefix)), None)


def stale_sentences(ocid: str = "") -> list[str]:
    """« Les derniers avis reçus du SEAO datent du 3 nov. 2026 »: of all sources, or of the one that a notice comes from."""
    stale = [source for source in known_sources() if source.is_stale]
    return [stale_sentence(source) for source in stale if not ocid or ocid.startswith(source.prefix)]


def stale_sentence(source: KnownSource) -> str:
    day = {"day": format_day_short(source.newest_at)}
    if source.kind == NoticeSource.Kind.SEAO:
        return _("Les derniers avis reçus du SEAO datent du %(day)s.") % day
    return _("Les derniers avis reçus de « %(source)s » datent du %(day)s.") % {**day, "source": source.name}
