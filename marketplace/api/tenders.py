"""`/api/v1/tenders/`: public notices, open ones unless asked otherwise."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from buyers.filters import TenderFilterSet
from buyers.models import Award, Bidder, Lot, Tender, TenderQuerySet
from marketplace.web.list_versions import NOTICES, list_version

from .lists import PublicDetail, PublicList, page_address


class AwardSerializer(serializers.ModelSerializer[Award]):
    class Meta:
        model = Award
        fields = ["neq", "name", "amount", "currency", "awarded_on", "ends_on", "status", "lots"]


class LotSerializer(serializers.ModelSerializer[Lot]):
    """A part of a notice that can be won alone; awards name it by its `id`."""

    id = serializers.CharField(source="lot_id")

    class Meta:
        model = Lot
        fields = ["id", "title", "description", "amount", "currency", "status", "unspsc"]


class BidderSerializer(serializers.ModelSerializer[Bidder]):
    class Meta:
        model = Bidder
        fields = ["neq", "name", "won"]


class TenderSerializer(serializers.ModelSerializer[Tender]):
    """A notice as all its versions say. `region` is null where nobody could tell; `url` is the page people read.

    `closes_at` is null where no version gives a closing that is understood: such a notice is open until something is
    awarded. `awarded` is « », « part » or « whole ». `language` is what `title` is written in; `title_en` is empty where the
    source gives no English.
    """

    region = serializers.CharField(source="region_id", allow_null=True)
    mrc = serializers.CharField(source="mrc_id", allow_null=True)
    seao_category = serializers.CharField(source="seao_category_id", allow_null=True)
    buyer = serializers.CharField(source="buyer_name")
    source_url = serializers.CharField(source="url")
    is_open = serializers.BooleanField(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Tender
        fields = [
            "ocid",
            "number",
            "reference",
            "title",
            "language",
            "title_en",
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
            "is_open",
            "estimated_amount",
            "currency",
            "awarded",
            "bidder_count",
            "version",
            "source_url",
            "url",
        ]

    def get_url(self, tender: Tender) -> str:
        return page_address("tenders:tender", tender.ocid)


class TenderWithPartsSerializer(TenderSerializer):
    lots = LotSerializer(many=True)
    awards = AwardSerializer(many=True)
    bidders = BidderSerializer(many=True)

    class Meta(TenderSerializer.Meta):
        fields = [*TenderSerializer.Meta.fields, "description", "lots", "awards", "bidders"]


class TenderList(PublicList):
    """Public notices, open ones unless told. A value that nothing knows is ignored and said in `messages`."""

    serializer_class = TenderSerializer
    filterset_class = TenderFilterSet
    queryset = Tender.objects.all()

    def get_queryset(self) -> TenderQuerySet:
        return Tender.objects.visible_to(self.request.user)

    def state(self) -> str:
        """What was written, and the last closing that went by: that moves a notice from one state to another."""
        active = Tender.objects.filter(status=Tender.Status.ACTIVE, closes_at__lte=timezone.now())
        closing = active.order_by("-closes_at").values_list("closes_at", flat=True).first()
        return f"{list_version(NOTICES)} {closing}"


class TenderDetail(PublicDetail):
    """One notice, with its lots, awards and bidders."""

    serializer_class = TenderWithPartsSerializer
    lookup_field = "ocid"

    def get_queryset(self) -> Any:
        return Tender.objects.visible_to(self.request.user).prefetch_related("lots", "awards", "bidders")
