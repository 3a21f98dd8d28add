"""Law 25 for people without an account: found by name, e-mail or telephone, handed over or erased by staff on their request.

Each app says which of its columns may name a person (`register_people_columns`); all rows, their history, and JSON values
are searched and rewritten the same way. Staff of a pôle reach what belongs to their territory, a platform admin all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from marketplace.accounts.models import (
    ErasedPerson,
    Organisation,
    PersonalDataRead,
    PersonRequest,
    User,
    curation_q,
)
from marketplace.accounts.permissions import check_permission, is_platform_admin
from marketplace.accounts.person_marks import PersonMarks, enterprise_hash, person_hashes
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

#: Rows of one kind that a search shows and an erasure takes at most; a person of more is no person.
MOST = 500


@dataclass(frozen=True)
class PeopleColumns:
    """Columns of a model that may name someone. `organisation` leads to whose they are; "" and no `scope`: platform admins' alone.

    `is_person`: the row is about one person (a contact) and goes whole where it is theirs.
    `changed` is told of the rows that were rewritten or removed, by the ids of `organisation`.
    """

    name: str
    model: type[models.Model]
    fields: Sequence[str]
    label: str | Promise
    organisation: str = ""
    is_person: bool = False
    keys: Sequence[str] = ()  # of a row that is a person: what must be theirs for it to go
    changed: Callable[[set[int]], None] | None = None
    scope: Callable[[QuerySet[Any], User], QuerySet[Any]] | None = None

    @property
    def histories(self) -> list[type[models.Model]]:
        return list(set(getattr(self.model, "pgh_event_models", {}).values()))

    def rows(self, model: type[models.Model], user: User | None) -> QuerySet[Any]:
        """What a person may see of it, in the table itself or in its history; `user` None: all."""
        rows = model._base_manager.all()
        if user is None or user.is_superuser:
            return rows
        if self.scope:
            return self.scope(rows, user)
        if not self.organisation:
            return rows.none()
        owners = Organisation.objects.filter(curation_q(user)).values("pk")
        is_history = model is not self.model
        if self.organisation == "pk" and is_history:
            # An organisation that became one with another is history alone, and comes back where that is undone.
            gone = ~Q(pgh_obj_id__in=Organisation.objects.values("pk"))
            return rows.filter(Q(pgh_obj_id__in=owners) | gone & curation_q(user))
        return rows.filter(**{f"{self.organisation}__in": owners})

    def naming(self, rows: QuerySet[Any], expression: str) -> QuerySet[Any]:
        """Rows in which a column may say what the expression looks for."""
        said = {f"said_{name}": Cast(name, TextField()) for name in self.fields}
        found = Q(*((f"{name}__iregex", expression) for name in said), _connector=Q.OR)
        return rows.alias(**said).filter(found).order_by("pk")


@dataclass
class Trace:
    """One row, with its history, in which someone is named."""

    columns: PeopleColumns
    pk: Any
    organisation: Organisation | None
    said: dict[str, Any] = field(default_factory=dict)  # the row's columns that name them, as they stand
    is_sure: bool = False
    is_past: bool = False  # only its history names them

    @property
    def key(self) -> str:
        return f"{self.columns.name}:{self.pk}"

    @property
    def goes_whole(self) -> bool:
        return self.columns.is_person


_registered: dict[str, PeopleColumns] = {}


def register_people_columns(columns: PeopleColumns) -> None:
    """Called from an app's `personal_data`; the same name again replaces the first (reloads)."""
    _registered[columns.name] = columns


def registered_columns() -> list[PeopleColumns]:
    return list(_registered.values())


def can_answer_people(user: User) -> bool:
    """Who looks for a person and answers their request: staff, each for their territory."""
    return is_platform_admin(user) or (user.is_active and user.is_staff)


# --- finding ----------------------------------------------------------------------------------------------------------


def find_person_traces(*, marks: PersonMarks, user: User | None) -> list[Trace]:
    """Where someone is named, as far as `user` may see (None: everywhere); rows that give their address or number first."""
    expression = marks.sql()
    if not expression:
        return []
    traces = [
        trace for columns in _registered.values() for trace in _traces_in(columns, marks, expression, user)
    ]
    # A name is theirs where an address of theirs stands at the same organisation.
    theirs = {trace.organisation.pk for trace in traces if trace.is_sure and trace.organisation}
    for trace in traces:
        trace.is_sure = trace.is_sure or bool(trace.organisation and trace.organisation.pk in theirs)
    return sorted(traces, key=lambda trace: not trace.is_sure)


