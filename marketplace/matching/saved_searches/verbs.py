"""Saving a search, changing it, pausing it, stopping it. Consent stands exactly while a search of its kind does."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.consents import ask_consent, check_own_mail, withdraw_unused_consent
from marketplace.accounts.models import User
from marketplace.matching.saved_searches.models import PURPOSE, SUPPLIERS_FOUND_KIND, SavedSearch
from marketplace.matching.saved_searches.sources import SUPPLIERS
from marketplace.outbox.delivery import cancel_message
from marketplace.outbox.models import Message, MessageQuerySet
from marketplace.web.errors import WrongMove
from marketplace.web.list_versions import list_version
from marketplace.web.verbs import verb

MOST = 30  # of one person
#: The words beside the box, kept with the consent as they were shown.
CONSENT_WORDING = gettext_lazy(
    "J’accepte de recevoir par courriel, de Maillage, les fournisseurs nouveaux qui répondent à mes recherches "
    "enregistrées. Je peux arrêter à tout moment, d’un clic."
)


@verb
def save_search(
    *, user: User, query: str, name: str, frequency: str, consent_wording: str, by: User | None
) -> SavedSearch:
    """Keep a search. What answers it now is no news. The very same search again only takes the new name and frequency.

    `consent_wording`: the words that the person ticked; needed unless their consent already stands.
    """
    check_own_mail(user, by)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    asked = SUPPLIERS.ask(query)
    _consent(user, consent_wording, by)
    same = SavedSearch.objects.filter(user=user, query=asked.query).first()
    if same is not None:
        same.name, same.frequency = name[:80], frequency
        return _begin(same)
    if SavedSearch.objects.filter(user=user).count() >= MOST:
        raise WrongMove(
            ngettext(
                "Vous avez déjà %(n)s recherche enregistrée. Supprimez-en une, puis enregistrez celle-ci.",
                "Vous avez déjà %(n)s recherches enregistrées. Supprimez-en une, puis enregistrez celle-ci.",
                MOST,
            )
            % {"n": MOST}
        )
    return _begin(SavedSearch(user=user, query=asked.query, name=name[:80], frequency=frequency))


@verb
def change_search(
    *, search: SavedSearch, name: str, frequency: str, query: str | None = None, by: User | None
) -> SavedSearch:
    """Another name, another frequency; or another question, and then what answers it now is no news."""
    held = _hold(search, by)
    held.name = name[:80]
    if query is not None:
        held.query = SUPPLIERS.ask(query).query
    if query is not None or held.frequency != frequency:
        held.frequency = frequency
        return _begin(held) if query is not None else _save(held)
    return _save(held)


@verb
def pause_search(*, search: SavedSearch, by: User | None) -> SavedSearch:
    """No mail until it is resumed; the consent stays."""
    held = _hold(search, by)
    held.paused_at = held.paused_at or timezone.now()
    _save(held)
    _withhold(held.user)
    return held


@verb
def resume_search(*, search: SavedSearch, consent_wording: str, by: User | None) -> SavedSearch:
    """Mails again, of what comes from now on; what the list does not understand any more is no longer asked."""
    held = _hold(search, by)
    held.query = SUPPLIERS.ask(held.query).query
    _consent(held.user, consent_wording, by)
    return _begin(held)


@verb
def stop_searches(*, searches: Iterable[SavedSearch], by: User | None) -> int:
    """Stop at once: also what waits to be sent. They stay in the list, and can be resumed; how many were running.

    With the last one, the consent to it ends too.
    """
    stopped = 0
    for search in searches:
        held = _hold(search, by)
        stopped += held.stopped_at is None
        held.stopped_at = held.stopped_at or timezone.now()
        _save(held)
        _end_consent(held, by)
        _withhold(held.user)
    return stopped


@verb
def delete_search(*, search: SavedSearch, by: User | None) -> None:
    """It is gone. A second time is no fault."""
    held = (
        SavedSearch.objects.select_related("user")
        .select_for_update(of=("self",))
        .filter(pk=search.pk)
        .first()
    )
    if held is None:
        return
    check_own_mail(held.user, by)
    held.delete()
    _end_consent(held, by)
    _withhold(held.user)


def _begin(search: SavedSearch) -> SavedSearch:
    now = timezone.now()
    search.paused_at = search.stopped_at = None
    search.fault = ""
    search.since = search.looked_until = now
    search.unsent = []
    search.looked_version = list_version(SUPPLIERS.version_of)
    search.seen = SUPPLIERS.answers(SUPPLIERS.ask(search.query))
    return _save(search)


def _save(search: SavedSearch) -> SavedSearch:
    search.save()
    return search


def _hold(search: SavedSearch, by: User | None) -> SavedSearch:
    rows = SavedSearch.objects.select_related("user").select_for_update(of=("self",))
    held = rows.filter(pk=search.pk).first()
    if held is None:
        raise WrongMove(_("Cette recherche est déjà supprimée."))
    check_own_mail(held.user, by)
    return held


def _consent(user: User, wording: str, by: User | None) -> None:
    ask_consent(user=user, purpose=PURPOSE, wording=wording, by=by)


def _end_consent(search: SavedSearch, by: User | None) -> None:
    running = SavedSearch.objects.filter(user=search.user_id, stopped_at=None)
    withdraw_unused_consent(user=search.user, purpose=PURPOSE, running=running, by=by)


def _withhold(user: User) -> None:
    """Mails that nobody has begun to send are written again without this search, by the next look of those that still run."""
    mails = list(untried_mails(user).select_for_update(of=("self",)).order_by("pk"))
    for message in mails:
        cancel_message(message, _("La recherche qui a trouvé ces fournisseurs est arrêtée."))
    if not mails:
        return
    rows = SavedSearch.objects.filter(user=user).exclude(unsent=[])
    for search in rows.select_for_update(of=("self",)).order_by("pk"):
        unsent = set(search.unsent)
        search.seen, search.unsent = [pk for pk in search.seen if pk not in unsent], []
        search.looked_until, search.looked_version = search.since, ""
        search.save(update_fields=["seen", "unsent", "looked_until", "looked_version"])


def untried_mails(user: User) -> MessageQuerySet:
    """Of suppliers, to this person, that no worker has begun to send."""
    return Message.objects.untried().filter(recipient=user, kind=SUPPLIERS_FOUND_KIND)


# --- Mailed links: signed row numbers, without end date, naming no one -------------------------------------------------

_signer = Signer(salt="saved_searches.stop", sep=".")


def stop_path(pks: Iterable[int]) -> str:
    return reverse("matching:stop_searches", kwargs={"token": _signer.sign("-".join(map(str, sorted(pks))))})


def searches_from_token(token: str) -> list[SavedSearch]:
    """Those that a mailed link names and that are still there; none where it was not made here."""
    rows = SavedSearch.objects.filter(pk__in=search_numbers_from_token(token)).select_related("user")
    return list(rows.order_by("name", "pk"))


def search_numbers_from_token(token: str) -> list[int]:
    try:
        return [int(part) for part in _signer.unsign(token).split("-")]
    except (BadSignature, ValueError):
        return []
