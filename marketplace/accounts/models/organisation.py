"""Organisations, who belongs to them, and who is invited."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Mrc, Municipality, Pole, PoleCoverage, Region
from marketplace.web.history import tracked

from .person import User, Visitor


def curation_q(user: Visitor, prefix: str = "") -> models.Q:
    """The territory of a person, as a condition on an organisation (reached through `prefix`): what they decide about.

    Platform admins: all. Staff of a pôle: what sits in an MRC that it covers today, or is assigned to it. Others: none.
    """
    if not user.is_authenticated or not user.is_active:
        return models.Q(pk__in=[])
    if user.is_superuser:
        return models.Q()
    if not user.pole_codes:
        return models.Q(pk__in=[])
    covered = models.Q(**{f"{prefix}mrc__in": user.covered_mrcs})
    return covered | models.Q(**{f"{prefix}pole__in": user.pole_codes})


def pole_q(user: Visitor) -> models.Q:
    """The pôles of a person, as a condition on rows of a pôle whoever they are about: what those pôles wrote themselves.

    Platform admins: all. Staff: those of the pôles they work for today. Others: none.
    """
    if not user.is_authenticated or not user.is_active:
        return models.Q(pk__in=[])
    return models.Q() if user.is_superuser else models.Q(pole__in=user.pole_codes)


def is_in_territory(user: Visitor, organisation: Organisation) -> bool:
    """`curation_q` for one row at hand."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return organisation.mrc_id in user.covered_mrcs or organisation.pole_id in user.pole_codes


def territory_q(user: Visitor, prefix: str = "") -> models.Q:
    """What a person may see whole: their territory (`curation_q`), and the organisations they belong to."""
    condition = curation_q(user, prefix)
    if not user.is_authenticated or not condition:
        return condition
    return condition | models.Q(**{f"{prefix}pk__in": user.organisation_ids})


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Visitor) -> OrganisationQuerySet:
        """Whole record: a platform admin all, pôle staff their territory and what is assigned, members their own."""
        return self.filter(territory_q(user))

    def hold_with_neq(self, neq: str) -> Organisation | None:
        """The one that has this NEQ, locked; where its listing gave way to another, that other."""
        return self.filter(neq=neq)._hold_standing()

    def hold_with_key(self, key: int) -> Organisation:
        """The one of that key, locked; where its listing gave way to another, that other. Raises DoesNotExist."""
        if (found := self.filter(pk=key)._hold_standing()) is None:
            raise Organisation.DoesNotExist
        return found

    def _hold_standing(self) -> Organisation | None:
        found = self.select_for_update(of=("self",)).first()
        if found is None or found.merged_into_id is None:
            return found
        return Organisation.objects.select_for_update(of=("self",)).get(pk=found.merged_into_id)

    def curated_by(self, user: Visitor) -> OrganisationQuerySet:
        """What a person may decide about in the admin: their own membership gives nothing there."""
        return self.filter(curation_q(user))

    def in_territory_of(self, pole_code: str) -> OrganisationQuerySet:
        """What sits in an MRC that the pôle covers today, or is assigned to it."""
        covered = PoleCoverage.objects.today().filter(pole=pole_code, mrc__isnull=False).values("mrc")
        return self.filter(models.Q(mrc__in=covered) | models.Q(pole=pole_code))


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
        verbose_name=_("pôle désigné"),
    )
    # Someone acts for it here as an institution, and a pôle has checked who: from then on its owners answer colleagues.
    institution_verified_on = models.DateField(_("vérifiée le"), null=True, blank=True)
    institution_verified_by = models.ForeignKey(
        Pole,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vérifiée par"),
    )
    # Empty and unread since `EmailDomain` holds them; the column goes with the deployment after that one.
    email_domains = ArrayField(models.CharField(max_length=120), default=list, blank=True, editable=False)
    # A person opened it by registering, and nobody has decided: its name and its words reach nobody else.
    awaits_review = models.BooleanField(_("inscrite, pas encore vérifiée"), default=False, db_default=False)
    # Its listing was found twice (docs/adr/0039): where all that hung on this one is now. Never two steps away.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged", editable=False
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
    def visible_to(self, user: Visitor) -> MembershipQuerySet:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


@tracked
class Membership(models.Model):
    """A person belongs to an organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", _("responsable")
        EDITOR = "editor", _("membre")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("personne")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("rôle"), max_length=10, choices=Role, default=Role.EDITOR)
    created_at = models.DateTimeField(_("depuis"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        constraints = [
            models.UniqueConstraint(fields=["user", "organisation"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "editor"]), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: Visitor) -> InvitationQuerySet:
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
        return f"{self.organisation}, {self.email}"
