"""Nobody is woken, and the reasons read the same whatever the matcher says."""

from __future__ import annotations

import pytest

from marketplace.matching import sentences
from marketplace.outbox import delivery

SENTENCES = {
    "code": "Même code que votre offre « Entretien ménager »",
    "capacity": "Montant non publié; votre plafond est de 100 000 $",
    "area": "Hors de votre territoire",
}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch) -> None:
    monkeypatch.setattr(delivery, "wake_worker", lambda task_name, pk: True)
    monkeypatch.setattr(sentences, "short_reason", lambda reason: SENTENCES[reason["kind"]])
