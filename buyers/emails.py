"""What the pôle writes to an institution about a need that it looked at."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyers.models import Need, NoticeSource, SourceState
from marketplace.accounts.members import members_of
from marketplace.accounts.models import User
from marketplace.outbox.compose import send_email_to_all
from marketplace.web.emails import Email, site_link

_MEMBERS = _("Vous recevez ce courriel parce que vous agissez pour « %(organisation)s ».")

NEED_PUBLISHED = Email(
    kind="need.published",
    audience=_MEMBERS,
    title=_("Votre besoin est publié : %(need)s"),
    template="needs/published",
)
NEED_RETURNED = Email(
    kind="need.returned",
    audience=_MEMBERS,
    title=_("Un complément est demandé : %(need)s"),
    template="needs/returned",
)
NEED_CANCELLED = Email(
    kind="need.cancelled",
    audience=_MEMBERS,
    title=_("Votre besoin est annulé : %(need)s"),
    template="needs/cancelled",
)
SOURCE_STALE = Email(
    kind="sources.stale",
    audience=_("Vous recevez ce courriel parce que vous administrez la plateforme."),
    title=_("À voir : la source d’avis « %(source)s »"),
    template="sources/stale",
)


def send_source_stale(source: NoticeSource, state: SourceState, *, why: str) -> None:
    """To who administers the platform, once each time that a source becomes stale."""
    assert state.stale_since is not None  # noqa: S101 - its caller has just said so
    send_email_to_all(
        SOURCE_STALE,
        User.objects.filter(is_superuser=True, is_active=True),
        subject=f"source:{source.pk}",
        version=state.stale_since.isoformat(),
        context={
            "source": source.name,
            "why": why,
            "days": source.stale_after_days,
            "succeeded_at": state.succeeded_at,
            "newest_at": state.newest_at,
            "error": state.error,
            "link": site_link("admin:buyers_noticesource_change", source.pk),
        },
    )


def send_need_published(need: Need) -> None:
    """Staff have looked at it: its institution learns that it is out."""
    _send(NEED_PUBLISHED, need, version="1", link=site_link("needs:need", need.slug))


def send_need_returned(need: Need) -> None:
    """Each time it is given back is a letter of its own."""
    assert need.submitted_at is not None  # noqa: S101 - it was sent, or nobody could give it back
    version = need.submitted_at.isoformat()
    link = site_link("needs:write", need.slug)
    _send(NEED_RETURNED, need, version=version, link=link, message=need.returned_because)


def send_need_cancelled(need: Need) -> None:
    """By staff: its institution learns why from them, not from its own page."""
    link = site_link("needs:need", need.slug)
    _send(NEED_CANCELLED, need, version="1", link=link, message=need.cancelled_because)


def _send(email: Email, need: Need, *, version: str, link: object, message: str = "") -> None:
    organisation = need.buyer.organisation
    send_email_to_all(
        email,
        members_of(organisation),
        organisation=organisation,
        members_of=organisation,
        subject=f"need:{need.pk}",
        version=version,
        context={"need": need.title, "message": message, "link": link},
    )
