"""The mails of saved searches: what is new, and which search found it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.models import User
from marketplace.matching.mail_preferences.links import preference_url
from marketplace.matching.saved_searches.models import PURPOSE, SUPPLIERS_FOUND_KIND, SavedSearch
from marketplace.matching.saved_searches.sources import SUPPLIERS
from marketplace.matching.saved_searches.verbs import stop_path
from marketplace.outbox.compose import Draft, send_draft, sender_for, unsubscribe_headers
from marketplace.outbox.models import Message
from marketplace.web.emails import Email, absolute_url
from suppliers.directory import read_directory_rows
from suppliers.search.wishes import Wishes

#: The template says why one receives it: which searches, saved when.
SUPPLIERS_FOUND = Email(
    kind=SUPPLIERS_FOUND_KIND,
    title="%(title)s",
    template="saved_searches/suppliers",
    purpose=PURPOSE,
)
SEARCH_FAULT = Email(
    kind="searches.fault",
    audience=gettext_lazy("Vous recevez ce courriel parce que vous avez enregistré cette recherche."),
    title=gettext_lazy("Recherche à corriger : %(name)s"),
    template="saved_searches/fault",
)
#: What a mail shows; the rest is counted, and stands on the list's page.
SHOWN = 20


def send_suppliers(*, user: User, found: Mapping[int, list[SavedSearch]], version: str) -> Message | None:
    """`found`: the searches that each new supplier answers."""
    with translation.override(user.language):
        rows = read_directory_rows(list(found)[:SHOWN], Wishes())
        items = [
            {
                "title": row.name,
                "url": absolute_url(reverse("suppliers:supplier", args=[row.slug])),
                "place": row.place,
                "text": Truncator(row.offers_text).chars(200),
                "found_by": _found_by(found[row.supplier_id]),
            }
            for row in rows
        ]
        if not items:
            return None
        first = items[0]["title"]
        title = (
            _("Nouveau fournisseur : %(name)s") % {"name": Truncator(first).chars(120)}
            if len(found) == 1
            else _counted(
                ngettext("%(n)s nouveau fournisseur", "%(n)s nouveaux fournisseurs", len(found)),
                found.values(),
                len(found),
            )
        )
        context = _context(user, found.values(), title, items, total=len(found))
    return _send(SUPPLIERS_FOUND, user, found.values(), context, version)


def send_fault(search: SavedSearch) -> Message | None:
    """Once for each way in which a search ceases to be understood."""
    context = {
        "name": search.name,
        "fault": search.fault,
        "search_url": absolute_url(reverse("matching:saved_search", args=[search.pk])),
        "stop_url": absolute_url(stop_path([search.pk])),
    }
    return send_draft(
        Draft(
            email=SEARCH_FAULT,
            recipient=search.user,
            subject=f"search:{search.pk}",
            version=f"{search.since:%Y-%m-%d %H:%M:%S.%f}",
            context=context,
        )
    )


def _context(
    user: User,
    searches: Iterable[Sequence[SavedSearch]],
    title: str,
    items: list[dict[str, Any]],
    *,
    total: int,
) -> dict[str, Any]:
    named = _each_once(searches)
    return {
        "title": title,
        "items": items,
        "more": max(0, total - len(items)),
        "searches": [
            {
                "name": search.name,
                "since": search.created_at,
                "url": absolute_url(SUPPLIERS.list_address(search.query)),
                "stop_url": absolute_url(stop_path([search.pk])),
            }
            for search in named
        ],
        "mine_url": absolute_url(reverse("matching:saved_searches")),
        "stop_all_url": absolute_url(stop_path(search.pk for search in named)),
        "preferences_url": preference_url(user.pk, PURPOSE),
    }


def _send(
    email: Email,
    user: User,
    searches: Iterable[Sequence[SavedSearch]],
    context: dict[str, Any],
    version: str,
) -> Message | None:
    """One click in the mail program stops the searches that this mail speaks for, and no other."""
    pks = [search.pk for search in _each_once(searches)]
    headers = unsubscribe_headers(
        url=context["stop_all_url"],
        reply_to=sender_for(None).reply_to,
        reference="recherche-" + "-".join(map(str, pks)),
    )
    return send_draft(
        Draft(
            email=email,
            recipient=user,
            subject=f"searches:{user.pk}",
            version=version,
            context=context,
            headers=headers,
            is_digest=all(search.frequency != search.Frequency.INSTANT for search in _each_once(searches)),
        )
    )


def _counted(words: str, searches: Iterable[Sequence[SavedSearch]], n: int) -> str:
    """« 3 nouveaux avis : Ménage en Mauricie »; the name only where one search found them all."""
    named = _each_once(searches)
    said = words % {"n": n}
    if len(named) > 1:
        return said
    return _("%(label)s\u00a0: %(value)s") % {"label": said, "value": named[0].name}


def _found_by(searches: Sequence[SavedSearch]) -> str:
    """« Ménage en Mauricie » et « Traiteurs »"""
    names = [_("« %(title)s »") % {"title": search.name} for search in searches]
    return _(" et ").join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _each_once(searches: Iterable[Sequence[SavedSearch]]) -> list[SavedSearch]:
    return list({search.pk: search for some in searches for search in some}.values())
