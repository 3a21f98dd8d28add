"""A supplier's page, ready for its template, in five SQL queries for a visitor."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.classification.labels import (
    code_label,
    purpose_labels,
    sector_names,
    sector_spans,
)
from marketplace.territories.labels import region_names
from marketplace.web.typography import NB, format_number

from .certifications import certification_lines, certifications_as_json
from .criteria import criterion_lines
from .models import Contact, Offer, ServedArea, Status, Supplier
from .states import changed_since_verified
from .verification import verification_of
from .wording import (
    capacity_text,
    enumerate_names,
    in_town,
    served_label,
    served_place,
    served_places,
    staff_text,
)


def supplier_context(
    slug: str, user: User | AnonymousUser, *, as_buyer: bool = False
) -> dict[str, Any] | None:
    """What the page shows, or None where this person may not know that it exists.

    `as_buyer`: what the public would read of it, for someone who may see more.
    """
    supplier = _find(slug, user)
    if supplier is None:
        return None
    organisation = supplier.organisation
    areas = _areas(supplier)
    own = areas.get(None) or ([organisation.mrc_id] if organisation.mrc_id else [])
    everywhere = sorted({token for tokens in (own, *areas.values()) for token in tokens})
    offers = _offers(supplier, areas)
    people = Contact.objects.visible_to(user).filter(supplier=supplier)
    contacts = list((people.filter(is_public=True) if as_buyer else people).order_by("-is_public", "pk"))
    return {
        "supplier": supplier,
        "organisation": organisation,
        "published": supplier.status == Status.PUBLISHED,
        "lead": lead_sentence(supplier.activity),
        "activity": supplier.activity.strip().removeprefix(lead_sentence(supplier.activity)).strip(),
        "form": capfirst(supplier.form_label),
        "verification": verification_of(supplier),
        "criteria": criterion_lines(supplier),
        "changed_since": changed_since_verified(supplier.recheck),
        "purposes": _named(supplier.purpose_codes, purpose_labels()),
        "certifications": certification_lines(supplier.certification_rows, timezone.localdate()),
        "sector": _sector(supplier.sector_id),
        "region": region_names().get(organisation.region_id or "", ""),
        "region_address": reverse("suppliers:directory") + f"?region={organisation.region_id}",
        "seat": _seat(organisation),
        "offers": offers,
        "offers_capacity": any(offer["capacity"] for offer in offers),
        "offers_serves": any(offer["serves"] for offer in offers),
        "all_served": served_places(own),
        "capacity": capfirst(capacity_text(supplier.capacity or 0)),
        "staff": staff_text(supplier.staff_count),
        "serves": _how_many(everywhere),
        "serves_label": served_label(everywhere, counted=True),
        "served": [served_place(token) for token in everywhere],
        "contacts": contacts,
        "write_to": next((contact.email for contact in contacts if contact.is_public and contact.email), ""),
        "description": page_description(supplier),
        "preview": _("Cette fiche n’est pas publiée : seuls ses membres et le pôle la voient"),
        "preview_text": _("État : %(status)s. Le public et les acheteurs ne la trouvent pas.")
        % {"status": supplier.get_status_display()},
        "canonical": reverse("suppliers:supplier", args=[supplier.slug]),
    }


def _find(slug: str, user: User | AnonymousUser) -> Any:
    purposes = Supplier.purposes.through.objects.filter(supplier=OuterRef("pk")).order_by("purpose__position")
    return (
        Supplier.objects.visible_to(user)
        .filter(slug=slug)
        .select_related("organisation", "organisation__municipality", "verified_by")
        .annotate(
            purpose_codes=ArraySubquery(purposes.values("purpose_id")),
            certification_rows=certifications_as_json(),
        )
        .first()
    )


def lead_sentence(activity: str) -> str:
    """The first sentence of an activity, where it is short enough to stand under a name."""
    first = activity.strip().split("\n")[0]
    end = first.find(". ")
    first = first if end < 0 else first[: end + 1]
    return first if len(first) <= 180 else ""


def page_description(supplier: Supplier) -> str:
    """What a search engine shows of the page."""
    who = capfirst(
        f"{supplier.form_label} {in_town(supplier.organisation.town)}"
        if supplier.organisation.town
        else supplier.form_label
    )
    return Truncator(f"{who}. {supplier.activity}".strip()).chars(160)


def _areas(supplier: Supplier) -> dict[int | None, list[str]]:
    """Served places as tokens, by offer; None for the supplier's own."""
    areas: dict[int | None, list[str]] = {}
    rows = ServedArea.objects.filter(supplier=supplier).values_list("offer_id", "region_id", "mrc_id")
    for offer, region, mrc in rows.order_by("region_id", "mrc__name"):
        areas.setdefault(offer, []).append(mrc or (f"R{region}" if region else "Q"))
    return areas


def offer_rows(supplier: Supplier) -> list[dict[str, Any]]:
    """The offers alone, as the page shows them: one query."""
    return _offers(supplier, {})


def _offers(supplier: Supplier, areas: dict[int | None, list[str]]) -> list[dict[str, Any]]:
    codes = Offer.codes.through.objects.filter(offer=OuterRef("pk")).order_by("unspsccode_id")
    return [
        {
            "pk": offer.pk,
            "title": offer.title,
            "description": offer.description,
            "kind": capfirst(str(offer.get_kind_display())),
            "codes": [(code, code_label(code)) for code in offer.code_list],
            "capacity": capfirst(capacity_text(offer.capacity or 0)),
            "serves": served_places(areas[offer.pk]) if offer.pk in areas else "",
        }
        for offer in Offer.objects.filter(supplier=supplier)
        .annotate(code_list=ArraySubquery(codes.values("unspsccode_id")))
        .order_by("pk")
    ]


def _how_many(tokens: list[str]) -> str:
    """« 4 régions », « 6 MRC », « Tout le Québec », or the place itself where there is one."""
    if "Q" in tokens or len(tokens) == 1:
        return capfirst(served_place("Q" if "Q" in tokens else tokens[0]))
    regions = sum(token.startswith("R") for token in tokens)
    parts = []
    if regions:
        parts.append(ngettext("%(n)s région", "%(n)s régions", regions) % {"n": format_number(regions)})
    if mrcs := len(tokens) - regions:
        parts.append(ngettext("%(n)s MRC", "%(n)s MRC", mrcs) % {"n": format_number(mrcs)})
    return enumerate_names(parts)


def _named(codes: list[str], labels: dict[str, str]) -> list[str]:
    return [labels.get(code, code) for code in codes]


def _sector(code: str | None) -> str:
    if not code:
        return ""
    label = sector_names().get(code, "")
    return _("%(label)s (SCIAN %(codes)s)") % {
        "label": label,
        "codes": sector_spans().get(code, code),
    }


def _seat(organisation: Any) -> list[str]:
    """The lines of the address; the town as the official list writes it."""
    town = organisation.municipality.name if organisation.municipality else organisation.town
    postal = organisation.postal_code
    if len(postal) == 6:
        postal = f"{postal[:3]}{NB}{postal[3:]}"
    return [
        line for line in (organisation.address, " ".join(part for part in (town, postal) if part)) if line
    ]
