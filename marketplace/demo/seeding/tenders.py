"""Seeded notices as OCDS releases in SEAO's dialect: they are imported as real ones are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from buyers.models import Buyer
from marketplace.classification.models import SeaoCategory
from marketplace.web.workdays import is_working_day, working_day_before

from .meeting_days import meeting_day
from .notice_subjects import SUBJECT_OF, SUBJECTS, Subject
from .notice_text import AWARDED_DETAILS, DIRECT, LIMITED, METHOD_DETAILS, OPEN, NoticeText, write_notice
from .notice_winners import Bid, Sellers, bids_on
from .seed_data import CODE_LABELS

#: Hours at which bids close, on a Tuesday, a Wednesday or a Thursday.
HOURS = (time(10), time(11), time(11), time(13, 30), time(14), time(14), time(15))
#: What the demo's enterprise is sure to hear of.
FOR_MEMBER = ("menage", "vitres", "menage", "planchers")
REASONS = (
    ("Les réponses aux questions précisent le devis : une semaine de plus pour soumissionner.", "Addenda 1"),
    ("Le bordereau de prix est remplacé : deux quantités étaient inversées.", "Addenda 2"),
    ("Une seconde visite des lieux a été tenue; les questions sont prolongées.", "Addenda 3"),
)
CANCELLED = (
    "Le projet est reporté à l’an prochain : le budget adopté ne le permet pas.",
    "Le devis est repris en entier; un nouvel avis paraîtra.",
    "Les besoins ont changé depuis la publication.",
)
UNSUCCESSFUL = (
    "Aucune soumission n’a été reçue.",
    "Aucune soumission n’est conforme.",
    "Toutes les soumissions dépassent l’estimation de plus de 40 %.",
)


@dataclass(frozen=True)
class Notice:
    """One notice before it is written as releases: who asks, what, and its dates."""

    index: int
    buyer: Buyer
    text: NoticeText
    published: datetime
    closes: datetime
    questions: datetime


class DemoReleaseWriter:
    """Makes releases for some buyers around a day; `labels` are the SEAO categories by code."""

    def __init__(self, buyers: list[Buyer], rng: Random, day: date) -> None:
        self.buyers, self.rng, self.day = buyers, rng, day
        self.labels = dict(SeaoCategory.objects.values_list("code", "label"))
        self.of_kind: dict[str, list[Subject]] = {}
        for subject in SUBJECTS:
            for kind in subject.buyers:
                self.of_kind.setdefault(kind, []).append(subject)
        self.titles: set[tuple[str, int]] = set()
        self.hides_a_closing = False

    # -- one notice, in each of its states -----------------------------------------------------------------------------

    def open_tender(self, index: int, *, for_member: bool = False) -> list[dict[str, Any]]:
        """One notice that can be answered today; one in eight was amended, once or several times.

        One public call in thirteen does not say when it closes.

        `for_member`: asked by the demo's buyer, of the trade of the demo's enterprise, so that its member gets mail.
        """
        rng = self.rng
        length = rng.randrange(17, 46)
        published = self.working_day(-rng.randrange(1, min(21, length - 2)))
        notice = self.notice(
            index,
            published,
            length,
            subject=SUBJECT_OF[FOR_MEMBER[index % len(FOR_MEMBER)]] if for_member else None,
            buyer=self.buyers[0] if for_member else None,
            with_lots=index % 7 == 4,
        )
        release = self.release(notice)
        self.hides_a_closing |= index % 13 == 6
        if self.hides_a_closing and notice.text.method == OPEN and not for_member:
            self.hides_a_closing = False
            del release["tender"]["tenderPeriod"]["endDate"]
            return [release]
        if rng.random() > 0.125:
            return [release]
        return [release, *self.amended(notice, release, rng.choice((1, 1, 2, 3)))]

    def closed_tender(self, index: int) -> list[dict[str, Any]]:
        """Bids are in, and nobody has won yet."""
        published = self.working_day(-self.rng.randrange(38, 50))
        return [self.release(self.notice(index, published, self.rng.randrange(18, 30)))]

    def planned_tender(self, index: int) -> list[dict[str, Any]]:
        """Announced, with no date by which to answer."""
        notice = self.notice(index, self.working_day(-self.rng.randrange(3, 30)), 60)
        release = self.release(notice)
        release["tag"] = ["planning"]
        release["tender"]["status"] = "planned"
        release["tender"]["procurementMethodDetails"] = "Avis d’intention"
        for gone in ("tenderPeriod", "enquiryPeriod"):
            del release["tender"][gone]
        release["planning"] = {"rationale": "L’appel d’offres paraîtra dans les prochains mois."}
        return [release]

    def ended_tender(self, index: int, *, cancelled: bool) -> list[dict[str, Any]]:
        """Called off before its closing, or closed without a bid that could be accepted; both say why."""
        published = self.working_day(-self.rng.randrange(40, 120))
        notice = self.notice(index, published, self.rng.randrange(20, 34))
        at = _on_working_day(notice.closes + timedelta(days=-6 if cancelled else 9))
        end = self.release(notice)
        end["id"] = _release_id(at)
        end["tag"] = ["tenderCancellation"] if cancelled else ["tenderUpdate"]
        end["tender"]["status"] = "cancelled" if cancelled else "unsuccessful"
        why = self.rng.choice(CANCELLED if cancelled else UNSUCCESSFUL)
        end["tender"]["amendments"] = [{"id": "1", "date": at.isoformat(), "rationale": why}]
        return [self.release(notice), end]

    def awarded_tender(self, index: int, sellers: Sellers) -> list[dict[str, Any]]:
        """One notice of the past year, won by someone who sells what it asks; lots at times, won one by one or in part."""
        rng = self.rng
        published = self.working_day(-rng.randrange(60, 330))
        with_lots = index % 4 == 1
        notice = self.notice(index, published, rng.randrange(18, 32), with_lots=with_lots)
        release = self.release(notice)
        at = _on_working_day(notice.closes + timedelta(days=rng.randrange(7, 16)))
        release["id"], release["tag"] = _release_id(at), ["award"]
        is_direct = not notice.text.lots and notice.text.method == LIMITED and rng.random() < 0.4
        method = DIRECT if is_direct else notice.text.method
        tender = release["tender"]
        tender |= {
            "status": "complete",
            "procurementMethod": method,
            "procurementMethodDetails": AWARDED_DETAILS[method],
        }
        if is_direct:
            del tender["tenderPeriod"]["endDate"], tender["enquiryPeriod"]
        bids = bids_on(notice.text, notice.buyer.organisation.region_id, sellers, rng, alone=is_direct)
        self.add_bids(release, bids)
        lots = tender.get("lots") or [{}]
        won = lots[:1] if with_lots and index % 8 == 1 else lots
        if len(won) < len(lots):  # the others are still to come
            tender["status"] = "active"
        release["awards"] = [
            self.award(f"{index}-{n}", at, bids[(n - 1) % min(2, len(bids))], lot, len(lots))
            for n, lot in enumerate(won, 1)
        ]
        if index % 3 == 0 and not is_direct:
            return [self.release(notice), release]
        return [release]

    # -- its parts -----------------------------------------------------------------------------------------------------

    def notice(
        self,
        index: int,
        published: date,
        length: int,
        *,
        subject: Subject | None = None,
        buyer: Buyer | None = None,
        with_lots: bool = False,
    ) -> Notice:
        """Bids close `length` days after it is published, or as soon after as people would open them."""
        rng = self.rng
        opens = datetime.combine(published, time(rng.randrange(8, 16), rng.randrange(60)))
        closes = datetime.combine(meeting_day(published + timedelta(days=length)), rng.choice(HOURS))
        asked = datetime.combine(_working_days_before(closes.date(), 6), time(16))
        seen = datetime.combine(
            _working_days_before(closes.date(), 9), rng.choice((time(9), time(10), time(13, 30)))
        )
        dates = {name: timezone.make_aware(at) for name, at in
                 (("published", opens), ("closes", closes), ("questions", asked))}  # fmt: skip
        visit = timezone.make_aware(seen) if seen > opens + timedelta(days=2) else None
        for _ in range(8):  # in words that this buyer has not used yet, where possible
            who = buyer or rng.choice(self.buyers)
            what = subject or self.subject_for(str(who.kind), with_lots=with_lots)
            with translation.override("fr"):
                text = write_notice(
                    what, who, rng, **dates, visit=visit, with_lots=with_lots, to_all=buyer is not None
                )
            if (text.title, who.pk) not in self.titles:
                break
        self.titles.add((text.title, who.pk))
        return Notice(index, who, text, **dates)

    def subject_for(self, kind: str, *, with_lots: bool) -> Subject:
        """Something that such an institution buys; of lots, where some subject of it has any."""
        known = self.of_kind.get(kind) or list(SUBJECTS)
        if with_lots:
            known = [subject for subject in known if subject.lots] or known
        return self.rng.choices(known, [subject.weight for subject in known])[0]

    def working_day(self, days: int) -> date:
        day = self.day + timedelta(days=days)
        return day if is_working_day(day) else working_day_before(day)

    def release(self, notice: Notice) -> dict[str, Any]:
        organisation, text, subject = notice.buyer.organisation, notice.text, notice.text.subject
        who = {"id": f"OP-9{notice.buyer.pk:06d}", "name": organisation.name}
        number = 90_000_000 + notice.index
        year = notice.published.year
        return {
            "ocid": f"ocds-ec9k95-{number}",
            "id": _release_id(notice.published),
            "date": notice.published.isoformat(),
            "tag": ["tender"],
            "initiationType": "tender",
            "language": "fr",
            "parties": [
                {
                    **who,
                    "roles": ["buyer"],
                    "address": {
                        "locality": organisation.town,
                        "region": "QC",
                        "postalCode": organisation.postal_code,
                        "countryName": "CAN",
                    },
                    "details": {
                        "municipal": "1" if notice.buyer.kind in (Buyer.Kind.MUNICIPALITY, Buyer.Kind.MRC) else "0",
                        **({"neq": organisation.neq} if organisation.neq else {}),
                    },
                }
            ],
            "buyer": who,
            "tender": {
                "id": f"{_initials(organisation.name)}-{year}-{notice.index % 900 + 100}",
                "title": text.title,
                "description": text.description,
                "status": "active",
                "procuringEntity": who,
                "value": {"amount": text.amount, "currency": "CAD"},
                "items": [
                    {
                        "id": subject.category,
                        "description": f"{subject.category} - {self.labels.get(subject.category, '')}",
                        "classification": {
                            "scheme": "UNSPSC",
                            "id": subject.code,
                            "description": CODE_LABELS.get(subject.code, ""),
                        },
                    }
                ],
                "procurementMethod": text.method,
                "procurementMethodDetails": METHOD_DETAILS[text.method],
                "mainProcurementCategory": subject.nature,
                "tenderPeriod": {
                    "startDate": notice.published.isoformat(),
                    "endDate": notice.closes.isoformat(),
                    "durationInDay": (notice.closes - notice.published).days,
                },
                "enquiryPeriod": {"endDate": notice.questions.isoformat()},
                **({} if subject.once else {"contractPeriod": _contract_period(notice)}),
                **({"hasRenewal": True, "renewal": {"description": text.option}} if text.option else {}),
                **({"lots": _lots(text)} if text.lots else {}),
                **({"deliveryAddresses": [{"locality": organisation.town, "region": self.region_of(notice.buyer)}]}
                   if notice.buyer.kind in OF_QUEBEC else {}),
                "documents": _documents(number, notice),
            },
        }  # fmt: skip

    def amended(self, notice: Notice, first: dict[str, Any], times: int) -> list[dict[str, Any]]:
        """The same notice again, each time with one more change told; the last moves its closing by a week."""
        found = []
        last = min(notice.published + timedelta(days=1 + times), self.moment(0, 5))
        for n in range(1, times + 1):
            at = last - timedelta(hours=20 * (times - n))
            if at <= notice.published:
                continue
            again = self.release(notice)
            again["id"], again["tag"] = _release_id(at), ["tenderUpdate"]
            told = [
                {"id": str(k), "date": (last - timedelta(hours=20 * (times - k))).isoformat(), "rationale": REASONS[-k][0]
                 if k < times else REASONS[0][0]}
                for k in range(1, n + 1)
            ]  # fmt: skip
            again["tender"]["amendments"] = told
            if n == times:
                later = meeting_day(timezone.localtime(notice.closes).date() + timedelta(days=7))
                moved = datetime.combine(later, timezone.localtime(notice.closes).time())
                again["tender"]["tenderPeriod"]["endDate"] = timezone.make_aware(moved).isoformat()
            again["tender"]["documents"] += [
                _document(90_000_000 + notice.index, f"addenda-{k}", f"Addenda {k}", "addendum", at)
                for k in range(1, n + 1)
            ]
            found.append(again)
        return found

    def add_bids(self, release: dict[str, Any], bids: list[Bid]) -> None:
        """As SEAO lists them: the winner's party, tenderers once, bids one by one."""
        release["parties"] += [
            {"id": bid.party, "name": bid.name, "roles": ["supplier"] if n == 0 else ["tenderer"],
             "details": {"neq": bid.neq} if bid.neq else {}}
            for n, bid in enumerate(bids)
        ]  # fmt: skip
        release["tender"]["tenderers"] = [{"id": bid.party, "name": bid.name} for bid in bids]
        release["tender"]["numberOfTenderers"] = len(bids)
        release["bids"] = [{"id": bid.party, "value": bid.amount} for bid in bids]

    def award(self, award_id: str, at: datetime, bid: Bid, lot: dict[str, Any], parts: int) -> dict[str, Any]:
        return {
            "id": award_id,
            "status": "active",
            "date": at.isoformat(),
            "value": {"amount": round(bid.amount / parts, 2), "currency": "CAD"},
            "suppliers": [{"id": bid.party, "name": bid.name}],
            **({"relatedLots": [lot["id"]]} if lot else {}),
        }

    def region_of(self, buyer: Buyer) -> str:
        return buyer.organisation.region.name if buyer.organisation.region else ""

    def moment(self, days: int, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.day + timedelta(days=days), time(hour)))


