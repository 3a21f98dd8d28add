"""A verification that comes to its end: the enterprise is told in time, says what did not change, the pôle renews.

What the enterprise attests proves nothing by itself: the proofs get new days when the pôle renews them, in one press.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.poles import pole_acting_for, pole_for
from marketplace.accounts.retention import BATCH
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.curation import NO_NOTE, DecisionNote, hold_supplier, record_decision
from suppliers.directory_index import reindex_suppliers
from suppliers.emails import send_verification_lapsing
from suppliers.models import CriterionAnswer, Decision, Finding, Supplier
from suppliers.verification import SOON, proof_until, refresh_verification

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: Days before the end at which the enterprise is told; 0 is the day after the last.
REMINDERS = (SOON.days, 30, 0)


#: What a renewal writes on a proof.
RENEWED = ("proved_on", "expires_on", "pole_id", "proved_by_id")


def is_lapsing(supplier: Supplier, today: date | None = None) -> bool:
    """Verified once, and its verification ends within sixty days or has ended."""
    today = today or timezone.localdate()
    return supplier.verified_until is not None and supplier.verified_until <= today + SOON


def reminder_due(verified_until: date, today: date) -> int | None:
    """Which of `REMINDERS` a verification has reached: 60, 30, 0 once it has lapsed; None before."""
    left = (verified_until - today).days
    if left < 0:
        return 0
    return min((days for days in REMINDERS if days > 0 and left <= days), default=None)


@verb
def remind_lapsing_verifications(*, by: None) -> int:
    """Write to the members of each published supplier at 60, 30 and 0 days, once each; how many mails.

    Who attested that nothing changed waits for the pôle and hears nothing. An end that moves is told anew.
    """
    today = timezone.localdate()
    rows = Supplier.objects.published().filter(verified_until__lte=today + SOON, attested_at__isnull=True)
    written = 0
    for supplier in rows.select_related("organisation").order_by("verified_until", "pk").iterator(BATCH):
        end = supplier.verified_until
        if end is not None and (step := reminder_due(end, today)) is not None:
            written += send_verification_lapsing(
                supplier=supplier, pole=pole_for(supplier.organisation), version=f"{end}:{step}"
            )
    return written


@verb
def remind_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """Staff write now, besides the reminders of the calendar; at most once a day and supplier."""
    held = hold_supplier(states.REMIND, supplier, by, note)
    if not is_lapsing(held):
        raise WrongMove(_("Sa vérification n’arrive pas bientôt à échéance."))
    decision = record_decision(states.REMIND, held, supplier, by, note)
    sent = send_verification_lapsing(
        supplier=held,
        pole=pole_acting_for(held.organisation, by),
        version=f"{held.verified_until}:{timezone.localdate()}",
        message=note.message,
    )
    if not sent:
        raise WrongMove(
            _("Personne à qui écrire, ou courriel déjà envoyé aujourd’hui. Appelez l’entreprise.")
        )
    return decision


@verb
def attest_supplier(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """A member says that nothing changed since the proofs were established; the pôle is asked to renew them."""
    held = hold_supplier(states.ATTEST, supplier, by, note)
    if not is_lapsing(held):
        raise WrongMove(
            _(
                "Rien à attester pour le moment. Vous pourrez le faire soixante jours avant la fin de la vérification."
            )
        )
    if held.attested_at is not None:
        raise WrongMove(_("C’est déjà attesté : le pôle va renouveler les preuves."))
    decision = record_decision(states.ATTEST, held, supplier, by, note)
    held.attested_at = supplier.attested_at = timezone.now()
    held.save(update_fields=["attested_at", "updated_at"])
    return decision


@verb
def renew_proofs(*, supplier: Supplier, by: User | None, note: DecisionNote = NO_NOTE) -> Decision:
    """Staff renew, from today and on the same basis, the proofs of the criteria whose answer stands as it was found.

    A criterion that the enterprise answered anew, or that is to complete, keeps its days until it is found.
    """
    held = hold_supplier(states.RENEW, supplier, by, note)
    if held.attested_at is None:
        raise WrongMove(_("L’entreprise n’a pas attesté que rien n’a changé. Examinez les critères un à un."))
    today, pole = timezone.localdate(), pole_acting_for(held.organisation, by)
    rows = list(CriterionAnswer.objects.filter(supplier=held, state=Finding.PROVED).select_for_update())
    if not rows:
        raise WrongMove(_("Aucune preuve ne peut être renouvelée : chaque critère est à examiner."))
    before = {
        "attested_at": held.attested_at.isoformat(),
        "proofs": {str(row.criterion): [getattr(row, name) for name in RENEWED] for row in rows},
    }
    for row in rows:
        row.proved_on, row.expires_on = today, proof_until(row.basis, today)
        row.pole, row.proved_by = pole, by
    CriterionAnswer.objects.bulk_update(rows, ["proved_on", "expires_on", "pole", "proved_by"])
    kept = json.loads(json.dumps(before, cls=DjangoJSONEncoder))
    decision = record_decision(states.RENEW, held, supplier, by, note, before=kept)
    held.attested_at = supplier.attested_at = None
    held.save(update_fields=["attested_at", "updated_at"])
    refresh_verification(supplier_ids=[held.pk])
    reindex_suppliers(supplier_ids=[held.pk])
    return decision


def take_renewal_back(held: Supplier, decision: Decision) -> None:
    """The proofs have their former days, but for those found anew since; the attestation waits again.

    Called by `undoing`, on a locked supplier.
    """
    former = decision.before["proofs"]
    answers = CriterionAnswer.objects.select_for_update(of=("self",)).filter(
        supplier=held, state=Finding.PROVED
    )
    for row in answers.filter(criterion__in=former, found_at__lte=decision.at):
        for name, value in zip(RENEWED, former[str(row.criterion)], strict=True):
            setattr(row, name, CriterionAnswer._meta.get_field(name).to_python(value))
        row.save()
    held.attested_at = Supplier._meta.get_field("attested_at").to_python(decision.before["attested_at"])
    held.save(update_fields=["attested_at", "updated_at"])
    refresh_verification(supplier_ids=[held.pk])
    reindex_suppliers(supplier_ids=[held.pk])
