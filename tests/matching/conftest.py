"""Nobody is woken; and reasons that read the same whatever the matcher says, for the tests of alerts."""

from __future__ import annotations

import pytest

from marketplace.matching import sentences
from marketplace.outbox import queue

SENTENCES = {
    "code": "Même code que votre offre « Entretien ménager »",
    "capacity": "Montant non publié; votre plafond est de 100 000 $",
    "area": "Hors de votre territoire",
}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch) -> None:
    monkeypatch.setattr(queue, "wake_worker", lambda *_args: True)


@pytest.fixture
def plain_reasons(monkeypatch) -> None:
    monkeypatch.setattr(sentences, "short_reason", lambda reason: SENTENCES[reason["kind"]])
