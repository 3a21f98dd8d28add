"""What a tender's page shows, ready for its template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.models import Visitor
from marketplace.classification.labels import code_label
from marketplace.territories.labels import region_names
from marketplace.web.languages import WrittenText, is_english
from marketplace.web.typography import (
    days_until,
    format_day_short,
    format_in_days,
    format_moment,
    format_number,
)

from .feeds.health import source_of, stale_sentences
from .models import Award, Tender, TenderVersion
from .ocds.changes import Comparison, compare_releases, contract_duration
from .ocds.cleaning import as_mapping, clean_moment, clean_paragraphs
from .ocds.derivation import merge_versions, order_versions
from .ocds.identifiers import SEAO
from .tender_parts import (
    amendments_of,
    bidders_context,
    documents_of,
    lots_context,
    options_of,
    related_of,
    tender_winners,
)
from .wording import closing_sentence, tender_badge, tender_place, tender_title


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A date to keep: `state` is done, now (the next one) or to come."""

    label: str
    when: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Version:
    number: int
    release_id: str
    when: str
    what: str
    url: str
    is_shown: bool


def tender_context(ocid: str, user: Visitor, params: QueryDict) -> dict[str, Any] | None:
    """Everything that the page of a tender uses; None where there is no such tender. Six SQL queries at most."""
    if "\x00" in ocid:  # PostgreSQL refuses to look for it
        return None
    tender = (
        Tender.objects.visible_to(user)
        .select_related("buyer__organisation", "seao_category", "entered__pole")
        .filter(ocid=ocid)
        .first()
    )
    if tender is None:
        return None
    versions = order_versions(tender.ocid, tender.versions.all())
    shown, before, message = compared_versions(versions, params)
    merged = merge_versions(tender.ocid, versions)
    awards = list(tender.awards.order_by("award_id", "name"))
    lots = list(tender.lots.all())
    region = region_names().get(tender.region_id or "", "")
    return {
        "tender": tender,
        "title": tender_title(tender),
        "description": tender_description(tender, merged),
        "source": source_of(tender.ocid),
        "entered_by": tender.entered.pole if hasattr(tender, "entered") else None,
        "stale": stale_sentences(tender.ocid),
        "badge": tender_badge(tender),
        "by_invitation": tender.is_running and tender.is_by_invitation,
        "method": tender.get_method_display(),
        # said only where it says more than the method's own name
        "method_details": ""
        if tender.method and tender.get_method_display() in tender.method_details.lower()
        else tender.method_details,
        "place": tender_place(tender, beside=tender.buyer_name),
        "region": region,
        "region_source": tender.get_region_source_display() if tender.region_id else "",
        "region_url": f"{reverse('tenders:list')}?region={tender.region_id}" if tender.region_id else "",
        "buyer": tender.buyer if tender.buyer and tender.buyer.is_public else None,
        "buyer_name": tender.buyer_name or _("Acheteur non précisé"),
        "codes": [(code, code_label(code)) for code in tender.unspsc],
        "days": days_until(tender.closes_at) if tender.is_running and tender.closes_at else None,
        "no_closing": closing_sentence(tender) if tender.closes_at is None else "",
        "closed_sentence": closed_sentence(tender),
        "milestones": tender_milestones(tender, merged, awards),
        "versions": [version_row(tender, n, version, shown) for n, version in enumerate(versions, 1)][::-1],
        "version_sentence": version_sentence(tender, versions),
        "comparison": compare_versions(before, shown),
        "all_changes_url": all_changes_url(tender, versions),
        "message": message,
        "winners": tender_winners(awards, lots, merged),
        **lots_context(tender, lots, awards),
        **bidders_context(tender, list(tender.bidders.order_by("name", "pk")) if tender.bidder_count else []),
        "documents": documents_of(tender, merged),
        "amendments": amendments_of(merged),
        "options": options_of(merged),
        "related": related_of(tender, merged, user),
        "duration": next(iter(contract_duration(merged, code_label)), ""),
    }


def tender_description(tender: Tender, merged: dict[str, Any]) -> WrittenText:
    """In the language of the page where the source gives it, else as the notice keeps it."""
    english = clean_paragraphs(as_mapping(merged.get("tender")).get("description_en"))
    if english and is_english():
        return WrittenText.of(english, "en")
    return WrittenText.of(tender.description, tender.language)


def compared_versions(
    versions: list[TenderVersion], params: QueryDict
) -> tuple[TenderVersion | None, TenderVersion | None, str]:
    """The version to look at, the one to compare it with, and what to say where the address asks for no version.

    `?version=` picks one, compared with the one before; `?depuis=` compares with an earlier one.
    """
    if not versions:
        return None, None, ""
    at = {version.release_id: index for index, version in enumerate(versions)}
    message = ""
    shown, since = len(versions) - 1, None
    for parameter in ("version", "depuis"):
        asked = params.get(parameter, "").replace("\x00", "").strip()
        if asked and asked not in at:
            message = _("Cet avis n’a pas de version « %(version)s ». Voici la dernière.") % {
                "version": asked[:40]
            }
        elif asked and parameter == "version":
            shown = at[asked]
        elif asked:
            since = at[asked]
    if since is None or since >= shown:
        since = shown - 1
    return versions[shown], versions[since] if since >= 0 else None, message


