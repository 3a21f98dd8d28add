"""Every address in both languages: different, each leading to the same page, none taken by somebody's name."""

import pytest
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import translation

from buyers.registration import RESERVED as BUYERS
from marketplace.events.admin import RESERVED as EVENTS
from marketplace.web import languages
from suppliers.slugs import RESERVED as SUPPLIERS
from tests.roles.walking import Address, addresses

FIXED = {
    "suppliers:directory": "/en/suppliers/",
    "buyers:list": "/en/buyers/",
    "tenders:list": "/en/tenders/",
    "events:list": "/en/events/",
    "cohorts:list": "/en/cohorts/",
    "pages:home": "/en/",
    "pages:my_space": "/en/my-space/",
    "pages:privacy": "/en/privacy/",
    "pages:accessibility": "/en/accessibility/",
    "account_login": "/en/account/sign-in/",
}
#: Words that are the same in both languages.
SAME = {
    "certifications",
    "codes",
    "institution",
    "invitation",
    "invitations",
    "organisations",
    "documents",
    "message.eml",
    "html",
    "export",
    "source",
    "sessions",
    "images",
    "references",
    "questions",
    "export.csv",
    "export.xlsx",
    "export.pdf",
    "catalogue.pdf",
    "guides",
    "p",
    "pole",
}
RESERVED = {"suppliers": SUPPLIERS, "buyers": BUYERS, "events": EVENTS}


def both() -> dict[str, tuple[Address, Address]]:
    """Each address of the site as French and as English write it, by its name."""
    found = {}
    for language in ("fr", "en"):
        with translation.override(language):
            for address in addresses():
                if not languages.has_no_language(f"/{address.route}") and not address.key.startswith("demo:"):
                    found.setdefault(address.key, {})[language] = address
    return {key: (pair["fr"], pair["en"]) for key, pair in found.items() if len(pair) == 2}


def ours(address: Address) -> bool:
    """allauth's own addresses, which lead on to ours, are English after « compte/ » in both languages."""
    return not address.key.endswith("_formerly")


@pytest.mark.parametrize(("name", "address"), FIXED.items())
def test_fixed_english_address_exists(name, address):
    with translation.override("en"):
        assert reverse(name) == address
        assert resolve(address).view_name == name


def test_every_address_differs_and_stands_under_en():
    assert both()
    for french, english in both().values():
        assert english.route.startswith("en/"), english
        assert not french.route.startswith("en/"), french


def test_no_french_word_stands_in_an_english_address():
    left = {}
    for key, (french, english) in both().items():
        if not ours(french):
            continue
        words = [
            {part for part in a.route.split("/") if part and "<" not in part and part != "$"}
            for a in (french, english)
        ]
        if shared := (words[0] & words[1]) - SAME:
            left[key] = shared
    assert not left


def test_every_address_leads_back_to_itself():
    for key, (french, _english) in both().items():
        if "<" in french.route or "(" in french.route or not ours(french):
            continue
        try:
            here = reverse(key)
        except NoReverseMatch:
            continue
        there = languages.in_language(here, "en")
        assert there != here, key
        with translation.override("en"):
            assert resolve(there).view_name == resolve_in("fr", here), key
            assert languages.in_language(there, "fr") == here


def resolve_in(language: str, address: str) -> str:
    with translation.override(language):
        return resolve(address).view_name


@pytest.mark.parametrize("room", RESERVED)
def test_words_of_addresses_are_no_slugs(room):
    """A listing named « Inscription » must not hide the page of that address, in either language."""
    taken = set()
    for language in ("fr", "en"):
        with translation.override(language):
            routes = [address.route for address in addresses()]
            starts = {
                address.route.split("<slug:slug>")[0]
                for address in addresses()
                if "<slug:slug>" in address.route and address.key.startswith(f"{room}:")
            }
        for start in starts:
            if not languages.has_no_language(f"/{start}"):
                words = {
                    route.removeprefix(start).split("/")[0] for route in routes if route.startswith(start)
                }
                taken |= {word for word in words if word and "<" not in word}
    assert taken <= RESERVED[room]
