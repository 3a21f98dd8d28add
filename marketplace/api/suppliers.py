"""`/api/v1/suppliers/`: the directory's questions in English, answered by published sheets."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from suppliers import cards, facets, search
from suppliers.filters import ENGLISH, parse
from suppliers.models import Offer, Supplier

from .addresses import page_address
from .pagination import Envelope, page_parameters, read_page


class OfferSerializer(serializers.ModelSerializer[Offer]):
    codes = serializers.SerializerMethodField(help_text="UNSPSC codes, eight digits.")

    class Meta:
        model = Offer
        fields = ["kind", "title", "description", "capacity", "codes"]

    def get_codes(self, offer: Offer) -> list[str]:
        return offer.code_list  # type: ignore[attr-defined]  # see SHOWN


class SupplierSerializer(serializers.ModelSerializer[Supplier]):
    """A published sheet. `capacity` in Canadian dollars per contract; `url` is the page that people read."""

    name = serializers.CharField(source="organisation.name")
    neq = serializers.CharField(source="organisation.neq", allow_null=True)
    region = serializers.CharField(source="organisation.region_id", allow_null=True)
    mrc = serializers.CharField(source="organisation.mrc_id", allow_null=True)
    town = serializers.CharField(source="organisation.town")
    website = serializers.CharField(source="organisation.website")
    sector = serializers.CharField(source="sector_id", allow_null=True)
    purposes = serializers.SerializerMethodField()
    serves = serializers.SerializerMethodField(
        help_text="MRC codes, `R04` for a region, `Q` for all of Québec."
    )
    offers = OfferSerializer(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Supplier
        fields = [
            "slug",
            "name",
            "neq",
            "legal_form",
            "region",
            "mrc",
            "town",
            "sector",
            "purposes",
            "activity",
            "capacity",
            "serves",
            "offers",
            "verified_on",
            "website",
            "url",
        ]

    def get_purposes(self, supplier: Supplier) -> list[str]:
        return supplier.purpose_list  # type: ignore[attr-defined]  # see SHOWN

    def get_serves(self, supplier: Supplier) -> list[str]:
        return list(supplier.directory.serves)

    def get_url(self, supplier: Supplier) -> str:
        return page_address("suppliers:supplier", supplier.slug)


# A text may cost three statements before its answers are counted and found; what they show must not cost four more.
_CODES = Offer.codes.through.objects.filter(offer=OuterRef("pk")).order_by("unspsccode_id")
_PURPOSES = Supplier.purposes.through.objects.filter(supplier=OuterRef("pk")).order_by(
    "purpose__position", "purpose__label"
)
SHOWN = (
    Supplier.objects.select_related("organisation", "directory")
    .annotate(purpose_list=ArraySubquery(_PURPOSES.values("purpose_id")))
    .prefetch_related(
        Prefetch("offers", Offer.objects.annotate(code_list=ArraySubquery(_CODES.values("unspsccode_id"))))
    )
)


def _parameters() -> list[OpenApiParameter]:
    told = {
        "q": "Words in French, accents and typing errors forgiven; or a NEQ.",
        "sector": "SCIAN sector, two digits.",
        "offer": "UNSPSC code, two to eight digits; matches what is under it.",
        "region": "Region of the seat (`04`).",
        "mrc": "MRC of the seat (`371`).",
        "serves": "Delivers to this MRC (`371`) or region (`R04`).",
        "legal_form": "obnl, coop, mutuelle, or a precise form (`coop_travail`).",
        "purpose": "Code of a finalité.",
        "certification": "Code of a certification.",
        "capacity_min": "Dollars per contract, at least.",
        "ordering": "relevance, name, recent or capacity.",
    }
    single = {"q", "capacity_min", "ordering"}
    return [
        OpenApiParameter(name, str, description=text, many=name not in single, explode=True)
        for name, text in told.items()
    ] + page_parameters()


class SupplierList(GenericAPIView[Supplier]):
    """Published suppliers. A value that nothing knows is ignored and said in `messages`."""

    queryset = Supplier.objects.none()
    authentication_classes = ()  # public: the same for everyone
    serializer_class = SupplierSerializer

    @extend_schema(
        operation_id="suppliers_list", parameters=_parameters(), responses=Envelope.of(SupplierSerializer)
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        params: QueryDict = request.query_params
        query, problems = parse(params, ENGLISH)
        text = search.prepare(query.text)
        counts = facets.count(query, text)
        page = read_page(params, counts.total)
        found = [card.supplier_id for card in cards.page(query, text, page.start, page.stop)]
        rows = {s.pk: s for s in SHOWN.visible_to(request.user).published().filter(pk__in=found)}
        results = SupplierSerializer([rows[pk] for pk in found if pk in rows], many=True).data
        messages = (
            [str(problem) for problem in problems] + ([text.message] if text.message else []) + page.messages
        )
        return Response(page.envelope(request, results, messages))


class SupplierDetail(RetrieveAPIView[Supplier]):
    """One published supplier."""

    authentication_classes = ()  # public: the same for everyone
    serializer_class = SupplierSerializer
    lookup_field = "slug"

    def get_queryset(self) -> Any:
        return SHOWN.visible_to(self.request.user).published()
