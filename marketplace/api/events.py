"""`/api/v1/events/`: matchmaking events that the public sees, those to come unless asked otherwise."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from marketplace.events.contexts import with_participant_counts
from marketplace.events.filters import EventFilterSet
from marketplace.events.models import MatchmakingEvent

from .lists import PublicList, page_address


class EventSerializer(serializers.ModelSerializer[MatchmakingEvent]):
    """A day of meetings. Who comes is counted, not named."""

    pole = serializers.CharField(source="pole_id")
    region = serializers.CharField(source="region_id")
    title = serializers.CharField(source="name")
    text = serializers.CharField(source="about")
    buyers = serializers.IntegerField(source="buyers_coming")
    suppliers = serializers.IntegerField(source="suppliers_coming")
    url = serializers.SerializerMethodField()

    class Meta:
        model = MatchmakingEvent
        fields = [
            "slug",
            "title",
            "text",
            "pole",
            "region",
            "day",
            "place",
            "address",
            "state",
            "registration_opens_at",
            "registration_closes_at",
            "slot_minutes",
            "buyers",
            "suppliers",
            "url",
        ]

    def get_url(self, event: MatchmakingEvent) -> str:
        return page_address("events:event", event.slug)


class EventList(PublicList):
    """Events that were opened. A value that nothing knows is ignored and said in `messages`."""

    serializer_class = EventSerializer
    filterset_class = EventFilterSet
    queryset = MatchmakingEvent.objects.all()

    def get_queryset(self) -> Any:
        return with_participant_counts(MatchmakingEvent.objects.visible_to(self.request.user).public())
