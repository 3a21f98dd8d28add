"""Cohorts for everyone, and a person's own requests. GET shows, POST acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.admission import apply_to_cohort, confirm_offered_place, withdraw_application
from cohorts.calendar import cohort_calendar_feed
from cohorts.cohort_list import cohort_list_context
from cohorts.contexts import (
    application_context,
    application_form,
    application_form_context,
    application_list_context,
    application_sent_message,
    cohort_context,
    find_application,
    find_cohort,
    own_enterprises,
)
from cohorts.models import Application, Cohort
from marketplace.accounts.permissions import signed_in_user
from marketplace.web.errors import Refused


@require_safe
def cohort_list_view(request: HttpRequest) -> HttpResponse:
    """Cohorts that one may join, and those that run; others by their state."""
    return render(request, "cohorts/list.html", cohort_list_context(request))


@require_safe
def cohort_view(request: HttpRequest, slug: str) -> HttpResponse:
    """One cohort: what, when, for whom, and one thing to do."""
    found = _cohort(request, slug)
    return render(request, "cohorts/cohort.html", cohort_context(found, request.user))


@require_safe
def workshop_calendar_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The workshops, for a calendar program."""
    found = _cohort(request, slug)
    response = HttpResponse(cohort_calendar_feed(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{found.slug}.ics"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def application_form_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a place, for one of one's own enterprises."""
    found = _cohort(request, slug)
    user = signed_in_user(request)
    chosen = own_enterprises(found, user)
    form = application_form(found, chosen, request.POST if request.method == "POST" else None)
    if form is not None and form.is_bound and form.is_valid():
        try:
            application = apply_to_cohort(
                cohort=found, supplier=form.chosen, by=user, motivation=form.cleaned_data["motivation"]
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, application_sent_message(application))
            return redirect("cohorts:application", pk=application.pk)
    return render(request, "cohorts/apply.html", application_form_context(found, chosen, form))


@never_cache
@login_required
@require_safe
def my_applications_view(request: HttpRequest) -> HttpResponse:
    """Every request of my enterprises, and where it stands."""
    return render(request, "cohorts/mine.html", application_list_context(request))


@never_cache
@login_required
@require_safe
def application_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One request as a thread; confirm or withdraw."""
    return render(request, "cohorts/application.html", application_context(_application(request, pk)))


@login_required
@require_POST
def confirm_place_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the place that was offered."""
    found = _application(request, pk)
    try:
        confirm_offered_place(application=found, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Votre place est confirmée."))
    return redirect("cohorts:application", pk=found.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_application_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a request, a rank or a place: a page says what follows, a button does it."""
    found = _application(request, pk)
    if request.method != "POST":
        context = application_context(found)
        return render(request, "cohorts/withdraw.html", context) if context["may_withdraw"] else _to(found)
    try:
        withdraw_application(application=found, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("C’est noté : votre candidature est retirée."))
    return _to(found)


def _to(found: Application) -> HttpResponse:
    return redirect("cohorts:application", pk=found.pk)


def _cohort(request: HttpRequest, slug: str) -> Cohort:
    found = find_cohort(slug, request.user)
    if found is None:
        raise Http404
    return found


def _application(request: HttpRequest, pk: int) -> Application:
    found = find_application(pk, signed_in_user(request))
    if found is None:
        raise Http404
    return found
