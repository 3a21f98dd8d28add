"""« Essayer » : what a query is read as, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.classification.code_words import CodeCandidate, code_candidates
from marketplace.classification.labels import code_label
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.folding import fold_text

from .models import LexiconGroup
from .reading import Lexicon, Meaning, read_lexicon
from .words import JOINING

LONGEST = 200
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class ReadMeaning:
    """A meaning of some words, ready to show."""

    meaning: Meaning
    url: str
    weight: float
    codes: list[tuple[str, str]]
    also: list[str]


@dataclass(frozen=True)
class ReadWords:
    """Words of the query that are a term, with their meanings."""

    words: str
    meanings: list[ReadMeaning]


@staff_member_required
@require_safe
def try_page(request: HttpRequest) -> HttpResponse:
    """One lexicon for all: whoever may open its list may try it."""
    group_admin = admin.site.get_model_admin(LexiconGroup)
    text = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST]
    lexicon = read_lexicon()
    found, unread = read_query(lexicon, text)
    codes: list[CodeCandidate] = code_candidates(text)[:6] if text else []
    return render_admin_page(
        request,
        "admin/classification/lexicon_try.html",
        title=_("Essayer le lexique"),
        crumbs=[
            (
                capfirst(str(LexiconGroup._meta.verbose_name_plural)),
                reverse("admin:classification_lexicongroup_changelist"),
            )
        ],
        text=text,
        longest=LONGEST,
        found=found,
        unread=unread,
        codes=codes,
        may_add=group_admin.has_add_permission(request),
    )


def read_query(lexicon: Lexicon, text: str) -> tuple[list[ReadWords], list[str]]:
    """What the text is read as, and its words that no term has, all as typed."""
    words = fold_text(text).split()
    typed = _WORD.findall(text)
    if len(typed) != len(words):
        typed = words
    read = lexicon.find(text)
    keys = {sense.meaning.key for found in read for sense in found.senses}
    ids = dict(LexiconGroup.objects.filter(key__in=keys).values_list("key", "pk"))
    shown = [
        ReadWords(
            " ".join(typed[found.start : found.end]),
            [
                ReadMeaning(
                    sense.meaning,
                    reverse("admin:classification_lexicongroup_change", args=[ids[sense.meaning.key]]),
                    sense.weight,
                    [(code, code_label(code)) for code in sense.meaning.codes],
                    [lexicon.by_key[lead.key].name for lead in sense.meaning.leads_to],
                )
                for sense in found.senses
                if sense.meaning.key in ids
            ],
        )
        for found in read
    ]
    covered = {at for found in read for at in range(found.start, found.end)}
    unread = [typed[at] for at, word in enumerate(words) if at not in covered and word not in JOINING]
    return shown, unread
