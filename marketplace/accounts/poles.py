"""Which pôle looks after an organisation or decides about it, and who works for which pôle, until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation, PolePost, User
from marketplace.accounts.permissions import check_permission, is_platform_admin
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


def pole_for(organisation: Organisation) -> Pole | None:
    """The pôle that looks after an organisation: the one assigned, else the first that covers its MRC today."""
    return poles_for([organisation])[organisation.pk]


def poles_for(organisations: Collection[Organisation]) -> dict[int, Pole | None]:
    """`pole_for` of many, by organisation, in one query (two where `pole` was not fetched along)."""
    covering: dict[str, Pole] = {}
    mrcs = {o.mrc_id for o in organisations if o.mrc_id and not o.pole_id}
    if mrcs:
        coverage = PoleCoverage.objects.today().filter(mrc__in=mrcs).select_related("pole")
        for row in coverage.order_by("pole"):
            covering.setdefault(str(row.mrc_id), row.pole)
    return {o.pk: o.pole if o.pole_id else covering.get(str(o.mrc_id)) for o in organisations}


def pole_acting_for(organisation: Organisation, user: User | None) -> Pole | None:
    """The pôle in whose name staff decide about an organisation; None for the system and the platform's admins.

    Of several posts, the pôle that covers its MRC comes first, then the one that it is assigned to.
    """
    if user is None or not user.pole_codes:
        return None
    covering = PoleCoverage.objects.today().filter(mrc=organisation.mrc_id, pole__in=user.pole_codes)
    if organisation.mrc_id and (found := covering.select_related("pole").order_by("pole").first()):
        return found.pole
    code = organisation.pole_id if organisation.pole_id in user.pole_codes else min(user.pole_codes)
    return Pole.objects.get(pk=code)


@verb
def appoint_to_pole(*, user: User, pole: Pole, by: User | None, since: date | None = None) -> PolePost:
    """A platform admin gives a person a post, from `since` (today by default). An ended post opens again."""
    _check_right(by)
    post, _created = PolePost.objects.update_or_create(
        user=user, pole=pole, defaults={"since": since or timezone.localdate(), "until": None}
    )
    user.forget_roles()
    return post


@verb
def end_pole_post(*, post: PolePost, by: User | None, until: date | None = None) -> PolePost:
    """Close a post: the person sees the pôle's territory until the day before `until` (today: at once)."""
    _check_right(by)
    until = until or timezone.localdate()
    if until < post.since:
        raise WrongMove(_("Un poste ne peut pas finir avant d’avoir commencé."))
    post.until = until
    post.save(update_fields=["until"])
    post.user.forget_roles()
    return post


def _check_right(by: User | None) -> None:
    check_permission(
        is_platform_admin, by, sentence=_("Seule l’administration de la plateforme attribue les postes.")
    )
