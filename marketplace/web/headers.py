"""What browsers are told beside Django's own headers: no sensors, no embedding elsewhere, no copies of private pages."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers, patch_cache_control

#: We ask for none of these, so nothing that slips into a page may either.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen",
        "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "serial",
        "usb", "xr-spatial-tracking",
    )
)  # fmt: skip
#: Pages where one gives or reads a secret: no copy stays, not even behind the back button.
SECRET_PAGES = ("account_", "mfa_")


class HeadersMiddleware:
    """Stands after the static files: a mail shows our logo from there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        match = request.resolver_match
        is_secret = match and not match.namespace and (match.url_name or "").startswith(SECRET_PAGES)
        if is_secret or _was_for_someone(request, response):
            add_never_cache_headers(response)
        elif not response.has_header("Cache-Control") and "Cookie" in response.get("Vary", ""):
            patch_cache_control(response, private=True, no_cache=True)  # it may name someone
        return response


def _was_for_someone(request: HttpRequest, response: HttpResponse) -> bool:
    """A page written for who is signed in: the back button shows it to nobody once they have left."""
    reader = getattr(request, "_cached_user", None)  # nobody is looked up for a page that did not ask
    return bool(reader and reader.is_authenticated and not response.has_header("Cache-Control"))
