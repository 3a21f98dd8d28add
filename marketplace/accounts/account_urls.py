"""The account's pages: allauth's views and names at addresses of ours, in both languages.

allauth's own addresses (« /compte/login/ », « /en/account/password/reset/ ») are in mails, in bookmarks and in
password managers: they lead here, and what is posted to them is taken as before.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from allauth import urls as allauth_urls
from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.security.views import ConfirmAddress

Entry = URLPattern | URLResolver
View = Callable[..., HttpResponseBase]

email: list[Entry] = [
    path("", account.email, name="account_email"),
    path(_("a-confirmer/"), account.email_verification_sent, name="account_email_verification_sent"),
    path(_("confirmer/<str:key>/"), ConfirmAddress.as_view(), name="account_confirm_email"),
]
new_password: list[Entry] = [
    path(
        _("choisi/"),
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # A dash, as allauth puts the person and the key together in the link that it mails.
    re_path(
        r"^(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
password: list[Entry] = [
    path(_("changer/"), account.password_change, name="account_change_password"),
    path(_("choisir/"), account.password_set, name="account_set_password"),
    path(_("oublie/"), account.password_reset, name="account_reset_password"),
    path(_("oublie/envoye/"), account.password_reset_done, name="account_reset_password_done"),
    path(_("nouveau/"), include(new_password)),
]
codes: list[Entry] = [
    path("", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(_("nouveaux/"), recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(_("telecharger/"), recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
two_steps: list[Entry] = [
    path("", mfa.index, name="mfa_index"),
    path(_("entrer/"), mfa.authenticate, name="mfa_authenticate"),
    path(_("confirmer/"), mfa.reauthenticate, name="mfa_reauthenticate"),
    path(_("activer/"), totp.activate_totp, name="mfa_activate_totp"),
    path(_("retirer/"), totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(_("codes-de-secours/"), include(codes)),
]
ours: list[Entry] = [
    path(_("connexion/"), account.login, name="account_login"),
    path(_("deconnexion/"), account.logout, name="account_logout"),
    path(_("creer/"), account.signup, name="account_signup"),
    path(_("inactif/"), account.account_inactive, name="account_inactive"),
    path(_("confirmer-identite/"), account.reauthenticate, name="account_reauthenticate"),
    path(_("courriel/"), include(email)),
    path(_("mot-de-passe/"), include(password)),
    path(_("deux-etapes/"), include(two_steps)),
]


def _views(entries: Iterable[Entry]) -> Iterator[tuple[str, View]]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from _views(entry.url_patterns)
        elif entry.name:
            yield entry.name, entry.callback


def _formerly(entries: Iterable[Entry], kept: dict[str, View]) -> Iterator[Entry]:
    """The same tree at allauth's addresses, as far as the pages are `kept`: the same views, by their names."""
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield path(str(entry.pattern), include(list(_formerly(entry.url_patterns, kept))))
        elif entry.name in kept:
            view = _leads_on(kept[entry.name], entry.name)
            yield URLPattern(entry.pattern, view, name=f"{entry.name}_formerly")


def _leads_on(view: View, name: str) -> View:
    """To read: at the new address, for good. To send: here, since a redirection would lose what was filled in."""

    @functools.wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        address, query = reverse(name, args=args, kwargs=kwargs), request.META.get("QUERY_STRING", "")
        response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
        add_never_cache_headers(response)  # some hold a key: no cache keeps it
        return response

    return answer


# Ours first: where English says the same as allauth (« password/change/ »), it is the page.
urlpatterns: list[Entry] = [*ours, *_formerly(allauth_urls.urlpatterns, dict(_views(ours)))]
