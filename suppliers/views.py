"""The public directory and a supplier's page, with its sheet, its pictures and the way to reach it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.web.limits import limited
from marketplace.web.link_pictures import link_picture_response
from marketplace.web.list_versions import NOTICES
from marketplace.web.private_files import read_kept_file
from marketplace.web.public_pages import public_page
from marketplace.web.slots import read_facts

from .directory_columns import DIRECTORY
from .duplicates.addresses import lead_to_standing
from .filters import DirectoryPageFilterSet
from .models import Offer, Supplier, SupplierPicture
from .pdf_sheet import supplier_sheet
from .structured_data import supplier_json_ld
from .suggestions import suggest_for_place, suggest_for_text, suggestions_said
from .supplier_detail import supplier_context
from .supplier_list import directory_context
from .supplier_pictures import LARGE, SMALL
from .wording import in_town

READ = frozenset({"GET"})


@public_page(DIRECTORY, asks=DirectoryPageFilterSet.address_names)
@require_safe
def directory_view(request: HttpRequest) -> HttpResponse:
    """Search and filter published suppliers. HTMX gets the results and the counts, everyone else the page."""
    context = directory_context(request)
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, f"suppliers/{'_results' if partial else 'directory'}.html", context)
    if partial:
        response["HX-Push-Url"] = context["address"]  # the clean address, without the form's empty fields
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


@require_safe
@limited("suggestions", per_ip="300/m", methods=frozenset({"GET"}))
@cache_control(public=True, max_age=60)
def suggestions_view(request: HttpRequest) -> HttpResponse:
    """What could be meant by what is being typed, for « Bien, service ou nom » (`q`) or for « Livré où? » (`ou`)."""
    where = request.GET.get("ou", "")
    found = suggest_for_place(where) if where else suggest_for_text(request.GET.get("q", ""))
    return JsonResponse({"said": suggestions_said(len(found)), "items": [one.as_json() for one in found]})


@public_page(DIRECTORY, NOTICES)  # its public contracts come with notices
@require_safe
def supplier_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A supplier's page: published for everyone, before that for its members and the staff of its territory."""
    context = supplier_context(slug, request.user)
    if context is None or context["organisation"].merged_into_id:
        return lead_to_standing(request, "suppliers:supplier", slug)
    holds: frozenset[int] = getattr(request.user, "organisation_ids", frozenset())
    is_own = context["organisation"].pk in holds
    request.is_own_listing = is_own  # type: ignore[attr-defined]  # its own people are no visitors (dealings.outcomes)
    context["claimable"] = context["published"] and not is_own
    context["kept"] = dict(read_facts("suppliers.kept", request)).get(context["supplier"].pk, "")
    context["json_ld"] = supplier_json_ld(context) if context["published"] else ""
    return render(request, "suppliers/supplier.html", context)


@limited("supplier.reach", per_ip="60/h", per_user="200/h", methods=READ)
@require_safe
def reach_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom to write to, address included: a page of its own, counted, that search engines leave alone."""
    context = supplier_context(slug, request.user)
    if context is None or context["organisation"].merged_into_id:
        return lead_to_standing(request, "suppliers:reach", slug)
    response = render(request, "suppliers/reach.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    return response


@limited("supplier.sheet", per_ip="120/h", per_user="300/h", methods=READ)
@require_safe
def sheet_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The same facts on paper: a tagged PDF in the reader's language."""
    context = supplier_context(slug, request.user, as_buyer=True)
    if context is None or context["organisation"].merged_into_id:
        return lead_to_standing(request, "suppliers:sheet", slug)
    response = HttpResponse(supplier_sheet(context), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slug}.pdf"'
    # As its page: what is withdrawn goes at once. The document itself is kept by its facts (`render_pdf`).
    response["Cache-Control"] = "private, no-cache" if context["published"] else "private, no-store"
    return response


@limited("link_picture", per_ip="240/h", methods=READ)
@require_safe
def link_picture_view(request: HttpRequest, slug: str) -> HttpResponse:
    """What a link to the page shows elsewhere: of a published listing only."""
    supplier = Supplier.objects.published().select_related("organisation").filter(slug=slug).first()
    if supplier is None:
        raise Http404
    town, titles = supplier.organisation.town, Offer.objects.filter(supplier=supplier).order_by("pk")
    return link_picture_response(
        request,
        kicker=_("Entreprise d’économie sociale"),
        title=supplier.organisation.name,
        lines=[
            capfirst(f"{supplier.form_label} {in_town(town)}" if town else supplier.form_label),
            " · ".join(titles.values_list("title", flat=True)[:2]),
        ],
        paint="epinette",
    )


@require_safe
def picture_view(request: HttpRequest, size: str, key: str) -> HttpResponse:
    """A picture as we drew it: to everyone where its supplier is published and nobody hid it, else to its own."""
    if size not in (LARGE, SMALL):
        raise Http404
    column = "file" if size == LARGE else "small"
    try:
        rows = SupplierPicture.objects.filter(key=UUID(key)).select_related(column, "supplier")
    except ValueError:
        raise Http404 from None
    picture = rows.first()
    if picture is None:
        raise Http404
    is_public = picture.is_public
    if not is_public and not rows.visible_to(request.user).exists():
        raise Http404
    etag = f'"{picture.key.hex}-{size}"'  # another picture has another key
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        read_kept_file(getattr(picture, column)), content_type="image/webp", headers={"ETag": etag}
    )
    # Ten minutes: what staff hide is soon hidden in browsers that have it, and what stands is not sent again.
    response["Cache-Control"] = "public, max-age=600" if is_public else "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
