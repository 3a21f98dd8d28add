"""Consents that people gave, and who read their personal data (Law 25)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.web.history import tracked

from .organisation import Organisation
from .person import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at__isnull=True)


@tracked
class Consent(models.Model):
    """A dated yes to one purpose, with the words that were shown (Law 25, anti-spam law). Checked at send."""

    class Purpose(models.TextChoices):
        ALERTS = "alerts", _("alertes par courriel")
        SUPPLIER_SEARCHES = "supplier_searches", _("recherches de fournisseurs, par courriel")
        NOTICE_SEARCHES = "notice_searches", _("recherches d’avis, par courriel")
        NEW_SUPPLIERS = "new_suppliers", _("nouveaux fournisseurs pour ce que vous achetez, par courriel")
        POLE_ACTIVITIES = "pole_activities", _("formations, cohortes et activités du pôle, par courriel")
        POLE_NEWS = "pole_news", _("occasions d’affaires et nouvelles du pôle, par courriel")

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


#: What the pages that record a reading call themselves.
READ_PAGES: dict[str, str | Promise] = {
    "organisation": _("page d’une organisation, en gestion"),
    "accounts.members": _("membres d’une organisation"),
    "accounts.join_request": _("demande pour agir au nom d’une organisation"),
    "accounts.own_data": _("copie de ses propres renseignements"),
    "people.search": _("recherche d’une personne"),
    "people.copy": _("copie remise à une personne"),
    "supplier.sheet": _("fiche d’une entreprise, en gestion"),
    "supplier.triage": _("tri des fiches à démarcher"),
    "supplier.evidence": _("pièce d’une entreprise"),
    "supplier.export": _("exportation des fournisseurs"),
    "outreach.contact_log": _("journal des contacts d’une organisation"),
    "outreach.respondents": _("répondantes et répondants d’une organisation"),
    "outreach.export": _("exportation du démarchage"),
    "cohort.application": _("candidature à une cohorte"),
    "cohort.export": _("exportation des candidatures"),
    "event.participants": _("participants d’une activité"),
    "outreach.letter": _("destinataires d’une lettre"),
}


class PersonalDataRead(models.Model):
    """Who opened, took away or handed over whose personal data, and when (Law 25)."""

    class Purpose(models.TextChoices):
        PAGE = "", _("consultation")
        EXPORT = "export", _("exportation")
        SELF = "self", _("copie de ses propres renseignements")
        REQUEST = "request", _("demande de la personne")

    reader = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("lue par")
    )
    # None: an export, or a copy that a person asked for, that is not about one organisation.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="personal_data_reads",
        verbose_name=_("organisation"),
    )
    what = models.CharField(_("page"), max_length=60)
    count = models.PositiveIntegerField(_("personnes"), default=1, db_default=1)
    purpose = models.CharField(
        _("à quelle fin"), max_length=20, choices=Purpose, blank=True, default="", db_default=""
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("consultation de renseignements personnels")
        verbose_name_plural = _("consultations de renseignements personnels")
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return self.page

    @property
    def page(self) -> str:
        """What was opened or taken away, in words."""
        return str(READ_PAGES.get(self.what, self.what))
