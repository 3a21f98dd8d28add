"""Which devices are signed in; when a second factor came and went; what happened to accounts and doors, and from where."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.DeleteEvent(),
    fields=["id", "user", "type"],
    model_name="SecondFactorEvent",
)
class SecondFactor(Authenticator):
    """allauth's row, whose coming and going we keep; never its secrets."""

    class Meta:
        proxy = True
        verbose_name = gettext_lazy("vérification en deux étapes")
        verbose_name_plural = gettext_lazy("vérifications en deux étapes")


class OpenSessionQuerySet(models.QuerySet["OpenSession"]):
    def visible_to(self, user: Any) -> OpenSessionQuerySet:
        """One's own: nobody else's business, platform admins included."""
        return self.filter(user=user.pk) if user.is_authenticated else self.none()

    def live(self) -> OpenSessionQuerySet:
        """Those that Django still knows."""
        known = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
        return self.filter(Exists(known))


class OpenSession(models.Model):
    """One browser where a person is signed in. No address: a browser and a system are enough to know one's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("session ouverte")
        verbose_name_plural = gettext_lazy("sessions ouvertes")

    def __str__(self) -> str:
        return self.device

    @property
    def device(self) -> str:
        """« Firefox sur Windows »."""
        if self.browser and self.system:
            return _("%(browser)s sur %(system)s") % {"browser": self.browser, "system": self.system}
        return self.browser or self.system or _("Appareil inconnu")


class SecretTry(models.Model):
    """A wrong password or code, for as long as a limit counts it (`tries`). Keyed hashes: no account, no address."""

    account = models.CharField(max_length=64)
    place = models.CharField(max_length=64)
    is_known = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = gettext_lazy("essai raté")
        verbose_name_plural = gettext_lazy("essais ratés")
        indexes = [
            models.Index(fields=["account", "at"], name="secret_try_account"),
            models.Index(fields=["place", "at"], name="secret_try_place"),
            models.Index(fields=["at"], name="secret_try_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Outcome(models.TextChoices):
    DONE = "done", gettext_lazy("fait")
    FAILED = "failed", gettext_lazy("échoué")
    REFUSED = "refused", gettext_lazy("refusé")


class Kind(models.TextChoices):
    """What the log tells of. A sentence for each stands in `sentences`."""

    SIGN_IN = "sign_in", gettext_lazy("connexion")
    SIGN_IN_FAILED = "sign_in_failed", gettext_lazy("échec de connexion")
    SIGN_IN_BLOCKED = "sign_in_blocked", gettext_lazy("connexion bloquée après trop d’essais")
    SIGN_OUT = "sign_out", gettext_lazy("déconnexion")
    REAUTHENTICATION_FAILED = "reauthentication_failed", gettext_lazy("mot de passe erroné à la confirmation")
    SESSIONS_ENDED = "sessions_ended", gettext_lazy("appareils déconnectés à distance")
    SECOND_FACTOR_SET = "second_factor_set", gettext_lazy("vérification en deux étapes activée")
    SECOND_FACTOR_REMOVED = "second_factor_removed", gettext_lazy("vérification en deux étapes désactivée")
    SECOND_FACTOR_FAILED = "second_factor_failed", gettext_lazy("code de vérification erroné")
    RECOVERY_CODES_MADE = "recovery_codes_made", gettext_lazy("nouveaux codes de secours")
    PASSWORD_CHANGED = "password_changed", gettext_lazy("mot de passe changé")
    PASSWORD_RESET = "password_reset", gettext_lazy("mot de passe choisi par le lien reçu")
    EMAIL_CHANGED = "email_changed", gettext_lazy("courriel changé")
    ACCOUNT_OPENED = "account_opened", gettext_lazy("compte ouvert")
    ACCOUNT_CLOSED = "account_closed", gettext_lazy("compte désactivé")
    ACCOUNT_REOPENED = "account_reopened", gettext_lazy("compte réactivé")
    ACCOUNT_ERASED = "account_erased", gettext_lazy("compte effacé")
    PERSON_ERASED = "person_erased", gettext_lazy("personne effacée à sa demande")
    ADMINISTRATION_GIVEN = "administration_given", gettext_lazy("administration de la plateforme donnée")
    ADMINISTRATION_ENDED = "administration_ended", gettext_lazy("administration de la plateforme retirée")
    POST_GIVEN = "post_given", gettext_lazy("affectation à un pôle")
    POST_ENDED = "post_ended", gettext_lazy("fin d’une affectation à un pôle")
    MEMBER_JOINED = "member_joined", gettext_lazy("membre ajouté")
    MEMBER_REMOVED = "member_removed", gettext_lazy("membre retiré")
    MEMBER_LEFT = "member_left", gettext_lazy("membre parti")
    ROLE_CHANGED = "role_changed", gettext_lazy("rôle changé")
    MEMBER_INVITED = "member_invited", gettext_lazy("invitation envoyée")
    INVITATION_CANCELLED = "invitation_cancelled", gettext_lazy("invitation annulée")
    DOMAINS_CONFIRMED = "domains_confirmed", gettext_lazy("domaines de courriel confirmés")
    DOMAIN_REFUSED = "domain_refused", gettext_lazy("domaine de courriel refusé")
    DOMAIN_REMOVED = "domain_removed", gettext_lazy("domaine de courriel retiré")
    EXPORTED = "exported", gettext_lazy("exportation")
    STATE_RESTORED = "state_restored", gettext_lazy("ancien état rétabli")
    BACKUP_RESTORED = "backup_restored", gettext_lazy("sauvegarde restaurée")
    PAGE_REFUSED = "page_refused", gettext_lazy("page refusée")
    MOVE_REFUSED = "move_refused", gettext_lazy("action refusée")
    FORM_REFUSED = (
        "form_refused",
        gettext_lazy("formulaire refusé (ouvert depuis trop longtemps, ou envoyé d’ailleurs)"),
    )
    LIMIT_REACHED = "limit_reached", gettext_lazy("trop de demandes")
    GATE_CLOSED = "gate_closed", gettext_lazy("deuxième étape exigée")


FAILURES = frozenset({Kind.SIGN_IN_FAILED, Kind.REAUTHENTICATION_FAILED, Kind.SECOND_FACTOR_FAILED})
REFUSALS = frozenset(
    {
        Kind.SIGN_IN_BLOCKED,
        Kind.PAGE_REFUSED,
        Kind.MOVE_REFUSED,
        Kind.FORM_REFUSED,
        Kind.LIMIT_REACHED,
        Kind.GATE_CLOSED,
    }
)

#: What may never change once written. Counting one more, and losing a name that is erased, may.
_WRITTEN = (
    "id",
    "at",
    "kind",
    "tried",
    "address",
    "browser",
    "system",
    "path",
    "target",
    "rows",
    "fingerprint",
)
_NAMED = ("actor_id", "person_id", "organisation_id")


def _rewrites() -> str:
    new, old = (f"ROW({', '.join(f'{row}.{name}' for name in _WRITTEN)})" for row in ("NEW", "OLD"))
    renamed = " OR ".join(
        f"(NEW.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name})" for name in _NAMED
    )
    return f"{new} IS DISTINCT FROM {old} OR {renamed} OR NEW.count < OLD.count OR NEW.last_at < OLD.last_at"


class SecurityEventQuerySet(models.QuerySet["SecurityEvent"]):
    def visible_to(self, user: Any) -> SecurityEventQuerySet:
        """Platform admins read the whole log; a person, what they did themselves and what happened to their account."""
        if user.is_authenticated and user.is_active and user.is_superuser:
            return self
        return self.concerning(user) if user.is_authenticated else self.none()

    def concerning(self, user: Any) -> SecurityEventQuerySet:
        return self.filter(Q(actor=user.pk) | Q(person=user.pk))


class SecurityEvent(models.Model):
    """One line of the security log: who, what, from where. Only added to; `log.record_security_event` writes it.

    `actor` did it; `person` is whose account it is about, where it is about one.
    `tried`: a keyed digest of an address that opens no account; what was typed is nowhere. `path` holds no query and no
    token. `target`: a role, a pôle, a domain, or what was exported. `count` refusals that are alike within an hour are one row.
    """

    kind = models.CharField(gettext_lazy("quoi"), max_length=30, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("par"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("compte concerné"),
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=gettext_lazy("organisation"),
    )
    tried = models.CharField(gettext_lazy("empreinte de l’adresse essayée"), max_length=16, blank=True)
    target = models.CharField(gettext_lazy("objet"), max_length=200, blank=True)
    rows = models.PositiveIntegerField(gettext_lazy("lignes"), null=True)
    address = models.CharField(gettext_lazy("adresse IP"), max_length=45, blank=True)
    browser = models.CharField(gettext_lazy("navigateur"), max_length=20, blank=True)
    system = models.CharField(gettext_lazy("système"), max_length=20, blank=True)
    path = models.CharField(gettext_lazy("page"), max_length=200, blank=True)
    at = models.DateTimeField(gettext_lazy("quand"), default=timezone.now)
    last_at = models.DateTimeField(gettext_lazy("dernière fois"), default=timezone.now)
    count = models.PositiveIntegerField(gettext_lazy("fois"), default=1)
    fingerprint = models.CharField(max_length=64, null=True, unique=True, editable=False)

    objects = SecurityEventQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("événement de sécurité")
        verbose_name_plural = gettext_lazy("journal de sécurité")
        indexes = [
            models.Index(fields=["-at"], name="security_event_newest"),
            models.Index(fields=["kind", "at"], name="security_event_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="security_event_kind_known"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="only_added",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'the security log is not deleted from';
                    END IF;
                    IF {_rewrites()} THEN
                        RAISE EXCEPTION 'the security log is not rewritten';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return capfirst(self.get_kind_display())

    @property
    def outcome(self) -> Outcome:
        if self.kind in FAILURES:
            return Outcome.FAILED
        return Outcome.REFUSED if self.kind in REFUSALS else Outcome.DONE

    @property
    def device(self) -> str:
        """« Firefox, Windows »."""
        return ", ".join(filter(None, (self.browser, self.system)))
