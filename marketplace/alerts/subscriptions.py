"""Asking for alerts, changing them, stopping them. Consent stands exactly while an alert of the person does."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts import consents
from marketplace.accounts.models import Consent, Membership, User
from marketplace.alerts import links
from marketplace.alerts.models import Alert
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Supplier

# The words beside the box, kept with the consent as they were shown.
CONSENT_WORDING = gettext_lazy(
    "J’accepte de recevoir par courriel, de Maillage et de mon pôle, les avis publics qui correspondent"
    " à mon entreprise. Je peux arrêter en tout temps, d’un clic."
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
        raise WrongMove(_("Choisissez à quelle fréquence vous écrire."))
    if not consents.stands(user, Consent.Purpose.ALERTS):
        if not consent_wording.strip():
            raise WrongMove(_("Cochez la case pour accepter de recevoir ces courriels."))
        consents.give(user=user, purpose=Consent.Purpose.ALERTS, wording=consent_wording, by=by)
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
    """Stop one alert at once; what waited for it is dropped. Whether it was running; twice is no fault.

    With a person's last alert, their consent ends too.
    """
    _check_own(alert.user, by)
    stopped = Alert.objects.active().filter(pk=alert.pk).update(stopped_at=timezone.now())
    alert.pending.all().delete()
    if not Alert.objects.active().filter(user=alert.user_id).exists():
        consents.withdraw(user=alert.user, purpose=Consent.Purpose.ALERTS, by=by)
    alert.refresh_from_db()
    return bool(stopped)


@verb
def stop_all(*, user: User, by: User | None) -> int:
    """Stop every alert of a person and take their consent back; how many were running."""
    _check_own(user, by)
    running = list(Alert.objects.active().filter(user=user))
    for alert in running:
        stop_alert(alert=alert, by=by)
    consents.withdraw(user=user, purpose=Consent.Purpose.ALERTS, by=by)
    return len(running)


def unsubscribe(*, token: str, by: User | None = None) -> Alert | None:
    """Stop the alert that a mailed link names, without sign-in: who holds the mail is its reader.

    None where the link was not made here, or its alert is gone.
    """
    alert = links.alert_of(token)
    if alert is not None:
        stop_alert(alert=alert, by=by or alert.user)
    return alert


def _check_own(user: User, by: User | None) -> None:
    """Consent is given and taken back by the person alone; a platform admin may stop, on a call."""
    if by is not None and by != user and not by.is_superuser:
        raise NotAllowed(_("Une alerte se demande et s’arrête pour soi-même."))
