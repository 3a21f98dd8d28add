"""The schema, and what every answer has that no view says: errors, their texts, headers."""

from __future__ import annotations

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from drf_spectacular.views import SpectacularAPIView

Schema = dict[str, Any]

ERROR: Schema = {
    "type": "object",
    "description": "What went wrong, in the language asked for.",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
ETAG: Schema = {
    "description": "Names this state of the answer; send it back as `If-None-Match`.",
    "schema": {"type": "string"},
}
RETRY_AFTER: Schema = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}


@method_decorator(cache_control(public=True, max_age=3600), name="dispatch")
@method_decorator(conditional_page, name="dispatch")
class SchemaPage(SpectacularAPIView):
    """OpenAPI 3, in YAML or with `?format=json`."""

    authentication_classes = ()


def describe_every_answer(result: Schema, **kwargs: Any) -> Schema:
    """A hook of drf-spectacular: 304, 400, 404 and 429 beside the answers that serializers describe."""
    result["components"]["schemas"]["Error"] = ERROR
    for path, methods in result["paths"].items():
        answers = methods["get"]["responses"]
        answers["200"]["headers"] = {"ETag": ETAG}
        answers["304"] = {"description": "Not modified since the state that `If-None-Match` names."}
        answers["400"] = _error("The address or a header cannot be read at all.")
        if "{" in path:
            answers["404"] = _error("Nothing public stands at this address.")
        answers["429"] = _error("Asked too often from this address.") | {
            "headers": {"Retry-After": RETRY_AFTER}
        }
    return result


def _error(description: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": description, "content": content}
