"""What the admin's templates need beside Django's own tags."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.contrib.admin.helpers import InlineAdminFormSet
from django.contrib.admin.templatetags.admin_list import result_headers, results
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.web.pagination import page_numbers

register = template.Library()


@register.filter
def admin_address(opts: Any, action: str) -> str:
    """`{% url opts|admin_address:"change" pk %}`: the name of a model's page in the admin."""
    return f"admin:{opts.app_label}_{opts.model_name}_{action}"


@register.inclusion_tag("admin/change_list_results.html")
def labelled_result_list(cl: ChangeList) -> dict[str, Any]:
    """Django's table whose cells carry the name of their column: on a phone each row is a card."""
    headers = list(result_headers(cl))
    labels = [str(header["text"]) for header in headers]
    return {
        "cl": cl,
        "result_headers": headers,
        "results": [
            [_labelled(cell, label) for cell, label in zip(row, labels, strict=False)] for row in results(cl)
        ],
    }


def _labelled(cell: SafeString, label: str) -> SafeString:
    if not cell.startswith("<td") or 'class="action-checkbox"' in cell[:30]:
        return cell
    name = format_html(' data-l="{}"', capfirst(label))
    return mark_safe(f"<td{name}{cell[3:]}")  # noqa: S308 - the cell is Django's, escaped; the label just was


@register.inclusion_tag("admin/list_pages.html")
def list_pages(cl: ChangeList) -> dict[str, Any]:
    """The pager of a list: the numbers around the page that is read."""
    if cl.paginator.num_pages < 2:
        return {"pages": []}
    return {
        "pages": [
            {
                "number": number,
                "is_current": number == cl.page_num,
                "url": cl.get_query_string({PAGE_VAR: number}) if number else "",
            }
            for number in page_numbers(cl.paginator, cl.page_num)
        ]
    }


@register.filter
def inline_options(formset: InlineAdminFormSet) -> str:
    """The JSON that Django's script for adding and removing rows reads, in our words."""
    prefix = formset.formset.prefix
    added = _("Ajouter : %(thing)s") % {"thing": formset.opts.verbose_name}
    options = {"prefix": prefix, "addText": added, "deleteText": _("Retirer")}
    return json.dumps({"name": f"#{prefix}", "options": options})
