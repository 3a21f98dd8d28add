"""Selections of the demo's institution, one in each state: in progress, decided with a supplier gone, archived, empty; and the
buyer's own.

Through the verbs that people use, from searches that the directory answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from marketplace.accounts.members import add_member
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.dealings.shortlists.searches import filters_of_search
from marketplace.dealings.shortlists.shortlists import (
    archive_shortlist,
    create_shortlist,
    decide_entry,
    keep_supplier,
)
from suppliers.models import Status, Supplier

from .people import create_person

KEPT, ASIDE = ShortlistEntry.State.KEPT, ShortlistEntry.State.ASIDE


@dataclass(frozen=True)
class ShortlistPlan:
    """`decisions`: state, reason and note of the first suppliers that answer `text`; the others are kept without a word."""

    name: str
    purpose: str
    text: str
    count: int
    decisions: tuple[tuple[str, str, str], ...] = ()
    days_ago: int = 2
    is_archived: bool = False
    is_own: bool = False
    has_withdrawn: bool = False


PLANS = (
    ShortlistPlan(
        "Mobilier de la bibliothèque",
        "Tables, rayonnages et fauteuils, livrés avant la rentrée.",
        "",
        0,
        days_ago=20,
    ),
    ShortlistPlan(
        "Déneigement des stationnements, hiver dernier",
        "Trois stationnements et les entrées de l’hôtel de ville.",
        "déneigement à Trois-Rivières",
        3,
        (
            (KEPT, "Dessert les trois stationnements, prêt dès novembre.", ""),
            (ASIDE, "Pas disponible la fin de semaine.", ""),
        ),
        days_ago=340,
        is_archived=True,
    ),
    ShortlistPlan(
        "À surveiller", "", "repas à Shawinigan", 1, ((KEPT, "", "À rencontrer à la prochaine activité."),), is_own=True
    ),
    ShortlistPlan(
        "Traiteur du congrès, 120 personnes",
        "Dîner du 12 mai pour 120 personnes, service compris, menu végétarien possible.",
        "traiteur pour 120 personnes à Shawinigan",
        3,
        (
            (KEPT, "Menu complet et service sur place; la plus proche.", "Demander le prix des boissons."),
            (KEPT, "Deuxième choix si la première n’est pas libre ce jour-là.", ""),
            (ASIDE, "Ne livre pas sur place.", ""),
        ),
        days_ago=9,
        has_withdrawn=True,
    ),
    ShortlistPlan(
        "Entretien ménager des bureaux",
        "Deux étages, cinq soirs par semaine, produits écologiques. Contrat d’un an.",
        "entretien ménager à Trois-Rivières",
        5,
        (
            (KEPT, "Vérifiée, et la plus près de nos bureaux.", "Bonne expérience à la bibliothèque, d’après Émile."),
            (KEPT, "", ""),
            (ASIDE, "Capacité trop faible pour les deux étages.", ""),
        ),
    ),
)  # fmt: skip


def seed_shortlists(*, town: Organisation) -> None:
    """Those of the town, by its buyer and a colleague, and one of the buyer's own."""
    buyer = User.objects.get(email="acheteuse@demo.example")
    colleague = create_person("approvisionnement@ville.demo.example", "Rosalie", "Thibault")
    add_member(organisation=town, user=colleague, role=Membership.Role.EDITOR, by=buyer)
    for number, plan in enumerate(PLANS):
        _write(plan, town, buyer if plan.is_own or number % 2 == 0 else colleague)


def _write(plan: ShortlistPlan, town: Organisation, by: User) -> None:
    shortlist = create_shortlist(
        name=plan.name, purpose=plan.purpose, organisation=None if plan.is_own else town, by=by
    )
    at = timezone.now() - timedelta(days=plan.days_ago)
    search = urlencode({"q": plan.text}) if plan.text else ""
    for supplier in _answering(search, plan.count):
        keep_supplier(shortlist=shortlist, supplier=supplier, search=search, at=at, by=by)
    for entry, (state, reason, note) in zip(shortlist.entries.all(), plan.decisions, strict=False):
        decide_entry(entry=entry, state=state, reason=reason, note=note, by=by)
    if plan.has_withdrawn:
        _add_withdrawn(shortlist, search, by)
    if plan.is_archived:
        archive_shortlist(shortlist=shortlist, by=by)
    Shortlist.objects.filter(pk=shortlist.pk).update(created_at=at, updated_at=at)


def _answering(search: str, count: int) -> list[Supplier]:
    if not count:
        return []
    found = [row.supplier_id for row in filters_of_search(search).results(size=count)[:count]]
    suppliers = Supplier.objects.select_related("organisation").in_bulk(found)
    return [suppliers[pk] for pk in found]


def _add_withdrawn(shortlist: Shortlist, search: str, by: User) -> None:
    """One that was kept while the directory showed it."""
    gone = Supplier.objects.filter(status__in=(Status.SUSPENDED, Status.ARCHIVED)).select_related(
        "organisation"
    )
    if supplier := gone.order_by("pk").first():
        ShortlistEntry.objects.create(
            shortlist=shortlist,
            supplier=supplier,
            supplier_name=supplier.organisation.name,
            position=9,
            search=search,
            added_by=by,
            added_at=shortlist.created_at,
        )
