"""Two pages of the enterprise's editing: its pictures, and the references that it asks of customers."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.permissions import signed_in_user
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.private_files import room_of
from suppliers.models import CustomerReference, Status, SupplierPicture
from suppliers.references import ask_reference, withdraw_reference_of
from suppliers.registration import steps
from suppliers.registration.showing_forms import PictureForm, ReferenceForm
from suppliers.registration.views import is_kept, open_supplier_of, posted_data, render_step
from suppliers.supplier_pictures import MOST_PHOTOS, add_picture, picture_url, remove_picture


@login_required
@never_cache
@limited("pictures", per_user="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def pictures_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The logo and the photographs: each has a button to take it away; one form adds the next."""
    supplier = open_supplier_of(request, pk)
    rows = SupplierPicture.objects.filter(supplier=supplier)
    if request.method == "POST" and "remove" in request.POST:
        picture = rows.filter(pk=read_key(request.POST["remove"])).first()
        by = signed_in_user(request)
        if picture is not None and _did(
            request, lambda: remove_picture(supplier=supplier, by=by, picture=picture)
        ):
            messages.success(request, _("Image retirée."))
        return redirect("suppliers:register_pictures", pk=supplier.pk)
    form = PictureForm(posted_data(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if is_kept(
            form,
            lambda: add_picture(
                supplier=supplier,
                by=signed_in_user(request),
                kind=said["kind"],
                alt=said["alt"],
                upload=said["file"],
            ),
        ):
            messages.success(request, _("Image ajoutée."))
            return redirect("suppliers:register_pictures", pk=supplier.pk)
    pictures = [(picture, picture_url(picture.key)) for picture in rows]
    return render_step(
        request,
        supplier,
        steps.ACTIVITY,
        "pictures",
        form=form,
        pictures=pictures,
        is_full=sum(picture.kind == SupplierPicture.Kind.PHOTO for picture, _url in pictures) >= MOST_PHOTOS,
        most=MOST_PHOTOS,
        room=room_of(supplier.organisation),
    )


@login_required
@never_cache
@limited("references.ask", per_user="30/h")
@require_http_methods(["GET", "HEAD", "POST"])
def references_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What customers confirmed, what waits for them, and one form to ask the next."""
    supplier = open_supplier_of(request, pk)
    rows = CustomerReference.objects.filter(supplier=supplier)
    if request.method == "POST" and "remove" in request.POST:
        reference = rows.filter(pk=read_key(request.POST["remove"])).first()
        by = signed_in_user(request)
        if reference is not None and _did(
            request, lambda: withdraw_reference_of(supplier=supplier, by=by, reference=reference)
        ):
            messages.success(request, _("Référence retirée."))
        return redirect("suppliers:register_references", pk=supplier.pk)
    form = ReferenceForm(posted_data(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and is_kept(
            form, lambda: ask_reference(supplier=supplier, by=signed_in_user(request), asked=form.asked)
        )
    ):
        messages.success(
            request,
            _("Demande envoyée. La réponse paraîtra ici; une confirmation paraîtra aussi sur la fiche."),
        )
        return redirect("suppliers:register_references", pk=supplier.pk)
    return render_step(
        request,
        supplier,
        steps.ACTIVITY,
        "references",
        form=form,
        references=list(rows),
        may_ask=supplier.status == Status.PUBLISHED,
        State=CustomerReference.State,
    )


def _did(request: HttpRequest, move: Callable[[], object]) -> bool:
    """Whether the verb took it; its refusal is said above the page otherwise."""
    try:
        move()
    except Refused as why:
        messages.error(request, str(why))
        return False
    return True
