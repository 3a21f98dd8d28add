"""Someone chooses the language of the site: a cookie keeps it, and the account where there is one."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from marketplace.accounts.models import User
from marketplace.web import languages
from marketplace.web.errors import NotAllowed
from marketplace.web.site import site_page_url
from marketplace.web.verbs import verb


@verb
def choose_language(*, user: User, language: str, by: User | None) -> None:
    """From now on the admin, the mails and what follows a sign-in speak this language to them."""
    if by is not None and by != user:
        raise NotAllowed
    if language != user.language:
        user.language = language
        user.save(update_fields=["language"])


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The switch of every page: back to the page one came from (`next`), in the language asked for."""
    language, address = request.POST.get("language", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    if not is_ours or not address.startswith("/"):
        address = site_page_url("home")
    if language not in languages.offered():  # a hand-made form: nothing changes
        return HttpResponseRedirect(address)
    if isinstance(request.user, User):
        choose_language(user=request.user, language=language, by=request.user)
    response = HttpResponseRedirect(languages.in_language(address, language))
    keep_in_browser(response, language)
    return response


def keep_in_browser(response: HttpResponse, language: str) -> None:
    """Once nobody is signed in any more, the admin's entrance still speaks the language of who went out by it."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
