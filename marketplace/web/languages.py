"""Which language a page is in, and the address of the same page in the other.

French stands at `/` and English at `/en/`: there the address decides, and a shared link stays in its language.
The admin, the API and the like keep one address in both languages: there the person's account decides, then
the choice kept in a cookie, then the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import LocalePrefixPattern, Resolver404, ResolverMatch, get_resolver, resolve, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import translation

Next = Callable[[HttpRequest], HttpResponse]


def offered() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def tag(language: str | None) -> str:
    """The language as pages and headers name it: « fr-CA », “en-CA”."""
    return "en-CA" if (language or "").startswith("en") else "fr-CA"


def is_english() -> bool:
    """Whether the page, or the mail, being written is in English."""
    return tag(translation.get_language()) == "en-CA"


class WrittenText(str):
    """What someone wrote, in `language` (« fr », « en »): a page in another one says so (`{% lang_of text %}`)."""

    __slots__ = ("language",)
    language: str

    @classmethod
    def of(cls, text: str, language: str) -> WrittenText:
        written = cls(text)
        written.language = language
        return written


class OnlyFrench(str):
    """A text that has no English: an English page marks it as French (`{% lang_of text %}`), so that it is read so."""

    __slots__ = ()


@lru_cache(maxsize=4)
def _neutral_prefixes(urlconf: str) -> tuple[str, ...]:
    """The beginnings of the addresses that stand outside `i18n_patterns`: « /gestion/ », « /api/v1/ »."""
    patterns = (entry.pattern for entry in get_resolver(urlconf).url_patterns)
    return tuple(f"/{pattern}" for pattern in patterns if not isinstance(pattern, LocalePrefixPattern))


def has_no_language(path: str) -> bool:
    """Whether an address is the same in both languages."""
    return path.startswith(_neutral_prefixes(settings.ROOT_URLCONF))


def same_page(request: HttpRequest, language: str) -> str:
    """The address of the page being read, in another language: its query, slugs and tokens kept."""
    return _in_language(request.get_full_path(), language, request.resolver_match)


def in_language(address: str, language: str) -> str:
    """Any address of ours in another language; one of another site, or of no page, stays as it is."""
    path = urlsplit(address).path
    try:
        match = resolve(unquote(path))
    except Resolver404:
        return address
    return _in_language(address, language, match)


def _in_language(address: str, language: str, match: ResolverMatch | None) -> str:
    parts = urlsplit(address)
    if has_no_language(parts.path):
        return address
    if match is None or not match.url_name:  # no such page: nor in the other language, but it says so there
        return urlunsplit(parts._replace(path=_prefixed(parts.path, language)))
    captured = match.captured_kwargs
    with translation.override(language):
        try:
            path = reverse(match.view_name, args=match.args, kwargs=captured)
        except NoReverseMatch:
            path = _prefixed(parts.path, language)
    return urlunsplit(parts._replace(path=path))


def _prefixed(path: str, language: str) -> str:
    bare = path
    for other in offered():
        if path.startswith(f"/{other}/"):
            bare = path[len(other) + 1 :]
    return bare if language == settings.LANGUAGE_CODE else f"/{language}{bare}"


class PersonLanguageMiddleware:
    """Where the address says nothing, the page speaks the language of the account. Stands after authentication.

    Django's own LocaleMiddleware has read the address before, and French where it says nothing.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if has_no_language(request.path_info):
            language = self.of_person(request) or translation.get_language_from_request(request)
            translation.activate(language)
            request.LANGUAGE_CODE = language  # as LocaleMiddleware sets it
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", tag(translation.get_language()))
        return response

    @staticmethod
    def of_person(request: HttpRequest) -> str:
        language: str = getattr(request.user, "language", "")
        return language if language in offered() else ""
