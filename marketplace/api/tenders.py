"""`/api/v1/tenders/`: public notices, open ones unless asked otherwise."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.generics import RetrieveAPIView

from buyers.filters import TenderFilterSet
from buyers.models import Award, Tender, TenderQuerySet

from .lists import PublicList, page_address


class AwardSerializer(serializers.ModelSerializer[Award]):
    class Meta:
        model = Award
        fields = ["neq", "name", "amount", "currency", "awarded_on", "status"]


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


class TenderList(PublicList):
    """Public notices, open ones unless told. A value that nothing knows is ignored and said in `messages`."""

    serializer_class = TenderSerializer
    filterset_class = TenderFilterSet
    queryset = Tender.objects.all()

    def get_queryset(self) -> TenderQuerySet:
        return Tender.objects.visible_to(self.request.user)


class TenderDetail(RetrieveAPIView[Tender]):
    """One notice, with its awards."""

    authentication_classes = ()  # public: the same for everyone
    serializer_class = TenderWithAwardsSerializer
    lookup_field = "ocid"

    def get_queryset(self) -> Any:
        return Tender.objects.visible_to(self.request.user).prefetch_related("awards")
