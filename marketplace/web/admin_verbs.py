"""Pages whose buttons are verbs: the answer to a POST that may not be, and the page again with what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path

from marketplace.web.admin_base import ScopedAdmin
from marketplace.web.errors import Refused


class VerbAdmin(ScopedAdmin):
    """Say what the page shows in `page_context`, and give each verb a `verb_path` whose view starts with `posted`."""

    def page_context(self, request: HttpRequest, obj: Any, given: dict[str, Any]) -> dict[str, Any]:
        """What the page of a row shows beside its form; `given` holds what `again` was told."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= self.page_context(request, obj, context)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal that only the verb could see undoes the whole form and says why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as why:
            messages.error(request, str(why))
            return HttpResponseRedirect(request.get_full_path())

    def verb_path(self, address: str, name: str, view: Callable[..., HttpResponse]) -> URLPattern:
        return path(
            f"<path:object_id>/{address}/",
            self.admin_site.admin_view(view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_{name}",
        )

    def posted(self, request: HttpRequest, object_id: str, *, may: str = "change") -> Any:
        """The row of a POST, or the answer that says why there is none: ask which with isinstance."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not self.may(request, may):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return obj

    def again(self, request: HttpRequest, object_id: str, **given: Any) -> HttpResponse:
        """The page with what was typed beside its form and why it was refused."""
        request.method = "GET"
        return self.changeform_view(request, object_id, extra_context=given)
