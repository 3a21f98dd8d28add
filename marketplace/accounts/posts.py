"""Who works for which pôle, and until when. Only a platform admin decides."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import rules
from marketplace.accounts.models import PolePost, User
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb


@verb
def appoint(*, user: User, pole: Pole, by: User | None, since: date | None = None) -> PolePost:
    """Give a person a post in a pôle, from `since` (today by default). An ended post opens again."""
    _check_right(by)
    post, _created = PolePost.objects.update_or_create(
        user=user, pole=pole, defaults={"since": since or timezone.localdate(), "until": None}
    )
    _forget_roles(user)
    return post


@verb
def end(*, post: PolePost, by: User | None, until: date | None = None) -> PolePost:
    """Close a post: the person sees the pôle's territory until the day before `until` (today: at once)."""
    _check_right(by)
    until = until or timezone.localdate()
    if until < post.since:
        raise WrongMove(_("Un poste ne peut pas finir avant d’avoir commencé."))
    post.until = until
    post.save(update_fields=["until"])
    _forget_roles(post.user)
    return post


def _check_right(by: User | None) -> None:
    if by is not None and not rules.is_platform_admin.test(by):
        raise NotAllowed(_("Seule l’administration de la plateforme attribue les postes."))


def _forget_roles(user: User) -> None:
    """The roles are kept on the instance for the length of a request: this person's have just changed."""
    for name in ("pole_names", "covered_mrcs"):
        user.__dict__.pop(name, None)
