"""A source of notices moves away: staff see that it is late, have it read in vain, correct its address, and it is fresh again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from buyers.feeds.health import look_at_sources
from buyers.feeds.reading import read_source
from buyers.models import NoticeSource, Tender
from marketplace.web.process_cache import clear_process_caches
from tests import factories
from tests.buyers.ocds_files import notice, package
from tests.buyers.played_sources import PlayedSources, lead_every_name_to, play_sources, stop_playing

from .people import Stage

MOVED = "/avis-2026.json"


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Any:
    sources = play_sources()
    lead_every_name_to(sources.port, sources.names, monkeypatch.setattr)
    yield sources
    stop_playing(sources)


def test_a_late_source_is_seen_and_mended(stage: Stage, played: PlayedSources) -> None:
    source = NoticeSource.objects.create(
        name="Ville de Zacharie", kind="ocds", address="https://donnees.example/avis.json", is_on=True
    )
    played.publish("/avis.json", package(notice(20990001, tender__title="Déneigement du stationnement")))
    read_source(source.pk)
    Tender.objects.update(published_at=timezone.now() - timedelta(days=40))
    clear_process_caches()
    del played.files["/avis.json"]  # it moved, and nobody said so
    fresh = notice(20990002, tender__title="Entretien ménager de l’aréna")
    played.publish(MOVED, package(fresh))
    look_at_sources()

    buyer = stage.visitor()
    buyer.open("/appels-doffres/")
    buyer.reads("datent du")
    admin = stage.person(factories.UserFactory(is_superuser=True, first_name="Alix"))
    admin.open("/gestion/")
    admin.click(admin.page.get_by_role("link", name=re.compile("source d’avis en retard")).first)
    admin.click("Ville de Zacharie", role="link")
    admin.reads("Cette source est en retard", "vérifiez l’adresse")
    admin.click("Lire maintenant")
    admin.reads("La lecture est demandée")
    read_source(source.pk)
    admin.open(admin.page.url)
    admin.reads("Dernière erreur", "n’a pas pu être lu")

    admin.fill("address", f"https://donnees.example{MOVED}")
    admin.click("Enregistrer")
    admin.open(f"/gestion/buyers/noticesource/{source.pk}/change/")
    admin.click("Lire maintenant")
    read_source(source.pk)
    Tender.objects.filter(ocid=fresh["ocid"]).update(published_at=timezone.now())
    look_at_sources()
    clear_process_caches()
    admin.open(admin.page.url)
    admin.reads("À jour")
    admin.does_not_read("Cette source est en retard")
    buyer.open("/appels-doffres/")
    buyer.reads("Entretien ménager de l’aréna")
    buyer.does_not_read("datent du")
    NoticeSource.objects.filter(pk=source.pk).delete()
