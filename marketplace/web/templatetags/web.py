"""Icons, dates, money, codes and links as the look wants them. A builtin library: no {% load %} needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit

from django import template
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.forms import BaseForm, BoundField, Field
from django.forms.boundfield import BoundWidget
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, QueryDict
from django.shortcuts import resolve_url
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from marketplace.web import languages, typography
from marketplace.web.icons import ICONS, KNOTS
from marketplace.web.site import site_page_url
from marketplace.web.slots import render_slot

register = template.Library()
register.simple_tag(site_page_url)


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """`{% icon "search" %}`, `{% icon "cross" "i-s" label=text %}`: without a label it is decoration."""
    drawing = mark_safe(ICONS[name])  # noqa: S308 - our own drawings
    css = f"i {css}".strip()
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', css, label, drawing
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', css, drawing)


@register.simple_tag
def knot(verdict: str) -> SafeString:
    """The link of a vis-à-vis row: `full`, `part` or `none`. The word under it is the template's."""
    drawing = mark_safe(KNOTS[verdict])  # noqa: S308 - our own drawings
    return format_html('<svg viewBox="0 0 88 34" fill="none" aria-hidden="true">{}</svg>', drawing)


def _amount(value: Any) -> Decimal | None:
    """A number however the template got it; None where there is none to write."""
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


@register.filter
def number(value: Any) -> str:
    """11204 → « 11 204 »."""
    amount = _amount(value)
    return "" if amount is None else typography.format_number(amount)


@register.filter
def money(value: Any) -> str:
    return typography.format_money(_amount(value))


@register.filter
def amount_in(value: Any, currency: str) -> str:
    """« 125 000 $ », or « 125 000 GBP » in any other currency."""
    return typography.format_amount(_amount(value), currency)


@register.filter
def money_exact(value: Any) -> str:
    """With cents, in accounts only."""
    return typography.format_money(_amount(value), cents=True)


@register.filter
def neq(value: str | None) -> str:
    return typography.format_neq(value)


@register.filter
def phone(value: str | None) -> str:
    return typography.format_phone(value)


@register.filter
def phone_href(value: str | None) -> str:
    return typography.format_phone_href(value)


@register.filter
def with_article(value: str, after: str = "") -> str:
    """`{{ pole.name|with_article }}`: « le Pôle… »; `|capfirst` where it begins a sentence, `:"à"` for « au Pôle… »."""
    return typography.with_article(value, after)


@register.filter
def day(value: date | datetime | None) -> str:
    return typography.format_day(value)


@register.filter
def day_short(value: date | datetime | None) -> str:
    return typography.format_day_short(value)


@register.filter
def month_short(value: date | datetime | None) -> str:
    return typography.format_month_short(value)


@register.filter
def hour(value: datetime | None) -> str:
    return typography.format_hour(value)


@register.filter
def moment(value: datetime | None) -> str:
    return typography.format_moment(value)


@register.filter
def second(value: datetime | None) -> str:
    return typography.format_second(value)


@register.filter
def in_days(value: date | datetime | None) -> str:
    return typography.format_in_days(value)


@register.filter
def since_days(value: date | datetime | None) -> str:
    return typography.format_since_days(value)


def _query(context: Context) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    return request.GET.copy() if request else QueryDict(mutable=True)


def _as_link(query: QueryDict) -> str:
    for name in [name for name, values in query.lists() if not any(values)]:
        del query[name]  # a shared address carries only what filters
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def querystring_with(context: Context, **changes: Any) -> str:
    """The current query string with changes: a list sets several values, None or "" removes.

    `page` goes unless it is given: another filter means another first page.
    """
    query = _query(context)
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if isinstance(value, list | tuple | set | frozenset):
            query.setlist(name, [str(item) for item in value])
        elif value is not None and value != "":
            query[name] = str(value)
    return _as_link(query)


@register.simple_tag(takes_context=True)
def other_language_url(context: Context, language: str) -> str:
    """The address of this very page in another language."""
    request: HttpRequest | None = context.get("request")
    return languages.same_page(request, language) if request else "/"


@register.simple_tag(takes_context=True)
def same_as_block(context: Context, name: str) -> SafeString:
    """What a block of this template says, a second time: a mail's first sentence is shown after its title in lists."""
    said: SafeString = context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)
    return said


@register.simple_tag
def page_language() -> str:
    """The value of the `lang` attribute: fr-CA or en-CA."""
    return languages.tag(get_language())


@register.simple_tag
def colon() -> str:
    """A colon after a name or an hour: French keeps a no-break space before it, English does not."""
    return ":" if languages.is_english() else f"{typography.NB}:"


@register.simple_tag
def written_in_french() -> SafeString:
    """` lang="fr-CA"` on a page that is not French, for what enterprises and buyers wrote; empty on French pages.

    `<h1{% written_in_french %}>{{ name }}</h1>`: a screen reader then pronounces it as it should.
    """
    return mark_safe(' lang="fr-CA"' if languages.is_english() else "")  # noqa: S308 - our own words


