"""Seeded notices as OCDS releases in SEAO's dialect: they are imported as real ones are."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from buyers.models import Buyer
from marketplace.classification.models import SeaoCategory

from .french_names import with_de
from .seed_data import CODE_LABELS, TRADES, Trade

#: UNSPSC code → (NEQ, name) of some who sell it.
Sellers = dict[str, list[tuple[str, str]]]
METHODS = (
    ("open", "Avis d’appel d’offres"),
    ("open", "Avis d’appel d’offres"),
    ("limited", "Appel d’offres sur invitation"),
)


class DemoReleaseWriter:
    """Makes releases for some buyers around a day; `labels` are the SEAO categories by code."""

    def __init__(self, buyers: list[Buyer], rng: random.Random, day: date) -> None:
        self.buyers, self.rng, self.day = buyers, rng, day
        self.labels = dict(SeaoCategory.objects.values_list("code", "label"))
        self.trades = [trade for trade in TRADES if trade.notices]
        self.member_trade = next(trade for trade in TRADES if trade.key == "menage")
        self.weights = [trade.weight for trade in self.trades]
        self.titles: set[tuple[str, int]] = set()

    def open_tender(self, index: int, *, for_member: bool = False) -> list[dict[str, Any]]:
        """One notice that can be answered today; one in eight was amended, which makes two releases.

        `for_member`: asked by the demo's buyer, of the trade of the demo's enterprise, so that its member gets mail.
        """
        rng = self.rng
        trade, buyer, title = self.subject()
        if for_member:
            trade, buyer = self.member_trade, self.buyers[0]
            title = trade.notices[index % len(trade.notices)].format(place=self.precision(buyer))
        published = self.moment(-rng.randrange(1, 21), rng.randrange(8, 17))
        closes = self.moment(rng.randrange(2, 46), rng.choice((10, 11, 14, 15)))
        release = self.release(index, published, buyer, trade, title, closes)
        has_lots, has_no_closing = index % 9 == 4, index % 13 == 6 and not for_member
        if has_lots:
            release["tender"]["lots"] = self.lots(trade)
        if has_no_closing:
            del release["tender"]["tenderPeriod"]["endDate"]
        if rng.random() > 0.125 or has_no_closing:
            return [release]
        amended = self.release(index, published, buyer, trade, title, closes + timedelta(days=7))
        amended["id"] = _release_id(min(published + timedelta(days=1), self.moment(0, 5)))
        amended["tag"] = ["tenderUpdate"]
        amended["tender"]["amendments"] = [
            {
                "id": "1",
                "date": amended["date"],
                "rationale": "Les réponses aux questions précisent le devis : une semaine de plus pour soumissionner.",
            }
        ]
        return [release, amended]

    def lots(self, trade: Trade) -> list[dict[str, Any]]:
        """Two to four parts of a notice, each of a sector."""
        sectors = ("secteur nord", "secteur sud", "secteur est", "secteur ouest")
        count = self.rng.randrange(2, 5)
        return [
            {
                "id": str(n),
                "title": f"Lot {n}, {sector} : {trade.offers[n % len(trade.offers)][0]}",
                "status": "active",
            }
            for n, sector in enumerate(sectors[:count], 1)
        ]

    def awarded_tender(self, index: int, sellers: Sellers) -> list[dict[str, Any]]:
        """One notice of the past year, won by someone who sells what it asks."""
        rng = self.rng
        trade, buyer, title = self.subject()
        published = self.moment(-rng.randrange(60, 330), 9)
        release = self.release(index, published, buyer, trade, title, published + timedelta(days=21))
        code = release["tender"]["items"][0]["classification"]["id"]
        neq, name = rng.choice(sellers.get(code) or [("", "Entreprise privée de démonstration inc.")])
        awarded = published + timedelta(days=35)
        amount = rng.randrange(9_000, 240_000)
        release["id"] = _release_id(awarded)
        release["tag"] = ["award"]
        release["tender"]["status"] = "complete"
        release["parties"].append(
            {"id": f"FO-{neq or 29_999_999}", "name": name, "roles": ["supplier"], "details": {"neq": neq}}
        )
        release["awards"] = [
            {
                "id": str(index),
                "status": "active",
                "date": awarded.isoformat(),
                "value": {"amount": amount, "currency": "CAD"},
                "suppliers": [{"id": f"FO-{neq or 29_999_999}", "name": name}],
            }
        ]
        self.add_bidders(release, sellers.get(code) or [], {"id": f"FO-{neq or 29_999_999}", "name": name})
        if index % 4 == 1:  # one lot is won, the others are still to come
            release["tender"]["lots"] = self.lots(trade)
            release["tender"]["status"] = "active"
            release["awards"][0]["relatedLots"] = ["1"]
        return [release]

    def add_bidders(
        self, release: dict[str, Any], sellers: list[tuple[str, str]], winner: dict[str, str]
    ) -> None:
        """The winner and up to three others, as SEAO lists them: tenderers once, bids one by one."""
        others = [
            {"id": f"FO-{neq}", "name": name} for neq, name in self.rng.sample(sellers, min(3, len(sellers)))
        ]
        tenderers = [winner, *(one for one in others if one["id"] not in (winner["id"], "FO-"))]
        release["tender"]["tenderers"] = tenderers
        release["tender"]["numberOfTenderers"] = len(tenderers)
        release["bids"] = [{"id": one["id"], "value": 10_000 + 500 * n} for n, one in enumerate(tenderers)]

    def subject(self) -> tuple[Trade, Buyer, str]:
        """What is bought, by whom, in words that this buyer has not used yet where possible."""
        for _ in range(20):
            trade = self.rng.choices(self.trades, self.weights)[0]
            buyer = self.rng.choice(self.buyers)
            title = self.rng.choice(trade.notices).format(place=self.precision(buyer))
            if (title, buyer.pk) not in self.titles:
                break
        self.titles.add((title, buyer.pk))
        return trade, buyer, title

    def precision(self, buyer: Buyer) -> str:
        """What buyers add to the name of a thing: where, when, or which part of it."""
        year = self.day.year
        return self.rng.choice(
            (
                f"secteur {with_de(buyer.organisation.town)}",
                f"années {year + 1} à {year + 3}",
                f"saison {year + 1}",
                "lots 1 et 2",
                "secteur nord",
                "secteur sud",
            )
        )

    def moment(self, days: int, hour: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.day + timedelta(days=days), time(hour)))

    def release(
        self, index: int, published: datetime, buyer: Buyer, trade: Trade, title: str, closes: datetime
    ) -> dict[str, Any]:
        organisation = buyer.organisation
        party = f"OP-9{buyer.pk:06d}"
        code = _offer_code(title, trade)
        method, details = self.rng.choice(METHODS)
        who = {"id": party, "name": organisation.name}
        return {
            "ocid": f"ocds-ec9k95-{90_000_000 + index}",
            "id": _release_id(published),
            "date": published.isoformat(),
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
                        "municipal": "1" if buyer.kind == Buyer.Kind.MUNICIPALITY else "0",
                        **({"neq": organisation.neq} if organisation.neq else {}),
                    },
                }
            ],
            "buyer": who,
            "tender": {
                "id": f"DEMO-{self.day.year}-{index:04d}",
                "title": title,
                "status": "active",
                "procuringEntity": who,
                "items": [
                    {
                        "id": trade.seao,
                        "description": f"{trade.seao} - {self.labels.get(trade.seao, '')}",
                        "classification": {
                            "scheme": "UNSPSC",
                            "id": code,
                            "description": CODE_LABELS.get(code, ""),
                        },
                    }
                ],
                "procurementMethod": method,
                "procurementMethodDetails": details,
                "mainProcurementCategory": trade.nature,
                "tenderPeriod": {
                    "startDate": published.isoformat(),
                    "endDate": closes.isoformat(),
                    "durationInDay": (closes - published).days,
                },
                "documents": [],
            },
        }


def _offer_code(title: str, trade: Trade) -> str:
    """The code of the offer that shares the most words with a notice's title; the trade's first one where none does."""

    def words(text: str) -> set[str]:
        return {word[:5] for word in text.casefold().replace("’", " ").split() if len(word) > 3}

    asked = words(title)
    _offer, code, _kind = max(trade.offers, key=lambda offer: len(words(offer[0]) & asked))
    return code


def _release_id(moment: datetime) -> str:
    """A release id as SEAO writes it: fourteen digits of UTC."""
    return moment.astimezone(tz=timezone.get_fixed_timezone(0)).strftime("%Y%m%d%H%M%S")
