"""`/api/v1/tenders/`: public notices, open ones unless asked otherwise."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from buyers.models import Award, Tender

from .addresses import page_address
from .pagination import read_page


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


class TenderList(GenericAPIView[Tender]):
    """Notices."""

    queryset = Tender.objects.none()
    serializer_class = TenderSerializer

    def get(self, request: Request, **kwargs: Any) -> Response:
        rows = Tender.objects.visible_to(request.user).open().order_by("closes_at", "pk")
        page = read_page(request.query_params, rows.count())
        results = TenderSerializer(rows[page.start : page.stop], many=True).data
        return Response(page.envelope(request, results, page.messages))


class TenderDetail(RetrieveAPIView[Tender]):
    """One notice, with its awards."""

    serializer_class = TenderWithAwardsSerializer
    lookup_field = "ocid"

    def get_queryset(self) -> Any:
        return Tender.objects.visible_to(self.request.user).prefetch_related("awards")
