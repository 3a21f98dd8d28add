"""The six criteria of the Loi sur l’économie sociale (2013): what each asks, what usually proves it, what the pôle finds.

What the software says here is not legal advice: the pôle finds, from evidence, and dates what it found.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.permissions import check_permission
from marketplace.accounts.poles import pole_acting_for
from marketplace.web.errors import WrongMove
from marketplace.web.private_files import store_private_file
from marketplace.web.typography import NB, format_day_short, format_moment, format_number
from marketplace.web.verbs import verb
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Basis, Criterion, CriterionAnswer, EvidenceFile, Finding, Status, Supplier
from suppliers.permissions import can_curate_supplier
from suppliers.verification import SOON, proof_until, refresh_verification

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile
    from django.utils.functional import _StrPromise

    from marketplace.accounts.models import User
    from marketplace.territories.models import Pole
    from marketplace.web.private_files import Checked


@dataclass(frozen=True)
class Ask:
    """One criterion for people: `law` is the demand, `question` what the enterprise answers, `proof` what helps."""

    criterion: Criterion
    law: _StrPromise
    question: _StrPromise
    hint: _StrPromise
    proof: _StrPromise

    @property
    def number(self) -> int:
        return self.criterion.value

    @property
    def title(self) -> _StrPromise:
        return self.criterion.label


ASKS = (
    Ask(
        Criterion.NEEDS,
        _("L’entreprise existe pour répondre aux besoins de ses membres ou de la collectivité."),
        _("À quels besoins répondez-vous, et de qui?"),
        _("Votre mission, et les personnes ou le milieu qu’elle sert."),
        _("Lettres patentes ou statuts (les objets), rapport annuel."),
    ),
    Ask(
        Criterion.INDEPENDENCE,
        _("Aucun organisme public ne décide pour elle."),
        _("Qui siège à votre conseil, et qui nomme ces personnes?"),
        _("Dites combien de sièges reviennent à des organismes publics, s’il y en a."),
        _("Règlements généraux, liste des administratrices et administrateurs."),
    ),
    Ask(
        Criterion.DEMOCRACY,
        _("Ses règles prévoient une gouvernance démocratique par les membres."),
        _("Comment vos membres décident-ils?"),
        _("Qui est membre, combien de voix par membre, et la date de la dernière assemblée."),
        _("Règlements généraux, procès-verbal de la dernière assemblée générale."),
    ),
    Ask(
        Criterion.VIABILITY,
        _("Elle vise la viabilité économique."),
        _("D’où viennent vos revenus?"),
        _("La part des ventes, et comment vous prévoyez durer."),
        _("États financiers du dernier exercice, plan d’affaires."),
    ),
    Ask(
        Criterion.SURPLUS,
        _(
            "Ses règles interdisent de distribuer les surplus, ou les partagent entre les membres selon ce que chacun"
            " a fait avec elle."
        ),
        _("Que faites-vous des surplus?"),
        _("Par exemple : réserve, réinvestissement, ristourne aux membres."),
        _("Statuts, règlements généraux (clause sur les surplus)."),
    ),
    Ask(
        Criterion.RESIDUE,
        _("Si elle est dissoute, ce qui reste va à une autre organisation aux buts semblables."),
        _("À qui iraient vos biens en cas de dissolution?"),
        _("Citez la clause et l’article de vos statuts ou de vos lettres patentes."),
        _("Lettres patentes ou statuts (clause de dissolution)."),
    ),
)
BY_NUMBER = {ask.number: ask for ask in ASKS}


@dataclass(frozen=True)
class Found:
    """One finding as staff gives it. `seen` is when the answer they read was written.

    A proof says its `basis`, and may say where (`reference`: an address, the name of a list) and its last day; without
    one it holds for `settings.PROOF_MONTHS`.
    """

    state: str
    note: str = ""
    seen: datetime | None = None
    basis: str = Basis.NONE
    reference: str = ""
    expires_on: date | None = None


#: Beyond, a date is a slip of the keyboard.
LONGEST_PROOF = timedelta(days=5 * 366)


@verb
def record_findings(*, supplier: Supplier, by: User | None, findings: Mapping[int, Found]) -> int:
    """Keep the findings that differ, by number of criterion; returns how many.

    The supplier may be in any state but archived, and may never have answered. A finding that is not « proved » says
    why: the enterprise reads the note. What was rewritten since it was read is not judged: the whole is refused, and
    the page shows the new words. A proof stands until another finding of the same answer, or « not met », takes it back.
    """
    held = _hold(supplier, by)
    pole = pole_acting_for(held.organisation, by)
    answers = {answer.criterion: answer for answer in CriterionAnswer.objects.filter(supplier=held)}
    with_document = {
        number for numbers in held.evidence.values_list("criteria", flat=True) for number in numbers
    }
    decided = []
    for number, found in findings.items():
        answer = answers.get(number) or CriterionAnswer(supplier=held, criterion=number)
        if not _differs(answer, found):
            continue
        _check_finding(answer, found, number in with_document)
        _write_finding(answer, found, by, pole)
        decided.append(number)
    if decided:
        held.recheck = [code for code in held.recheck if code not in {f"c{number}" for number in decided}]
        held.recheck_since = held.recheck_since if held.recheck else None
        held.save(update_fields=["recheck", "recheck_since", "updated_at"])
        refresh_verification(supplier_ids=[held.pk])
        _forget_attestation(held)
        reindex_suppliers(supplier_ids=[held.pk])
    return len(decided)


def _forget_attestation(held: Supplier) -> None:
    """« Rien n’a changé » waits for a renewal: once the six hold anew, or are six no more, nothing waits."""
    if held.attested_at is None:
        return
    held.refresh_from_db(fields=["verified_until"])
    end = held.verified_until
    if end is None or end > timezone.localdate() + SOON:
        held.attested_at = None
        held.save(update_fields=["attested_at", "updated_at"])


@verb
def file_evidence(
    *, supplier: Supplier, by: User, criteria: Collection[int], upload: UploadedFile | Checked
) -> EvidenceFile:
    """Staff keep a document that the enterprise gave them, for one criterion or several."""
    held = _hold(supplier, by)
    if not criteria or not set(criteria) <= set(BY_NUMBER):
        raise WrongMove(gettext("Cochez les critères que cette pièce montre."))
    CriterionAnswer.objects.bulk_create(
        [CriterionAnswer(supplier=held, criterion=number) for number in criteria], ignore_conflicts=True
    )
    return EvidenceFile.objects.create(
        supplier=held,
        criteria=sorted(set(criteria)),
        file=store_private_file(upload=upload, by=by, holder=held.organisation),
    )


def _hold(supplier: Supplier, by: User | None) -> Supplier:
    rows = Supplier.objects.select_for_update(of=("self",)).select_related("organisation")
    held = rows.get(pk=supplier.pk)
    check_permission(
        can_curate_supplier, by, held, sentence=gettext("Cette fiche n’est pas dans votre territoire.")
    )
    if held.status == Status.ARCHIVED:
        raise WrongMove(gettext("La fiche est archivée : rouvrez-la d’abord."))
    return held


def _last_day(found: Found) -> date:
    return found.expires_on or proof_until(found.basis, timezone.localdate())


def _differs(answer: CriterionAnswer, found: Found) -> bool:
    if (answer.state, answer.note) != (found.state, found.note.strip()):
        return True
    if found.state != Finding.PROVED:
        return False
    if (answer.basis, answer.reference) != (found.basis, found.reference.strip()):
        return True
    return _last_day(found) != answer.expires_on


def _write_finding(answer: CriterionAnswer, found: Found, by: User | None, pole: Pole | None) -> None:
    if found.state == Finding.PROVED:
        answer.proved_on, answer.expires_on = timezone.localdate(), _last_day(found)
        answer.basis, answer.reference = found.basis, found.reference.strip()
        answer.pole, answer.proved_by = pole, by
    elif found.state == Finding.NOT_MET or answer.state == Finding.PROVED:
        answer.proved_on = answer.expires_on = answer.pole = answer.proved_by = None
        answer.basis = answer.reference = ""
    answer.state, answer.note = found.state, found.note.strip()
    answer.found_by, answer.found_at = by, timezone.now()
    answer.save()


def _check_finding(answer: CriterionAnswer, found: Found, has_document: bool) -> None:
    title = f"{answer.criterion}. {BY_NUMBER[answer.criterion].title}"
    if found.state not in Finding.values:
        raise WrongMove(gettext("Choisissez un constat de la liste."))
    if found.seen != answer.answered_at:
        raise WrongMove(
            gettext("%(criterion)s : l’entreprise vient de changer sa réponse. Relisez-la avant de conclure.")
            % {"criterion": title}
        )
    if found.state in (Finding.INCOMPLETE, Finding.NOT_MET) and not found.note.strip():
        raise WrongMove(gettext("%(criterion)s : écrivez ce qui manque.") % {"criterion": title})
    if found.state != Finding.PROVED:
        return
    if found.basis not in Basis.values or not found.basis:
        raise WrongMove(gettext("%(criterion)s : dites sur quoi repose la preuve.") % {"criterion": title})
    if found.basis == Basis.DOCUMENT and not has_document:
        raise WrongMove(
            gettext(
                "%(criterion)s : aucune pièce n’appuie ce critère. Déposez-en une, ou choisissez un autre "
                "type de preuve."
            )
            % {"criterion": title}
        )
    today = timezone.localdate()
    if found.expires_on and not today <= found.expires_on <= today + LONGEST_PROOF:
        raise WrongMove(
            gettext("%(criterion)s : donnez une échéance à venir, d’ici cinq ans au plus.")
            % {"criterion": title}
        )


@dataclass(frozen=True)
class CriterionLine:
    """One criterion as the public reads it: no answer, no document, no note."""

    number: int
    title: _StrPromise
    kind: str
    word: str
    detail: str = ""


#: What a proof rests on, for the public.
SEEN_ON = {
    Basis.DOCUMENT: _("Sur pièce"),
    Basis.REGISTRY: _("Selon le registre des entreprises"),
    Basis.WEBSITE: _("Selon le site de l’entreprise"),
    Basis.CALL: _("Selon un appel"),
    Basis.FEDERATION: _("Selon la liste d’une fédération"),
}


def criterion_lines(supplier: Supplier) -> list[CriterionLine]:
    """The six criteria, their state today with its dates and the kind of proof; one query."""
    rows = CriterionAnswer.objects.filter(supplier=supplier).select_related("pole")
    return criterion_lines_of({row.criterion: row for row in rows})


def criterion_lines_of(by_number: Mapping[int, CriterionAnswer]) -> list[CriterionLine]:
    """The same, from rows that were read."""
    today = timezone.localdate()
    return [_criterion_line(ask, by_number.get(ask.number), today) for ask in ASKS]


def _criterion_line(ask: Ask, row: CriterionAnswer | None, today: date) -> CriterionLine:
    if row and row.proved_on and row.expires_on:
        said = {
            "seen_on": SEEN_ON[Basis(row.basis)],
            "day": format_day_short(row.proved_on),
            "until": format_day_short(row.expires_on),
        }
        by = f" ({row.pole})" if row.pole else ""
        if row.expires_on >= today:
            detail = gettext("%(seen_on)s, valable jusqu’au %(until)s") % said + by
            return CriterionLine(ask.number, ask.title, "ok", gettext("Prouvé le %(day)s") % said, detail)
        detail = gettext("%(seen_on)s, prouvé le %(day)s") % said + by
        return CriterionLine(ask.number, ask.title, "wait", gettext("Échu le %(until)s") % said, detail)
    if row and row.state == Finding.NOT_MET:
        word = gettext("Non respecté selon le pôle")
        return CriterionLine(ask.number, ask.title, "no", word, format_day_short(row.found_at))
    if row and row.answered_at and row.text.strip():
        detail = gettext("Par l’entreprise, le %(day)s") % {"day": format_day_short(row.answered_at)}
        return CriterionLine(ask.number, ask.title, "info", gettext("Déclaré"), detail)
    return CriterionLine(ask.number, ask.title, "plain", gettext("Rien encore"))


def criteria_to_complete(supplier: Supplier) -> list[tuple[str, str]]:
    """The criteria that the pôle wants completed, each with its note."""
    rows = CriterionAnswer.objects.filter(
        supplier=supplier, state__in=(Finding.INCOMPLETE, Finding.NOT_MET)
    ).values_list("criterion", "note")
    return [(f"{number}. {BY_NUMBER[number].title}", note) for number, note in rows]


def evidence_facts(kept: EvidenceFile) -> str:
    """« PDF, 412 Ko, déposé le 21 nov. 2026, 14 h 05 »."""
    file = kept.file
    if file.size >= 1_000_000:
        size = gettext("%(n)s Mo") % {"n": format_number(file.size / 1_000_000, 1)}
    else:
        size = gettext("%(n)s Ko") % {"n": format_number(max(1, round(file.size / 1_000)))}
    said = {"kind": file.kind_label, "size": size.replace(" ", NB), "at": format_moment(file.created_at)}
    return gettext("%(kind)s, %(size)s, déposé le %(at)s") % said
