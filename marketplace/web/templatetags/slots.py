"""`{% load slots %}{% slot "tender.reasons" tender %}`: what other rooms have to say here (see `web.slots`)."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from marketplace.web import slots

register = template.Library()


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, subject: Any) -> SafeString:
    request = context.get("request")
    return slots.rendered(request, name, subject) if request is not None else mark_safe("")
