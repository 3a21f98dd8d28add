"""« Pas pour nous », from the mail (signed link, no sign-in) and from the notice's page. GET shows, POST acts."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings import declines
from marketplace.dealings.acting_suppliers import back_without_supplier, chosen_suppliers, own_suppliers
from marketplace.dealings.forms import DeclineForm
from marketplace.dealings.models import Decline
from marketplace.dealings.notices import Notice, about, find_notice, kind_of, notice_key
from marketplace.matching.feedback.lessons import LessonLine, forget_lesson, lessons_of
from marketplace.matching.models import Lesson
from marketplace.web.form_values import may_be_key
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url
from suppliers.models import Supplier

DECLINED_SHOWN = 20


@dataclass(frozen=True)
class DeclineRow:
    """An enterprise of the reader: what it declined, or the form to say so."""

    supplier: Supplier
    refusal: Decline | None
    form: DeclineForm
    lesson: LessonLine | None = None


@dataclass(frozen=True)
class DeclinedRow:
    """A notice that an enterprise put aside: its page, where to bring it back, and what it taught."""

    decline: Decline
    page: str
    back: str
    lesson: LessonLine | None


@never_cache
@csrf_exempt  # the signed address is the authority, and mail programs may send no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def decline_link_page(request: HttpRequest, token: str) -> HttpResponse:
    link = declines.decline_link_from_token(token)
    if link is None:
        return render(request, "dealings/dead_link.html", status=404)
    return _page(request, link.tender, [link.supplier], link.reader, by_mail=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_notice_page(request: HttpRequest, key: str) -> HttpResponse:
    user = signed_in_user(request)
    notice = find_notice(key, user)
    if notice is None:
        raise Http404
    mine = own_suppliers(user)
    if not mine:
        return back_without_supplier(request, notice)
    return _page(request, notice, mine, user, by_mail=False)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declined_list_page(request: HttpRequest) -> HttpResponse:
    """What the person's enterprises put aside, and what each refusal taught; POST takes one lesson back."""
    user = signed_in_user(request)
    mine = own_suppliers(user)
    if request.method == "POST":
        key = request.POST.get("lesson", "")
        lesson = (
            Lesson.objects.filter(supplier__in=mine, pk=key).select_related("supplier").first()
            if may_be_key(Lesson, key)
            else None
        )
        if lesson is None:
            messages.warning(request, _("Cette leçon n’existe plus. Rien n’a changé."))
        else:
            forget_lesson(lesson=lesson, by=user)
            messages.success(request, _("C’est oublié : ces avis comptent de nouveau comme avant."))
        return redirect("dealings:declined")
    declines_ = Decline.objects.filter(supplier__in=mine).select_related(
        "supplier__organisation", "tender", "need__buyer__organisation"
    )
    page = paginate_list(request, declines_.order_by("-at", "-pk"), DECLINED_SHOWN)
    shown = list(page)
    lessons = lessons_of(
        Lesson.objects.filter(supplier__in=mine)
        .filter(
            Q(tender__in=[row.tender_id for row in shown if row.tender_id])
            | Q(need__in=[row.need_id for row in shown if row.need_id])
        )
        .select_related("tender", "need")
    )
    return render(
        request,
        "dealings/declined.html",
        {
            "mine": mine,
            "rows": [
                DeclinedRow(
                    row,
                    kind_of(row.notice).page(row.notice),
                    reverse("dealings:decline_notice", args=[notice_key(row.notice)]),
                    lessons.get((row.supplier_id, row.notice)),
                )
                for row in shown
            ],
            "page_obj": page,
            "messages_here": [page.message] if page.message else [],
            "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Avis écartés"), "")],
        },
    )


def _page(
    request: HttpRequest, notice: Notice, mine: list[Supplier], by: User, *, by_mail: bool
) -> HttpResponse:
    chosen = chosen_suppliers(request, mine) if request.method == "POST" else []
    form = DeclineForm(request.POST, prefix=_prefix(chosen[0])) if chosen else None
    if request.method == "POST":
        if "forget" in request.POST:
            for lesson in Lesson.objects.filter(supplier__in=chosen, **about(notice)):
                forget_lesson(lesson=lesson, by=by)
            return redirect(request.path)
        if "undo" in request.POST:
            for supplier in chosen:
                declines.take_back_decline(supplier=supplier, notice=notice, by=by)
            return redirect(request.path)
        if form is None or form.is_valid():
            for supplier in chosen:
                declines.decline_notice(
                    supplier=supplier, notice=notice, by=by, **(form.cleaned_data if form else {})
                )
            return redirect(request.path)
    declined = {row.supplier_id: row for row in Decline.objects.filter(supplier__in=mine, **about(notice))}
    lessons = lessons_of(Lesson.objects.filter(supplier__in=mine, **about(notice)))
    rows = [
        DeclineRow(
            supplier,
            declined.get(supplier.pk),
            form if form and supplier in chosen else DeclineForm(prefix=_prefix(supplier)),
            lessons.get((supplier.pk, notice)),
        )
        for supplier in mine
    ]
    kind = kind_of(notice)
    context = {
        "notice": notice,
        "page": kind.page(notice),
        "buyer_name": kind.buyer_name(notice),
        "is_running": kind.is_running(notice),
        "rows": rows,
        "by_mail": by_mail,
    }
    return render(request, "dealings/decline.html", context)


def _prefix(supplier: Supplier) -> str:
    return f"s{supplier.pk}"
