"""Cohorts for everyone, and a person's own requests. GET shows, POST acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts import admission, applying, listing, sheet
from cohorts import calendar as calendars
from cohorts import mine as requests
from cohorts.models import Application, Cohort
from marketplace.accounts.models import User
from marketplace.web.errors import Refused


@require_safe
def cohorts(request: HttpRequest) -> HttpResponse:
    """Cohorts that one may join, and those that run; others by their state."""
    return render(request, "cohorts/list.html", listing.context(request))


@require_safe
def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """One cohort: what, when, for whom, and one thing to do."""
    found = _cohort(request, slug)
    return render(request, "cohorts/cohort.html", sheet.context(found, request.user))


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The workshops, for a calendar program."""
    found = _cohort(request, slug)
    response = HttpResponse(calendars.feed(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{found.slug}.ics"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a place, for one of one's own enterprises."""
    found = _cohort(request, slug)
    user = _person(request)
    chosen = applying.enterprises(found, user)
    form = applying.form(found, chosen, request.POST if request.method == "POST" else None)
    if form is not None and form.is_bound and form.is_valid():
        try:
            application = admission.apply(
                cohort=found, supplier=form.chosen, by=user, motivation=form.cleaned_data["motivation"]
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, applying.sentence(application))
            return redirect("cohorts:application", pk=application.pk)
    return render(request, "cohorts/apply.html", applying.context(found, chosen, form))


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Every request of my enterprises, and where it stands."""
    return render(request, "cohorts/mine.html", requests.list_context(request))


@never_cache
@login_required
@require_safe
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One request as a thread; confirm or withdraw."""
    return render(request, "cohorts/application.html", requests.context(_application(request, pk)))


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the place that was offered."""
    found = _application(request, pk)
    try:
        admission.confirm(application=found, by=_person(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Votre place est confirmée."))
    return redirect("cohorts:application", pk=found.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a request, a rank or a place: a page says what follows, a button does it."""
    found = _application(request, pk)
    if request.method != "POST":
        context = requests.context(found)
        return render(request, "cohorts/withdraw.html", context) if context["may_withdraw"] else _to(found)
    try:
        admission.withdraw(application=found, by=_person(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("C’est noté : votre candidature est retirée."))
    return _to(found)


def _to(found: Application) -> HttpResponse:
    return redirect("cohorts:application", pk=found.pk)


def _cohort(request: HttpRequest, slug: str) -> Cohort:
    found = sheet.find(slug, request.user)
    if found is None:
        raise Http404
    return found


def _application(request: HttpRequest, pk: int) -> Application:
    found = requests.find(pk, _person(request))
    if found is None:
        raise Http404
    return found


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # login_required
    return request.user
