"""Questions that suppliers ask privately, answered for everyone without saying who asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.dealings.models import NeedQuestion
from marketplace.dealings.need_exchanges import emails
from marketplace.dealings.need_exchanges.permissions import can_quote_for
from marketplace.dealings.need_exchanges.sealing import database_now
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_moment
from marketplace.web.verbs import verb
from suppliers.models import Supplier

#: By one enterprise on one need, within a day.
MOST_A_DAY = 10


@dataclass(frozen=True, kw_only=True)
class PublishedQuestion:
    """What everyone reads: nothing of it says who asked."""

    text: str
    answer: str
    at: datetime


def published_questions(need: Need) -> list[PublishedQuestion]:
    """One query, without the columns that name the asker."""
    rows = NeedQuestion.objects.filter(need=need).answered().order_by("answered_at", "pk")
    return [
        PublishedQuestion(text=text, answer=answer, at=at)
        for text, answer, at in rows.values_list("public_text", "answer", "answered_at")
    ]


@verb
def ask_need_question(*, need: Need, supplier: Supplier, text: str, by: User | None) -> NeedQuestion:
    """Ask, until the date for questions by the database's clock. The same question again changes nothing."""
    check_permission(
        can_quote_for,
        by,
        supplier,
        sentence=_("Seuls les membres de cette entreprise posent des questions en son nom."),
    )
    current = Need.objects.select_related("buyer__organisation").get(pk=need.pk)
    until, now = current.questions_until or current.closes_at, database_now()
    if current.status != Need.Status.PUBLISHED or until is None or now >= until:
        when = format_moment(until) if until else ""
        raise WrongMove(
            _("On pouvait poser des questions jusqu’au %(when)s. Votre texte est encore sur la page.")
            % {"when": when}
        )
    mine = NeedQuestion.objects.filter(need=current, supplier=supplier)
    if (same := mine.filter(text=text).first()) is not None:
        return same
    if mine.filter(asked_at__gte=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise WrongMove(
            _("Vous avez posé beaucoup de questions aujourd’hui sur ce besoin. Réessayez demain.")
        )
    question = NeedQuestion.objects.create(need=current, supplier=supplier, text=text, by=by)
    emails.send_question_asked(question)
    return question


@verb
def answer_need_question(
    *, question: NeedQuestion, public_text: str, answer: str, by: User | None
) -> NeedQuestion:
    """Answer for everyone. A colleague who answered first is not written over."""
    check_permission(
        can_manage_need,
        by,
        question.need,
        sentence=_("Seuls les membres de l’institution répondent aux questions."),
    )
    current = (
        NeedQuestion.objects.select_for_update(of=("self",))
        .select_related("need__buyer__organisation", "answered_by")
        .get(pk=question.pk)
    )
    if current.answered_at is not None:
        who = (
            current.answered_by.get_full_name()
            if current.answered_by
            else _("un membre de votre institution")
        )
        raise WrongMove(
            _("%(who)s a déjà publié une réponse à cette question le %(when)s. Rien n’a changé.")
            % {"who": who, "when": format_moment(current.answered_at)}
        )
    current.public_text, current.answer = public_text, answer
    current.answered_at, current.answered_by = timezone.now(), by
    current.save(update_fields=["public_text", "answer", "answered_at", "answered_by"])
    emails.send_question_answered(current)
    return current
