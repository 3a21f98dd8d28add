"""Nobody is woken, and the reasons read the same whatever the matcher says."""

from __future__ import annotations

import pytest

from marketplace.matching import sentences
from marketplace.outbox import waking

SENTENCES = {
    "code": ("Code UNSPSC 76111500", "Même code que votre offre « Entretien ménager »"),
    "capacity": ("Montant inconnu", "Montant non publié; votre plafond est de 100 000 $"),
    "area": ("Livraison à Laval", "Hors de votre territoire"),
}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch) -> None:
    monkeypatch.setattr(waking, "now", lambda task_name, pk: True)
    monkeypatch.setattr(sentences, "render", lambda reason: SENTENCES[reason["kind"]])
