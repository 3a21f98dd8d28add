"""Asking for alerts, changing them, stopping them. Consent stands exactly while an alert of the person does."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.consents import give_consent, has_consent, withdraw_consent
from marketplace.accounts.models import Consent, Membership, User
from marketplace.matching.models import Alert, AlertQuerySet
from marketplace.outbox.models import Mention
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Supplier

# The words beside the box, kept with the consent as they were shown.
CONSENT_WORDING = gettext_lazy(
    "J’accepte de recevoir par courriel, de Maillage et de mon pôle, les avis publics qui correspondent"
    " à mon entreprise. Je peux arrêter à tout moment, d’un clic."
)


@verb
def set_alert(
    *, user: User, supplier: Supplier, frequency: str, consent_wording: str, by: User | None
) -> Alert:
    """Ask for alerts, change how often they come, or start them again.

    `consent_wording`: the words that the person ticked; needed unless their consent already stands.
    """
    _check_own(user, by)
    if not Membership.objects.filter(user=user, organisation=supplier.organisation_id).exists():
        raise NotAllowed(_("Seuls les membres d’une entreprise reçoivent ses alertes."))
    if frequency not in Alert.Frequency.values:
        raise WrongMove(_("Choisissez à quelle fréquence nous vous écrivons."))
    if not has_consent(user, Consent.Purpose.ALERTS):
        if not consent_wording.strip():
            raise WrongMove(_("Cochez la case pour accepter de recevoir ces courriels."))
        give_consent(user=user, purpose=Consent.Purpose.ALERTS, wording=consent_wording, by=by)
    alert, is_new = Alert.objects.select_for_update(no_key=True).get_or_create(
        user=user, supplier=supplier, defaults={"frequency": frequency}
    )
    if not is_new and (alert.frequency != frequency or alert.stopped_at):
        alert.frequency = frequency
        alert.stopped_at = None
        alert.digested_until = timezone.now()  # the next mail is the next slot of the new frequency
        alert.save()
    return alert


@verb
def stop_alert(*, alert: Alert, by: User | None) -> bool:
    """Stop one alert at once; what waited for it, also to be sent, is dropped. Whether it was running; twice is no fault.

    With a person's last alert, their consent ends too.
    """
    _check_own(alert.user, by)
    stopped = Alert.objects.active().filter(pk=alert.pk).update(stopped_at=timezone.now())
    alert.pending.all().delete()
    close_unsent_mentions(Alert.objects.filter(pk=alert.pk))
    if not Alert.objects.active().filter(user=alert.user_id).exists():
        withdraw_consent(user=alert.user, purpose=Consent.Purpose.ALERTS, by=by)
    alert.refresh_from_db()
    return bool(stopped)


@verb
def stop_all_alerts(*, user: User, by: User | None) -> int:
    """Stop every alert of a person and take their consent back; how many were running."""
    _check_own(user, by)
    running = list(Alert.objects.active().filter(user=user))
    for alert in running:
        stop_alert(alert=alert, by=by)
    withdraw_consent(user=user, purpose=Consent.Purpose.ALERTS, by=by)
    return len(running)


def stop_alert_by_token(*, token: str, by: User | None = None) -> Alert | None:
    """Stop the alert that a mailed link names, without sign-in: who holds the mail is its reader.

    None where the link was not made here, or its alert is gone.
    """
    alert = alert_from_token(token)
    if alert is not None:
        stop_alert(alert=alert, by=by or alert.user)
    return alert


def close_unsent_mentions(alerts: AlertQuerySet, *, ocid: str = "") -> None:
    """Mails of these alerts that have not left shall not speak of a tender any more, or of any."""
    # A worker that is writing one of them finishes first, so that its mentions are found.
    held = list(alerts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    mentions = Mention.objects.unsent().filter(message__subject__in=[alert.email_subject for alert in held])
    if ocid:
        mentions = mentions.filter(notice=ocid)
    mentions.close()


def _check_own(user: User, by: User | None) -> None:
    """Consent is given and taken back by the person alone; a platform admin may stop, on a call."""
    if by is not None and by != user and not by.is_superuser:
        raise NotAllowed(_("Seule la personne qui reçoit une alerte peut la demander ou l’arrêter."))


# --- Mailed links: signed row numbers, without end date, naming no one -------------------------------------------------

_one = Signer(salt="alerts.unsubscribe", sep=".")
_all = Signer(salt="alerts.all_stop", sep=".")


def unsubscribe_path(alert: Alert) -> str:
    return reverse("matching:unsubscribe", kwargs={"token": _one.sign(str(alert.pk))})


def stop_all_path(user: User) -> str:
    return reverse("matching:stop_all", kwargs={"token": _all.sign(str(user.pk))})


def alert_from_token(token: str) -> Alert | None:
    pk = _read_token(_one, token)
    rows = Alert.objects.select_related("user", "supplier__organisation")
    return rows.filter(pk=pk).first() if pk else None


def user_from_token(token: str) -> User | None:
    pk = _read_token(_all, token)
    return User.objects.filter(pk=pk).first() if pk else None


def _read_token(signer: Signer, token: str) -> int | None:
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None