OF_QUEBEC = (Buyer.Kind.MINISTRY, Buyer.Kind.STATE_ENTERPRISE)


def _contract_period(notice: Notice) -> dict[str, str]:
    """Calendar years, begun a month after the closing at the earliest; winters, from November to the middle of April."""
    first, last = notice.text.first_year, notice.text.first_year + notice.text.years - 1
    if notice.text.subject.winter:
        begins, ends = date(first, 11, 1), date(last + 1, 4, 15)
    else:
        after = notice.closes.date() + timedelta(days=30)
        begins, ends = (
            max(date(first, 1, 1), (after.replace(day=1) + timedelta(days=31)).replace(day=1)),
            date(last, 12, 31),
        )
    return {"startDate": begins.isoformat(), "endDate": ends.isoformat()}


def _lots(text: NoticeText) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "title": f"Lot {n}, {lot[0].lower()}{lot[1:]}", "status": "active"}
        for n, lot in enumerate(text.lots, 1)
    ]


def simulated_notice_url(number: int) -> str:
    """Where the demo answers in the place of SEAO (`demo.views`)."""
    return f"{settings.SITE_URL}/avis-simule/{number}/"


def _documents(number: int, notice: Notice) -> list[dict[str, Any]]:
    """The link to the notice first, as SEAO gives it; then what one reads before bidding."""
    first = {"id": "1", "url": simulated_notice_url(number), "language": "fr"}
    listed = [("Documents d’appel d’offres", "biddingDocuments"), *notice.text.documents]
    return [
        first,
        *(
            _document(number, f"piece-{n}", title, kind, notice.published)
            for n, (title, kind) in enumerate(listed, 1)
        ),
    ]


def _document(number: int, name: str, title: str, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "documentType": kind,
        "url": f"{simulated_notice_url(number)}{name}.pdf",
        "format": "application/pdf",
        "language": "fr",
        "datePublished": at.isoformat(),
    }


def _initials(name: str) -> str:
    """« VVAC » of the Ville de Val-aux-Cèdres: how its clerk numbers what it buys."""
    return (
        "".join(word[0] for word in name.replace("’", " ").replace("-", " ").split() if word[0].isupper())[:4]
        or "AO"
    )


def _on_working_day(moment: datetime) -> datetime:
    """That hour, on the last working day until then: what is decided is not dated of a Sunday."""
    while not is_working_day(moment.date()):
        moment -= timedelta(days=1)
    return moment


def _working_days_before(day: date, count: int) -> date:
    for _ in range(count):
        day = working_day_before(day)
    return day


def _release_id(moment: datetime) -> str:
    """A release id as SEAO writes it: fourteen digits of UTC."""
    return moment.astimezone(tz=timezone.get_fixed_timezone(0)).strftime("%Y%m%d%H%M%S")
