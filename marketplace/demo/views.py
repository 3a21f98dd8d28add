"""« Courriels »: what the demo would have sent, shown as sent. These pages exist in the demo only."""

from __future__ import annotations

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.demo import mailbox
from marketplace.web.pagination import paginate_list

PAGE_SIZE = 25

# Mails carry their styles inline; the page around them does not.
MAIL_STYLES = {"style-src": [SELF, UNSAFE_INLINE]}


@never_cache
@require_safe
def letter_list(request: HttpRequest) -> HttpResponse:
    names = mailbox.names()
    page = paginate_list(request, names, PAGE_SIZE)
    letters = [mailbox.letter(name) for name in page]
    return render(request, "demo/mailbox.html", {"letters": letters, "page_obj": page})


@never_cache
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/letter.html", {"letter": _letter(name)})


@never_cache
@require_safe
@csp_update(MAIL_STYLES)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame; its links open in the whole window."""
    html = _letter(name).html
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


@never_cache
@require_safe
def letter_source(request: HttpRequest, name: str) -> HttpResponse:
    source = _letter(name).parsed.as_bytes()
    return HttpResponse(
        source,
        content_type="message/rfc822",
        headers={"Content-Disposition": f'attachment; filename="{name}.eml"'},
    )


def _letter(name: str) -> mailbox.Letter:
    found = mailbox.letter(name)
    if found is None:
        raise Http404(_("Ce courriel n’existe pas, ou plus."))
    return found
