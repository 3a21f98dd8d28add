"""The verbs of a campaign: begun, its audience chosen by a filter, its letters written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.permissions import check_permission
from marketplace.outreach.campaigns.emails import send_campaign_letter
from marketplace.outreach.campaigns.refusing import news_refused_on
from marketplace.outreach.contact_log.recording import NOT_YOURS, log_contact
from marketplace.outreach.models import Approach, Campaign, CampaignMember, ContactEntry
from marketplace.outreach.permissions import can_run_campaign
from marketplace.outreach.pipeline.following import start_approach
from marketplace.outreach.pipeline.queries import ApproachQuery, found_approaches
from marketplace.outreach.writing.letters import digest_of
from marketplace.territories.models import Pole
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.locks import hold_lock
from marketplace.web.slugs import free_slug
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier

MOST = 500
LOCK = 2_026_006  # one campaign begins at a time: two clicks could both begin one
#: Where an audience is looked for: the pipeline, the institutions that are known, the enterprises of the directory.
SOURCES = ("pipeline", "buyers", "suppliers")


@dataclass(frozen=True)
class Audience:
    """A filter: of the pipeline as its pages have it, or of known buyers and suppliers by MRC and kind."""

    source: str
    query: ApproachQuery
    kind: str = ""

    def organisations(self, reader: User, pole: Pole) -> QuerySet[Organisation]:
        """Those that the filter finds in the pôle's territory, as far as the reader decides about it."""
        rows = Organisation.objects.curated_by(reader).in_territory_of(pole.pk)
        if self.source == "pipeline":
            chosen = found_approaches(reader, self.query).values("organisation")
            return rows.filter(pk__in=chosen)
        if self.source == "buyers":
            buyers = Buyer.objects.known()
            rows = rows.filter(
                pk__in=(buyers.filter(kind=self.kind) if self.kind else buyers).values("organisation")
            )
        else:
            listed = Supplier.objects.filter(status__in=[Status.PUBLISHED, Status.PROSPECT])
            rows = rows.filter(pk__in=listed.values("organisation"))
        if self.query.mrc:
            rows = rows.filter(mrc=self.query.mrc)
        return rows.filter(name__icontains=self.query.text) if self.query.text else rows


@verb
def begin_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Save a new one, with an address of its own. A second click, or a colleague at the same moment, begins no second one."""
    check_permission(can_run_campaign, by, campaign, sentence=str(NOT_YOURS))
    hold_lock(LOCK)
    if Campaign.objects.filter(pole=campaign.pole, name__iexact=campaign.name).exists():
        raise WrongMove(_("Une campagne du pôle porte déjà ce nom. Ouvrez-la, ou choisissez un autre nom."))
    campaign.slug = free_slug(
        campaign.title or campaign.name, rows=Campaign.objects.all(), otherwise="campagne"
    )
    campaign.created_by = by
    campaign.save()
    return campaign


@verb
def add_audience(*, campaign: Campaign, audience: Audience, by: User) -> tuple[int, int]:
    """Everyone whom the filter finds and who is not in it yet, up to `MOST`: (added, left out of another pôle)."""
    held = hold_campaign(campaign, by)
    found = audience.organisations(by, held.pole).exclude(
        pk__in=CampaignMember.objects.filter(campaign=held).values("approach__organisation")
    )
    if found.count() > MOST:
        raise WrongMove(_("Ce filtre trouve plus de %(n)s organisations. Précisez-le.") % {"n": MOST})
    rows, left_out = [], 0
    for organisation in found.select_related("pole").order_by("pk"):
        try:
            row, _new = start_approach(
                organisation=organisation, side=held.side, pole=held.pole, source=Approach.Source.OTHER, by=by
            )
        except Refused:
            left_out += 1
            continue
        rows.append(CampaignMember(campaign=held, approach=row))
    CampaignMember.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows), left_out


@verb
def leave_campaign(*, member: CampaignMember, by: User) -> None:
    """Out of the audience; the row of the pipeline stays."""
    hold_campaign(member.campaign, by)
    if member.letter_at is not None:
        raise WrongMove(_("Le courriel de la campagne a déjà été envoyé à cette organisation."))
    member.delete()


def may_write_to() -> Q:
    """Members who agreed to be written to, at a known address."""
    return Q(approach__consent_on__isnull=False) & ~Q(approach__contact_email="")


@verb
def send_campaign_letters(*, campaign: Campaign, by: User, seen: str | None = None) -> int:
    """Write to each who agreed and was not written to; each letter enters the log. How many. `seen`: the digest of the words
    that the page showed (`letter_digest`)."""
    held = hold_campaign(campaign, by)
    if seen is not None and seen != letter_digest(held):
        raise WrongMove(_("Le courriel a changé depuis que vous l’avez lu. Relisez-le, puis envoyez-le."))
    if not held.letter_subject.strip() or not held.letter_text.strip():
        raise WrongMove(_("Écrivez d’abord l’objet et le texte du courriel."))
    waiting = held.members.select_for_update(of=("self",)).filter(may_write_to(), letter_at=None)
    members = list(waiting.select_related("approach__organisation", "approach__pole").order_by("pk")[:MOST])
    refused = news_refused_on([one.approach.contact_email for one in members])
    written = 0
    for member in members:
        agreed = member.approach.consent_on
        if agreed is None or refused.get(member.approach.contact_email.lower(), date.min) >= agreed:
            continue
        message = send_campaign_letter(campaign=held, member=member)
        member.letter_at = timezone.now()
        member.save(update_fields=["letter_at"])
        if message is None:
            continue
        written += 1
        row = member.approach
        log_contact(
            organisation=row.organisation,
            pole=row.pole,
            kind=ContactEntry.Kind.MAIL,
            direction=ContactEntry.Direction.OUT,
            with_whom=row.contact_name,
            said=_("Campagne « %(name)s » : %(subject)s")
            % {"name": held.name, "subject": held.letter_subject},
            key=uuid5(NAMESPACE_URL, f"campaign/{held.pk}/{row.pk}"),
            by=by,
        )
        if row.stage == Approach.Stage.TO_ASK:
            row.stage, row.stage_on = Approach.Stage.ASKED, timezone.localdate()
            row.save(update_fields=["stage", "stage_on"])
    return written


def letter_digest(campaign: Campaign) -> str:
    return digest_of(campaign.letter_subject, campaign.letter_text)


def hold_campaign(campaign: Campaign, by: User) -> Campaign:
    check_permission(can_run_campaign, by, campaign, sentence=str(NOT_YOURS))
    rows: Any = Campaign.objects.select_for_update(of=("self",)).select_related("pole")
    return rows.get(pk=campaign.pk)
