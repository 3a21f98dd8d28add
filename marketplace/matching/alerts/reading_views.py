"""The page of a mail, another address, and feeds: by secret addresses that sign nobody in. GET shows, POST acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.alerts.digest_page import digest_context, digest_from_token
from marketplace.matching.alerts.models import AlertReader
from marketplace.matching.alerts.reading import (
    ask_address,
    close_feeds,
    confirm_address,
    drop_address,
    notice_calendar,
    notice_rss,
    reader_of_feed,
    reader_to_confirm,
    renew_feeds,
)
from marketplace.web.emails import absolute_url
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url


class AddressForm(forms.Form):
    address = forms.EmailField(
        label=gettext_lazy("Autre adresse"),
        help_text=gettext_lazy("Nous y envoyons un lien. Vos alertes y vont dès que vous l’avez confirmée."),
        max_length=254,
    )


@never_cache
@require_safe
def digest_page(request: HttpRequest, token: str) -> HttpResponse:
    """One mail of alerts as it stands today: which of its notices closed since. It shows that mail and nothing else."""
    digest = digest_from_token(token)
    if digest is None:
        return render(request, "matching/dead_link.html", status=404)
    return render(request, "matching/alerts/digest.html", digest_context(digest))


@never_cache
@login_required
@limited("alert_address", per_user="10/d")
@require_http_methods(["GET", "HEAD", "POST"])
def address_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    asks = request.method == "POST" and "drop" not in request.POST
    form = AddressForm(request.POST if asks else None, label_suffix="")
    if request.method == "POST" and not asks:
        drop_address(user=user, by=user)
        messages.success(request, _("C’est noté : vos alertes vont à l’adresse de votre compte."))
        return redirect("matching:alert_address")
    if asks and form.is_valid():
        try:
            reader = ask_address(user=user, address=form.cleaned_data["address"], by=user)
        except Refused as why:
            form.add_error("address", str(why))
        else:
            if not reader.used_address:
                said = _("Un lien vient de partir vers %(email)s. Il reste à le confirmer.")
                messages.success(request, said % {"email": reader.address})
            return redirect("matching:alert_address")
    reader = AlertReader.objects.filter(user=user).first()
    context = {"crumbs": _crumbs(_("Adresse des alertes")), "form": form, "reader": reader}
    return render(request, "matching/alerts/address.html", context)


@never_cache
@limited("confirm_address", per_ip="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address_page(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever reads that address has the link; programs that open the links of mails press no button."""
    reader = reader_to_confirm(token)
    if reader is None:
        return render(request, "matching/dead_link.html", status=404)
    if request.method == "POST":
        confirm_address(reader=reader, by=reader.user)
        return render(
            request, "matching/alerts/confirm_address.html", {"reader": reader, "is_confirmed": True}
        )
    return render(request, "matching/alerts/confirm_address.html", {"reader": reader, "is_confirmed": False})


@never_cache
@login_required
@limited("alert_feeds", per_user="30/h")
@require_http_methods(["GET", "HEAD", "POST"])
def feeds_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    if request.method == "POST":
        if "close" in request.POST:
            close_feeds(user=user, by=user)
            messages.success(request, _("Vos flux sont fermés : leur adresse n’ouvre plus rien."))
        else:
            renew_feeds(user=user, by=user)
            messages.success(request, _("Vos flux ont une nouvelle adresse. L’ancienne n’ouvre plus rien."))
        return redirect("matching:alert_feeds")
    reader = AlertReader.objects.filter(user=user).first()
    context: dict[str, Any] = {"crumbs": _crumbs(_("Calendrier et fil RSS"))}
    if reader and reader.feed_token:
        context |= {
            "calendar_url": absolute_url(reverse("matching:notice_calendar_feed", args=[reader.feed_token])),
            "rss_url": absolute_url(reverse("matching:notice_rss_feed", args=[reader.feed_token])),
        }
    return render(request, "matching/alerts/feeds.html", context)


@never_cache
@limited("notice_feed", per_ip="600/h", methods=frozenset({"GET"}))
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    reader = _reader(token)
    with translation.override(reader.user.language):
        body = notice_calendar(reader.user)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


@never_cache
@limited("notice_feed", per_ip="600/h", methods=frozenset({"GET"}))
@require_safe
def rss_feed(request: HttpRequest, token: str) -> HttpResponse:
    reader = _reader(token)
    with translation.override(reader.user.language):
        address = absolute_url(reverse("matching:notice_rss_feed", args=[token]))
        body = notice_rss(reader.user, address)
    return HttpResponse(body, content_type="application/rss+xml; charset=utf-8")


def _reader(token: str) -> AlertReader:
    reader = reader_of_feed(token)
    if reader is None:
        raise Http404
    return reader


def _crumbs(here: str) -> list[tuple[str, Any]]:
    return [
        (_("Mon espace"), site_page_url("my_space")),
        (_("Mes alertes"), reverse("matching:alert_list")),
        (here, ""),
    ]
