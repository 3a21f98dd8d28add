"""Enterprises that answer a notice together: who is asked, who came, who leads, what they prepare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.web.history import tracked
from suppliers.models import Supplier

from .notices import AboutNotice, has_one_notice

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.accounts.models import User


class ConsortiumQuerySet(models.QuerySet["Consortium"]):
    def standing(self) -> ConsortiumQuerySet:
        """Not dissolved."""
        return self.filter(dissolved_at=None)

    def of_members(self, user: User | AnonymousUser) -> ConsortiumQuerySet:
        """Whose page opens to this person: their enterprise is in it, or is asked to come."""
        if not user.is_authenticated:
            return self.none()
        parts = ConsortiumMember.objects.filter(
            consortium=models.OuterRef("pk"),
            supplier__organisation__in=user.organisation_ids,
            state__in=ConsortiumMember.INSIDE_OR_ASKED,
        )
        return self.filter(models.Exists(parts))

    def visible_to(self, user: User | AnonymousUser) -> ConsortiumQuerySet:
        """That it exists, and who is in it: its parties, and the staff of a party's territory. Its words are for its
        members alone: `may_read_consortium`."""
        if user.is_superuser:
            return self
        curated = ConsortiumMember.objects.filter(
            curation_q(user, "supplier__organisation__"), consortium=models.OuterRef("pk")
        )
        return self.filter(models.Exists(curated)) | self.of_members(user)


@tracked
class Consortium(AboutNotice):
    """« Groupement »: several enterprises prepare one answer. `plan`, `answer` and `notes` are its members' alone."""

    #: Not even the back room's history shows these.
    PRIVATE = ("plan", "answer", "notes")

    plan = models.TextField(_("qui fait quoi"), blank=True)
    answer = models.TextField(_("réponse commune"), blank=True)
    notes = models.TextField(_("notes"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("formé le"), auto_now_add=True)
    dissolved_at = models.DateTimeField(_("dissous le"), null=True, blank=True)

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        verbose_name = _("groupement")
        verbose_name_plural = _("groupements")
        constraints = [has_one_notice("consortium")]

    def __str__(self) -> str:
        return _("Groupement pour « %(notice)s »") % {"notice": self.notice}

    @property
    def is_standing(self) -> bool:
        return self.dissolved_at is None


class ConsortiumMemberQuerySet(models.QuerySet["ConsortiumMember"]):
    def visible_to(self, user: User | AnonymousUser) -> ConsortiumMemberQuerySet:
        return self.filter(consortium__in=Consortium.objects.visible_to(user))

    def inside(self) -> ConsortiumMemberQuerySet:
        return self.filter(state=ConsortiumMember.State.ACCEPTED)

    def waiting_for(self, user: User | AnonymousUser) -> ConsortiumMemberQuerySet:
        """Invitations to the person's enterprises that nobody has answered."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            state=ConsortiumMember.State.INVITED,
            consortium__dissolved_at=None,
            supplier__organisation__in=user.organisation_ids,
        )


@tracked
class ConsortiumMember(models.Model):
    """An enterprise's part in a consortium, from the invitation on. `contact` speaks for it."""

    class State(models.TextChoices):
        INVITED = "invited", _("invitée")
        ACCEPTED = "accepted", _("membre")
        DECLINED = "declined", _("a refusé")
        LEFT = "left", _("s’est retirée")
        WITHDRAWN = "withdrawn", _("invitation retirée")

    PRIVATE = ("brings",)
    INSIDE_OR_ASKED = (State.INVITED.value, State.ACCEPTED.value)

    consortium = models.ForeignKey(Consortium, on_delete=models.CASCADE, related_name="members")
    supplier = models.ForeignKey(
        Supplier, on_delete=models.CASCADE, related_name="consortium_parts", verbose_name=_("fournisseur")
    )
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.INVITED)
    is_lead = models.BooleanField(_("mène le groupement"), default=False)
    brings = models.CharField(_("apport"), max_length=400, blank=True)
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    invited_at = models.DateTimeField(_("invitée le"))
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    objects = ConsortiumMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre d’un groupement")
        verbose_name_plural = _("membres d’un groupement")
        constraints = [
            models.UniqueConstraint(fields=["consortium", "supplier"], name="consortium_member_once"),
            models.UniqueConstraint(
                fields=["consortium"], condition=Q(is_lead=True), name="consortium_has_one_lead"
            ),
            models.CheckConstraint(
                condition=Q(is_lead=False) | Q(state="accepted"), name="consortium_lead_is_inside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier}, {self.get_state_display()}"
