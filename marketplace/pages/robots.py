"""What crawlers may read: every public page. What is private asks to sign in, and mailed links say noindex themselves."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ALLOWED = "User-agent: *\nAllow: /\n"


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ALLOWED, content_type="text/plain; charset=utf-8")
