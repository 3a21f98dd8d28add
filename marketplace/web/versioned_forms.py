"""No edit is lost: a form over rows that several people edit carries the version of the page that it was made from.

The version is a keyed digest of each field as it was shown, rows of formsets included: no value can be read from it, no
migration is needed, and edits of different fields can be told apart. Under a lock on the row, what was posted is compared
with what stands; where someone else changed a field meanwhile, nothing is saved and the person chooses, field by field
(`stale_edits`). A form posted without a version is compared with every field of what stands.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.web.form_values import as_posted, plain_shown, plain_text, words_posted, words_shown

if TYPE_CHECKING:
    FormSet: TypeAlias = forms.BaseInlineFormSet[Any, Any, Any]

#: The hidden field, and the radios of the page that asks: `choice:<key>`.
VERSION = "form_version"
CHOICE = "choice:"
THEIRS, MINE = "theirs", "mine"
F = TypeVar("F", bound=forms.BaseForm)


@dataclass(frozen=True)
class Difference:
    """One thing that someone else changed and that was posted otherwise. `keep`: the choice that loses least.

    `model`, `pk` and `column` say where the history knows who changed it; `column` empty: the row is gone.
    """

    key: str
    label: str
    theirs: str
    mine: str
    keep: str
    i_changed: bool
    model: type[models.Model] | None = None
    pk: Any = None
    column: str = ""


@dataclass
class Merged:
    """What was posted, with the choices that were made, as the form is to read it; what is left to choose."""

    data: QueryDict
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class _Slot:
    """One field as the page of this moment shows it."""

    key: str
    name: str  # within its row
    bound: forms.BoundField

    @property
    def is_kept(self) -> bool:
        return not (self.bound.field.disabled or self.bound.field.widget.needs_multipart_form)


class FormVersion:
    """The version of a page: its form as it stands in the database, unbound, with what else the page edits.

    `about` names the rows, so that the version of one does not serve for another.
    """

    def __init__(
        self,
        form: forms.BaseForm,
        *,
        about: str,
        formsets: Sequence[FormSet] = (),
        others: Sequence[forms.BaseForm] = (),
    ) -> None:
        self.form, self.formsets, self.others, self.about = form, formsets, others, about

    # -- the version ---------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return " ".join(f"{key}={self._digest(key, shown)}" for key, shown in self._all_shown())

    def _all_shown(self) -> Iterator[tuple[str, str]]:
        for one in (self.form, *self.others):
            for slot in _slots(one):
                yield slot.key, plain_shown(slot.bound)
        for formset in self.formsets:
            for row in _standing(formset).values():
                for slot in _row_slots(formset, row):
                    yield slot.key, plain_shown(slot.bound)

    def _digest(self, key: str, shown: str) -> str:
        made = salted_hmac("form version", f"{self.about}\n{key}\n{shown}", algorithm="sha256").digest()
        return urlsafe_b64encode(made[:9]).decode()

    def add_to(self, form: forms.BaseForm) -> None:
        """Put the hidden field in the form that is rendered."""
        form.fields[VERSION] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=str(self), label=""
        )

    # -- what was posted -----------------------------------------------------------------------------------------

    def merge(self, posted: QueryDict) -> Merged:
        """Compare what was posted with what stands. Nothing is left to choose where `differences` is empty."""
        data = posted.copy()
        seen = dict(part.partition("=")[::2] for part in data.get(VERSION, "").split())
        choices = {name.removeprefix(CHOICE): data.get(name, "") for name in data if name.startswith(CHOICE)}
        for name in [name for name in data if name.startswith(CHOICE)]:
            del data[name]
        data[VERSION] = str(self)
        merged = Merged(data)
        for one in (self.form, *self.others):
            for slot in _slots(one):
                self._merge_field(
                    merged, slot, slot.bound.html_name, seen, choices, getattr(one, "called", "")
                )
        for formset in self.formsets:
            self._merge_formset(merged, formset, seen, choices)
        return merged

    def _merge_field(
        self,
        merged: Merged,
        slot: _Slot,
        html_name: str,
        seen: Mapping[str, str],
        choices: Mapping[str, str],
        where: str = "",
        row: models.Model | None = None,
    ) -> None:
        """Keep what was posted where nobody else changed the field; take or ask otherwise."""
        widget, data = slot.bound.field.widget, merged.data
        now, before = plain_shown(slot.bound), seen.get(slot.key)
        if choices.get(slot.key) == THEIRS:
            _set_posted(data, slot, html_name)
            return
        if before == self._digest(slot.key, now):
            return
        if before and widget.value_omitted_from_data(data, {}, html_name):
            _set_posted(data, slot, html_name)  # the page did not show it: what stands stays
            return
        raw = widget.value_from_datadict(data, {}, html_name)
        mine = plain_text(raw)
        if mine == now:
            return
        changed = before is None or before != self._digest(slot.key, mine)
        label = str(slot.bound.label or slot.name)
        merged.differences.append(
            Difference(
                key=slot.key,
                label=f"{where}\u00a0: {label}" if where else label,
                theirs=words_shown(slot.bound),
                mine=words_posted(slot.bound.field, raw),
                keep=MINE if changed and before else THEIRS,
                i_changed=changed,
                model=type(row) if row is not None else None,
                pk=row.pk if row is not None else None,
                column=slot.name,
            )
        )

    # -- rows ----------------------------------------------------------------------------------------------------

    def _merge_formset(
        self, merged: Merged, formset: FormSet, seen: Mapping[str, str], choices: Mapping[str, str]
    ) -> None:
        standing, data, prefix = _standing(formset), merged.data, formset.prefix
        key_name = formset.model._meta.pk.name
        lost: dict[int, str] = {}
        for index in range(_count(data, f"{prefix}-{TOTAL_FORM_COUNT}", formset.absolute_max)):
            at = f"{prefix}-{index}"
            pk = data.get(f"{at}-{key_name}", "").strip()
            if not pk:
                continue
            form = standing.get(pk)
            if form is None:
                lost[index] = pk
                continue
            where = f"{capfirst(str(formset.model._meta.verbose_name))} « {form.instance} »"
            if data.get(f"{at}-{DELETION_FIELD_NAME}"):
                self._merge_removal(merged, formset, form, at, where, seen, choices)
                continue
            for slot in _row_slots(formset, form):
                self._merge_field(merged, slot, f"{at}-{slot.name}", seen, choices, where, form.instance)
        if lost:
            self._merge_lost(merged, formset, lost, seen, choices)

    def _merge_removal(
        self,
        merged: Merged,
        formset: FormSet,
        form: forms.BaseForm,
        at: str,
        where: str,
        seen: Mapping[str, str],
        choices: Mapping[str, str],
    ) -> None:
        """I take away a row that someone else changed: ask, their change first."""
        slots = list(_row_slots(formset, form))
        instance: models.Model = cast("Any", form).instance
        key = f"{formset.prefix}:{instance.pk}"
        if choices.get(key) == THEIRS:
            del merged.data[f"{at}-{DELETION_FIELD_NAME}"]
            for slot in slots:
                _set_posted(merged.data, slot, f"{at}-{slot.name}")
            return
        changed = [
            slot for slot in slots if seen.get(slot.key) != self._digest(slot.key, plain_shown(slot.bound))
        ]
        if not changed:
            return
        theirs = "; ".join(f"{slot.bound.label}\u00a0: {words_shown(slot.bound)}" for slot in changed)
        merged.differences.append(
            Difference(
                key, where, theirs, _("À retirer"), THEIRS, True, type(instance), instance.pk, changed[0].name
            )
        )

    def _merge_lost(
        self,
        merged: Merged,
        formset: FormSet,
        lost: Mapping[int, str],
        seen: Mapping[str, str],
        choices: Mapping[str, str],
    ) -> None:
        """Rows that someone else took away: gone where I removed or did not touch them by my choice, else new rows."""
        data, prefix = merged.data, formset.prefix
        drop: set[int] = set()
        add: set[int] = set()
        for index, pk in lost.items():
            at, key = f"{prefix}-{index}", f"{prefix}:{pk}"
            if data.get(f"{at}-{DELETION_FIELD_NAME}") or choices.get(key) == THEIRS:
                drop.add(index)
            elif choices.get(key) == MINE:
                add.add(index)
            else:
                said = []
                touched = False
                for slot in _row_slots(formset, formset.empty_form, pk):
                    raw = slot.bound.field.widget.value_from_datadict(data, {}, f"{at}-{slot.name}")
                    touched |= seen.get(slot.key) != self._digest(slot.key, plain_text(raw))
                    if plain_text(raw):
                        said.append(f"{slot.bound.label}\u00a0: {words_posted(slot.bound.field, raw)}")
                name = capfirst(str(formset.model._meta.verbose_name))
                keep = MINE if touched else THEIRS
                theirs = _("Retiré entretemps")
                merged.differences.append(
                    Difference(key, name, theirs, "; ".join(said), keep, touched, formset.model, pk)
                )
        if drop or add:
            _renumber(data, formset, drop, add)


# -- on a page of the site ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VersionedPage:
    """The form of a page, ready to show or to clean; on POST, what is left to choose before anything is saved."""

    form: Any
    merged: Merged

    @property
    def is_stale(self) -> bool:
        return bool(self.merged.differences)


def versioned_form(
    request: HttpRequest, build: Callable[[QueryDict | None], F], *, about: models.Model, part: str = ""
) -> VersionedPage:
    """`build(None)` reads what stands; on POST, inside `holding_row`, it is compared with what was posted.

    Render `page.form` with its hidden field `form_version`. Where `page.is_stale`, answer with
    `stale_edits.ask_to_choose` instead of saving. `part` names what the form edits where `about` has several like it.
    """
    standing = build(None)
    version = FormVersion(standing, about=f"{about._meta.label_lower}:{about.pk}:{part}")
    if request.method != "POST":
        version.add_to(standing)
        return VersionedPage(standing, Merged(request.POST))
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("compare a version inside the transaction that saves, with the row held")
    merged = version.merge(request.POST)
    bound = build(merged.data)
    version.add_to(bound)
    return VersionedPage(bound, merged)


def keep_version(form: F) -> F:
    """A bound form that is only shown again, for a search beside it: it keeps the version that it came with."""
    form.fields[VERSION] = forms.CharField(required=False, widget=forms.HiddenInput, label="")
    return form


@contextmanager
def holding_row(request: HttpRequest, model: type[models.Model], pk: Any) -> Iterator[None]:
    """What a POST does to a row is one transaction that holds it; a GET holds nothing."""
    if request.method != "POST":
        yield
        return
    with transaction.atomic():
        lock_row(model, pk)
        yield


def typed_faults(form: forms.BaseForm) -> list[str]:
    """The fields where something was typed that cannot be kept: leaving the page would lose it."""
    return [
        name
        for name in form.errors
        if name in form.fields
        and plain_text(form.fields[name].widget.value_from_datadict(form.data, {}, form.add_prefix(name)))
    ]


def lock_row(model: type[models.Model], pk: Any) -> None:
    """Hold a row until the transaction ends, so that two saves at the same moment are compared one after the other.
    A row that does not exist, or a key that cannot be one, is left to who looks for it."""
    key: Any = model._meta.pk
    try:
        value = key.to_python(unquote(pk) if isinstance(pk, str) else pk)
        list(model._base_manager.select_for_update(of=("self",)).filter(pk=value).values_list("pk"))
    except (ValidationError, ValueError, OverflowError):
        return


# -- fields and rows -------------------------------------------------------------------------------------------


def _slots(form: forms.BaseForm) -> Iterator[_Slot]:
    unversioned: frozenset[str] = getattr(form, "unversioned", frozenset())
    for name in form.fields:
        if name != VERSION and name not in unversioned:
            slot = _Slot(form.add_prefix(name), name, form[name])
            if slot.is_kept:
                yield slot


def _standing(formset: FormSet) -> dict[str, Any]:
    return {str(form.instance.pk): form for form in formset.initial_forms}


def _row_slots(formset: FormSet, form: forms.BaseForm, pk: Any = None) -> Iterator[_Slot]:
    """The fields of one row, without those that the formset adds."""
    own = {formset.model._meta.pk.name, formset.fk.name, DELETION_FIELD_NAME}
    key = pk if pk is not None else cast("Any", form).instance.pk
    for name in form.fields:
        if name not in own:
            slot = _Slot(f"{formset.prefix}:{key}:{name}", name, form[name])
            if slot.is_kept:
                yield slot


def _set_posted(data: QueryDict, slot: _Slot, html_name: str) -> None:
    """Write what stands where the form reads it."""
    widget = slot.bound.field.widget
    for suffix in getattr(widget, "widgets_names", [""]):
        data.pop(html_name + suffix, None)
    for name, texts in as_posted(widget, html_name, slot.bound.value()).items():
        data.setlist(name, texts)


def _count(data: QueryDict, name: str, most: int) -> int:
    text = data.get(name, "")
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _renumber(data: QueryDict, formset: FormSet, drop: set[int], add: set[int]) -> None:
    """Rows without those of `drop`; those of `add` come last, as new ones."""
    prefix, key_name = formset.prefix, formset.model._meta.pk.name
    total = _count(data, f"{prefix}-{TOTAL_FORM_COUNT}", formset.absolute_max)
    initial = _count(data, f"{prefix}-{INITIAL_FORM_COUNT}", total)
    rows: list[dict[str, list[str]]] = []
    for index in range(total):
        at = f"{prefix}-{index}-"
        names = [name for name in data if name.startswith(at)]
        rows.append({name.removeprefix(at): data.getlist(name) for name in names})
        for name in names:
            del data[name]
        if index in add:
            rows[-1].pop(key_name, None)
    kept = [index for index in range(initial) if index not in drop | add]
    order = [*kept, *(index for index in range(initial, total) if index not in drop | add), *sorted(add)]
    for place, index in enumerate(order):
        for name, texts in rows[index].items():
            data.setlist(f"{prefix}-{place}-{name}", texts)
    data[f"{prefix}-{TOTAL_FORM_COUNT}"] = str(len(order))
    data[f"{prefix}-{INITIAL_FORM_COUNT}"] = str(len(kept))
