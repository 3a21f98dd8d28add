"""Process pages under /gestion/ (a queue, a decision, a grid): ordinary views in the admin site's frame.

- Decorate the view with Django's `staff_member_required`.
- Take rows from a scoped queryset: `get_object_or_404(Supplier.objects.curated_by(request.user), pk=pk)`, so that what is
  not the reader's does not exist.
- Answer with `render_admin_page`; the template extends `admin/page.html`.
- Name the address in the app's `admin_urls.py`, which `marketplace/urls.py` mounts under `gestion/` before the admin's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


def render_admin_page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    crumbs: Sequence[tuple[str, str]] = (),
    **context: Any,
) -> TemplateResponse:
    """A page with the admin's header and breadcrumbs; `crumbs` are (label, address) between « Gestion » and the title.

    A name of `context` that the frame has raises a ValueError: the header would show the page's own rows.
    """
    frame = admin.site.each_context(request)
    if taken := frame.keys() & context.keys():
        raise ValueError(f"the admin's frame has names of its own: {', '.join(sorted(taken))}")
    return TemplateResponse(request, template, {**frame, "title": title, "crumbs": crumbs, **context})
