"""What the lists of the API share: filters, pages, how both stand in the schema, and addresses of the site's pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.extensions import OpenApiFilterExtension
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.web.filters import ListFilterSet
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
    page: ListPage

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The page that is asked, or the nearest there is."""
        self.request = request
        paginator = ListPaginator(queryset, self.get_page_size(request))
        self.page = paginator.nearest_page(request.query_params.get("page", ""))
        self.messages = [*view.filterset.messages, *self.page_size_messages(request), self.page.message]
        return list(self.page)

    def page_size_messages(self, request: Request) -> list[str]:
        asked = request.query_params.get("page_size", "")
        if not asked or (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= self.max_page_size):
            return []
        return [_("« page_size » va de 1 à %(most)s.") % {"most": self.max_page_size}]

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        if messages := [message for message in self.messages if message]:
            response.data["messages"] = messages
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        whole = super().get_paginated_response_schema(schema)
        whole["required"] = ["count", "next", "previous", "results"]
        whole["properties"]["messages"] = {
            "type": "array",
            "items": {"type": "string"},
            "title": "What in the address was not followed.",
        }
        return whole


class PublicList(ListAPIView):
    """A list that is the same for everyone. A value that nothing knows is ignored and said in `messages`."""

    authentication_classes = ()
    filter_backends = (ListFilterBackend,)
    pagination_class = ListPagination
    filterset_class: type[ListFilterSet]
    filterset: ListFilterSet


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
