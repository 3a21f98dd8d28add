"""What the lists of the API share: filters, pages, how both stand in the schema, and addresses of the site's pages."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiFilterExtension
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.web.emails import on_site
from marketplace.web.filters import SHOWN_OF_A_VALUE, ListFilterSet
from marketplace.web.pagination import ListPage, ListPaginator


def page_address(name: str, *args: str) -> str:
    """The absolute address of a page of this site, in the language of the reader."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


class ListFilterBackend(DjangoFilterBackend):
    """Reads the view's `filterset_class`; what could not be followed is said in the answer."""

    def get_filterset(self, request: Request, queryset: Any, view: PublicList) -> ListFilterSet:
        filterset: ListFilterSet = super().get_filterset(request, queryset, view)
        view.filterset = filterset
        return filterset


class ListPagination(PageNumberPagination):
    """`{count, next, previous, results}`, and `messages` where something in the address was not followed."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    page_query_description = "From 1; beyond the end, the last one."
    page_size_query_description = f"Rows of a page, 1 to {max_page_size}."
    page: ListPage

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The page that is asked, or the nearest there is."""
        self.request = request
        paginator = ListPaginator(queryset, self.get_page_size(request))
        self.page = paginator.nearest_page(request.query_params.get("page", ""))
        self.messages = [
            *view.filterset.messages,
            *self.unknown_parameters(request, view),
            *self.page_size_messages(request),
            self.page.message,
        ]
        return list(self.page)

    def unknown_parameters(self, request: Request, view: Any) -> list[str]:
        known = {*view.filterset_class.base_filters, self.page_query_param, self.page_size_query_param}
        said = _("Le paramètre « %(name)s » n’existe pas. Il est ignoré.")
        return [
            said % {"name": name[:SHOWN_OF_A_VALUE]}
            for name in list(request.query_params)[:20]
            if name not in known
        ]

    def page_size_messages(self, request: Request) -> list[str]:
        asked = request.query_params.get("page_size", "")
        if not asked or (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size):
            return []
        return [_("« page_size » va de 1 à %(most)s.") % {"most": self.max_page_size}]

    def get_next_link(self) -> str | None:
        """At SITE_URL: what one reader named as our host must not be what a shared cache hands to the next one."""
        link: str | None = super().get_next_link()
        return link and on_site(link)

    def get_previous_link(self) -> str | None:
        link: str | None = super().get_previous_link()
        return link and on_site(link)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        if messages := [message for message in self.messages if message]:
            response.data["messages"] = messages
        links = (("next", self.get_next_link()), ("prev", self.get_previous_link()))
        if header := ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links if address):
            response["Link"] = header
        return response

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for one in parameters:
            one["schema"]["minimum"] = 1
            if one["name"] == self.page_size_query_param:
                one["schema"]["maximum"] = self.max_page_size
        return parameters

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        whole["required"] = ["count", "next", "previous", "results"]
        whole["properties"]["messages"] = {
            "type": "array",
            "items": {"type": "string"},
            "title": "What in the address was not followed.",
        }
        return whole


class AlwaysJson(BaseContentNegotiation):
    """There is one format: whatever a program says that it accepts, it gets that one rather than a refusal."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


@method_decorator(conditional_page, name="dispatch")
class PublicRead(GenericAPIView[Any]):
    """The same for everyone, and for a minute: a shared cache may keep it, then ask whether it still holds (`ETag`)."""

    authentication_classes = ()
    content_negotiation_class = AlwaysJson
    SECONDS = 60

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code in (200, 304):
            patch_cache_control(response, public=True, max_age=self.SECONDS)
            patch_vary_headers(response, ["Accept-Encoding", "Accept-Language"])
        else:
            patch_cache_control(response, no_store=True)
        return response


class PublicList(PublicRead, ListAPIView[Any]):
    """A list that is the same for everyone. A value that nothing knows is ignored and said in `messages`."""

    filter_backends = (ListFilterBackend,)
    pagination_class = ListPagination
    filterset_class: type[ListFilterSet]
    filterset: ListFilterSet

    def state(self) -> str:
        """What names the state of the whole list, where a small query tells it; else the answer itself is compared."""
        return ""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        if not (state := self.state()):
            return super().list(request, *args, **kwargs)
        asked: HttpRequest = request._request
        fields = ",".join(self.get_serializer_class()().fields)
        parts = (state, str(timezone.localdate()), get_language(), asked.build_absolute_uri(), fields)
        etag = f'W/"{hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]}"'
        response = get_conditional_response(asked, etag=etag) or super().list(request, *args, **kwargs)
        response["ETag"] = etag
        return response


class PublicDetail(PublicRead, RetrieveAPIView[Any]):
    """One row, by the word that stands in its address."""


class ListFilterExtension(OpenApiFilterExtension):
    """The parameters of a `ListFilterSet` in the schema."""

    target_class = ListFilterBackend
    priority = 1  # before drf-spectacular's own for django-filter, which would guess from model fields

    def get_schema_operation_parameters(self, auto_schema: Any, *args: Any, **kwargs: Any) -> list[Any]:
        text = {"type": "string"}
        return [
            {
                "in": "query",
                "name": name,
                "description": one.extra["help_text"],
                "schema": {"type": "array", "items": text} if one.is_multiple else text,
                **({"explode": True, "style": "form"} if one.is_multiple else {}),
            }
            for name, one in auto_schema.view.filterset_class.base_filters.items()
        ]
