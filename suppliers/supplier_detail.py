"""A supplier's page, ready for its template, in five SQL queries for a visitor; its PDF sheet says the same."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.classification.labels import (
    purpose_labels,
    sector_names,
    sector_spans,
)
from marketplace.territories.labels import region_names
from marketplace.web.slots import read_facts
from marketplace.web.typography import NB, format_number

from .certifications import certification_lines, certifications_as_json
from .criteria import criterion_lines
from .models import Contact, ServedArea, Status, Supplier
from .references import reference_lines, references_as_json
from .shown_offers import lead_range_text, shown_offers
from .states import changed_since_verified
from .supplier_pictures import picture_lines, pictures_as_json
from .verification import verification_of
from .wording import (
    capacity_text,
    enumerate_names,
    in_town,
    insurance_text,
    served_label,
    served_place,
    served_places,
    staff_text,
)


def supplier_context(
    slug: str, user: User | AnonymousUser, *, as_buyer: bool = False
) -> dict[str, Any] | None:
    """What the page shows, or None where this person may not know that it exists.

    `as_buyer`: what the public would read of it, for someone who may see more. An address is written out only to who
    is signed in; everyone else is one link away from it (`views.reach_view`), where robots are counted.
    """
    supplier = _find(slug, user)
    if supplier is None:
        return None
    organisation = supplier.organisation
    areas = _areas(supplier.area_rows)
    own = areas.get(None) or ([organisation.mrc_id] if organisation.mrc_id else [])
    everywhere = sorted({token for tokens in (own, *areas.values()) for token in tokens})
    offers = shown_offers(supplier, areas)
    logo, photos = picture_lines(supplier.picture_rows)
    awards = read_facts("supplier.awards", organisation)
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
        "offers_deliver": any(offer.capacity or offer.output or offer.lead for offer in offers),
        "offers_cost": any(offer.price or offer.minimum for offer in offers),
        "offers_serve": any(offer.serves for offer in offers),
        "lead_time": capfirst(lead_range_text(offers)),
        "logo": logo,
        "photos": photos,
        "references": reference_lines(supplier.reference_rows),
        "awards": awards,
        "reference_count": len(supplier.reference_rows) + len(awards),
        "insurance": insurance_text(supplier.insured_for, supplier.insured_until, timezone.localdate()),
        "all_served": served_places(own),
        "capacity": capfirst(capacity_text(supplier.capacity or 0)),
        "staff": staff_text(supplier.staff_count),
        "serves": _how_many(everywhere),
        "serves_label": served_label(everywhere, counted=True),
        "served": [served_place(token) for token in everywhere],
        "contacts": contacts,
        "write_to": next((contact.email for contact in contacts if contact.is_public and contact.email), ""),
        "shows_email": user.is_authenticated,
        "reach_url": reverse("suppliers:reach", args=[supplier.slug]),
        "sheet_url": reverse("suppliers:sheet", args=[supplier.slug]),
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
            area_rows=_areas_as_json(),
            picture_rows=pictures_as_json(),
            reference_rows=references_as_json(),
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


def _areas_as_json() -> ArraySubquery:
    rows = ServedArea.objects.filter(supplier=OuterRef("pk")).order_by("region_id", "mrc__name")
    return ArraySubquery(rows.values(row=JSONObject(offer="offer_id", region="region_id", mrc="mrc_id")))


def _areas(rows: list[dict[str, Any]]) -> dict[int | None, list[str]]:
    """Served places as tokens, by offer; None for the supplier's own."""
    areas: dict[int | None, list[str]] = {}
    for row in rows:
        token = row["mrc"] or (f"R{row['region']}" if row["region"] else ServedArea.EVERYWHERE)
        areas.setdefault(row["offer"], []).append(token)
    return areas


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
