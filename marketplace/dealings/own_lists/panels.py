"""What the pages of a list show, ready for their templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.models import Organisation, User
from marketplace.dealings.models import OwnList, OwnListCategory, OwnListRow
from marketplace.dealings.own_lists.columns import AMOUNT, CATEGORY, CITY
from marketplace.dealings.own_lists.recognition import OTHER_NAME, OTHER_NEQ, SAME_NEQ
from marketplace.dealings.own_lists.replacements import directory_address
from marketplace.dealings.own_lists.shares import Shares
from marketplace.web.typography import format_number
from suppliers.directory import read_directory_rows
from suppliers.models import Status, Supplier
from suppliers.neq_proposals import Because
from suppliers.neq_wording import WORDS
from suppliers.search.wishes import Wishes

State = OwnListRow.State
#: `?etat=`: the word of the address, what it is called, the rows.
SHARES_OF_ROWS: dict[str, tuple[Promise, Q]] = {
    "": (gettext_lazy("Tous"), ~Q(state__in=[State.REPEATED, State.UNREADABLE])),
    "economie-sociale": (gettext_lazy("Économie sociale"), Q(state__in=OwnListRow.SOCIAL)),
    "a-confirmer": (gettext_lazy("À confirmer"), Q(state=State.PROPOSED)),
    "autres": (gettext_lazy("Autres"), Q(state__in=[State.OTHER, State.REJECTED])),
    "repetees": (gettext_lazy("Lignes répétées"), Q(state=State.REPEATED)),
    "illisibles": (gettext_lazy("Lignes illisibles"), Q(state=State.UNREADABLE)),
}
REASONS: dict[str, Promise | str] = {
    **{str(why): word for why, (_verdict, word) in WORDS.items()},
    str(Because.SAME_TOWN): gettext_lazy("Même ville"),
    str(Because.SAME_POSTAL_CODE): gettext_lazy("Même code postal"),
    str(Because.OTHER_TOWN): gettext_lazy("Autre ville"),
    str(Because.OTHER_NUMBER): gettext_lazy("Les numéros des deux noms diffèrent"),
    str(Because.CLOSE_SECOND): gettext_lazy("Une autre entreprise a un nom presque aussi proche"),
    SAME_NEQ: gettext_lazy("Même NEQ"),
    OTHER_NAME: gettext_lazy("Le nom est très différent"),
    OTHER_NEQ: gettext_lazy("Le NEQ de votre liste est un autre"),
}


@dataclass(frozen=True)
class Likely:
    """A published supplier that a row may be. `why`: « Nom proche; même ville »."""

    supplier: Supplier
    confidence: int | None
    why: str
    url: str


@dataclass(frozen=True)
class RowShown:
    row: OwnListRow
    supplier: Likely | None
    likely: list[Likely]
    fault: str

    @property
    def is_decided(self) -> bool:
        return self.row.state in OwnListRow.DECIDED


def institutions_of(user: User) -> list[Organisation]:
    """Those of the person that buy."""
    if not user.organisation_ids:
        return []
    mine = Organisation.objects.filter(pk__in=user.organisation_ids, buyer__isnull=False)
    return list(mine.select_related("buyer").order_by("name", "pk"))


def lists_shown(user: User) -> list[OwnList]:
    """With what each comes to, in one statement."""
    firsts = ~Q(rows__state__in=[State.REPEATED, State.UNREADABLE])
    rows = OwnList.objects.visible_to(user).select_related("organisation", "created_by")
    return list(
        rows.annotate(
            suppliers=Count("rows", filter=firsts),
            social=Count("rows", filter=Q(rows__state__in=OwnListRow.SOCIAL)),
            proposed=Count("rows", filter=Q(rows__state=State.PROPOSED)),
        ).order_by("-created_at", "-pk")
    )


def count_of(shares: Shares, word: str) -> int:
    """How many rows that part of a list has."""
    return {
        "": shares.suppliers,
        "economie-sociale": shares.social,
        "a-confirmer": shares.proposed,
        "autres": shares.others + shares.rejected,
        "repetees": shares.repeated,
        "illisibles": shares.unreadable,
    }[word]


def state_choices(own_list: OwnList, shares: Shares, chosen: str) -> list[dict[str, Any]]:
    """The parts of a list, each with its count; those that are empty are left out, but the one that is open."""
    page = reverse("dealings:own_list", args=[own_list.pk])
    return [
        {
            "label": label,
            "count": format_number(count),
            "url": f"{page}?etat={word}#lignes" if word else f"{page}#lignes",
            "is_chosen": word == chosen,
        }
        for word, (label, _rows) in SHARES_OF_ROWS.items()
        if (count := count_of(shares, word)) or word == chosen or not word
    ]


def rows_shown(rows: Iterable[OwnListRow]) -> list[RowShown]:
    """Rows with the suppliers that they are, or may be: one query for all of these."""
    rows = list(rows)
    wanted = {row.supplier_id for row in rows} | {one[0] for row in rows for one in row.others}
    known = {
        supplier.pk: supplier
        for supplier in Supplier.objects.filter(pk__in=wanted - {None}).select_related(
            "organisation__municipality", "organisation__mrc"
        )
    }
    return [_shown(row, known) for row in rows]


def _shown(row: OwnListRow, known: dict[int, Supplier]) -> RowShown:
    asked = [(row.supplier_id, row.confidence, row.reasons), *row.others]
    likely = [
        _likely(known[pk], confidence, reasons)
        for pk, confidence, reasons in asked
        if pk in known and known[pk].status == Status.PUBLISHED
    ]
    is_own = row.state in OwnListRow.SOCIAL and row.supplier_id in known
    return RowShown(
        row=row,
        supplier=_likely(known[row.supplier_id], row.confidence, row.reasons) if is_own else None,
        likely=likely if row.state == State.PROPOSED else [],
        fault=row.fault,
    )


def _likely(supplier: Supplier, confidence: int | None, reasons: list[str]) -> Likely:
    return Likely(
        supplier=supplier,
        confidence=confidence,
        why=why_said(reasons),
        url=reverse("suppliers:supplier", args=[supplier.slug])
        if supplier.status == Status.PUBLISHED
        else "",
    )


def why_said(reasons: Iterable[str]) -> str:
    """« Nom proche; même ville »"""
    said = [str(REASONS[why]) for why in reasons if why in REASONS]
    return "; ".join(text if not at else text[:1].lower() + text[1:] for at, text in enumerate(said))


def state_said(row: OwnListRow) -> str:
    """For the table that leaves: what the row was found to be."""
    return {
        State.BY_NEQ: _("Économie sociale, par son NEQ"),
        State.CONFIRMED: _("Économie sociale, confirmée"),
        State.PROPOSED: _("À confirmer"),
        State.REJECTED: _("Autre fournisseur, correspondance écartée"),
        State.OTHER: _("Autre fournisseur"),
        State.REPEATED: _("Répétée : voir la ligne %(row)s") % {"row": row.first.number if row.first else ""},
        State.UNREADABLE: _("Illisible"),
        State.UNREAD: _("À lire"),
    }[State(row.state)]


def categories_shown(
    categories: Iterable[OwnListCategory], organisation: Organisation
) -> list[dict[str, Any]]:
    """What is bought from others, with who could deliver it: one query for all suppliers named."""
    categories = list(categories)
    wanted = sorted({pk for category in categories for pk in category.suppliers})
    known = {row.supplier_id: row for row in read_directory_rows(wanted, Wishes())}
    return [
        {
            "category": category,
            "suppliers": [known[pk] for pk in category.suppliers if pk in known],
            "url": directory_address(category, organisation),
            "sentence": _found_sentence(category),
        }
        for category in categories
    ]


def _found_sentence(category: OwnListCategory) -> str:
    n = {"n": format_number(category.found)}
    if not category.found:
        return _("Aucune entreprise au répertoire pour l’instant")
    if category.is_near:
        return (
            ngettext(
                "%(n)s entreprise livre chez vous", "%(n)s entreprises livrent chez vous", category.found
            )
            % n
        )
    return (
        ngettext(
            "%(n)s entreprise ailleurs au Québec", "%(n)s entreprises ailleurs au Québec", category.found
        )
        % n
    )


def has_column(own_list: OwnList) -> dict[str, bool]:
    return {name: name in own_list.columns for name in (AMOUNT, CATEGORY, CITY)}
