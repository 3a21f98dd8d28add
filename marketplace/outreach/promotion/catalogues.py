"""A catalogue is asked for on a page, made by a worker, given back while what it says still stands, forgotten after a week.

The row is the truth: the broker only wakes a worker, and a sweep finds what no wake told of.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.outbox.queue import wake_worker
from marketplace.outreach.models import Catalogue
from marketplace.outreach.promotion.catalogue_document import catalogue_document
from marketplace.outreach.promotion.catalogue_facts import catalogue_entries
from marketplace.outreach.promotion.scopes import Scope, poles_by_code
from marketplace.web.errors import WrongMove
from marketplace.web.list_versions import ListChange
from marketplace.web.private_files import delete_private_file, store_made_file
from marketplace.web.private_files.kinds import PDF
from marketplace.web.typography import format_number
from marketplace.web.verbs import verb
from suppliers.directory_columns import DIRECTORY

TASK = "outreach.make_catalogue"
LEASE = timedelta(minutes=5)
GIVEN_UP = timedelta(minutes=30)  # once asked, where a worker has died at it
#: Of one document: some 200 pages, and 700 MB while they are set.
MOST_ENTERPRISES = 1_200
MOST_KEPT = 20  # of one person
log = structlog.get_logger("catalogues")


def can_ask_for_catalogue(user: User) -> bool:
    """Staff of any pôle: it holds what everyone may read."""
    return user.is_active and user.is_staff


def scope_of(catalogue: Catalogue) -> Scope:
    return Scope(
        region=catalogue.region_id or "",
        mrc=catalogue.mrc_id or "",
        pole=catalogue.pole_id or "",
        sector=catalogue.sector_id or "",
    )


@verb
def ask_for_catalogue(*, scope: Scope, language: str, has_crop_marks: bool, by: User) -> Catalogue:
    """One that waits already is not asked for twice. Raises `Refused` where there is nobody to show, or too many."""
    check_permission(can_ask_for_catalogue, by, sentence=_("Seule l’équipe d’un pôle prépare un catalogue."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks at once ask once
    asked = {
        "region_id": scope.region or None,
        "mrc_id": scope.mrc or None,
        "pole_id": scope.pole or None,
        "sector_id": scope.sector or None,
        "language": language,
        "has_crop_marks": has_crop_marks,
    }
    mine = Catalogue.objects.filter(asked_by=by)
    if waiting := mine.waiting().filter(**asked).first():
        return waiting
    count = scope.suppliers().count()
    if not count:
        raise WrongMove(_("Aucune fiche publiée ne répond à ce choix."))
    if count > MOST_ENTERPRISES:
        raise WrongMove(
            _("Ce choix compte %(n)s fiches; un catalogue en contient au plus %(most)s. Choisissez un territoire ou un secteur.")
            % {"n": format_number(count), "most": format_number(MOST_ENTERPRISES)}
        )  # fmt: skip
    if mine.waiting().count() >= 3:
        raise WrongMove(_("Trois catalogues sont déjà en préparation. Attendez qu’ils soient prêts."))
    for old in mine.select_related("file").order_by("-asked_at", "-pk")[MOST_KEPT - 1 :]:
        forget_catalogue(old)
    catalogue = Catalogue.objects.create(asked_by=by, **asked)
    transaction.on_commit(partial(wake_worker, TASK, catalogue.pk), robust=True)
    return catalogue


def make_catalogue(pk: int) -> bool:
    """By a worker: claim, make, keep. Safe to run twice; whether this run made it."""
    with transaction.atomic():
        rows = Catalogue.objects.to_make().select_for_update(skip_locked=True, of=("self",))
        catalogue = rows.select_related("asked_by").filter(pk=pk).first()
        if catalogue is None:
            return False
        if catalogue.state == Catalogue.State.MAKING and catalogue.asked_at < timezone.now() - GIVEN_UP:
            log.error("catalogue_given_up", catalogue=pk)  # it may well be what kills workers
            catalogue.state, catalogue.leased_until = Catalogue.State.FAILED, None
            catalogue.save(update_fields=["state", "leased_until"])
            return False
        catalogue.state, catalogue.leased_until = Catalogue.State.MAKING, timezone.now() + LEASE
        catalogue.save(update_fields=["state", "leased_until"])
    try:
        with translation.override(catalogue.language):
            return keep_catalogue(catalogue=catalogue, by=None)
    except Exception:
        Catalogue.objects.filter(pk=pk).update(state=Catalogue.State.FAILED, leased_until=None)
        log.exception("catalogue_not_made", catalogue=pk)
        return False


@verb
def keep_catalogue(*, catalogue: Catalogue, by: None) -> bool:
    """Its document, as the directory stands: the mark is read before the rows, so that it may be older, never newer."""
    scope = scope_of(catalogue)
    mark = ListChange.objects.filter(list_name=DIRECTORY).order_by("-pk").values_list("mark", flat=True)
    catalogue.list_mark = mark.first()
    entries = catalogue_entries(scope.suppliers())
    catalogue.supplier_ids = [entry.supplier_id for entry in entries]
    catalogue.made_at, catalogue.leased_until = timezone.now(), None
    catalogue.state = Catalogue.State.READY if entries else Catalogue.State.EMPTY
    if entries:
        content, catalogue.page_count = catalogue_document(
            entries,
            title=scope.place,
            subtitle=scope.sector_name,
            pole=poles_by_code().get(scope.pole),
            crop_marks=catalogue.has_crop_marks,
        )
        name = f"catalogue-{slugify(f'{scope.place} {scope.sector_name}')[:60]}-{timezone.localdate()}.pdf"
        catalogue.file = store_made_file(content=content, name=name, kind=PDF, by=None)
    catalogue.save()
    return bool(entries)


def still_true(catalogues: Collection[Catalogue]) -> set[int]:
    """The keys of those of which no listing changed since they were made, as far as the directory's changes tell.

    Changes are forgotten at night but for the newest: where the one that a catalogue knew of is gone, nothing can be told,
    and it does not pass for true. Two small queries, whatever the number.
    """
    changes = ListChange.objects.filter(list_name=DIRECTORY)
    known = dict(changes.filter(mark__in={one.list_mark for one in catalogues}).values_list("mark", "pk"))
    if not known and all(one.list_mark for one in catalogues):
        return set()
    later = list(changes.filter(pk__gte=min(known.values(), default=0)).values_list("pk", "row_ids"))
    found = set()
    for one in catalogues:
        since = known.get(one.list_mark, 0) if one.list_mark else 0
        if one.list_mark is not None and not since:
            continue
        shown = set(one.supplier_ids)
        if all(ids is not None and shown.isdisjoint(ids) for pk, ids in later if pk > since):
            found.add(one.pk)
    return found


@verb
def forget_catalogues(*, by: None) -> int:
    """Those of more than a week ago; how many went."""
    rows = list(Catalogue.objects.outdated().select_related("file")[:200])
    for row in rows:
        forget_catalogue(row)
    return len(rows)


def forget_catalogue(catalogue: Catalogue) -> None:
    """With its document."""
    file = catalogue.file
    catalogue.delete()
    if file is not None:
        delete_private_file(file=file, by=None)


def wake_waiting_makers() -> int:
    """For the sweep: catalogues that no living worker makes; how many were woken."""
    keys = list(Catalogue.objects.to_make().order_by("asked_at").values_list("pk", flat=True)[:10])
    for pk in keys:
        wake_worker(TASK, pk)
    return len(keys)


def count_sentence(n: int) -> str:
    """« 412 fiches »."""
    return ngettext("%(n)s fiche", "%(n)s fiches", n) % {"n": format_number(n)}
