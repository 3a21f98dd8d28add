"""Plain advice from the figures: only what is counted, each with the page where one acts. No praise, no promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.dealings.outcomes import counts
from marketplace.dealings.outcomes.buyer_counts import BuyerOutcomes
from marketplace.dealings.outcomes.searches import FoundBy
from marketplace.matching.tenders import fill_sql, lexemes_sql
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_number
from suppliers.models import Status, Supplier

#: From so many on a sentence says something; below, it is chance.
ENOUGH = 3
SHOWN = 5


@dataclass(frozen=True)
class Advice:
    """A sentence that is true of the figures, what to do about it, and where."""

    text: str
    action: str
    url: str


# All the words of a search, as stems, against those of every offer; and whether there is any offer at all.
_UNSAID = fill_sql(
    """
SELECT asked.words, NOT ({asked} <@ coalesce(said.lexemes, '{}'::text[])), said.offers
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked(words, place)
CROSS JOIN (
    SELECT array_agg(DISTINCT lexeme) AS lexemes, count(DISTINCT o.id) AS offers
    FROM suppliers_offer o LEFT JOIN LATERAL unnest({offered}) lexeme ON TRUE WHERE o.supplier_id = %(supplier)s
) said
ORDER BY asked.place
""",
    asked=lexemes_sql("asked.words"),
    offered=lexemes_sql("o.title || ' ' || o.description"),
)


def supplier_advice(supplier: Supplier, figures: Counter[str], searches: Sequence[FoundBy]) -> list[Advice]:
    """What the enterprise may do, the weightiest first. One statement, where searches are told."""
    return list(_supplier_advice(supplier, figures, searches))[:SHOWN]


def _supplier_advice(
    supplier: Supplier, figures: Counter[str], searches: Sequence[FoundBy]
) -> Iterator[Advice]:
    activity = _step(supplier, "activity")
    if supplier.status != Status.PUBLISHED:
        yield Advice(
            _("Votre fiche n’est pas publiée : les acheteurs ne la trouvent pas."),
            _("Voir où elle en est"),
            site_page_url("my_space"),
        )
    if n := figures[counts.SILENT_INVITED]:
        yield Advice(
            ngettext(
                "Une invitation à répondre est restée sans réponse de votre part.",
                "%(n)s invitations à répondre sont restées sans réponse de votre part.",
                n,
            )
            % {"n": format_number(n)},
            _("Voir les questions et les invitations"),
            _list_of(supplier, counts.ASKED),
        )
    if n := figures[counts.SILENT_ASKED]:
        yield Advice(
            ngettext(
                "Une question d’acheteur est restée sans réponse après son échéance.",
                "%(n)s questions d’acheteurs sont restées sans réponse après leur échéance.",
                n,
            )
            % {"n": format_number(n)},
            _("Répondre aux questions reçues"),
            reverse("dealings:received"),
        )
    yield from _advice_of_searches(supplier, searches)
    if supplier.capacity is None and (n := figures[counts.WITH_AMOUNT]) >= ENOUGH:
        yield Advice(
            _(
                "%(n)s des %(total)s avis et besoins qui vous convenaient indiquaient un montant : "
                "votre fiche n’indique pas jusqu’à quel montant vous acceptez un contrat."
            )
            % {"n": format_number(n), "total": format_number(figures[counts.MATCHED])},
            _("Indiquer votre capacité"),
            activity,
        )
    if (n := figures[counts.TOO_FAR]) >= ENOUGH:
        yield Advice(
            _(
                "Vous avez écarté %(n)s avis et besoins parce qu’ils étaient trop loin : votre territoire est "
                "peut-être plus petit que ce qu’indique votre fiche."
            )
            % {"n": format_number(n)},
            _("Revoir votre territoire"),
            activity,
        )
    if figures[counts.MATCHED] >= ENOUGH and not figures[counts.OPENED]:
        yield Advice(
            ngettext(
                "%(n)s avis ou besoin vous convenait, et personne de votre équipe ne l’a ouvert.",
                "%(n)s avis et besoins vous convenaient, et personne de votre équipe n’en a ouvert un seul.",
                figures[counts.MATCHED],
            )
            % {"n": format_number(figures[counts.MATCHED])},
            _("Recevoir une alerte"),
            site_page_url("alerts"),
        )


def _advice_of_searches(supplier: Supplier, searches: Sequence[FoundBy]) -> Iterator[Advice]:
    if not searches:
        return
    with connection.cursor() as cursor:
        cursor.execute(_UNSAID, {"words": [one.words for one in searches], "supplier": supplier.pk})
        rows = cursor.fetchall()
    words, unsaid, offers = rows[0]
    if unsaid:
        said = (
            _("On vous trouve surtout par « %(words)s », mais aucune de vos offres n’en parle.")
            if offers
            else _("On vous trouve surtout par « %(words)s », mais votre fiche n’a aucune offre.")
        )
        yield Advice(said % {"words": words}, _("Revoir vos offres"), _step(supplier, "offers"))


def _step(supplier: Supplier, step: str) -> str:
    return reverse("suppliers:register_step", kwargs={"pk": supplier.pk, "step": step})


def _list_of(supplier: Supplier, step: str) -> str:
    return reverse("dealings:supplier_outcome", kwargs={"pk": supplier.pk, "figure": step})


def buyer_advice(outcomes: BuyerOutcomes) -> list[Advice]:
    """What the institution may do, the weightiest first. No statement."""
    return list(_buyer_advice(outcomes))[:SHOWN]


def _buyer_advice(outcomes: BuyerOutcomes) -> Iterator[Advice]:
    needs = reverse("needs:mine")
    if n := outcomes.undecided:
        yield Advice(
            ngettext(
                "Un besoin fermé a reçu des propositions et attend votre décision.",
                "%(n)s besoins fermés ont reçu des propositions et attendent votre décision.",
                n,
            )
            % {"n": format_number(n)},
            _("Voir mes besoins"),
            needs,
        )
    if n := outcomes.without_code:
        yield Advice(
            ngettext(
                "Un besoin publié n’a aucun code UNSPSC : nous ne pouvons pas trouver les entreprises à qui il convient.",
                "%(n)s besoins publiés n’ont aucun code UNSPSC : nous ne pouvons pas trouver les entreprises à qui "
                "ils conviennent.",
                n,
            )
            % {"n": format_number(n)},
            _("Ajouter un code"),
            needs,
        )
    if n := outcomes.unanswered_by_all:
        yield Advice(
            ngettext(
                "Un besoin fermé sans aucune invitation n’a reçu aucune proposition : invitez les entreprises à qui "
                "le prochain conviendra.",
                "%(n)s besoins fermés sans aucune invitation n’ont reçu aucune proposition : invitez les entreprises "
                "à qui les prochains conviendront.",
                n,
            )
            % {"n": format_number(n)},
            _("Voir mes besoins"),
            needs,
        )
    if n := outcomes.silent:
        yield Advice(
            ngettext(
                "Une entreprise n’a pas répondu à votre question dans le délai : relancez-la, ou choisissez-en une autre.",
                "%(n)s entreprises n’ont pas répondu à vos questions dans le délai : relancez-les, ou choisissez-en "
                "d’autres.",
                n,
            )
            % {"n": format_number(n)},
            _("Voir mes demandes"),
            reverse("dealings:inquiries"),
        )
    if n := outcomes.unconfirmed:
        yield Advice(
            ngettext(
                "Une décision date de plus de 30 jours, et personne ne nous a dit si le contrat est conclu.",
                "%(n)s décisions datent de plus de 30 jours, et personne ne nous a dit si les contrats sont conclus.",
                n,
            )
            % {"n": format_number(n)},
            _("Voir mes besoins"),
            needs,
        )
