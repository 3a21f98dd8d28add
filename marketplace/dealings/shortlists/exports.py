"""A selection as a file: a table (CSV, XLSX), and the document that justifies a choice, for the institution's records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User, Visitor
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.pdf import render_pdf
from marketplace.web.typography import format_day, format_day_short, format_moment, format_neq, format_number

from .comparison import ComparedSupplier, Comparison, compare_entries
from .searches import search_sentence


def table_rows(shortlist: Shortlist, entries: Sequence[ShortlistEntry]) -> list[list[str]]:
    """A row for each supplier, whatever was decided, under one of headings. Notes too: who may take the file reads them."""
    comparison = compare_entries(shortlist, entries)
    rows = comparison.rows
    head = [
        _("Fournisseur"), _("NEQ"), _("Ville"), _("Décision"), _("Motif"), _("Note entre collègues"),
        _("Trouvé par la recherche"), _("Ajouté le"), _("Fiche"), *(row.label for row in rows),
    ]  # fmt: skip
    return [head, *(_table_row(one, place, rows) for place, one in enumerate(comparison.suppliers))]


def _table_row(one: ComparedSupplier, place: int, rows: list[Any]) -> list[str]:
    entry = one.entry
    return [
        one.name,
        format_neq(one.neq),
        one.place,
        str(entry.get_state_display()),
        entry.reason,
        entry.note,
        search_sentence(entry.search),
        entry.added_at.date().isoformat(),
        one.withdrawn or absolute_url(one.url),
        *(row.cells[place].text for row in rows),
    ]


def justification(
    shortlist: Shortlist, entries: Sequence[ShortlistEntry], *, by: Visitor, with_notes: bool = False
) -> bytes:
    """The document (tagged PDF), in the language of this moment."""
    comparison = compare_entries(shortlist, entries, counted=True)
    return render_pdf("shortlist.typ", justification_facts(comparison, by=by, with_notes=with_notes))


def justification_facts(comparison: Comparison, *, by: Visitor, with_notes: bool) -> dict[str, Any]:
    """What the template reads: texts, and rows of texts."""
    shortlist, suppliers = comparison.shortlist, comparison.suppliers
    kept = [one for one in suppliers if not one.entry.is_aside]
    aside = [one for one in suppliers if one.entry.is_aside]
    today = format_day(timezone.localdate())
    title = _("Choix de fournisseurs\u00a0: %(name)s") % {"name": shortlist.name or _("ma sélection")}
    return {
        "title": title,
        "author": settings.SENDER_NAME,
        "description": title,
        "language": "en" if languages.is_english() else "fr",
        "counts": "; ".join(
            [
                ngettext("%(n)s fournisseur retenu", "%(n)s fournisseurs retenus", len(kept))
                % {"n": format_number(len(kept))},
                ngettext("%(n)s écarté", "%(n)s écartés", len(aside)) % {"n": format_number(len(aside))},
            ]
        ),
        "summary": _pairs(
            (_("Date"), format_moment(timezone.now())),
            (_("Préparé par"), _made_by(by)),
            (_("Institution"), shortlist.organisation.name if shortlist.organisation else ""),
            (_("Besoin et critères"), shortlist.purpose),
        ),
        "searches": [_search_line(comparison, search) for search in reversed(comparison.searches)],
        "decisions": {
            "head": [_("Fournisseur"), _("Décision"), _("Motif")],
            "rows": [
                [
                    one.name,
                    one.place,
                    str(one.entry.get_state_display()).capitalize(),
                    one.entry.reason or _("Aucun motif écrit"),
                    one.withdrawn or one.proof,
                ]
                for one in [*kept, *aside]
            ],
        },
        "suppliers": [_supplier(one, comparison, with_notes=with_notes) for one in [*kept, *aside]],
        "said": {
            "searches": _("Recherches dans le répertoire"),
            "no_search": _("Ces fournisseurs ont été retenus depuis leur fiche, sans recherche."),
            "decisions": _("Fournisseurs examinés"),
            "verification": _("Vérification le %(day)s") % {"day": today},
            "criteria": [_("La Loi demande"), _("État")],
            "fit": [_("La recherche demande"), _("Ce que l’entreprise offre")],
            "note": _("Note entre collègues"),
            "caution": _(
                "Ce document indique ce que le répertoire montrait le %(day)s : les entreprises décrivent leurs offres,"
                " et les pôles vérifient les six critères de la Loi sur l’économie sociale. Il ne remplace pas les règles"
                " d’adjudication de votre institution."
            )
            % {"day": today},
            "foot": _("%(title)s. Préparé le %(day)s sur %(site)s")
            % {"title": title, "day": today, "site": settings.SITE_URL.partition("//")[2]},
        },
    }


def _made_by(by: Visitor) -> str:
    if isinstance(by, User):
        return f"{by.get_full_name()} ({by.email})" if by.get_full_name() else by.email
    return _("une personne qui n’était pas connectée")


def _search_line(comparison: Comparison, search: str) -> dict[str, str]:
    days = [one.entry.added_at for one in comparison.suppliers if one.entry.search == search]
    said = [_("faite le %(day)s") % {"day": format_day_short(min(days))}] if days else []
    if search == comparison.search and comparison.total is not None:
        found = ngettext(
            "%(n)s fournisseur y répond aujourd’hui",
            "%(n)s fournisseurs y répondent aujourd’hui",
            comparison.total,
        )
        said.append(found % {"n": format_number(comparison.total)})
    return {"text": search_sentence(search), "detail": "; ".join(said)}


def _supplier(one: ComparedSupplier, comparison: Comparison, *, with_notes: bool) -> dict[str, Any]:
    entry = one.entry
    words = {"full": _("Concorde"), "part": _("À vérifier"), "none": _("Manque")}
    return {
        "name": one.name,
        "url": absolute_url(one.url) if one.url else "",
        "decision": str(entry.get_state_display()).capitalize(),
        "reason": entry.reason,
        "withdrawn": one.withdrawn,
        "proof": one.proof,
        "fit": [[line.asked, words[line.verdict], line.said] for line in one.fit],
        "facts": [["NEQ", format_neq(one.neq)], *(list(pair) for pair in one.facts)]
        if one.neq
        else [list(pair) for pair in one.facts],
        "criteria": [[str(line.title), str(line.word), str(line.detail)] for line in one.criteria],
        "note": entry.note if with_notes else "",
    }


def _pairs(*rows: tuple[Any, Any]) -> list[list[str]]:
    return [[str(label), str(value)] for label, value in rows if value]
