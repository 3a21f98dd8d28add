"""Every list, page and history of /gestion/ in words: no key, no code word, no JSON, no column without a French name."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.db.models import Field
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from marketplace.outbox.admin import EVENT_WORDS
from tests.lists import World

pytestmark = pytest.mark.django_db

#: « tender.imported », « open_sheet 5345 », « 12 ↔ 7 », « {"kind": … », « 6: 31 », Python's own words.
RAW = re.compile(
    r"\b[a-z]+_[a-z_]+\b|\b(?:supplier|tender|event|cohort|application|message|accounts)[.:]\w+"
    r"|\d+ ?[↔→←✗×@] ?\d+|[{\[]['\"]|\b\d+: \d+\b|\bNone\b|\bTrue\b|\bFalse\b|\w+ object \(\d+\)"
)

#: The same word in both languages.
SAME = {"parent", "position"}


def words_of(response) -> str:
    """What stands on the page, without addresses, e-mails and what only the browser reads."""
    page = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    shown = re.sub(
        r"<(script|style|textarea).*?</\1>|<!--.*?-->", " ", page[0] if page else "", flags=re.DOTALL
    )
    return re.sub(r"\S+@\S+|https?://\S+|\S+\.(?:pdf|csv|xlsx)\b", " ", strip_tags(shown))


def test_pages_of_the_back_room_are_written_in_words():
    world = World()
    world.add()
    reader = Client()
    reader.force_login(world.people["admin"])
    raw = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        if (row := model._default_manager.last()) is not None:
            pages += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history")]
        for page in pages:
            shown = words_of(reader.get(page, follow=True))
            raw += [f"{page}: {found!r}" for found in sorted(set(RAW.findall(shown)))]
    assert not raw, "\n".join(raw)


def test_columns_of_the_back_room_have_french_names():
    """A column that nobody named is called by its English attribute."""
    unnamed = []
    for model, model_admin in admin.site._registry.items():
        shown = {model: [*model_admin.list_display, *(model_admin.fields or ())]}
        for inline in model_admin.inlines:
            shown.setdefault(inline.model, []).extend(inline.fields or ())
        for owner, names in shown.items():
            for name in (
                part for names_ in names for part in ([names_] if isinstance(names_, str) else names_)
            ):
                column = {f.name: f for f in owner._meta.get_fields() if isinstance(f, Field)}.get(name)
                holder = model_admin if owner is model else None
                if (
                    column is not None
                    and column.name not in SAME
                    and column._verbose_name is None
                    and not hasattr(holder, name)
                ):
                    unnamed.append(f"{owner._meta.label}.{name}")
    assert not unnamed


def test_every_kind_of_event_has_its_words():
    posted = set()
    for folder in ("marketplace", "suppliers", "buyers", "cohorts"):
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py"):
            text = path.read_text()
            if "post_event(" in text:
                posted |= set(re.findall(r"kind ?= ?\"([a-z]+\.[a-z_]+)\"", text))
                posted |= set(re.findall(r"else \"((?:supplier)\.[a-z_]+)\"", text))
    assert posted <= set(EVENT_WORDS)
