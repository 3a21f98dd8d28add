"""People who sign in, and the posts they hold in pôles."""

from __future__ import annotations

from typing import Any, TypeAlias

import pghistory
from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.history import tracked

Visitor: TypeAlias = "User | AnonymousUser"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User | AnonymousUser) -> UserQuerySet:
        """A platform admin sees everyone, pôle staff the members of what they see, a person themselves."""
        if user.is_superuser:
            return self
        if not user.is_authenticated:
            return self.none()
        mine = models.Q(pk=user.pk)
        if user.pole_codes:
            organisations = apps.get_model("accounts", "Organisation").objects.visible_to(user)
            mine |= models.Q(memberships__organisation__in=organisations) | models.Q(
                pole_posts__pole__in=user.pole_codes
            )
        return self.filter(pk__in=User.objects.filter(mine).values("pk"))


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    fields=["id", "email", "is_superuser", "is_active"],
    model_name="UserEvent",
)
class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in by e-mail. A platform admin is a superuser; staff of a pôle have a `PolePost`.

    History keeps the address and the powers of the account, nothing else; erasing the person erases it.
    """

    email = models.EmailField(_("courriel"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(pgettext_lazy("nom de famille", "nom"), max_length=80, blank=True)
    language = models.CharField(
        _("langue"), max_length=2, default="fr", choices=[("fr", _("français")), ("en", _("anglais"))]
    )
    is_active = models.BooleanField(_("actif"), default=True)
    date_joined = models.DateTimeField(_("inscrit le"), default=timezone.now)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_the_case"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens: platform admins and staff of a pôle."""
        return self.is_superuser or bool(self.pole_codes)

    @cached_property
    def _posts(self) -> list[tuple[str, str, list[str]]]:
        """The pôles this person works for today: code, name, the MRCs that each covers. One statement for all three."""
        covered = PoleCoverage.objects.today().filter(pole=models.OuterRef("pole"), mrc__isnull=False)
        posts = self.pole_posts.current().order_by("pole__name")
        return list(posts.values_list("pole_id", "pole__name", ArraySubquery(covered.values("mrc_id"))))

    @cached_property
    def pole_names(self) -> dict[str, str]:
        """The pôles this person works for today, their names by code."""
        return {code: name for code, name, _mrcs in self._posts}

    @property
    def pole_codes(self) -> frozenset[str]:
        """The codes of the pôles this person works for today."""
        return frozenset(self.pole_names)

    @cached_property
    def covered_mrcs(self) -> frozenset[str]:
        """Codes of the MRCs that this person's pôles cover today."""
        return frozenset(mrc for _code, _name, mrcs in self._posts for mrc in mrcs)

    @cached_property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations this person is a member of."""
        return frozenset(self.memberships.values_list("organisation_id", flat=True))

    def forget_roles(self) -> None:
        """Read roles and memberships again: they are kept on the instance, and this person's have just changed."""
        for name in ("_posts", "pole_names", "covered_mrcs", "organisation_ids"):
            vars(self).pop(name, None)


class PolePostQuerySet(models.QuerySet["PolePost"]):
    def current(self) -> PolePostQuerySet:
        today = timezone.localdate()
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gt=today), since__lte=today)


@tracked
class PolePost(models.Model):
    """A person works for a pôle, from a date; `until` is exclusive."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="pole_posts", verbose_name=_("personne")
    )
    pole = models.ForeignKey(Pole, on_delete=models.CASCADE, related_name="posts", verbose_name=_("pôle"))
    since = models.DateField(_("depuis"), default=timezone.localdate)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = PolePostQuerySet.as_manager()

    class Meta:
        verbose_name = _("affectation à un pôle")
        verbose_name_plural = _("affectations à un pôle")
        constraints = [models.UniqueConstraint(fields=["user", "pole"], name="pole_post_once")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.pole_id}"
