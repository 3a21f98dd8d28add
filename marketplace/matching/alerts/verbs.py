"""Asking for alerts, changing them, pausing and stopping them. Consent stands exactly while an alert of the person does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, time
from decimal import Decimal

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.consents import (
    ask_consent,
    check_own_mail,
    withdraw_consent,
    withdraw_unused_consent,
)
from marketplace.accounts.models import Consent, Membership, User
from marketplace.matching.alerts.criteria import read_words, still_answered
from marketplace.matching.alerts.models import MORNING, Alert, AlertQuerySet
from marketplace.outbox.models import Mention
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Supplier

MOST = 30  # of one person
#: The kind of the mail (`emails.ALERT_EMAIL`).
KIND = "alert"
# The words beside the box, kept with the consent as they were shown.
CONSENT_WORDING = gettext_lazy(
    "J’accepte de recevoir par courriel, de Maillage et de mon pôle, les avis publics qui répondent à mes alertes."
    " Je peux arrêter à tout moment, d’un clic."
)


#: What makes two alerts of a person the same.
_ASKED = (
    "words", "codes", "regions", "amount_from", "amount_to", "buyers", "methods", "languages", "minimum_fit",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What an alert asks and when it writes; see `models.Alert`."""

    name: str = ""
    words: str = ""
    codes: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    buyers: tuple[int, ...] = ()
    methods: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    minimum_fit: int | None = None
    frequency: str = Alert.Frequency.DAILY
    at: time = MORNING
    weekday: int = 0

    def written_on(self, alert: Alert) -> Alert:
        """The same on a row, not saved; its words are read."""
        for name, value in asdict(self).items():
            setattr(alert, name, list(value) if isinstance(value, tuple) else value)
        if alert.supplier_id is None:
            alert.minimum_fit = None
        read = read_words(self.words) if self.words.strip() else None
        alert.words_query, alert.words_codes = (read.query, read.codes) if read else ("", [])
        alert.words_version = read.version if read else ""
        return alert


@verb
def ask_alert(
    *, user: User, supplier: Supplier | None, profile: Profile, consent_wording: str, by: User | None
) -> Alert:
    """A new alert, for an enterprise of the person or for themselves. The very same again, as a second click asks it, only
    takes the new name and rhythm.

    `consent_wording`: the words that the person ticked; needed unless their consent already stands.
    """
    check_own_mail(user, by)
    User.objects.select_for_update(no_key=True).get(
        pk=user.pk
    )  # two windows together ask for no more than MOST
    _check_member(user, supplier)
    alert = _checked(profile, Alert(user=user, supplier=supplier))
    ask_consent(user=user, purpose=Consent.Purpose.ALERTS, wording=consent_wording, by=by)
    same = Alert.objects.filter(
        user=user, supplier=supplier, **{name: getattr(alert, name) for name in _ASKED}
    ).first()
    if same is not None:
        change_alert(alert=same, profile=profile, by=by)
        return resume_alert(alert=same, consent_wording="", by=by)
    if Alert.objects.filter(user=user).count() >= MOST:
        sentence = ngettext(
            "Vous avez déjà %(n)s alerte. Supprimez-en une, puis demandez celle-ci.",
            "Vous avez déjà %(n)s alertes. Supprimez-en une, puis demandez celle-ci.",
            MOST,
        )
        raise WrongMove(sentence % {"n": MOST})
    alert.save()
    return alert


@verb
def change_alert(*, alert: Alert, profile: Profile, by: User | None) -> Alert:
    """Ask something else, or at another hour. What waits and no longer answers waits no more."""
    held = _hold(alert, by)
    moments = (held.frequency, held.at, held.weekday)
    _checked(profile, held)
    if moments != (held.frequency, held.at, held.weekday):
        held.digested_until = timezone.now()  # the next mail is the next slot of the new rhythm
    held.save()
    waiting = list(held.pending.values_list("tender", flat=True))
    kept = {pair.tender for pair in still_answered((held.pk, tender) for tender in waiting)}
    held.pending.exclude(tender__in=kept).delete()
    return held


@verb
def change_rhythm(*, alert: Alert, frequency: str, by: User | None) -> Alert:
    """How often, at the hour and on the day that were chosen before."""
    held = _hold(alert, by)
    if frequency not in Alert.Frequency.values:
        raise WrongMove(_("Choisissez à quelle fréquence nous vous écrivons."))
    if held.frequency != frequency:
        held.frequency, held.digested_until = frequency, timezone.now()
        held.save()
    return held


@verb
def pause_alerts(
    *, alerts: Iterable[Alert], paused_from: date, paused_until: date | None, by: User | None
) -> int:
    """No mail between these days, both included. What comes meanwhile is gathered for the first mail after. How many."""
    if paused_until is not None and paused_until < max(paused_from, timezone.localdate()):
        raise WrongMove(_("Le dernier jour de la pause est déjà passé, ou vient avant le premier."))
    paused = 0
    for alert in alerts:
        held = _hold(alert, by)
        held.paused_from, held.paused_until = paused_from, paused_until
        held.save()
        paused += 1
    return paused


