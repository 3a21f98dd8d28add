"""What the pages of figures show, ready for their templates: words, numbers, and where each number leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from buyers.models import Buyer, Need
from buyers.wording import need_badge
from marketplace.accounts.models import User, territory_q
from marketplace.dealings.outcomes import buyer_counts, counts
from marketplace.dealings.outcomes.advice import buyer_advice, supplier_advice
from marketplace.dealings.outcomes.buyer_counts import BuyerOutcomes
from marketplace.dealings.outcomes.counts import Whose, count_outcomes
from marketplace.dealings.outcomes.periods import Period, period_links
from marketplace.dealings.outcomes.searches import searches_of
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_number
from suppliers.models import Supplier

SUPPLIER_STEPS: dict[str, Promise] = {
    counts.MATCHED: lazy("Avis et besoins qui convenaient"),
    counts.OPENED: lazy("Ouverts par l’équipe"),
    counts.INTERESTED: lazy("Intérêts signalés"),
    counts.ASKED: lazy("Questions et invitations reçues"),
    counts.QUOTED: lazy("Propositions déposées"),
    counts.WON: lazy("Contrats obtenus"),
}
BUYER_STEPS: dict[str, Promise] = {
    buyer_counts.PUBLISHED: lazy("Besoins publiés"),
    buyer_counts.FITTED: lazy("Qui conviennent à une entreprise au moins"),
    buyer_counts.INVITED: lazy("Avec des invitations"),
    buyer_counts.QUOTED: lazy("Avec des propositions"),
    buyer_counts.DECIDED: lazy("Avec une décision"),
    buyer_counts.CONTRACT: lazy("Avec un contrat conclu"),
}
#: What a figure is called in an address.
SUPPLIER_PATHS: dict[str, Promise] = {
    counts.MATCHED: lazy("convenaient"),
    counts.OPENED: lazy("ouverts"),
    counts.INTERESTED: lazy("interets"),
    counts.ASKED: lazy("questions"),
    counts.QUOTED: lazy("propositions"),
    counts.WON: lazy("contrats"),
}
BUYER_PATHS: dict[str, Promise] = {
    buyer_counts.PUBLISHED: lazy("publies"),
    buyer_counts.FITTED: lazy("conviennent"),
    buyer_counts.INVITED: lazy("invitations"),
    buyer_counts.QUOTED: lazy("propositions"),
    buyer_counts.DECIDED: lazy("decisions"),
    buyer_counts.CONTRACT: lazy("contrats"),
}


@dataclass(frozen=True)
class StepLine:
    """A figure with its bar: `n` of `most`, which is the longest. No `url`: there is nothing behind it."""

    label: object
    n: int
    most: int
    url: str
    note: str = ""


def step_lines(
    words: Mapping[str, object], figures: Mapping[str, int], urls: Mapping[str, str], notes: Mapping[str, str]
) -> list[StepLine]:
    most = max([1, *(figures.get(step, 0) for step in words)])
    return [
        StepLine(
            label=label,
            n=(n := figures.get(step, 0)),
            most=most,
            url=urls.get(step, "") if n else "",
            note=notes.get(step, "") if n else "",
        )
        for step, label in words.items()
    ]


def supplier_outcomes_context(supplier: Supplier, period: Period, user: User) -> dict[str, Any]:
    """Three statements: the figures, the searches, and whether its offers say them."""
    figures: Counter[str] = count_outcomes(Whose.one(supplier, user), period).get(supplier.pk, Counter())
    searches = searches_of(supplier, period)
    is_member = supplier.organisation_id in user.organisation_ids
    urls = {
        step: reverse("dealings:supplier_outcome", kwargs={"pk": supplier.pk, "figure": step}) + period.query
        for step in counts.STEPS
    }
    elsewhere = figures[counts.VISITS] - figures[counts.BY_SEARCH] - figures[counts.BY_LIST]
    return {
        "supplier": supplier,
        "name": supplier.organisation.name,
        "is_member": is_member,
        "crumbs": crumbs(_("Résultats")),
        "periods": period_links(period),
        "period": period,
        "lines": step_lines(SUPPLIER_STEPS, figures, urls, _supplier_notes(figures)),
        "is_empty": not any(figures[step] for step in counts.STEPS) and not figures[counts.VISITS],
        "visits": figures[counts.VISITS],
        "visit_facts": [
            (_("Par une recherche"), format_number(figures[counts.BY_SEARCH])),
            (_("En parcourant le répertoire"), format_number(figures[counts.BY_LIST])),
            (_("Autrement"), format_number(elsewhere)),
        ],
        "searches": searches,
        "advice": supplier_advice(supplier, figures, searches),
        "listing_url": reverse("suppliers:supplier", args=[supplier.slug]),
    }


def _supplier_notes(figures: Counter[str]) -> dict[str, str]:
    notes = {}
    if n := figures[counts.CONFIRMED]:
        notes[counts.WON] = ngettext(
            "dont %(n)s contrat confirmé ici", "dont %(n)s contrats confirmés ici", n
        ) % {"n": format_number(n)}
    if n := figures[counts.DECLINED]:
        notes[counts.MATCHED] = ngettext("%(n)s écarté par l’équipe", "%(n)s écartés par l’équipe", n) % {
            "n": format_number(n)
        }
    return notes


def buyer_outcomes_context(buyer: Buyer, period: Period, user: User) -> dict[str, Any]:
    """Three statements."""
    organisation = buyer.organisation
    found = buyer_counts.count_buyer_outcomes(of_organisation(organisation.pk), period)
    urls = {
        step: reverse("dealings:buyer_outcome", kwargs={"pk": buyer.pk, "figure": step}) + period.query
        for step in buyer_counts.STEPS
    }
    return {
        "buyer": buyer,
        "name": organisation.name,
        "is_member": organisation.pk in user.organisation_ids,
        "crumbs": crumbs(_("Résultats")),
        "periods": period_links(period),
        "period": period,
        "lines": step_lines(BUYER_STEPS, found.needs, urls, {}),
        "is_empty": not (found.needs[buyer_counts.PUBLISHED] or found.inquiries or found.contracts),
        "outcomes": found,
        "inquiry_facts": inquiry_facts(found),
        "advice": buyer_advice(found),
        "new_url": reverse("needs:new"),
    }


def inquiry_facts(found: BuyerOutcomes) -> list[tuple[str, str]]:
    facts = [
        (_("Demandes envoyées"), format_number(found.inquiries)),
        (_("Entreprises interrogées"), format_number(found.asked)),
        (_("Réponses reçues"), format_number(found.answered)),
        (_("Refus"), format_number(found.refused)),
    ]
    if found.median_days is not None:
        facts.append((_("Délai médian de réponse"), days_text(found.median_days)))
    return facts


def days_text(days: float) -> str:
    """« moins d’un jour », « 3 jours »"""
    if days < 1:
        return _("moins d’un jour")
    n = round(days)
    return ngettext("%(n)s jour", "%(n)s jours", n) % {"n": format_number(n)}


def of_organisation(pk: int) -> Any:
    """As `buyer_counts` takes it: the institution with this key."""
    return lambda path: Q(**{f"{path}pk": pk})


def buyer_need_rows(buyer: Buyer, step: str, period: Period, user: User) -> Any:
    """The needs behind a figure, as far as the reader may see them."""
    rows = buyer_counts.with_steps(
        buyer_counts.needs_of(of_organisation(buyer.organisation_id), period).visible_to(user)
    )
    return (
        rows.filter(buyer_counts.CONDITIONS[step])
        .select_related("buyer__organisation")
        .order_by("-published_at", "-pk")
    )


def need_row(need: Need) -> dict[str, Any]:
    badge = need_badge(need)
    return {
        "title": need.title,
        "who": "",
        "said": "",
        "badge": badge,
        "at": need.published_at,
        "url": reverse("needs:need", args=[need.slug]),
    }


def crumbs(here: str, *between: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Mon espace"), site_page_url("my_space")), *between, (here, "")]


def suppliers_seen_by(user: User) -> Any:
    """Those whose figures a person reads: their own, and those of their territory."""
    return Supplier.objects.filter(territory_q(user, "organisation__")).select_related("organisation")


def buyers_seen_by(user: User) -> Any:
    return Buyer.objects.filter(territory_q(user, "organisation__")).select_related("organisation")


def results_link(request: HttpRequest, supplier: Supplier) -> dict[str, Any]:
    """Beside the form that edits a listing, for who may edit it. No statement."""
    return {"supplier": supplier}
