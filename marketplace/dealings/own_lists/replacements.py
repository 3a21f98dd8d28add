"""Who of the directory could deliver what is bought from others: the directory's own search, category by category."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from marketplace.accounts.models import Organisation
from marketplace.dealings.models import OwnListCategory
from suppliers.directory import DirectoryIds, DirectoryQuery
from suppliers.search.hits import ANY

SHOWN = 3


def find_replacements(category: OwnListCategory, organisation: Organisation) -> None:
    """Fill in who could: those that serve the institution's MRC, else anywhere. One that meets a word by chance counts not."""
    for mrc in dict.fromkeys((organisation.mrc_id or "", "")):
        query = DirectoryQuery(text=category.name, serves=(mrc,) if mrc else ())
        answers = DirectoryIds(query).answers
        good = sum(answers.tiers[:ANY])
        category.is_near = bool(mrc)
        category.found = good
        category.suppliers = answers.page(0, min(SHOWN, good)) if good else []
        if good:
            return


def directory_address(category: OwnListCategory, organisation: Organisation) -> str:
    """The same search, on the directory's page."""
    asked = {"q": category.name}
    if category.is_near and organisation.mrc_id:
        asked["territoire"] = organisation.mrc_id
    return f"{reverse('suppliers:directory')}?{urlencode(asked)}"
