"""For `templates/mail/base.html`."""

from django import template
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY

register = template.Library()


@register.simple_tag(takes_context=True)
def same_as_block(context: Context, name: str) -> str:
    """What a block of this template says, a second time."""
    rendered: str = context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)
    return rendered
