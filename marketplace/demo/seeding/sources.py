"""Sources of notices in each of their states: one that is up to date, one that is late, one that is off; federal notices that
the late one gave, notices that a pôle entered, winners to recognise."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone, translation

from buyers.feeds.canadabuys import release_of
from buyers.feeds.entering import publish_entered_notice
from buyers.feeds.health import look_at_source
from buyers.models import Buyer, EnteredNotice, FeedFile, NoticeSource, SellerName, SourceState
from buyers.ocds.report import Rejection
from marketplace.accounts.models import Organisation, User
from marketplace.web.folding import fold_text
from suppliers.models import Status

from .meeting_days import meeting_day

WEEKS = 8
LATE = 24  # days since the federal source was last read
#: Title in French and in English, code, what it is.
FEDERAL = (
    ("Services d’entretien ménager, Shawinigan", "Cleaning services, Shawinigan", "76111500", "SRV"),
    ("Déneigement de stationnements, Trois-Rivières", "Snow removal of parking lots, Trois-Rivières", "72154501", "SRV"),
    ("Service de traiteur pour une formation, Montréal", "Catering for a training session, Montréal", "90101603", "SRV"),
    ("Mobilier de bureau remis à neuf", "Refurbished office furniture", "56101500", "GD"),
)  # fmt: skip
AGENCY = ("Agence du revenu du Canada", "Canada Revenue Agency")


def seed_sources(*, day: date, buyers: list[Buyer], staff: User, rng: Random) -> list[dict[str, Any]]:
    """Everything but the federal notices, which are returned as releases to import."""
    seao = NoticeSource.objects.get(kind=NoticeSource.Kind.SEAO)
    seao.is_on = True
    seao.save()
    seed_weeks(seao, day, rng)
    federal = NoticeSource.objects.get(kind=NoticeSource.Kind.CANADABUYS)
    federal.is_on = True
    federal.save()
    seed_late_source(federal, day)
    NoticeSource.objects.create(
        name="Ville de Val-aux-Cèdres, données ouvertes",
        kind=NoticeSource.Kind.OCDS,
        address="https://donnees.val-aux-cedres.example/avis.json",
        territory=NoticeSource.Territory.ALL,
        schedule=NoticeSource.Schedule.WEEKLY,
        licence="CC BY 4.0",
    )
    seed_entered_notices(day, buyers, staff)
    return [release_of(row) for row in federal_rows(day)]


def at(day: date, hour: int = 6, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def seed_weeks(source: NoticeSource, day: date, rng: Random) -> None:
    """Weekly files, the newest read this morning; one has releases to correct, the month before could not be read."""
    monday = day - timedelta(days=day.weekday() + 7)
    with translation.override("fr"):
        for week in range(WEEKS):
            first = monday - timedelta(weeks=week)
            last = first + timedelta(days=6)
            read_at = at(last + timedelta(days=1), 6, rng.randrange(5, 40))
            created, updated = rng.randrange(340, 430), rng.randrange(3_100, 3_700)
            rejected = [
                Rejection("", 812, "ocds-ec9k95-90812001", "", "Cette version n’a pas de « id » : demandez-le au diffuseur du fichier.", 1, 2_481_337),
                Rejection("", 2044, "", "", "Cette version n’est pas un objet JSON. Demandez au diffuseur du fichier de la corriger.", 1, 6_120_004),
            ] if week == 2 else []  # fmt: skip
            name = f"hebdo_{first:%Y%m%d}_{last:%Y%m%d}.json"
            FeedFile.objects.create(
                source=source, name=name,
                address=f"https://www.donneesquebec.ca/recherche/dataset/exemple/resource/exemple/download/{name}",
                status=FeedFile.Status.PARTLY if rejected else FeedFile.Status.DONE,
                tried_at=at(day, 6, 10) if week < 3 else read_at, imported_at=read_at, contents=2 if week == 1 else 1,
                size=(created + updated) * 3_100, digest=f"{rng.getrandbits(256):064x}",
                releases=created + updated + len(rejected), created=created, updated=updated, unchanged=0,
                rejected_count=len(rejected), rejected=[asdict(one) for one in rejected],
            )  # fmt: skip
        month = monday.replace(day=1) - timedelta(days=1)
        name = f"mensuel_{month.replace(day=1):%Y%m%d}_{month:%Y%m%d}.json"
        FeedFile.objects.create(
            source=source, name=name, tried_at=at(day - timedelta(days=3)), status=FeedFile.Status.DONE,
            address=f"https://www.donneesquebec.ca/recherche/dataset/exemple/resource/exemple/download/{name}",
            imported_at=at(day - timedelta(days=3)), contents=1, size=48_000_000, releases=15_204, created=12,
            updated=31, unchanged=15_161,
        )  # fmt: skip
    SourceState.objects.create(
        source=source, prefix="ocds-ec9k95-", tried_at=at(day, 6, 10), succeeded_at=at(day, 6, 11),
        due_at=at(day + timedelta(days=1), 6, 11),
    )  # fmt: skip


def seed_late_source(source: NoticeSource, day: date) -> None:
    last = day - timedelta(days=LATE)
    error = "Le serveur canadabuys.canada.ca est occupé (503)."
    for name, kept in (
        ("newTenderNotice-nouvelAvisAppelOffres.csv", 31),
        ("openTenderNotice-ouvertAvisAppelOffres.csv", 402),
    ):
        FeedFile.objects.create(
            source=source, name=name, address=f"{source.address}{name}", status=FeedFile.Status.FAILED, error=error,
            tried_at=at(day, 6, 12), imported_at=at(last), contents=3, size=kept * 9_000, releases=kept,
            created=len(FEDERAL), updated=3, unchanged=kept - len(FEDERAL) - 3, skipped=kept,
        )  # fmt: skip
    state = SourceState.objects.create(
        source=source, prefix="ocds-cabuys-", tried_at=at(day, 6, 12), succeeded_at=at(last), error=error,
        due_at=at(day, 7, 12), stale_since=at(last + timedelta(days=source.stale_after_days)),
    )  # fmt: skip
    SourceState.objects.filter(pk=state.pk).update(created_at=at(last - timedelta(days=90)))


def federal_rows(day: date) -> list[dict[str, str]]:
    """Notices that the late source gave when it was last read, and contracts of a year ago, whose winners have no NEQ."""
    published = day - timedelta(days=LATE)
    rows = [
        {
            "title-titre-eng": english, "title-titre-fra": french,
            "referenceNumber-numeroReference": f"cb-900-{n}", "amendmentNumber-numeroModification": "000",
            "solicitationNumber-numeroSollicitation": f"9000-27-{n}",
            "publicationDate-datePublication": published.isoformat(),
            "tenderClosingDate-appelOffresDateCloture": f"{meeting_day(day + timedelta(days=6 + 5 * n))}T14:00:00",
            "tenderStatus-appelOffresStatut-eng": "Open", "unspsc": f"*{code}",
            "procurementCategory-categorieApprovisionnement": f"*{kind}",
            "noticeType-avisType-fra": "Demande de proposition",
            "procurementMethod-methodeApprovisionnement-eng": "Competitive - Open Bidding",
            "procurementMethod-methodeApprovisionnement-fra": "Concurrentielle - Ouverte",
            "regionsOfDelivery-regionsLivraison-fra": "*Québec (sauf RCN)",
            "contractingEntityName-nomEntitContractante-fra": AGENCY[0],
            "contractingEntityName-nomEntitContractante-eng": AGENCY[1],
            "contractingEntityAddressProvince-entiteContractanteAdresseProvince-eng": "Ontario",
            "tenderDescription-descriptionAppelOffres-fra": "L’énoncé des travaux accompagne l’avis d’origine.",
            "tenderDescription-descriptionAppelOffres-eng": "The statement of work comes with the original notice.",
        }
        for n, (french, english, code, kind) in enumerate(FEDERAL, 1)
    ]  # fmt: skip
    sellers = Organisation.objects.filter(supplier__status=Status.PUBLISHED, region="04").order_by("pk")
    for n, seller in enumerate(sellers[:4], 1):
        awarded = day - timedelta(days=150 + 10 * n)
        french, english, code, kind = FEDERAL[n % len(FEDERAL)]
        rows.append({
            "title-titre-eng": english, "title-titre-fra": french,
            "referenceNumber-numeroReference": f"cb-800-{n}", "amendmentNumber-numeroModification": "000",
            "solicitationNumber-numeroSollicitation": f"8000-26-{n}", "contractNumber-numeroContrat": f"8000-C{n}",
            "publicationDate-datePublication": awarded.isoformat(),
            "contractAwardDate-dateAttributionContrat": awarded.isoformat(),
            "contractStartDate-contratDateDebut": awarded.isoformat(),
            "contractEndDate-dateFinContrat": (awarded + timedelta(days=365)).isoformat(),
            "contractAmount-montantContrat": f"{18_000 + 7_400 * n}.00", "contractCurrency-contratMonnaie": "CAD",
            "awardStatus-attributionStatut-eng": "Active", "unspsc": f"*{code}",
            "procurementCategory-categorieApprovisionnement": f"*{kind}",
            "supplierLegalName-nomLegalFournisseur-eng": seller.name.upper(),
            "supplierAddressCity-fournisseurAdresseVille-eng": seller.town,
            "contractingEntityName-nomEntitContractante-fra": AGENCY[0],
            "contractingEntityName-nomEntitContractante-eng": AGENCY[1],
        })  # fmt: skip
    return rows


def seed_entered_notices(day: date, buyers: list[Buyer], staff: User) -> None:
    """Two invitations that a town sent to three enterprises and told its pôle of; one was called off."""
    for n, (title, cancelled) in enumerate(
        (("Tonte des parcs et entretien des plates-bandes, été prochain", False), ("Réfection du sentier du belvédère", True)), 1
    ):  # fmt: skip
        notice = EnteredNotice.objects.create(
            pole_id="mauricie",
            title=title,
            buyer=buyers[0],
            method="limited",
            mrc_id="36",
            closes_at=at(meeting_day(day + timedelta(days=8 + 4 * n)), 14),
            description="Trois entreprises sont invitées. Le devis s’obtient auprès du service du greffe.",
            category="services",
            unspsc=["70111700"],
            is_cancelled=cancelled,
            created_by=staff,
        )
        publish_entered_notice(notice=notice, by=None)


def seed_seller_names(*, day: date, staff: User) -> None:
    """Once the federal contracts are imported: one winner recognised, one refused, the others to decide."""
    sellers = Organisation.objects.filter(supplier__status=Status.PUBLISHED, region="04").order_by("pk")
    states = ("confirmed", "refused", "proposed", "proposed")
    for state, seller in zip(states, sellers[:4], strict=False):
        decided = state != "proposed"
        SellerName.objects.create(
            name=seller.name.upper(), key=fold_text(seller.name), town=fold_text(seller.town), organisation=seller,
            confidence=97 if seller.town else 92, reasons=["same_name", *(["same_town"] if seller.town else [])],
            status=state, decided_by=staff if decided else None,
            decided_at=at(day - timedelta(days=2), 10) if decided else None,
        )  # fmt: skip


def settle_sources() -> None:
    """The age of what each gave, once everything is imported."""
    for source in NoticeSource.objects.filter(state__isnull=False):
        look_at_source(source=source, by=None)