def version_row(tender: Tender, n: int, version: TenderVersion, shown: TenderVersion | None) -> Version:
    base = reverse("tenders:tender", args=[tender.ocid])
    return Version(
        number=n,
        release_id=version.release_id,
        when=format_moment(version_moment(tender, version)),
        what=version_subject(version.tags),
        url=f"{base}?{urlencode({'version': version.release_id})}#changements",
        is_shown=shown is not None and version.pk == shown.pk,
    )


def all_changes_url(tender: Tender, versions: list[TenderVersion]) -> str:
    if len(versions) < 3:
        return ""
    base = reverse("tenders:tender", args=[tender.ocid])
    return f"{base}?{urlencode({'depuis': versions[0].release_id})}#changements"


def version_moment(tender: Tender, version: TenderVersion) -> datetime | None:
    """When a version was made: SEAO's ids are moments, its `date` stays that of the first publication."""
    if not tender.ocid.startswith(SEAO):
        return version.released_at
    try:
        at = datetime.strptime(version.release_id, "%Y%m%d%H%M%S")  # noqa: DTZ007 - made aware just below
    except ValueError:
        return version.released_at
    return timezone.make_aware(at, timezone.get_fixed_timezone(0))


def version_subject(tags: list[str]) -> str:
    """What a version brings, in a word; an update of several things is named by the weightiest."""
    words = {
        "tenderCancellation": _("Annulation"),
        "contractTermination": _("Fin du contrat"),
        "contractAmendment": _("Contrat modifié"),
        "contractUpdate": _("Contrat modifié"),
        "contract": _("Contrat"),
        "awardCancellation": _("Attribution annulée"),
        "awardUpdate": _("Attribution modifiée"),
        "award": _("Attribution"),
        "tenderAmendment": _("Avis modifié"),
        "tenderUpdate": _("Avis modifié"),
        "tender": _("Avis publié"),
        "planning": _("Avis annoncé"),
    }
    return next((words[tag] for tag in words if tag in tags), "")


def version_sentence(tender: Tender, versions: list[TenderVersion]) -> str:
    """« Version 3, modifiée le 20 nov. 2026 »; empty where there is only one."""
    if len(versions) < 2:
        return ""
    when = version_moment(tender, versions[-1])
    count = format_number(len(versions))
    if when is None:
        return _("Version %(n)s") % {"n": count}
    return _("Version %(n)s, modifiée le %(day)s") % {"n": count, "day": format_day_short(when)}


def compare_versions(before: TenderVersion | None, shown: TenderVersion | None) -> Comparison | None:
    if before is None or shown is None:
        return None
    return compare_releases(as_mapping(before.release), as_mapping(shown.release), code_label)


AWARDED_SENTENCES = {False: lazy("Ce contrat est attribué"), True: lazy("Ce contrat est attribué en partie")}


def closed_sentence(tender: Tender) -> str:
    """Why nobody can answer any more; empty while one can, or those who were invited."""
    if tender.is_running:
        return ""
    closing, is_part = closing_sentence(tender), tender.awarded == Tender.Awarded.PART
    ended = {
        Tender.Status.COMPLETE: str(AWARDED_SENTENCES[is_part]),
        Tender.Status.CANCELLED: _("Cet avis est annulé"),
        Tender.Status.UNSUCCESSFUL: _("Cet avis est resté sans suite"),
        Tender.Status.PLANNED: _("Cet avis n’est qu’annoncé"),
    }.get(
        Tender.Status(tender.status),
        str(AWARDED_SENTENCES[is_part]) if tender.awarded else _("Cet avis est fermé"),
    )
    return ". ".join(filter(None, [ended, closing])) + "."


def tender_milestones(tender: Tender, release: dict[str, Any], awards: list[Award]) -> list[Milestone]:
    """The dates of a notice in order; the next to come is marked, those past are done."""
    said = as_mapping(release.get("tender"))
    questions = clean_moment(as_mapping(said.get("enquiryPeriod")).get("endDate"), end_of_day=True)
    awarded_on = min((award.awarded_on for award in awards if award.awarded_on), default=None)
    dates: list[tuple[str, datetime | date | None]] = [
        (_("Publication"), tender.published_at),
        (_("Dernier jour pour les questions"), questions),
        (_("Clôture"), tender.closes_at),
        (_("Attribution"), awarded_on),
    ]
    known = sorted(((label, at) for label, at in dates if at), key=lambda dated: as_day(dated[1]))
    now = timezone.now()
    found: list[Milestone] = []
    for label, at in known:
        is_past = at <= now if isinstance(at, datetime) else at <= timezone.localdate()
        is_next = not is_past and not any(milestone.state == "now" for milestone in found)
        when = (
            format_day_short(at)
            if label == _("Publication") or not isinstance(at, datetime)
            else format_moment(at)
        )
        if is_next:
            when = f"{when}, {format_in_days(at)}"
        found.append(Milestone(label=label, when=when, state="done" if is_past else "now" if is_next else ""))
    return found


def as_day(at: datetime | date) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at
