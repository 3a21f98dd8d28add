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
        if rng.random() > 0.125:
            return [release]
        amended = self.release(index, published, buyer, trade, title, closes + timedelta(days=7))
        amended["id"] = _release_id(min(published + timedelta(days=1), self.moment(0, 5)))
        amended["tag"] = ["tenderUpdate"]
        return [release, amended]

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
        return [release]

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
