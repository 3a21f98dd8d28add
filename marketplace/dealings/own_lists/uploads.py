"""A list comes in, its columns are confirmed, it goes away. Who may: the members of an institution that buys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import check_permission, is_member_of
from marketplace.accounts.retention import BATCH
from marketplace.dealings.models import OwnList
from marketplace.dealings.own_lists.columns import LABELS, NAME, NEQ, guess_columns, header_score
from marketplace.outbox.queue import wake_worker
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import Limits, TableError
from marketplace.web.tabular.asking import FirstRows, first_rows
from marketplace.web.verbs import verb

TASK = "dealings.read_own_list"
MOST_LISTS = 20  # of one institution, at a time
LIMITS = Limits(bytes=10 * 1024 * 1024, rows=50_000)


def can_use_own_lists(user: User, organisation: Organisation) -> bool:
    return is_member_of(user, organisation) and hasattr(organisation, "buyer")


@verb
def deposit_own_list(*, organisation: Organisation, upload: Checked, name: str, by: User | None) -> OwnList:
    """Keep a list until its columns are confirmed. Raises `Refused` where it cannot be read at all."""
    _check(organisation, by)
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    if OwnList.objects.filter(organisation=organisation).count() >= MOST_LISTS:
        raise WrongMove(
            ngettext(
                "Votre institution a déjà %(n)s liste. Effacez-en une, puis déposez celle-ci.",
                "Votre institution a déjà %(n)s listes. Effacez-en une, puis déposez celle-ci.",
                MOST_LISTS,
            )
            % {"n": MOST_LISTS}
        )
    found = _first_rows(upload)
    return OwnList.objects.create(
        organisation=organisation,
        name=name.strip()[:120] or upload.name[:120],
        created_by=by,
        erase_at=timezone.now() + timedelta(days=round(settings.KEEP_OWN_LISTS_MONTHS * 365.25 / 12)),
        file=store_private_file(upload=upload, by=by, holder=organisation),
        header=found.header,
        sample=found.sample,
        header_is_known=found.is_known,
        columns=guess_columns(found.header) if found.is_known else {},
        skips_header=found.is_known,
    )


def _first_rows(upload: Checked) -> FirstRows:
    try:
        with table_path(upload.content) as path:
            found = first_rows(path, score=header_score, limits=LIMITS)
    except TableError as fault:
        raise Refused(str(fault)) from fault
    if found.is_known and not found.sample:
        raise Refused(_("Ce fichier n’a que son en-tête : aucun fournisseur n’y est nommé."))
    return found


@verb
def choose_columns(
    *, own_list: OwnList, columns: Mapping[str, int], skips_header: bool, by: User | None
) -> OwnList:
    """What each column holds is settled: a worker reads the list. A second click changes nothing."""
    held = hold_own_list(own_list, by)
    if held.state != OwnList.State.COLUMNS:
        raise WrongMove(_("Les colonnes de cette liste sont déjà confirmées."))
    if NAME not in columns and NEQ not in columns:
        raise WrongMove(_("Dites quelle colonne contient le nom du fournisseur, ou son NEQ."))
    if len(set(columns.values())) < len(columns) or not set(columns) <= set(LABELS):
        raise WrongMove(_("Une même colonne est choisie deux fois."))
    if any(not 0 <= at < len(held.header) for at in columns.values()):
        raise WrongMove(_("Cette colonne n’est pas dans le fichier."))
    held.columns, held.skips_header = dict(columns), skips_header
    held.state = OwnList.State.QUEUED
    held.save(update_fields=["columns", "skips_header", "state"])
    wake_reader(held.pk)
    return held


def wake_reader(pk: int) -> None:
    transaction.on_commit(partial(wake_worker, TASK, pk), robust=True)


@verb
def erase_own_list(*, own_list: OwnList, by: User | None) -> None:
    """All of it, at once: rows, decisions, file. A second time is no fault."""
    _check(own_list.organisation, by)
    held = (
        OwnList.objects.select_for_update(of=("self",)).select_related("file").filter(pk=own_list.pk).first()
    )
    if held is None:
        return
    file = held.file
    held.delete()
    if file is not None:
        delete_private_file(file=file, by=by)


@verb
def forget_own_lists(*, by: None) -> int:
    """Lists whose time has come; how many went."""
    rows = list(OwnList.objects.outdated().select_related("organisation")[:BATCH])
    for row in rows:
        erase_own_list(own_list=row, by=by)
    return len(rows)


def hold_own_list(own_list: OwnList, by: User | None) -> OwnList:
    """The list under its lock. Raises `WrongMove` where a colleague has erased it meanwhile."""
    rows: Any = OwnList.objects.select_for_update(of=("self",), no_key=True)
    held: OwnList | None = rows.select_related("organisation__buyer").filter(pk=own_list.pk).first()
    if held is None or held.erase_at <= timezone.now():
        raise WrongMove(_("Cette liste vient d’être effacée."))
    _check(held.organisation, by)
    return held


def _check(organisation: Organisation, by: User | None) -> None:
    check_permission(
        can_use_own_lists,
        by,
        organisation,
        sentence=_("Seuls les membres d’une institution qui achète peuvent y déposer une liste."),
    )