@verb
def resume_alert(*, alert: Alert, consent_wording: str, by: User | None) -> Alert:
    """End its pause, or start again one that was stopped: of what comes from now on."""
    held = _hold(alert, by)
    _check_member(held.user, held.supplier)
    ask_consent(user=held.user, purpose=Consent.Purpose.ALERTS, wording=consent_wording, by=by)
    if held.stopped_at is not None:
        held.stopped_at, held.digested_until = None, timezone.now()
    held.paused_from = held.paused_until = None
    held.save()
    return held


@verb
def stop_alerts(*, alerts: Iterable[Alert], by: User | None) -> int:
    """Stop them at once; what waited for them, also to be sent, is dropped. How many were running; twice is no fault.

    With a person's last alert, their consent ends too.
    """
    stopped = 0
    for alert in alerts:
        check_own_mail(alert.user, by)
        stopped += Alert.objects.active().filter(pk=alert.pk).update(stopped_at=timezone.now())
        alert.pending.all().delete()
        close_unsent_mentions(Alert.objects.filter(pk=alert.pk))
        running = Alert.objects.active().filter(user=alert.user_id)
        withdraw_unused_consent(user=alert.user, purpose=Consent.Purpose.ALERTS, running=running, by=by)
    return stopped


@verb
def stop_all_alerts(*, user: User, by: User | None) -> int:
    """Stop every alert of a person and take their consent back; how many were running."""
    check_own_mail(user, by)
    stopped = stop_alerts(alerts=Alert.objects.active().filter(user=user).select_related("user"), by=by)
    withdraw_consent(user=user, purpose=Consent.Purpose.ALERTS, by=by)
    return stopped


@verb
def delete_alert(*, alert: Alert, by: User | None) -> None:
    """It is gone. A second time is no fault."""
    held = Alert.objects.select_related("user").filter(pk=alert.pk).first()
    if held is None:
        return
    stop_alerts(alerts=[held], by=by)
    held.delete()


def close_unsent_mentions(alerts: AlertQuerySet, *, ocid: str = "") -> None:
    """Mails for these alerts that have not left shall not speak of a tender any more, or of any: another is written with
    what other alerts of the person still have to say (`digests.rewrite_email`)."""
    # A worker that is writing one of them finishes first, so that its mentions are found.
    held = list(alerts.select_for_update(of=("self",), no_key=True).order_by("pk"))
    subjects = {email_subject(alert.user_id) for alert in held}
    mentions = Mention.objects.unsent().filter(message__kind=KIND, message__subject__in=subjects)
    if ocid:
        mentions = mentions.filter(notice=ocid)
    mentions.close()


def email_subject(user_id: int) -> str:
    """What the outbox calls the mails of a person's alerts by."""
    return f"alerts:{user_id}"


def _checked(profile: Profile, alert: Alert) -> Alert:
    if profile.frequency not in Alert.Frequency.values:
        raise WrongMove(_("Choisissez à quelle fréquence nous vous écrivons."))
    profile.written_on(alert)
    if profile.words.strip() and not alert.words_query:
        raise WrongMove(
            _("« %(text)s » ne contient aucun mot à chercher. Ajoutez un mot qui dit ce que vous vendez.")
            % {"text": profile.words.strip()}
        )
    if alert.minimum_fit is None and not alert.is_narrow:
        raise WrongMove(
            _(
                "Cette alerte enverrait tous les avis. Ajoutez au moins un mot, un code, un lieu ou un acheteur."
            )
        )
    return alert


def _check_member(user: User, supplier: Supplier | None) -> None:
    if supplier is None:
        return
    if not Membership.objects.filter(user=user, organisation=supplier.organisation_id).exists():
        raise NotAllowed(_("Seuls les membres d’une entreprise reçoivent ses alertes."))


def _hold(alert: Alert, by: User | None) -> Alert:
    rows = Alert.objects.select_related("user", "supplier__organisation").select_for_update(of=("self",))
    held = rows.filter(pk=alert.pk).first()
    if held is None:
        raise WrongMove(_("Cette alerte est déjà supprimée."))
    check_own_mail(held.user, by)
    return held


# --- Mailed links: signed row numbers, without end date, naming no one -------------------------------------------------

_some = Signer(salt="alerts.unsubscribe", sep=".")
_all = Signer(salt="alerts.all_stop", sep=".")


def stop_path(pks: Iterable[int]) -> str:
    return reverse("matching:unsubscribe", kwargs={"token": _some.sign("-".join(map(str, sorted(pks))))})


def stop_all_path(user: User) -> str:
    return reverse("matching:stop_all", kwargs={"token": _all.sign(str(user.pk))})


def alerts_from_token(token: str) -> list[Alert]:
    """Those that a mailed link names and that are still there; none where it was not made here."""
    rows = Alert.objects.select_related("user", "supplier__organisation").order_by("pk")
    return list(rows.filter(pk__in=read_token(_some, token)))


def user_from_token(token: str) -> User | None:
    pks = read_token(_all, token)
    return User.objects.filter(pk__in=pks).first() if pks else None


def read_token(signer: Signer, token: str) -> list[int]:
    try:
        return [int(part) for part in signer.unsign(token).split("-")]
    except (BadSignature, ValueError):
        return []
