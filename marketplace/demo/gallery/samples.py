"""What the gallery's pieces show: invented words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.web.icons import ICONS
from marketplace.web.pagination import ListPaginator
from marketplace.web.stale_edits import Question
from marketplace.web.versioned_forms import Difference

DAY = date(2027, 2, 11)
Sample = tuple[str, str, str, str, dict[str, Any]]  # template, title, width, how its parts lie, context


def shared_sample_context() -> dict[str, Any]:
    """What several pieces share."""
    return {
        "starts": timezone.make_aware(datetime.combine(DAY, time(10, 15))),
        "total": Decimal("306350.50"),
    }


def palette_colours() -> list[tuple[str, str, str]]:
    return [
        (_("Encre"), "#1C2230", _("texte")),
        (_("Ardoise"), "#414A59", _("texte doux")),
        (_("Brume"), "#5A6270", _("aide")),
        (_("Bleuet 900"), "#18204A", _("pied de page")),
        (_("Bleuet"), "#2B3A82", _("action, acheteur")),
        (_("Bleuet 100"), "#E6EAF6", _("information")),
        (_("Épinette"), "#1D5E49", _("prouvé, fournisseur")),
        (_("Épinette 100"), "#E0EFE7", _("prouvé")),
        (_("Mélèze"), "#E3A72F", _("nœud, maintenant")),
        (_("Mélèze 900"), "#6B4700", _("en attente")),
        (_("Mélèze 100"), "#FCF1D6", _("en attente")),
        (_("Canneberge"), "#A01C36", _("erreur")),
        (_("Fleuve"), "#2C7388", _("eau, données")),
        (_("Écorce"), "#807A6A", _("bord de champ")),
        (_("Fibre"), "#DCD7C8", _("filet")),
        (_("Bouleau"), "#F8F6F0", _("fond")),
    ]


def gallery_samples() -> list[Sample]:
    return [*_small(), *_explaining(), *_working(), *_meeting()]


def _small() -> list[Sample]:
    said = [
        Message(constants.SUCCESS, _("Votre alerte est enregistrée.")),
        Message(constants.ERROR, _("Le fichier n’a pas été reçu")),
    ]
    return [
        ("buttons", _("Boutons : repos, survol, focus, inactif"), "s12", "spread", {}),
        ("links", _("Liens"), "s4", "", {}),
        ("badges", _("États : une forme et un mot"), "s8", "tags", {}),
        ("notes", _("Messages"), "", "stack-s", {}),
        ("messages", _("Après une action"), "", "", {"said": said}),
        ("header", _("En-tête : logo et langue"), "s4", "spread", {}),
        (
            "crumbs",
            _("Fil d’Ariane"),
            "s4",
            "",
            {"crumbs": [(_("Fournisseurs"), "#crumbs"), ("Racines et Cie", "")]},
        ),
        ("code", _("Code à donner par téléphone"), "s4", "", {}),
        ("icons", _("Icônes, toujours avec un mot"), "s12", "spread", {"icons": sorted(ICONS)}),
    ]


def _explaining() -> list[Sample]:
    rows = [
        {
            "verdict": "full",
            "asks": _("Livraison à Longueuil"),
            "lead": _("Votre territoire."),
            "detail": _("Le siège est à 4 km."),
            "evidence": _("Fiche vérifiée le 3 sept. 2026"),
        },
        {
            "verdict": "part",
            "asks": _("240 000 $ au plus"),
            "lead": _("Près de votre plafond"),
            "detail": _("de 220 000 $."),
        },
        {"verdict": "none", "asks": _("Cautionnement de 10 %"), "lead": _("Rien dans votre fiche.")},
    ]
    thread = [
        {"state": "done", "title": _("Inscription déposée"), "when": _("21 nov. 2026")},
        {"state": "warn", "title": _("Complément demandé"), "when": _("23 nov. 2026")},
        {"state": "now", "title": _("Nouvel examen"), "when": _("en cours")},
        {"title": _("Décision")},
    ]
    steps = [
        {"state": "done", "label": _("Repérer"), "url": "#steps"},
        {"state": "now", "label": _("Entreprise")},
        {"label": _("Offres")},
        {"label": _("Pièces")},
    ]
    facts = [
        (_("Capacité"), _("220 000 $")),
        (_("Équipe"), _("26 personnes")),
        (_("Délai"), _("6 à 10 semaines")),
    ]
    return [
        ("vis", _("Vis-à-vis : concorde, à vérifier, manque"), "s8", "", {"rows": rows}),
        ("thread", _("Fil : fait, maintenant, à venir, bloqué"), "s4", "", {"thread": thread}),
        ("knots", _("Les trois liens"), "s4", "spread", {}),
        ("steps", _("Étapes"), "s8", "", {"steps": steps}),
        ("progress", _("Progrès"), "", "", {}),
        ("fact_strip", _("Ruban de faits"), "", "", {"facts": facts}),
        ("empty", _("État vide"), "", "", {}),
        ("figures", _("Fils des états vides et des erreurs"), "", "spread", {}),
    ]


def _working() -> list[Sample]:
    chips = [
        {"dimension": _("Livraison"), "label": "Longueuil", "url": "#chips"},
        {"label": "OBNL", "url": "#chips"},
    ]
    contracts = [
        (
            _("Ville de Longueuil"),
            _("60 bancs, parcs de quartier"),
            date(2025, 6, 4),
            Decimal("48700"),
        ),
        (
            _("Ville de Boucherville"),
            _("Tables accessibles"),
            date(2025, 5, 19),
            Decimal("71250.50"),
        ),
        (
            _("Centre de services scolaire des Patriotes"),
            _("Cours d’école vertes"),
            date(2024, 9, 12),
            Decimal("186400"),
        ),
    ]
    page = ListPaginator(range(700), 25).page(2)
    return [
        ("chips", _("Filtres actifs"), "", "", {"chips": chips}),
        ("pager", _("Pages"), "", "", {"page_obj": page}),
        (
            "table",
            _("Tableau; au téléphone, chaque rangée devient une carte"),
            "s12",
            "",
            {"contracts": contracts, **shared_sample_context()},
        ),
        ("dialogue", _("Dialogue, sur sa propre page"), "s12", "", {}),
        (
            "stale",
            _("Deux personnes ont écrit\u00a0: choisir champ par champ"),
            "s12",
            "",
            {"questions": _questions(), "back": "#stale"},
        ),
    ]


def _questions() -> list[Question]:
    hers = Difference("phone", _("Téléphone"), "819 555-0140", "819 555-0141", "mine", i_changed=True)
    theirs = Difference("town", _("Ville"), "Shawinigan", "Trois-Rivières", "theirs", i_changed=False)
    at = timezone.make_aware(datetime.combine(DAY, time(10, 42)))
    return [Question("choice:phone", hers, "Nadia Bélanger", at), Question("choice:town", theirs, "", at)]


def _meeting() -> list[Sample]:
    return [
        ("datebox", _("Activité datée"), "s4", "", shared_sample_context()),
    ]