def _traces_in(
    columns: PeopleColumns, marks: PersonMarks, expression: str, user: User | None
) -> Iterator[Trace]:
    found: dict[Any, Trace] = {}
    related = [columns.organisation] if columns.organisation not in ("", "pk") else []
    rows = columns.naming(columns.rows(columns.model, user), expression).select_related(*related)
    for row in islice(rows.iterator(chunk_size=200), MOST):
        said = _said(row, columns, marks)
        if said:
            found[row.pk] = Trace(columns, row.pk, _owner(row, columns), said, _is_sure(said, marks))
    for events in columns.histories:
        rows = columns.naming(columns.rows(events, user), expression)
        for row in islice(rows.iterator(chunk_size=200), MOST):
            said = _said(row, columns, marks)
            if said:
                trace = found.setdefault(
                    row.pgh_obj_id,
                    Trace(columns, row.pgh_obj_id, _owner(row, columns), said, is_past=True),
                )
                trace.is_sure = trace.is_sure or _is_sure(said, marks)
    yield from found.values()


def _said(row: Any, columns: PeopleColumns, marks: PersonMarks) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in columns.fields}
    return {name: value for name, value in values.items() if any(map(marks.is_in, texts_of(value)))}


def _is_sure(said: dict[str, Any], marks: PersonMarks) -> bool:
    return any(marks.is_surely_in(text) for value in said.values() for text in texts_of(value))


