"""The whole exchange on paper, for the institution's file: the need, whom it asked, questions, quotes, the decision."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from buyers.models import Need
from marketplace.accounts.models import User
from marketplace.dealings.models import NeedDecision, NeedQuestion, Quote
from marketplace.dealings.need_exchanges.sealing import OpenedQuote, open_quotes, order_by_total
from marketplace.territories.labels import territory_label
from marketplace.web import languages
from marketplace.web.pdf import render_pdf
from marketplace.web.typography import (
    format_day_short,
    format_moment,
    format_money,
    format_neq,
    format_second,
)


def exchange_pdf(need: Need, *, by: User) -> bytes:
    """In the language of this moment. What is sealed stays so: it says how many quotes wait."""
    return render_pdf("exchange.typ", exchange_facts(need, by=by))


def exchange_facts(need: Need, *, by: User) -> dict[str, Any]:
    """What the template reads: texts, and rows of texts."""
    opened = order_by_total(open_quotes(need=need, by=by))
    may_wait = Quote.count_is_secret(need) or Quote.objects.submitted().filter(need=need).exists()
    decision = NeedDecision.objects.filter(need=need).select_related("by").first()
    return {
        "title": need.title,
        "author": settings.SENDER_NAME,
        "description": _("Dossier d’un besoin : %(title)s") % {"title": need.title},
        "language": "en" if languages.is_english() else "fr",
        "lead": need.buyer.organisation.name,
        "foot": _("Dossier produit le %(when)s") % {"when": format_moment(timezone.now())},
        "said": {
            "need": _("Le besoin"),
            "invited": _("Les entreprises invitées"),
            "questions": _("Questions et réponses"),
            "quotes": _("Les propositions"),
            "decision": _("La décision"),
            "contract": _("Le contrat"),
            "nobody_invited": _("Aucune entreprise n’a été invitée."),
            "no_questions": _("Aucune question n’a été publiée."),
            "no_quotes": _no_quotes(may_wait),
            "question": _("Question"),
            "answer": _("Réponse"),
        },
        "need": _need_rows(need),
        "description_text": need.description,
        "invited": {
            "head": [_("Entreprise"), _("Invitée le"), _("Réponse")],
            "rows": _invited_rows(need),
        },
        "questions": [
            [row.public_text, row.answer, format_moment(row.answered_at)]
            for row in NeedQuestion.objects.filter(need=need).answered()
        ],
        "quotes": {
            "head": [_("Entreprise"), _("Reçue le"), _("Avant taxes"), _("Avec taxes")],
            "rows": [_quote_row(one) for one in opened],
            "details": [_quote_details(one) for one in opened if one.terms.conditions or one.terms.file_name],
        },
        "decision": _decision_rows(decision),
        "contract": _contract_rows(decision),
    }


def _no_quotes(may_wait: bool) -> str:
    if may_wait:
        return _("Les propositions sont scellées jusqu’à la clôture.")
    return _("Aucune proposition n’a été reçue.")


def _need_rows(need: Need) -> list[list[str]]:
    rows = [
        (_("Numéro de dossier"), need.reference),
        (_("Mode"), capfirst(str(need.get_method_display()))),
        (_("Visible pour"), capfirst(str(need.get_audience_display()))),
        (_("Lieu"), need.place or territory_label(need.area)),
        (_("Codes UNSPSC"), ", ".join(need.unspsc)),
        (_("Publié le"), format_moment(need.published_at)),
        (_("Questions jusqu’au"), format_moment(need.questions_until)),
        (_("Clôture"), format_second(need.closes_at)),
        (_("Propositions scellées"), _("oui") if need.is_sealed else _("non")),
    ]
    return [[str(label), str(value)] for label, value in rows if value]


def _invited_rows(need: Need) -> list[list[str]]:
    quoted = set(Quote.objects.told().filter(need=need).values_list("supplier", flat=True))
    rows = []
    for row in need.invitations.select_related("supplier__organisation").order_by("at", "pk"):
        if row.declined_at:
            answer = _("A refusé : %(why)s") % {"why": row.get_decline_reason_display()}
        elif row.supplier_id in quoted:
            answer = _("Proposition reçue")
        elif need.is_running:
            answer = capfirst(_("en cours"))
        else:
            answer = _("Sans réponse")
        if row.is_withdrawn_supplier:
            answer = _("%(answer)s; fiche retirée du répertoire depuis") % {"answer": answer}
        rows.append([_named(row.supplier.organisation), format_day_short(row.told_at or row.at), answer])
    return rows


def _named(organisation: Any) -> str:
    neq = organisation.neq
    return f"{organisation.name} (NEQ {format_neq(neq)})" if neq else organisation.name


def _quote_row(one: OpenedQuote) -> list[str]:
    return [
        _named(one.quote.supplier.organisation),
        format_second(one.quote.submitted_at),
        format_money(one.terms.amount, cents=True),
        format_money(one.terms.total, cents=True),
    ]


def _quote_details(one: OpenedQuote) -> list[str]:
    until = format_day_short(one.terms.valid_until)
    facts = [
        _("Valable jusqu’au %(day)s.") % {"day": until} if until else "",
        _("Fichier joint : %(name)s.") % {"name": one.terms.file_name} if one.terms.file_name else "",
    ]
    return [
        one.quote.supplier.organisation.name,
        one.terms.conditions,
        " ".join(fact for fact in facts if fact),
    ]


def _decision_rows(decision: NeedDecision | None) -> list[list[str]]:
    if decision is None:
        return [[_("État"), _("Aucune décision pour l’instant")]]
    chosen = decision.name or _("Personne n’est retenu")
    rows = [
        (_("Entreprise choisie"), chosen),
        (_("NEQ"), format_neq(decision.neq) if decision.neq else ""),
        (_("Montant, avant taxes"), format_money(decision.amount, cents=True) if decision.amount else ""),
        (_("Motif"), decision.why),
        (_("Décidé le"), format_moment(decision.decided_at)),
        (_("Par"), decision.by.get_full_name() if decision.by else ""),
    ]
    return [[str(label), str(value)] for label, value in rows if value]


def _contract_rows(decision: NeedDecision | None) -> list[list[str]]:
    """What the institution itself said; the other side's amount is not shown to it."""
    if decision is None:
        return []
    return [
        [
            capfirst(str(row.get_side_display())),
            " ".join(
                part
                for part in (
                    capfirst(str(row.get_said_display())),
                    format_money(row.amount, cents=True) if row.amount and row.side == "buyer" else "",
                    f"({format_day_short(row.at)})",
                )
                if part
            ),
        ]
        for row in decision.contract_answers.order_by("side")
    ]