@register.simple_tag
def lang_of(text: object) -> SafeString:
    """` lang="fr-CA"` on an English page for a label that has no English yet: `<td{% lang_of label %}>{{ label }}</td>`.

    Of a `WrittenText`, its own language where that is not the page's.
    """
    if isinstance(text, languages.WrittenText):
        spoken = languages.tag(text.language) if text.language in ("fr", "en") else text.language
        here = languages.tag(get_language())
        return format_html(' lang="{}"', spoken) if spoken != here else SafeString("")
    return written_in_french() if isinstance(text, languages.OnlyFrench) else SafeString("")


@register.simple_tag(takes_context=True)
def slot(context: Context, name: str, subject: Any) -> SafeString:
    """`{% slot "tender.reasons" tender %}`: what other apps have to say here (see `web.slots`)."""
    request: HttpRequest | None = context.get("request")
    parts = render_slot(request, name, subject) if request is not None else []
    return mark_safe("".join(parts))  # noqa: S308 - rendered templates, escaped by themselves


@register.simple_tag(takes_context=True)
def sign_in_url(context: Context) -> str:
    """The page of sign-in; from a page that everyone may read, it leads back there. Other addresses may hold a secret."""
    request: HttpRequest | None = context.get("request")
    entrance = resolve_url(settings.LOGIN_URL)
    match = request.resolver_match if request is not None else None
    if request is None or match is None or not getattr(match.func, "public_page", None):
        return entrance
    return f"{entrance}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"


@register.simple_tag(takes_context=True)
def current(context: Context, address: str, *more: str) -> str:
    """`aria-current` for a link to the page or the section being read; empty elsewhere.

    `more`: sections that belong to this link and whose addresses do not begin like it.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or not address:
        return ""
    if request.path == urlsplit(address).path:
        return mark_safe(' aria-current="page"')
    sections = (urlsplit(section).path for section in (address, *more) if section)
    if any(path not in ("/", "/en/") and request.path.startswith(path) for path in sections):
        return mark_safe(' aria-current="true"')
    return ""


@register.simple_tag
def field_input(field: BoundField, css: str = "") -> SafeString:
    """A field's widget in our dress; Django adds aria-describedby and aria-invalid."""
    own = field.field.widget.attrs
    classes = f"{own.get('class', '')} inp {css}".split()
    # No placeholder: it vanishes when one types, and the label says it already.
    return field.as_widget(attrs={"class": " ".join(dict.fromkeys(classes)), "placeholder": False})


@register.filter
def widget_kind(field: BoundField) -> str:
    """What `_form_field.html` draws: `checkbox`, `choices` (radios, several boxes), `file`, `hidden` or `input`."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    kind = getattr(widget, "input_type", "")
    if field.use_fieldset and kind in ("radio", "checkbox"):
        return "choices"
    return kind if kind in ("checkbox", "file") else "input"


@register.filter
def choice_hint(choice: BoundWidget, field: BoundField) -> str:
    """The line under a choice, where the form gave one: `form.fields["x"].hints = {value: text}`."""
    hints = getattr(field.field, "hints", {})
    return str(hints.get(choice.data["value"], hints.get(str(choice.data["value"]), "")))


@dataclass(frozen=True)
class Fault:
    """A line of the error summary; `target` is the id of the control at fault, empty for the whole form."""

    target: str
    text: str


@register.simple_tag
def faults(*forms: Any) -> list[Fault]:
    """Every fault of these forms and formsets (nothing counts for none), in the order of the page."""
    found: list[Fault] = []
    for form in forms:
        if isinstance(form, BaseFormSet):
            found += [Fault("", str(text)) for text in form.non_form_errors()]
            found += faults(*form.forms)
        elif isinstance(form, BaseForm):
            found += [Fault("", str(text)) for text in form.non_field_errors()]
            found += [
                Fault(_first_control(field), _named(field, str(text)))
                for field in form
                for text in field.errors
            ]
    return found


def _named(field: BoundField, text: str) -> str:
    """Far from its field, « Ce champ est obligatoire » says nothing: it takes the field's name along."""
    if text != str(Field.default_error_messages["required"]):
        return text
    colon = ": " if page_language() == "en-CA" else "\u00a0: "
    return f"{field.label}{colon}{text[:1].lower()}{text[1:]}"


def _first_control(field: BoundField) -> str:
    """A link to a group of choices leads to its first one: a fieldset takes no focus."""
    return f"{field.auto_id}_0" if widget_kind(field) == "choices" else field.auto_id


@register.simple_tag
def share(done: int, total: int) -> str:
    """« 70 % », rounded down: a hundred means all of it."""
    parts = 100 * done // total if total else 0
    return f"{parts}%" if (get_language() or "").startswith("en") else f"{parts}\u00a0%"
