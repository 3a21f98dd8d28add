"""People, organisations and who may act for whom."""

from __future__ import annotations

from typing import Any, TypeAlias

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Mrc, Municipality, Pole, PoleCoverage, Region
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
            organisations = Organisation.objects.visible_to(user)
            mine |= models.Q(memberships__organisation__in=organisations) | models.Q(
                pole_posts__pole__in=user.pole_codes
            )
        return self.filter(pk__in=User.objects.filter(mine).values("pk"))


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in by e-mail. A platform admin is a superuser; staff of a pôle have a `PolePost`."""

    email = models.EmailField(_("courriel"), unique=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
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
    def pole_names(self) -> dict[str, str]:
        """The pôles this person works for today, their names by code."""
        posts = self.pole_posts.current().order_by("pole__name")
        return dict(posts.values_list("pole_id", "pole__name"))

    @property
    def pole_codes(self) -> frozenset[str]:
        """The codes of the pôles this person works for today."""
        return frozenset(self.pole_names)

    @cached_property
    def covered_mrcs(self) -> frozenset[str]:
        """Codes of the MRCs that this person's pôles cover today."""
        if not self.pole_codes:
            return frozenset()
        rows = PoleCoverage.objects.today().filter(pole__in=self.pole_codes, mrc__isnull=False)
        return frozenset(rows.values_list("mrc_id", flat=True))

    @cached_property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations this person is a member of."""
        return frozenset(self.memberships.values_list("organisation_id", flat=True))


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """Whole record: a platform admin all, pôle staff their territory and what is assigned, members their own."""
        return self.filter(territory_q(user)) if not user.is_superuser else self

    def curated_by(self, user: User | AnonymousUser) -> OrganisationQuerySet:
        """What a person may decide about in the back room: their own membership gives nothing there."""
        return self.filter(curation_q(user)) if not user.is_superuser else self


def territory_q(user: User | AnonymousUser, prefix: str = "") -> models.Q:
    """Which organisations a person may see whole, as a condition on an organisation (reached through `prefix`).

    Staff of a pôle: a seat in a covered MRC, or an assignment to the pôle. Members: their own. Others: none.
    """
    if user.is_superuser:
        return models.Q()
    if not user.is_authenticated:
        return models.Q(pk__in=[])
    condition = models.Q(**{f"{prefix}pk__in" if prefix else "pk__in": user.organisation_ids})
    if user.pole_codes:
        condition |= models.Q(**{f"{prefix}mrc__in": user.covered_mrcs}) | models.Q(
            **{f"{prefix}pole__in": user.pole_codes}
        )
    return condition


def curation_q(user: User | AnonymousUser, prefix: str = "") -> models.Q:
    """Like `territory_q` without the memberships: what the staff of a pôle decides about."""
    if user.is_superuser:
        return models.Q()
    if not user.is_authenticated or not user.pole_codes:
        return models.Q(**{f"{prefix}pk__in": []})
    return models.Q(**{f"{prefix}mrc__in": user.covered_mrcs}) | models.Q(
        **{f"{prefix}pole__in": user.pole_codes}
    )


@tracked
class Organisation(models.Model):
    """Anyone with a name and a place, most with a NEQ; people belong to it by `Membership`."""

    neq = models.CharField(_("NEQ"), max_length=10, unique=True, null=True, blank=True)
    name = models.CharField(_("nom"), max_length=255)
    address = models.CharField(_("adresse"), max_length=255, blank=True)
    town = models.CharField(_("ville (telle qu’écrite)"), max_length=120, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=6, blank=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("municipalité")
    )
    mrc = models.ForeignKey(
        Mrc, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("MRC")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("région")
    )
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    website = models.URLField(_("site Web"), blank=True)
    pole = models.ForeignKey(
        Pole,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned",
        verbose_name=_("pôle assigné"),
    )
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("modifiée le"), auto_now=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(neq__isnull=True) | models.Q(neq__regex=r"^[0-9]{10}$"),
                name="neq_ten_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(website="") | models.Q(website__regex=r"^https?://"),
                name="organisation_site_http",
            ),
        ]
        indexes = [
            GinIndex(
                OpClass(Func(F("name"), function="f_fold"), name="gin_trgm_ops"),
                name="organisation_name_trigrams",
            ),
            GinIndex(
                OpClass(Func(F("town"), function="f_fold"), name="gin_trgm_ops"),
                name="organisation_town_trigrams",
            ),
            models.Index(Func(F("name"), function="f_fold"), F("id"), name="organisation_sort"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: User | AnonymousUser) -> MembershipQuerySet:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


@tracked
class Membership(models.Model):
    """A person belongs to an organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", _("responsable")
        MEMBER = "member", _("membre")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("personne")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("rôle"), max_length=10, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(_("depuis"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}"


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
        verbose_name = _("poste dans un pôle")
        verbose_name_plural = _("postes dans un pôle")
        constraints = [models.UniqueConstraint(fields=["user", "pole"], name="pole_post_once")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.pole_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User | AnonymousUser) -> InvitationQuerySet:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def open(self) -> InvitationQuerySet:
        return self.filter(accepted_at__isnull=True, expires_at__gt=timezone.now())


@tracked
class Invitation(models.Model):
    """An address is invited to act for an organisation. Only the token's SHA-256 is kept."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("courriel"))
    role = models.CharField(_("rôle"), max_length=10, choices=Membership.Role, default=Membership.Role.OWNER)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invitée par")
    )
    created_at = models.DateTimeField(_("envoyée le"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valable jusqu’au"))
    accepted_at = models.DateTimeField(_("acceptée le"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("acceptée par"),
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                F("organisation"),
                Lower("email"),
                condition=models.Q(accepted_at__isnull=True),
                name="one_open_invitation_per_address",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at__isnull=True)


@tracked
class Consent(models.Model):
    """A dated yes to one purpose, with the words that were shown (Law 25, anti-spam law). Checked at send."""

    class Purpose(models.TextChoices):
        ALERTS = "alerts", _("alertes par courriel")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="consents", verbose_name=_("personne")
    )
    purpose = models.CharField(_("but"), max_length=20, choices=Purpose)
    wording = models.TextField(_("texte présenté"))
    given_at = models.DateTimeField(_("donné le"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    channel = models.CharField(_("moyen"), max_length=20, default="web")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_standing_consent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.purpose}"


class PersonalDataRead(models.Model):
    """Who opened whose personal data, and when (Law 25)."""

    reader = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lue par")
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="personal_data_reads",
        verbose_name=_("organisation"),
    )
    what = models.CharField(_("page"), max_length=60)
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("consultation de renseignements personnels")
        verbose_name_plural = _("consultations de renseignements personnels")
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.what}"
