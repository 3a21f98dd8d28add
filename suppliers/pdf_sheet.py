"""`fiche.pdf`: what a supplier's page says, on paper. No address of a mailbox: the QR code leads to the page that has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.pdf import qr_code, render_pdf
from marketplace.web.typography import format_day, format_neq, format_phone

from .shown_offers import ShownOffer


def supplier_sheet(context: Mapping[str, Any]) -> bytes:
    """The document, from what `supplier_context` gives, in the language of this moment."""
    return render_pdf("supplier.typ", sheet_facts(context))


def sheet_facts(context: Mapping[str, Any]) -> dict[str, Any]:
    """What the template reads: texts, and rows of texts."""
    organisation, verification = context["organisation"], context["verification"]
    address = absolute_url(context["canonical"])
    return {
        "title": organisation.name,
        "author": settings.SENDER_NAME,
        "description": context["description"],
        "language": "en" if languages.is_english() else "fr",
        "url": address,
        "qr": qr_code(address),
        "lead": context["lead"],
        "verification": str(verification.sentence),
        "tags": [str(tag) for tag in (context["form"], *context["purposes"]) if tag],
        "summary": _rows(
            (_("Capacité"), context["capacity"]),
            (_("Équipe"), context["staff"]),
            (_("Délai habituel"), context["lead_time"]),
            (context["serves_label"], context["all_served"]),
        ),
        "activity": context["activity"],
        "offers": [_offer(offer, context["all_served"]) for offer in context["offers"]],
        "criteria": {
            "head": [_("La Loi demande"), _("État")],
            "rows": [[str(line.title), str(line.word), str(line.detail)] for line in context["criteria"]],
        },
        "certifications": [
            [str(held.label), held.proof or _("(déclarée)")] for held in context["certifications"]
        ],
        "awards": {
            "head": [_("Acheteur et objet"), _("Mode"), _("Année"), _("Montant")],
            "rows": [
                [award.buyer, award.title, str(award.method), award.year, award.amount]
                for award in context["awards"]
            ],
        },
        "references": [
            {
                "customer": line.customer,
                "what": line.what,
                "year": str(line.year),
                "confirmed": line.confirmed,
            }
            for line in context["references"]
        ],
        "contact": _contact_rows(context, address),
        "said": {
            "activity": _("Activité"),
            "offers": _("Offres"),
            "no_offer": _("Aucune offre n’est encore décrite."),
            "verification": _("Vérification"),
            "certifications": _("Certifications"),
            "awards": _("Contrats publics"),
            "references": _("Confirmées par des clients"),
            "contact": _("Coordonnées"),
            "qr": _("Code QR qui mène à la fiche « %(name)s »") % {"name": organisation.name},
            "foot": _("Fiche du %(day)s. La version à jour : %(address)s")
            % {"day": format_day(timezone.localdate()), "address": address},
        },
    }


def _offer(offer: ShownOffer, all_served: str) -> dict[str, Any]:
    return {
        "title": offer.title,
        "description": offer.description,
        "rows": _rows(
            (_("Prix indicatif"), capfirst(offer.price)),
            (_("Commande minimale"), offer.minimum),
            (_("Volume"), offer.output),
            (_("Capacité"), offer.capacity),
            (_("Délai habituel"), capfirst(offer.lead)),
            (_("Livraison"), offer.serves or all_served),
            (_("Codes UNSPSC"), "; ".join(f"{code} {label}".strip() for code, label in offer.codes)),
        ),
    }


def _contact_rows(context: Mapping[str, Any], address: str) -> list[list[str]]:
    supplier, organisation = context["supplier"], context["organisation"]
    people = [contact for contact in context["contacts"] if contact.is_public]
    return _rows(
        *(
            (
                capfirst(contact.title) or _("Personne-ressource"),
                ", ".join(filter(None, (contact.name, format_phone(contact.phone)))),
            )
            for contact in people
        ),
        (
            _("Courriel"),
            _("Sur la fiche : %(address)s") % {"address": address} if context["write_to"] else "",
        ),
        (_("Site Web"), organisation.website),
        (_("NEQ"), format_neq(organisation.neq)),
        (_("Siège"), ", ".join(context["seat"])),
        (_("Heures d’ouverture"), supplier.hours),
        (_("Personnes servies"), supplier.people_served),
        (_("Assurance"), context["insurance"]),
        (_("Secteur"), context["sector"]),
    )


def _rows(*rows: tuple[Any, Any]) -> list[list[str]]:
    """The rows that say something."""
    return [[str(label), str(value)] for label, value in rows if value]
