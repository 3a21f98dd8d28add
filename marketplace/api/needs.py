"""`/api/v1/needs/`: what buyers look for here, as far as everyone may read it; open needs unless asked otherwise."""

from __future__ import annotations

from rest_framework import serializers

from buyers.models import Need, NeedQuerySet
from buyers.needs.filters import NeedFilterSet

from .lists import PublicList, page_address


class NeedSerializer(serializers.ModelSerializer[Need]):
    """A need that everyone sees. `region` and `mrc` are null where it is wanted anywhere in Québec; `band` is the order of
    magnitude in dollars that its buyer shows, "" where it shows none; `url` is the page people read."""

    buyer = serializers.CharField(source="buyer.organisation.name")
    region = serializers.CharField(source="region_id", allow_null=True)
    mrc = serializers.CharField(source="mrc_id", allow_null=True)
    is_open = serializers.BooleanField(read_only=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Need
        fields = [
            "slug",
            "title",
            "description",
            "buyer",
            "reference",
            "status",
            "method",
            "place",
            "region",
            "mrc",
            "starts_on",
            "ends_on",
            "band",
            "unspsc",
            "published_at",
            "questions_until",
            "closes_at",
            "is_open",
            "is_sealed",
            "version",
            "url",
        ]

    def get_url(self, need: Need) -> str:
        return page_address("needs:need", need.slug)


class NeedList(PublicList):
    """Needs that everyone may read, open ones unless told. A value that nothing knows is ignored and said in `messages`."""

    serializer_class = NeedSerializer
    filterset_class = NeedFilterSet
    queryset = Need.objects.all()

    def get_queryset(self) -> NeedQuerySet:
        return Need.objects.public().select_related("buyer__organisation")
