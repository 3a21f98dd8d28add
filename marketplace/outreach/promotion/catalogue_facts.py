"""What a printed catalogue says, as `templates/pdf/catalogue.typ` reads it: texts, by sector and by place, with two indexes.

Paper cannot be corrected: it names no person and no mailbox, only what an enterprise shows of itself. The QR code leads to
its page, which is up to date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.labels import purpose_labels, sector_names
from marketplace.outreach.promotion.scopes import PoleInfo, Scope, poles_by_code
from marketplace.territories.labels import mrcs_by_code
from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.folding import fold_text
from marketplace.web.pdf import qr_code
from marketplace.web.typography import format_day, format_number, format_phone
from suppliers.certifications import certification_lines, certifications_as_json
from suppliers.models import Contact, DirectoryEntry, Supplier
from suppliers.shown_offers import ShownOffer, lead_range_text, offers_of_suppliers
from suppliers.supplier_detail import lead_sentence
from suppliers.verification import verification_of
from suppliers.wording import capacity_text, in_town, served_label, served_places_in_sentence, staff_text

MOST_OFFERS = 6  # of one entry; the rest is counted
LONGEST_LEAD, LONGEST_OFFER = 240, 90  # characters
#: A letter of an index: « É » files under « E », what is no letter under « # ».
_LETTER = re.compile(r"[a-z]")
#: A line breaks between letters of a word that no column could hold.
_VERY_LONG = re.compile(r"\S{26,}")
SOFT = "\u00ad"
QR_MASK = 3


@dataclass(frozen=True)
class CatalogueEntry:
    """`key` labels it for the indexes; `facts` are what is printed."""

    key: str
    supplier_id: int
    name: str
    sector: str
    place: str
    facts: dict[str, Any]
    offers: list[str]


def catalogue_entries(suppliers: Any) -> list[CatalogueEntry]:
    """By sector, by MRC, by name. Five statements, whatever the number; `suppliers` is a queryset of published ones."""
    purposes = Supplier.purposes.through.objects.filter(supplier=OuterRef("pk")).order_by("purpose__position")
    rows = list(
        suppliers.select_related("organisation").annotate(
            purpose_codes=ArraySubquery(purposes.values("purpose_id")),
            certification_rows=certifications_as_json(),
            serves=_served(),
        )
    )
    ids = [row.pk for row in rows]
    offers = offers_of_suppliers(ids)
    phones: dict[int, str] = {}
    public = Contact.objects.filter(supplier__in=ids, is_public=True).exclude(phone="").order_by("-pk")
    phones.update(public.values_list("supplier_id", "phone"))
    today = timezone.localdate()
    entries = [_entry(row, offers[row.pk], phones.get(row.pk, ""), today) for row in rows]
    return sorted(
        entries, key=lambda one: (fold_text(one.sector), fold_text(one.place), fold_text(one.name), one.key)
    )


def _served() -> ArraySubquery:
    rows = DirectoryEntry.objects.filter(supplier=OuterRef("pk"))
    return ArraySubquery(rows.values("serves")[:1])


def _entry(row: Any, offers: Sequence[ShownOffer], phone: str, today: Any) -> CatalogueEntry:
    organisation = row.organisation
    mrc = mrcs_by_code().get(organisation.mrc_id or "")
    address = absolute_url(reverse("suppliers:supplier", args=[row.slug]))
    verification = verification_of(row, today)
    served = row.serves[0] if row.serves else []
    town = organisation.town
    held = certification_lines(row.certification_rows, today)
    certifications = [f"{one.label} ({one.proof})" if one.proof else one.label for one in held]
    more = len(offers) - MOST_OFFERS
    facts = {
        "key": f"e{row.pk}",
        "name": soften(organisation.name),
        "who": capfirst(f"{row.form_label} {in_town(town)}" if town else row.form_label),
        "lead": soften(Truncator(lead_sentence(row.activity) or row.activity).chars(LONGEST_LEAD)),
        "offers": [_offer_line(offer) for offer in offers[:MOST_OFFERS]],
        "more": ngettext("et %(n)s autre offre", "et %(n)s autres offres", more) % {"n": format_number(more)}
        if more > 0
        else "",
        "rows": [
            [label, soften(value)]
            for label, value in (
                (_("Capacité"), capfirst(capacity_text(row.capacity or 0))),
                (_("Équipe"), staff_text(row.staff_count)),
                (_("Délai"), capfirst(lead_range_text(offers))),
                (served_label(served), served_places_in_sentence(served, 3)),
                (_("Finalités"), ", ".join(purpose_labels().get(code, code) for code in row.purpose_codes)),
                (_("Certifications"), "; ".join(certifications)),
                (_("Téléphone"), format_phone(phone or organisation.phone)),
                (_("Site Web"), plain_site(organisation.website)),
            )
            if value
        ],
        "proof": verification.sentence if verification.verified_until else "",
        "is_verified": verification.is_verified,
        "url": address,
        "qr": qr_code(address, mask=QR_MASK),
        "qr_said": _("Code QR qui mène à la fiche « %(name)s »") % {"name": organisation.name},
    }
    return CatalogueEntry(
        key=facts["key"],
        supplier_id=row.pk,
        name=organisation.name,
        sector=sector_names().get(row.sector_id or "", _("Autres secteurs")),
        place=mrc.name if mrc else _("Autres lieux"),
        facts=facts,
        offers=[offer.title for offer in offers],
    )


def _offer_line(offer: ShownOffer) -> list[str]:
    return [soften(Truncator(offer.title).chars(LONGEST_OFFER)), offer.price]


def soften(text: str) -> str:
    """With places where a word of 26 letters and more may break."""
    return _VERY_LONG.sub(lambda found: SOFT.join(re.findall(r".{1,12}", found.group())), text)


def plain_site(address: str) -> str:
    """« menuiserie.coop », as paper shows it."""
    if not address:
        return ""
    parts = urlsplit(address)
    return (parts.netloc + parts.path).removeprefix("www.").rstrip("/")


def catalogue_facts(
    entries: Sequence[CatalogueEntry],
    *,
    title: str,
    subtitle: str,
    pole: PoleInfo | None = None,
    crop_marks: bool = False,
) -> dict[str, Any]:
    """In the language of this moment."""
    day = format_day(timezone.localdate())
    site = settings.SITE_URL.partition("//")[2]
    return {
        "title": soften(title),
        "subtitle": soften(subtitle),
        "author": pole.name if pole else settings.SENDER_NAME,
        "description": title,
        "language": "en" if languages.is_english() else "fr",
        "crop": crop_marks,
        "count": ngettext(
            "%(n)s entreprise d’économie sociale", "%(n)s entreprises d’économie sociale", len(entries)
        )
        % {"n": format_number(len(entries))},
        "day": _("À jour le %(day)s") % {"day": day},
        "url": settings.SITE_URL,
        "qr": qr_code(settings.SITE_URL),
        "site": site,
        "pole": [line for line in (pole.name, format_phone(pole.phone), plain_site(pole.website)) if line]
        if pole
        else [],
        "sectors": _sectors(entries),
        "names": _index((one.name, one.key) for one in entries),
        "offers": _index((title, one.key) for one in entries for title in one.offers),
        "said": {
            "kicker": _("Catalogue de l’économie sociale"),
            "how": _("Comment lire ce catalogue"),
            "how_text": [
                _("Les entreprises sont classées par secteur, puis par MRC, puis par nom. À la fin, deux index : par nom et par offre."),
                _("« Vérifiée le… » : un pôle a vérifié, avec preuves, les six critères de la Loi sur l’économie sociale. Sans cette mention, un critère n’est pas encore prouvé, ou une preuve est échue."),
                _("Le code QR mène à la fiche de l’entreprise, toujours à jour : offres, preuves, personne à joindre."),
                _("Les prix, capacités et délais sont indicatifs : c’est l’entreprise qui les donne. Ce catalogue ne remplace pas vos règles d’achat."),
            ],
            "contents": _("Sommaire"),
            "names": _("Index des entreprises"),
            "offers": _("Index des offres"),
            "foot": _("%(title)s. À jour le %(day)s. La suite sur %(site)s") % {"title": title, "day": day, "site": site},
            "site_qr": _("Code QR qui mène au répertoire"),
            "offers_label": _("Offres"),
        },
    }  # fmt: skip


def _sectors(entries: Sequence[CatalogueEntry]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for one in entries:
        if not found or found[-1]["name"] != one.sector:
            found.append({"name": one.sector, "places": []})
        places = found[-1]["places"]
        if not places or places[-1]["name"] != one.place:
            places.append({"name": one.place, "entries": []})
        places[-1]["entries"].append(one.facts)
    return found


def _index(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Letters with their lines; a text that comes back names its entries once each."""
    lines: dict[str, tuple[str, dict[str, None]]] = {}
    for text, key in pairs:
        folded = fold_text(text)
        lines.setdefault(folded, (capfirst(text), {}))[1][key] = None
    letters: dict[str, list[list[Any]]] = {}
    for folded in sorted(lines):
        text, keys = lines[folded]
        letter = folded[:1].upper() if _LETTER.match(folded) else "#"
        letters.setdefault(letter, []).append([soften(Truncator(text).chars(LONGEST_OFFER)), list(keys)])
    return [{"letter": letter, "lines": found} for letter, found in sorted(letters.items())]


def scope_title(scope: Scope) -> tuple[str, str]:
    """« Mauricie » and, where one sector was asked, its name under it."""
    return scope.place, scope.sector_name


def scope_pole(scope: Scope) -> PoleInfo | None:
    return poles_by_code().get(scope.pole) if scope.pole else None
