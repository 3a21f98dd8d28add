"""Every page of the site in English, as every role: in English throughout, or marked as French where someone wrote it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from marketplace.accounts.models import Organisation, User
from marketplace.territories.models import Mrc, Municipality, Nation, Pole, Region
from marketplace.web import languages
from suppliers.models import Status
from tests import factories
from tests.roles import world as worlds
from tests.roles.test_walk import path_of
from tests.roles.walking import addresses

from .reading import french_left, said

pytestmark = pytest.mark.django_db
#: Who reads; the second of a pair reads what the first one may not.
READERS = (("anonymous",), ("enterprise",), ("buyer",))  # the back room: `dev.py prove english`
#: Not pages of ours: a viewer of the schema, files, a script.
ELSEWHERE = ("api:", "admin:jsi18n", "admin:autocomplete")


def build() -> worlds.World:
    """The world of the walk, with words that only an enterprise or a buyer could have written."""
    world = worlds.build()
    supplier = factories.SupplierFactory(
        name="Les Ateliers de la Rive",
        slug="les-ateliers-de-la-rive",
        status=Status.PUBLISHED,
        activity="Nous réparons les vélos de la ville.",
    )
    factories.OfferFactory(supplier=supplier, title="Réparation et entretien de vélos pour les écoles")
    factories.TenderFactory(title="Fourniture et pose de clôtures dans les parcs de la ville")
    for person in filter(None, world.people.values()):
        person.language = "en"
        person.save()
    return world


def proper_nouns() -> set[str]:
    """Names of places, of organisations and of people: the same in both languages."""
    names: set[str] = set()
    for model in (Mrc, Municipality, Nation, Pole, Region, Organisation):
        names |= set(model._base_manager.values_list("name", flat=True))
    names |= {user.get_full_name() for user in User.objects.all()}
    return {name.replace("\u00a0", " ") for name in names if name}


def written() -> set[str]:
    """All that stands in the database: the back room shows rows as they are, in Django's own widgets and titles."""
    values: set[str] = set()
    for model in (*_ours(),):
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField)) and not field.choices
        ]
        for row in model._base_manager.values_list(*columns)[:3000] if columns else ():
            values |= {str(value) for value in row if value and len(str(value)) > 3}
    values.add("organisation")  # what was read, by its code: the crawl's own reading writes it
    return {" ".join(value.replace("\u00a0", " ").split()) for value in values}


def _ours() -> list[type[models.Model]]:
    rooms = ("marketplace.", "suppliers", "buyers", "cohorts")
    return [
        model
        for model in apps.get_models()
        if model._meta.app_config.name.startswith(rooms) and model._meta.managed
    ]


def reader_of(world: worlds.World, role: str) -> Client:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    if world.people[role] is not None:
        client.force_login(world.people[role])
    return client


@pytest.mark.parametrize("roles", READERS, ids=" then ".join)
def test_english_pages_say_nothing_in_french(roles):
    crawl_in_english(roles)


def crawl_in_english(roles):
    world = build()
    clients = [reader_of(world, role) for role in roles]
    names, values = frozenset(proper_nouns()), frozenset(written())
    named_or_written = names | values
    paths = {}
    for address in addresses():
        # an address that the walk cannot fill is the walk's to report
        with suppress(AssertionError):
            if not address.key.startswith(ELSEWHERE):
                paths[address.key] = languages.in_language(path_of(address, world.ids), "en")
    paths["a supplier"] = "/en/suppliers/les-ateliers-de-la-rive/"
    left, wrong_language = {}, []
    for key, path in paths.items():
        for client in clients:
            response = client.get(path)
            if response.status_code not in (403, 404):
                break
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            continue
        if response.status_code in (301, 302, 405):  # nothing to read
            continue
        page = response.content.decode()
        if "<html" not in page:  # a part that a page swaps in
            page = f'<html lang="en-CA">{page}</html>'
        if '<html lang="en-CA">' not in page and "demo:letter" not in key:
            wrong_language.append(f"{key}: {path}")
        back_room = path.startswith("/gestion/")
        if found := french_left(page, names=named_or_written if back_room else names, rows=values):
            left[key] = found
    assert not wrong_language
    assert not left, "\n".join(f"{key}: {found}" for key, found in left.items())


def test_french_left_would_be_seen():
    html = '<html lang="en-CA"><p>{}</p></html>'
    assert french_left(html.format("Mon espace"))
    assert french_left(html.format("Ajouter : un pôle"))
    assert french_left(html.format("Une phrase que vous ne lisez pas"))
    assert french_left('<html lang="en-CA"><img alt="Le logo de la ville"></html>')
    assert not french_left(html.format("A page of ours, on 4 of 5 offers, for a buyer"))
    assert not french_left('<html lang="en-CA"><p lang="fr-CA">Une phrase de la ville</p></html>')
    assert not french_left(html.format("Ville de la Rive"), names={"Ville de la Rive"})
    assert [piece.language for piece in said('<html lang="en-CA"><b>a</b><i lang="fr">b</i>c</html>')] == [
        "en-CA",
        "fr",
        "en-CA",
    ]
