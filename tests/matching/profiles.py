"""Profiles for the pure tests."""

from datetime import date

from marketplace.matching.engine import OfferProfile, Past, Statistics, SupplierProfile, TenderProfile

TODAY = date(2026, 11, 20)
MAURICIE = frozenset({"35", "36", "371", "372", "51", "90"})

STATISTICS = Statistics(
    notices=1000,
    words=8000,
    counts={
        "w:entretien": 120,
        "w:menag": 20,
        "w:servic": 400,
        "w:banc": 3,
        "w:bois": 15,
        "w:shawinigan": 4,
        "u:76": 150,
        "u:7611": 60,
        "u:761115": 40,
        "u:56": 30,
        "u:5610": 20,
        "u:561016": 4,
        "b:B1": 12,
        "r:04": 50,
        "c:S9": 90,
    },
)


def tender(**fields):
    defaults = {
        "key": "ocds-1",
        "words": ("entretien", "menag"),
        "shown": ("Entretien", "ménager"),
        "codes": ("761115",),
        "category": "S9",
        "buyer": "B1",
        "buyer_name": "Ville de Shawinigan",
        "regions": ("04",),
        "mrc": "36",
        "mrcs": MAURICIE,
        "on": TODAY,
    }
    return TenderProfile(**(defaults | fields))


def supplier(**fields):
    defaults = {"key": 1, "serves": frozenset({"R04"}), "region": "04"}
    return SupplierProfile(**(defaults | fields))


def offering(title, *codes, words=()):
    """A supplier with one offer, its words and codes on the sheet."""
    levels = {code[:digits] for code in codes for digits in range(2, len(code) + 1, 2)}
    return supplier(
        codes=frozenset(levels),
        words=frozenset(words),
        offers=(OfferProfile(title=title, codes=tuple(codes), words=frozenset(words)),),
    )


def experienced(*terms, wins=1, **fields):
    """A supplier known only by past notices that carried these terms."""
    words = sum(term.startswith("w:") for term in terms)
    past = Past(
        terms=dict.fromkeys(terms, 1.0), notices=1.0, words=float(words), wins=wins, last=date(2026, 1, 10)
    )
    return supplier(past=past, **fields)
