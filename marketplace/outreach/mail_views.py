"""Mailed links that stop what a pôle sends: the page is that of every such link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from marketplace.matching.mail_preferences.views import Named, stop_page
from marketplace.outreach.service_levels.reminders import REMINDERS, choice_from_token, stop_reminders
from marketplace.outreach.writing.refusing import LETTERS, refuse_letters
from marketplace.outreach.writing.refusing import choice_from_token as letters_from_token


@never_cache
@csrf_exempt  # RFC 8058: the mail program posts without cookie; the signed address is the authority
def stop_reminders_page(request: HttpRequest, token: str) -> HttpResponse:
    return stop_page(request, token, read=named_reminders)


@never_cache
@csrf_exempt  # RFC 8058, as above
def stop_letters_page(request: HttpRequest, token: str) -> HttpResponse:
    return stop_page(request, token, read=named_letters)


def named_letters(token: str) -> Named | None:
    if (choice := letters_from_token(token)) is None:
        return None
    return Named(
        LETTERS,
        [choice],
        lambda: refuse_letters(
            purpose=choice.purpose, address=choice.address, user=choice.user, by=choice.user
        ),
    )


def named_reminders(token: str) -> Named | None:
    if (choice := choice_from_token(token)) is None:
        return None
    return Named(REMINDERS, [choice], lambda: stop_reminders(user=choice.user, by=choice.user))
