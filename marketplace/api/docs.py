"""The API's page for people: drawn from the schema by our own template, so that it reads without script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from .throttling import RATE

Schema = dict[str, Any]


@dataclass(frozen=True)
class DocsRow:
    """A parameter or a field of the answer."""

    name: str
    kind: str
    text: SafeString | str = ""


@dataclass(frozen=True)
class Endpoint:
    path: str
    anchor: str
    text: SafeString
    parameters: list[DocsRow] = field(default_factory=list)
    fields: list[DocsRow] = field(default_factory=list)


@require_safe
def docs_page(request: HttpRequest) -> HttpResponse:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    context = {
        "crumbs": [(_("Données ouvertes et API"), "")],
        "endpoints": [_endpoint(path, methods["get"], schema) for path, methods in schema["paths"].items()],
        "rate": RATE,
        "example": f"{settings.SITE_URL}/api/v1/suppliers/?q=traiteur&region=04",
    }
    return render(request, "api/docs.html", context)


def _endpoint(path: str, operation: Schema, schema: Schema) -> Endpoint:
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    properties = _resolved(answer, schema).get("properties", {})
    if "results" in properties:  # a list: what its rows hold is what one wants to know
        properties = _resolved(properties["results"]["items"], schema).get("properties", {})
    return Endpoint(
        path=path,
        anchor=path.strip("/").replace("/", "-").replace("{", "").replace("}", ""),
        text=_prose(operation.get("description", "")),
        parameters=[
            DocsRow(one["name"], _kind(one["schema"], schema), _prose(one.get("description", "")))
            for one in operation.get("parameters", [])
        ],
        fields=[
            DocsRow(name, _kind(one, schema), _resolved(one, schema).get("title", ""))
            for name, one in properties.items()
        ],
    )


def _prose(text: str) -> SafeString:
    """The schema's Markdown, as far as we write any: `code`."""
    plain_and_code = enumerate(text.split("`"))
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if place % 2 else part,) for place, part in plain_and_code),
    )


def _resolved(part: Schema, schema: Schema) -> Schema:
    """What a `$ref` stands for; drf-spectacular wraps one in `allOf` or `oneOf` where it adds a word to it."""
    for wrapped in ("allOf", "oneOf"):
        if wrapped in part:
            return {**_resolved(part[wrapped][0], schema), **{k: v for k, v in part.items() if k != wrapped}}
    if "$ref" in part:
        found: Schema = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
        return found
    return part


def _kind(part: Schema, schema: Schema) -> str:
    """« string », « array of string », « obnl, coop or mutuelle »: the words of the OpenAPI format."""
    whole = _resolved(part, schema)
    if values := [str(value) for value in whole.get("enum", []) if value]:
        return ", ".join(values)
    if whole.get("type") == "array":
        return f"array of {_kind(whole['items'], schema)}"
    return str(whole.get("format") or whole.get("type", "object"))
