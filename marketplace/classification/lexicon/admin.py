"""The lexicon under /gestion/: what staff of the pôles and of the platform edit, all of it shared; every edit in the history."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.web.admin import FULL, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import search_rows
from marketplace.web.templatetags.web import lang_of

from .models import LexiconGroup, LexiconLink, LexiconTerm
from .reading import read_lexicon
from .words import text_forms

ALL = FULL | {"delete"}


class TermFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """The same word twice in a group, however it is spelled, would be two rows that say one thing."""
        super().clean()
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for form in self.forms:
            fields = getattr(form, "cleaned_data", {})
            if not fields or fields.get("DELETE") or not fields.get("text"):
                continue
            forms_of_words = text_forms(fields["text"])
            if not forms_of_words:
                form.add_error(
                    "text", _("Ce terme n’a que des mots de liaison : la recherche ne les lit pas.")
                )
            elif (key := (fields.get("language", ""), forms_of_words)) in seen:
                form.add_error(
                    "text", _("Ce terme est déjà dans le groupe, peut-être au pluriel ou sans accents.")
                )
            else:
                seen.add(key)


class TermInline(ScopedTabularInline):
    model = LexiconTerm
    formset = TermFormSet
    may = ALL
    fields = ["text", "language", "weight", "one_way"]


class LinkInline(ScopedTabularInline):
    model = LexiconLink
    fk_name = "group"
    may = ALL
    fields = ["target", "weight"]
    autocomplete_fields = ["target"]


@admin.register(LexiconGroup)
class LexiconGroupAdmin(ScopedAdmin):
    """One lexicon for the whole site: a pôle's staff edit it too, with the history and « Rétablir » to undo."""

    shared = True
    staff_may = FULL
    platform_may = FULL
    change_list_template = "admin/classification/lexicon_list.html"
    list_display = ["name_here", "codes", "term_count", "is_active"]
    list_filter = ["is_active"]
    ordering = ["label", "pk"]  # the model's own is lost where terms are counted
    search_fields = ["label", "label_en", "terms__text"]
    search_help_text = gettext_lazy(
        "Un libellé, un mot ou une expression, ou les premiers chiffres d’un code."
    )
    fields = ["label", "label_en", "codes", "sectors", "is_active"]
    inlines = [TermInline, LinkInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LexiconGroup]:
        return super().get_queryset(request).annotate(term_total=Count("terms"))

    @admin.display(description=gettext_lazy("libellé"), ordering="label")
    def name_here(self, row: LexiconGroup) -> str:
        return format_html("<span{}>{}</span>", lang_of(row.name), row.name)

    @admin.display(description=gettext_lazy("termes"), ordering="term_total")
    def term_count(self, row: Any) -> int:
        return row.term_total

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LexiconGroup], search_term: str
    ) -> tuple[QuerySet[LexiconGroup], bool]:
        """By words of the label or of one term, accents aside; or by the first digits of its likeliest code."""
        if not search_term.strip():
            return queryset, False
        terms = search_rows(LexiconTerm.objects.order_by(), search_term, columns=["text"])
        labels = search_rows(
            LexiconGroup.objects.order_by(), search_term, columns=["label", "label_en"], neq="codes", digits=2
        )
        found = {*terms.values_list("group_id", flat=True), *labels.values_list("pk", flat=True)}
        return queryset.filter(pk__in=found), False

    def history_sources(self, obj: LexiconGroup) -> list[HistorySource]:
        return [
            HistorySource(LexiconGroup, {"pk": obj.pk}),
            HistorySource(LexiconTerm, {"group_id": obj.pk}),
            HistorySource(LexiconLink, {"group_id": obj.pk}),
        ]

    def save_model(self, request: HttpRequest, obj: LexiconGroup, form: Any, change: bool) -> None:
        if not obj.key:
            obj.key = free_key(obj.label)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._say_shared(request, form.instance, formsets)
        transaction.on_commit(read_lexicon.forget)

    def _say_shared(self, request: HttpRequest, group: LexiconGroup, formsets: Any) -> None:
        """A term may have two meanings; whoever gives it a second one should know."""
        lexicon = read_lexicon()
        for formset in formsets:
            if formset.model is not LexiconTerm:
                continue
            for term in [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]:
                senses = lexicon.senses_of(term.text, term.language)
                if others := [sense.meaning.name for sense in senses if sense.meaning.key != group.key]:
                    messages.warning(
                        request,
                        _("« %(term)s » est aussi dans : %(groups)s. La recherche propose les deux sens.")
                        % {"term": term.text, "groups": ", ".join(others)},
                    )


def free_key(label: str) -> str:
    """A key that no group has, from the label."""
    stem = slugify(label)[:50] or "groupe"
    taken = set(LexiconGroup.objects.filter(key__startswith=stem).values_list("key", flat=True))
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"
