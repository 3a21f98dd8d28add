"""What the pages of a registration share: whose sheet it is, the frame around a step, how a verb's refusal shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from marketplace.outbox.compose import pole_for
from marketplace.web.errors import Refused
from suppliers import states
from suppliers.models import Decision, Status, Supplier

from . import steps

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: A member writes in these states; in the others the sheet is in the pôle's hands.
OPEN = (Status.PROSPECT, Status.DRAFT, Status.PUBLISHED)


def person(request: HttpRequest) -> User:
    return cast("User", request.user)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is empty; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def mine(request: HttpRequest, pk: int) -> Supplier:
    """A sheet of an organisation that the person belongs to; anything else does not exist."""
    ids = person(request).organisation_ids
    last = (
        Decision.objects.filter(supplier=OuterRef("pk")).exclude(verb=states.EDIT.verb).order_by("-at", "-pk")
    )
    sheets = steps.with_facts(
        Supplier.objects.select_related("organisation__municipality", "organisation__pole", "registration")
    ).annotate(
        last_verb=Subquery(last.values("verb")[:1]),
        last_message=Subquery(last.values("message")[:1]),
        last_at=Subquery(last.values("at")[:1]),
    )
    supplier: Supplier = get_object_or_404(sheets, pk=pk, organisation__in=ids)
    return supplier


def open_sheet(request: HttpRequest, pk: int) -> Supplier:
    """The same, while members may write in it."""
    supplier = mine(request, pk)
    if supplier.status not in OPEN:
        raise Http404
    return supplier


def kept(form: Any, save: Callable[[], object]) -> bool:
    """Whether the verb took it; its refusal stands at the head of the form otherwise."""
    try:
        save()
    except Refused as why:
        form.add_error(None, str(why))
        return False
    return True


def page(
    request: HttpRequest, supplier: Supplier, step: str, template: str, /, **context: Any
) -> HttpResponse:
    """One step in the frame that all share: where one is, what the pôle said, who helps."""
    progress = steps.progress_of(supplier)
    verb = getattr(supplier, "last_verb", "")
    frame = {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "progress": progress,
        "steps": progress.shown(step),
        "step_label": steps.LABELS[step],
        "step_number": steps.ORDER.index(step) + 1,
        "step_count": len(steps.ORDER),
        "next_label": steps.LABELS[steps.next_of(step)] if step != steps.SUBMIT else "",
        "back_url": steps.address(supplier, steps.previous_of(step)) if step != steps.IDENTITY else "",
        "next_url": steps.address(supplier, steps.next_of(step)),
        "is_public": supplier.status == Status.PUBLISHED,
        "first_open": next((one for one in progress.answers if one.is_asked or not one.is_said), None),
        "named": supplier.organisation.name,
        "is_returned": verb == states.RETURN.verb and supplier.status == Status.DRAFT,
        "pole": pole_for(supplier.organisation),
    }
    return render(request, f"suppliers/registration/{template}.html", {**context, **frame})
