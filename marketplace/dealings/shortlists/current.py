"""The selection that a person is filling: what « Retenir » adds to, what the header counts, what the cards show."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.models import Shortlist, ShortlistEntry
from marketplace.web.errors import Refused
from marketplace.web.versioned_forms import lock_row
from suppliers.models import Supplier

from .shortlists import (
    buying_organisations,
    create_shortlist,
    drop_supplier,
    keep_supplier,
    name_from_searches,
    take_in_kept,
)
from .visitor_selection import (
    MOST_KEPT,
    drop_for_visitor,
    keep_for_visitor,
    kept_by_visitor,
    take_from_session,
)

#: Of the session: the selection in use, and how many it held when this browser last read it.
CURRENT, COUNT = "shortlist", "shortlist_count"


def current_shortlists(request: HttpRequest) -> Any:
    """The person's selections that are not archived: the one in use first, then the latest."""
    in_use = Case(
        When(pk=request.session.get(CURRENT) or 0, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return Shortlist.objects.visible_to(request.user).active().order_by(in_use, "-updated_at", "-pk")


def use_shortlist(request: HttpRequest, shortlist: Shortlist | None, count: int) -> None:
    """From now on, what is kept in this browser goes there."""
    pk = shortlist.pk if shortlist else None
    if request.session.get(CURRENT) != pk:
        request.session[CURRENT] = pk
    if request.session.get(COUNT) != count:
        request.session[COUNT] = count


def kept_states(request: HttpRequest) -> list[tuple[int, str]]:
    """(supplier, « kept » or « aside ») of the selection in use. One query where someone is signed in, else none."""
    if not request.user.is_authenticated:
        return [(one.supplier_id, ShortlistEntry.State.KEPT.value) for one in kept_by_visitor(request)]
    rows = list(
        ShortlistEntry.objects.filter(shortlist=current_shortlists(request).values("pk")[:1]).values_list(
            "supplier_id", "state"
        )
    )
    if request.session.get(COUNT) != len(rows):
        request.session[COUNT] = len(rows)
    return [(pk, state) for pk, state in rows if pk]


def kept_count(request: HttpRequest) -> int:
    """For the header of every page: no query, as signing in has counted."""
    if not request.user.is_authenticated:
        return len(kept_by_visitor(request))
    if COUNT not in request.session:
        request.session[COUNT] = ShortlistEntry.objects.filter(
            shortlist=current_shortlists(request).values("pk")[:1]
        ).count()
    count: int = request.session[COUNT]
    return count


def header_context(request: HttpRequest | None, *subject: Any) -> dict[str, Any] | None:
    """None on an error that comes before anyone has been looked up."""
    known = request is not None and hasattr(request, "session") and hasattr(request, "user")
    return {"count": kept_count(request)} if request is not None and known else None


def keep(request: HttpRequest, supplier: Supplier, search: str) -> None:
    """Keep a supplier where this person keeps them. Raises `Refused` with why not."""
    if not isinstance(request.user, User):
        if not keep_for_visitor(request, supplier, search):
            raise Refused(
                _(
                    "Sans compte, une sélection compte au plus %(n)s fournisseurs. Connectez-vous pour continuer."
                )
                % {"n": MOST_KEPT}
            )
        return
    user = request.user
    with transaction.atomic():
        lock_row(User, user.pk)  # two cards pressed at once open one selection
        shortlist = current_shortlists(request).first()
        if shortlist is None:
            shortlist = create_shortlist(
                name=name_from_searches([search]), organisation=buying_organisations(user).first(), by=user
            )
    keep_supplier(shortlist=shortlist, supplier=supplier, search=search, by=user)
    use_shortlist(request, shortlist, shortlist.entries.count())


def drop(request: HttpRequest, supplier: Supplier) -> None:
    """Take it out again. Raises `Refused` where a reason or a note would go with it."""
    if not isinstance(request.user, User):
        drop_for_visitor(request, supplier)
        return
    shortlist = current_shortlists(request).first()
    entry = shortlist and shortlist.entries.filter(supplier=supplier).first()
    if entry:
        drop_supplier(entry=entry, by=request.user)
    if shortlist:
        use_shortlist(request, shortlist, shortlist.entries.count())


def carry_kept(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """At sign-in: what the visitor kept becomes a selection of the account. Sent by `user_logged_in`."""
    if not hasattr(request, "session"):
        return
    kept = take_from_session(request)
    request.session.pop(CURRENT, None)
    latest = Shortlist.objects.visible_to(user).active().order_by("-updated_at", "-pk")
    request.session[COUNT] = ShortlistEntry.objects.filter(shortlist=latest.values("pk")[:1]).count()
    if not kept:
        return
    try:
        shortlist = take_in_kept(kept=kept, by=user)
    except Refused as why:
        messages.error(request, str(why), fail_silently=True)
        return
    if shortlist is None:
        return
    use_shortlist(request, shortlist, shortlist.entries.count())
    messages.success(
        request,
        _("Ce que vous aviez retenu est dans la sélection «\u00a0%(name)s\u00a0».")
        % {"name": shortlist.name},
        fail_silently=True,
    )
