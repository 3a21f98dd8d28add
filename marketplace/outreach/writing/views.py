"""Letters under /gestion/: the list, the draft with its preview and who is left out, what became of one that is sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.people import note_reads
from marketplace.accounts.permissions import signed_in_user
from marketplace.outbox.compose import sender_for
from marketplace.outbox.decisions import decision_hold
from marketplace.outbox.models import Attempted, Message
from marketplace.outreach.models import Letter, LetterTarget, LetterTemplate
from marketplace.outreach.writing.audience import Audience, Reader
from marketplace.outreach.writing.emails import field_values, words_for
from marketplace.outreach.writing.fields import FIELDS, fill_fields, paragraphs
from marketplace.outreach.writing.forms import LetterForm
from marketplace.outreach.writing.letters import (
    audience_of,
    begin_letter,
    confirm_letter,
    drop_letter,
    first_readers,
    mails_of,
    save_letter,
    stop_letter,
    target_of,
    try_letter,
    words_digest,
)
from marketplace.outreach.writing.purposes import RULES
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.typography import format_number
from marketplace.web.versioned_forms import holding_row, versioned_form
from suppliers.models import Supplier

PAGE, PREVIEWS = 50, 3
STATES = {
    Letter.State.DRAFT: "plain",
    Letter.State.WRITING: "wait",
    Letter.State.WRITTEN: "ok",
    Letter.State.STOPPED: "no",
}
MAIL_STATES = {
    Attempted.Status.QUEUED: ("wait", gettext_lazy("à envoyer")),
    Attempted.Status.SENDING: ("wait", gettext_lazy("en cours")),
    Attempted.Status.DONE: ("ok", gettext_lazy("parti")),
    Attempted.Status.FAILED: ("no", gettext_lazy("non remis")),
    Attempted.Status.CANCELLED: ("plain", gettext_lazy("non envoyé")),
}

MAILS_SAID = {
    Attempted.Status.QUEUED: gettext_lazy("courriels à envoyer"),
    Attempted.Status.SENDING: gettext_lazy("courriels en train de partir"),
    Attempted.Status.DONE: gettext_lazy("courriels partis"),
    Attempted.Status.FAILED: gettext_lazy("courriels non remis"),
    Attempted.Status.CANCELLED: gettext_lazy("courriels non envoyés"),
}


@dataclass(frozen=True)
class MailRow:
    """One mail of a letter: to which enterprise, where it stands, and why it did not arrive."""

    name: str
    supplier_id: int
    badge: tuple[str, Any]
    at: Any
    why: str


@staff_member_required
@require_safe
def letters_page(request: HttpRequest) -> HttpResponse:
    rows = Letter.objects.visible_to(request.user).select_related("by", "pole")
    rows = rows.annotate(n_targets=Count("targets")).order_by("-created_at", "-pk")
    page = paginate_list(request, rows, PAGE)
    if page.message:
        messages.warning(request, page.message)
    return render_admin_page(
        request,
        "admin/outreach/letters.html",
        title=_("Lettres"),
        rows=[(letter, STATES[Letter.State(letter.state)]) for letter in page],
        page_obj=page,
    )


@staff_member_required
@require_POST
def new_letter(request: HttpRequest) -> HttpResponse:
    """To one enterprise, from its page."""
    key = request.POST.get("supplier", "")
    rows = Supplier.objects.filter(pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
    try:
        letter = begin_letter(suppliers=rows, by=signed_in_user(request), chosen=str(rows.first() or ""))
    except Refused as why:
        messages.error(request, str(why))
        return redirect("outreach_admin:letters")
    return redirect("outreach_admin:letter", pk=letter.pk)


@staff_member_required
@limited("letters", per_user="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def letter_page(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in_user(request)
    with holding_row(request, Letter, pk):
        letter = get_object_or_404(Letter.objects.visible_to(user).select_related("pole", "by"), pk=pk)
        if request.method == "POST" and (done := _press(request, letter, user)) is not None:
            return done
        if not letter.is_draft:
            return _sent_page(request, letter)
        page = versioned_form(
            request, lambda data: LetterForm(data, instance=_fresh(letter), by=user), about=letter
        )
        if page.is_stale:
            return ask_to_choose(request, page.merged, in_admin=True, crumbs=_crumbs())
        if request.method == "POST" and page.form.is_valid():
            return _save(request, letter, page.form, user)
    return _draft_page(request, letter, page.form, user)


def _fresh(letter: Letter) -> Letter:
    """A form writes on its instance even where it is refused: the row at hand stays as it stands."""
    return Letter.objects.get(pk=letter.pk)


def _press(request: HttpRequest, letter: Letter, user: User) -> HttpResponse | None:
    """A button that does not save the form; None where it was none of them."""
    data = request.POST
    here = redirect("outreach_admin:letter", pk=letter.pk)
    try:
        if ("drop" in data or "apply" in data) and data.get("seen", "") != words_digest(letter):
            raise Refused(_("Le brouillon a changé depuis l’ouverture de cette page. Relisez-le d’abord."))
        if "confirm" in data:
            confirm_letter(letter=letter, seen=data.get("seen", ""), by=user)
            messages.success(
                request,
                _("La lettre part dans dix minutes. D’ici là, vous pouvez tout arrêter.")
                if decision_hold()
                else _("La lettre part."),
            )
        elif "stop" in data:
            found = stop_letter(letter=letter, by=user)
            messages.success(request, _stopped_sentence(found.stopped, found.gone))
        elif "drop" in data:
            drop_letter(letter=letter, by=user)
            messages.success(request, _("Le brouillon est jeté."))
            return redirect("outreach_admin:letters")
        elif "apply" in data:
            _apply(letter, data.get("template", ""), user)
        elif letter.is_draft:
            return None
    except Refused as why:
        messages.error(request, str(why))
    return here


def _stopped_sentence(stopped: int, gone: int) -> str:
    said = ngettext("%(n)s courriel arrêté", "%(n)s courriels arrêtés", stopped) % {
        "n": format_number(stopped)
    }
    left = ngettext("%(n)s était déjà parti", "%(n)s étaient déjà partis", gone) % {"n": format_number(gone)}
    return f"{said}; {left}." if gone else f"{said}."


def _apply(letter: Letter, key: str, user: User) -> None:
    rows = LetterTemplate.objects.visible_to(user).in_use()
    template = rows.filter(pk=int(key) if key.isdecimal() and len(key) < 10 else 0).first()
    if template is None:
        raise Refused(_("Ce modèle n’existe plus. Choisissez-en un autre."))
    words = {name: getattr(template, name) for name in ("purpose", "title", "body", "title_en", "body_en")}
    save_letter(letter=letter, words=words, by=user)


def _save(request: HttpRequest, letter: Letter, form: LetterForm, user: User) -> HttpResponse:
    try:
        saved = save_letter(letter=letter, words=form.words, by=user, pole=form.cleaned_data.get("pole"))
        if "try" in request.POST:
            try_letter(letter=saved, by=user)
            messages.success(
                request,
                _("Un essai part vers %(address)s. Personne d’autre ne le reçoit.") % {"address": user.email},
            )
        else:
            messages.success(request, _("Le brouillon est enregistré. Rien n’est parti."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect(f"{reverse('outreach_admin:letter', args=[letter.pk])}#apercu")


def _draft_page(request: HttpRequest, letter: Letter, form: LetterForm, user: User) -> HttpResponse:
    audience = audience_of(letter)
    readers = first_readers(letter, PREVIEWS, audience)
    note_reads(
        reader=user, organisations=[reader.organisation.pk for reader in readers], what="outreach.letter"
    )
    return render_admin_page(
        request,
        "admin/outreach/letter_draft.html",
        title=letter.title or _("Nouvelle lettre"),
        crumbs=_crumbs(),
        letter=letter,
        form=form,
        rule=RULES[letter.purpose],
        rules=[(rule.purpose.label, rule.ground) for rule in RULES.values()],
        templates=list(LetterTemplate.objects.visible_to(user).in_use().values_list("pk", "name", "purpose")),
        fields=list(FIELDS.items()),
        previews=[_preview(letter, reader) for reader in readers] if letter.title and letter.body else [],
        mails=audience.mails,
        enterprises=len(audience.readers),
        reasons=audience.reasons,
        left_out=_left_out(audience, user),
        seen=words_digest(letter),
        replies_to=sender_for(letter.pole).reply_to,
        pole_has_address=bool(letter.pole and letter.pole.email),
    )


def _preview(letter: Letter, reader: Reader) -> dict[str, Any]:
    title, body = words_for(letter, reader.user.language if reader.user else "fr")
    values = field_values(reader, letter.pole)
    return {
        "to": reader.person or reader.organisation.name,
        "organisation": reader.organisation.name,
        "title": fill_fields(title, values),
        "paragraphs": [fill_fields(part, values) for part in paragraphs(body)],
    }


def _left_out(audience: Audience, user: User) -> list[tuple[Supplier, str]]:
    """The first of them that the reader may see, with why; the others are only counted."""
    rows = LetterTarget.objects.filter(pk__in=audience.left_out).filter(_seen_by(user))
    rows = rows.select_related("supplier__organisation").order_by("pk")[:PAGE]
    return [
        (target.supplier, str(LetterTarget.LeftOut(audience.left_out[target.pk]).label)) for target in rows
    ]


def _seen_by(user: User) -> Q:
    return Q(supplier__in=Supplier.objects.curated_by(user))


def _sent_page(request: HttpRequest, letter: Letter) -> HttpResponse:
    """What became of it, mail by mail, or whom it left out."""
    shows_left_out = request.GET.get("voir") == "ecartees"
    counts = Counter(dict(mails_of(letter).values_list("status").annotate(n=Count("pk")).order_by()))
    left_out = letter.targets.exclude(left_out="").select_related("supplier__organisation").order_by("pk")
    reasons = dict(left_out.order_by().values_list("left_out").annotate(n=Count("pk")))
    waiting = letter.targets.filter(settled_at=None).count() if letter.state == Letter.State.WRITING else 0
    rows: Any = (
        left_out.filter(_seen_by(signed_in_user(request)))
        if shows_left_out
        else mails_of(letter).order_by("status", "pk").defer("text", "html")
    )
    page = paginate_list(request, rows, PAGE)
    if page.message:
        messages.warning(request, page.message)
    here = reverse("outreach_admin:letter", args=[letter.pk])
    return render_admin_page(
        request,
        "admin/outreach/letter_sent.html",
        title=letter.title,
        crumbs=_crumbs(),
        letter=letter,
        badge=STATES[Letter.State(letter.state)],
        paragraphs=paragraphs(letter.body),
        counts=[(MAILS_SAID[Attempted.Status(status)], n) for status, n in counts.items()],
        waiting=waiting,
        can_stop=letter.state == Letter.State.WRITING or counts[Attempted.Status.QUEUED] > 0,
        reasons=[(LetterTarget.LeftOut(why).label, n) for why, n in reasons.items()],
        shows_left_out=shows_left_out,
        tabs=[
            (_("Courriels"), here, sum(counts.values()), not shows_left_out),
            (_("Laissées de côté"), f"{here}?voir=ecartees", sum(reasons.values()), shows_left_out),
        ],
        left_out=[(t.supplier, LetterTarget.LeftOut(t.left_out).label) for t in page]
        if shows_left_out
        else [],
        mails=[] if shows_left_out else _mail_rows(list(page)),
        page_obj=page,
        leaves_at=letter.confirmed_at + decision_hold() if letter.confirmed_at else None,
        now=timezone.now(),
    )


def _mail_rows(mails: list[Message]) -> list[MailRow]:
    """One statement."""
    keys = {mail.pk: target_of(mail.decision) for mail in mails}
    targets = {
        target.pk: target.supplier
        for target in LetterTarget.objects.filter(pk__in=keys.values()).select_related(
            "supplier__organisation"
        )
    }
    return [
        MailRow(
            name=str(targets[keys[mail.pk]]) if keys[mail.pk] in targets else "–",
            supplier_id=targets[keys[mail.pk]].pk if keys[mail.pk] in targets else 0,
            badge=MAIL_STATES[Attempted.Status(mail.status)],
            at=mail.done_at,
            why=mail.last_error.strip().rpartition("\n")[2][:160],
        )
        for mail in mails
    ]


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Lettres"), reverse("outreach_admin:letters"))]