def texts_of(value: Any) -> Iterator[str]:
    """All the texts in a column's value, keys of JSON objects too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)


def _owner(row: Any, columns: PeopleColumns) -> Organisation | None:
    if not columns.organisation:
        return None
    if columns.organisation == "pk":
        return Organisation.objects.filter(pk=getattr(row, "pgh_obj_id", row.pk)).first()
    for name in columns.organisation.split("__"):
        try:
            row = getattr(row, name, None)
        except models.ObjectDoesNotExist:  # history of what hung on a row that has gone
            return None
        if row is None:
            return None
    return row


# --- handing over and erasing -----------------------------------------------------------------------------------------


def accounts_of(marks: PersonMarks) -> QuerySet[User]:
    """Accounts at their address: an account has its own copy and its own end."""
    return User.objects.filter(email__iexact=marks.email) if marks.email else User.objects.none()


@verb
def export_person(
    *, marks: PersonMarks, keys: Iterable[str], channel: str, by: User
) -> dict[str, list[dict[str, Any]]]:
    """What stands in the chosen rows, by kind; who asked by which channel, and who read it, are recorded."""
    traces = _chosen(marks, keys, by)
    held: dict[str, list[dict[str, Any]]] = {}
    for trace in traces:
        held.setdefault(str(trace.columns.label), []).append(
            {
                "organisation": trace.organisation.name if trace.organisation else None,
                "past": trace.is_past,
                **{str(_field_label(trace.columns, name)): value for name, value in trace.said.items()},
            }
        )
    _record(PersonRequest.Kind.COPY, marks, traces, channel, by)
    record_security_event(kind=Kind.EXPORTED, by=by, target="person", rows=len(traces))
    note_reads(
        reader=by,
        organisations={trace.organisation.pk for trace in traces if trace.organisation},
        what="people.copy",
        purpose=PersonalDataRead.Purpose.REQUEST,
    )
    return held


@verb
def erase_person(*, marks: PersonMarks, keys: Iterable[str], channel: str, by: User) -> PersonRequest:
    """Forget someone in the chosen rows and their history, for good; what was done is recorded without a name.

    Raises `WrongMove` where nothing is chosen.
    """
    traces = _chosen(marks, keys, by)
    if not traces:
        raise WrongMove(_("Cochez au moins une ligne à effacer."))
    _forget(marks, traces)
    _remember_erased(marks, traces)
    record_security_event(kind=Kind.PERSON_ERASED, by=by, rows=len(traces))
    return _record(PersonRequest.Kind.ERASURE, marks, traces, channel, by)


def forget_traces_of_account(*, marks: PersonMarks, organisations: Iterable[int] = ()) -> None:
    """With an account that ends: the rows that give its address, and the name at those organisations and its own."""
    traces = find_person_traces(marks=marks, user=None)
    own = set(organisations)
    chosen = [t for t in traces if t.is_sure or (t.organisation and t.organisation.pk in own)]
    _forget(marks, chosen)
    if chosen:
        _remember_erased(marks, chosen)


def _chosen(marks: PersonMarks, keys: Iterable[str], by: User) -> list[Trace]:
    check_permission(can_answer_people, by)
    wanted = set(keys)
    return [trace for trace in find_person_traces(marks=marks, user=by) if trace.key in wanted]


def _forget(marks: PersonMarks, traces: list[Trace]) -> None:
    for columns in _registered.values():
        mine = [trace for trace in traces if trace.columns.name == columns.name]
        if not mine:
            continue
        pks = [trace.pk for trace in mine]
        owners = {trace.organisation.pk for trace in mine if trace.organisation}
        if columns.is_person:
            theirs = [pk for pk in pks if _is_theirs(columns, pk, marks)]
            columns.model._base_manager.filter(pk__in=theirs).delete()
            for events in columns.histories:
                events._base_manager.filter(pgh_obj_id__in=theirs).delete()
        _rewrite(columns, columns.model._base_manager.filter(pk__in=pks), marks)
        for events in columns.histories:
            _rewrite(columns, events._base_manager.filter(pgh_obj_id__in=pks), marks)
        if columns.changed:
            columns.changed(owners)


def _is_theirs(columns: PeopleColumns, pk: Any, marks: PersonMarks) -> bool:
    """A row about one person goes where its own name, address or number is theirs; a row of another since is only cleaned."""
    row = columns.model._base_manager.filter(pk=pk).values(*columns.keys).first()
    return row is None or any(marks.is_in(str(value)) for value in row.values() if value)


def _rewrite(columns: PeopleColumns, rows: QuerySet[Any], marks: PersonMarks) -> None:
    someone, gone = _("Une personne"), _("[effacé]")
    for row in rows.iterator(chunk_size=200):
        new: dict[str, Any] = {}
        for name, value in _said(row, columns, marks).items():
            column = row._meta.get_field(name)
            written = marks.unnamed(
                value, someone=someone, gone="" if isinstance(column, models.EmailField) else gone
            )
            limit = getattr(column, "max_length", None)
            new[name] = written[:limit] if limit and isinstance(written, str) else written
        if new:
            type(row)._base_manager.filter(pk=row.pk).update(**new)


def _field_label(columns: PeopleColumns, name: str) -> str:
    return str(getattr(columns.model._meta.get_field(name), "verbose_name", name))


def _record(kind: str, marks: PersonMarks, traces: list[Trace], channel: str, by: User) -> PersonRequest:
    counts = Counter(trace.columns.name for trace in traces)
    left = 0
    if not by.is_superuser:
        here = {trace.key for trace in find_person_traces(marks=marks, user=by)} | {t.key for t in traces}
        left = sum(t.key not in here and t.is_sure for t in find_person_traces(marks=marks, user=None))
    return PersonRequest.objects.create(
        kind=kind, channel=channel, by=by, marks=person_hashes(marks), counts=dict(counts), left=left
    )


# --- who must not come back -------------------------------------------------------------------------------------------


def _remember_erased(marks: PersonMarks, traces: list[Trace]) -> None:
    digests = set(person_hashes(marks))
    for trace in traces:
        if trace.organisation and marks.words:
            # A list names the enterprise by its NEQ, or by its name alone.
            digests |= {
                enterprise_hash(marks, trace.organisation.neq or ""),
                enterprise_hash(marks, trace.organisation.name),
            }
    ErasedPerson.objects.bulk_create(
        [ErasedPerson(digest=digest) for digest in sorted(digests) if digest], ignore_conflicts=True
    )


def erased_among(people: Iterable[tuple[PersonMarks, str]]) -> set[tuple[PersonMarks, str]]:
    """Of (marks, NEQ or name of the enterprise), who asked to be forgotten: one statement."""
    digests = {
        (marks, enterprise): {*person_hashes(marks), enterprise_hash(marks, enterprise)} - {""}
        for marks, enterprise in people
    }
    wanted = {digest for some in digests.values() for digest in some}
    if not wanted:
        return set()
    known = set(ErasedPerson.objects.filter(digest__in=wanted).values_list("digest", flat=True))
    return {person for person, some in digests.items() if some & known}


# --- who read ---------------------------------------------------------------------------------------------------------


def note_reads(
    *, reader: User, organisations: Iterable[int], what: str, count: int = 1, purpose: str = ""
) -> None:
    """One line for each organisation whose people were read; one with their count where there are none, or very many."""
    owners: list[int | None] = [*sorted(set(organisations))]
    if not owners or len(owners) > MOST:
        owners, count = [None], max(len(owners), count)
    PersonalDataRead.objects.bulk_create(
        PersonalDataRead(reader=reader, organisation_id=pk, what=what, count=count, purpose=purpose)
        for pk in owners
    )
