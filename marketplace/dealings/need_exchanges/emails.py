"""What both sides of an exchange read by mail. Never an amount, nor a word of a quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.accounts.emails import readers_by_organisation
from marketplace.accounts.models import Organisation
from marketplace.dealings.interests.links import unfollow_path
from marketplace.dealings.models import NeedDecision, NeedQuestion, Quote
from marketplace.dealings.need_exchanges.audience import followers_of, suppliers_concerned
from marketplace.outbox.compose import Draft, send_emails, sender_for, unsubscribe_headers
from marketplace.web.emails import Email, absolute_url, site_link
from suppliers.models import Supplier

_ANSWERS = _("Vous recevez ce courriel parce que ce besoin concerne l’organisation « %(organisation)s ».")
_BUYS = _(
    "Vous recevez ce courriel parce que vous agissez pour « %(organisation)s », qui a affiché ce besoin."
)


def _declared(name: str, title: Any, audience: Any = _ANSWERS) -> Email:
    return Email(kind=f"exchange.{name}", title=title, audience=audience, template=f"need_exchanges/{name}")


NEED_INVITATION = _declared("invited", _("Invitation à proposer : %(need)s"))
QUESTION_ASKED = _declared("question_asked", _("Une question sur : %(need)s"), _BUYS)
QUESTION_ANSWERED = _declared("question_answered", _("Question et réponse publiées : %(need)s"))
QUESTION_FOLLOWED = _declared(
    "question_followed",
    _("Question et réponse publiées : %(need)s"),
    _("Vous recevez ce courriel parce que vous suivez ce besoin."),
)
QUOTE_RECEIVED = _declared("quote_received", _("Proposition déposée : %(need)s"))
QUOTE_WITHDRAWN = _declared("quote_withdrawn", _("Proposition retirée : %(need)s"))
NEED_CLOSED = _declared("closed", _("À décider : %(need)s"), _BUYS)
QUOTE_CHOSEN = _declared("chosen", _("Votre proposition est choisie : %(need)s"))
QUOTE_NOT_CHOSEN = _declared("not_chosen", _("Décision : %(need)s"))
NOBODY_CHOSEN = _declared("nobody_chosen", _("Personne n’est retenu : %(need)s"))
CONTRACT_ASKED = _declared("contract_asked", _("Contrat conclu? %(need)s"))


def send_invitations(need: Need, suppliers: Sequence[Supplier]) -> None:
    """To the members of the enterprises that were invited."""
    _send(NEED_INVITATION, need, [one.organisation for one in suppliers], path="quote")


def send_question_asked(question: NeedQuestion) -> None:
    """To the institution; without the words, which stand on the page."""
    need = question.need
    _send(
        QUESTION_ASKED, need, [need.buyer.organisation], path="questions", version=f"question-{question.pk}"
    )


def send_question_answered(question: NeedQuestion) -> None:
    """To everyone concerned, in the same words, naming nobody."""
    parties = [supplier.organisation for supplier in suppliers_concerned(question.need)]
    _send(
        QUESTION_ANSWERED,
        question.need,
        parties,
        path="questions",
        version=f"question-{question.pk}",
        question=question.public_text,
        answer=question.answer,
    )
    _tell_followers(question, {organisation.pk for organisation in parties})


def _tell_followers(question: NeedQuestion, told: set[int]) -> None:
    """Those who watch the need, and did not hear of it for their enterprise; the institution's own know."""
    need = question.need
    drafts = []
    for follow in followers_of(need):
        if follow.user.organisation_ids & (told | {need.buyer.organisation_id}):
            continue
        unfollow = absolute_url(unfollow_path(follow))
        drafts.append(
            Draft(
                email=QUESTION_FOLLOWED,
                recipient=follow.user,
                subject=f"need:{need.pk}",
                version=f"question-{question.pk}",
                context={
                    "need": need.title,
                    "buyer": need.buyer.organisation.name,
                    "link": site_link("dealings:need_questions", need.slug),
                    "question": question.public_text,
                    "answer": question.answer,
                    "unfollow_url": unfollow,
                },
                headers=unsubscribe_headers(
                    url=unfollow, reply_to=sender_for(None).reply_to, reference=f"suivi-{follow.pk}"
                ),
            )
        )
    send_emails(drafts)


def send_quote_received(quote: Quote) -> None:
    """The receipt, with its second."""
    _send_of_quote(QUOTE_RECEIVED, quote)


def send_quote_withdrawn(quote: Quote) -> None:
    _send_of_quote(QUOTE_WITHDRAWN, quote)


def _send_of_quote(email: Email, quote: Quote) -> None:
    """To the enterprise whose quote it is, once for each time that it was handed in."""
    _send(
        email,
        quote.need,
        [quote.supplier.organisation],
        path="quote",
        version=f"quote-{quote.pk}-{quote.times}",
        quote=quote,
    )


def send_need_closed(need: Need) -> None:
    """To the institution, once the closing has come: how many quotes may be read."""
    assert need.closes_at is not None  # noqa: S101 - a published need has one
    _send(
        NEED_CLOSED,
        need,
        [need.buyer.organisation],
        path="quotes",
        version=need.closes_at.isoformat(),
        count=Quote.objects.opened().filter(need=need).count(),
    )


def send_decision(decision: NeedDecision) -> None:
    """Letters to all who took part."""
    need, mark = decision.need, {"version": f"decision-{decision.pk}"}
    others = [
        s.organisation for s in suppliers_concerned(need) if s.organisation_id != decision.organisation_id
    ]
    if decision.organisation is not None:
        _send(QUOTE_CHOSEN, need, [decision.organisation], path="quote", **mark)
        _send(QUOTE_NOT_CHOSEN, need, others, path="quote", chosen=decision.name, **mark)
    else:
        _send(NOBODY_CHOSEN, need, others, path="quote", why=decision.why, **mark)


def send_contract_asked(decision: NeedDecision, party: Organisation, *, side: str, days: int) -> int:
    """To one side; how many mails were written."""
    return _send(
        CONTRACT_ASKED,
        decision.need,
        [party],
        path="contract",
        version=f"decision-{decision.pk}-{days}",
        other=decision.name if side == "buyer" else decision.need.buyer.organisation.name,
        days=days,
    )


def _send(
    email: Email,
    need: Need,
    parties: Iterable[Organisation],
    *,
    path: str,
    version: str = "1",
    **said: Any,
) -> int:
    organisations = {party.pk: party for party in parties}
    readers = readers_by_organisation(organisations)
    context = {
        "need": need.title,
        "buyer": need.buyer.organisation.name,
        "closes_at": need.closes_at,
        "is_sealed": need.is_sealed,
        "link": site_link(f"dealings:need_{path}", need.slug),
        **said,
    }
    drafts = [
        Draft(
            email=email,
            recipient=reader,
            subject=f"need:{need.pk}",
            version=f"{version}-{pk}",
            organisation=organisation,
            members_of=organisation,
            context=context,
        )
        for pk, organisation in organisations.items()
        for reader in readers.get(pk, [])
    ]
    return len(send_emails(drafts))
