"""`/api/v1/tenders/`: public notices, open ones unless asked otherwise."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from buyers import search
from buyers.filters import ENGLISH, parse
from buyers.models import Award, Tender

from .addresses import page_address
from .pagination import Envelope, page_parameters, read_page


class AwardSerializer(serializers.ModelSerializer[Award]):
    class Meta:
        model = Award
        fields = ["neq", "name", "amount", "awarded_on", "status"]


class TenderSerializer(serializers.ModelSerializer[Tender]):
    """A notice as its latest version says. `region` is null where nobody could tell; `url` is the page people read."""

    region = serializers.CharField(source="region_id", allow_null=True)
    mrc = serializers.CharField(source="mrc_id", allow_null=True)
    seao_category = serializers.CharField(source="seao_category_id", allow_null=True)
    buyer = serializers.CharField(source="buyer_name")
    source_url = serializers.CharField(source="url")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Tender
        fields = [
            "ocid",
            "number",
            "reference",
            "title",
            "buyer",
            "status",
            "method",
            "category",
            "seao_category",
            "unspsc",
            "region",
            "region_source",
            "mrc",
            "published_at",
            "closes_at",
            "version",
            "source_url",
            "url",
        ]

    def get_url(self, tender: Tender) -> str:
        return page_address("tenders:tender", tender.ocid)


class TenderWithAwardsSerializer(TenderSerializer):
    awards = AwardSerializer(many=True)

    class Meta(TenderSerializer.Meta):
        fields = [*TenderSerializer.Meta.fields, "awards"]


def _parameters() -> list[OpenApiParameter]:
    told = {
        "q": "Words in French, accents forgiven.",
        "region": "Region of the buyer or of delivery (`04`); notices of unknown region always pass.",
        "offer": "UNSPSC code, two to eight digits; matches what is under it and what it is under.",
        "method": "open, selective, limited or direct.",
        "closes_before": "A day (`2026-12-31`).",
        "status": "open (unless told), planned, closed, awarded, cancelled, unsuccessful or all.",
    }
    single = {"q", "closes_before"}
    return [
        OpenApiParameter(name, str, description=text, many=name not in single, explode=True)
        for name, text in told.items()
    ] + page_parameters()


class TenderList(GenericAPIView[Tender]):
    """Public notices, open ones unless told. A value that nothing knows is ignored and said in `messages`."""

    queryset = Tender.objects.none()
    authentication_classes = ()  # public: the same for everyone
    serializer_class = TenderSerializer

    @extend_schema(
        operation_id="tenders_list", parameters=_parameters(), responses=Envelope.of(TenderSerializer)
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        query, problems = parse(request.query_params, ENGLISH)
        rows = search.answers(query, request.user)
        page = read_page(request.query_params, rows.count())
        results = TenderSerializer(search.in_order(rows, query)[page.start : page.stop], many=True).data
        messages = [str(problem) for problem in problems] + page.messages
        return Response(page.envelope(request, results, messages))


class TenderDetail(RetrieveAPIView[Tender]):
    """One notice, with its awards."""

    authentication_classes = ()  # public: the same for everyone
    serializer_class = TenderWithAwardsSerializer
    lookup_field = "ocid"

    def get_queryset(self) -> Any:
        return Tender.objects.visible_to(self.request.user).prefetch_related("awards")
