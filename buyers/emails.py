"""What the pôle writes to an institution about a need that it looked at."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.accounts.members import members_of
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


def send_need_published(need: Need) -> None:
    """Staff have looked at it: its institution learns that it is out."""
    _send(NEED_PUBLISHED, need, version="1", link=site_link("needs:need", need.slug))


def send_need_returned(need: Need) -> None:
    """Each time it is given back is a letter of its own."""
    assert need.submitted_at is not None  # noqa: S101 - it was sent, or nobody could give it back
    version = need.submitted_at.isoformat()
    _send(NEED_RETURNED, need, version=version, link=site_link("needs:write", need.slug))


def _send(email: Email, need: Need, *, version: str, link: object) -> None:
    organisation = need.buyer.organisation
    send_email_to_all(
        email,
        members_of(organisation),
        organisation=organisation,
        members_of=organisation,
        subject=f"need:{need.pk}",
        version=version,
        context={"need": need.title, "message": need.returned_because, "link": link},
    )
