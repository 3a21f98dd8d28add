"""`/api/v1/events/`: matchmaking events that the public sees, those to come unless asked otherwise."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.events import filters
from marketplace.events.models import MatchmakingEvent
from marketplace.events.showing import with_counts

from .addresses import page_address
from .pagination import Envelope, page_parameters, read_page


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


class EventList(GenericAPIView[MatchmakingEvent]):
    """Events that were opened. A value that nothing knows is ignored and said in `messages`."""

    queryset = MatchmakingEvent.objects.none()
    authentication_classes = ()  # public: the same for everyone
    serializer_class = EventSerializer

    @extend_schema(
        operation_id="events_list",
        parameters=[
            OpenApiParameter(
                "region",
                str,
                description="Region (`04`); repeat it for either of several.",
                many=True,
                explode=True,
            ),
            OpenApiParameter("when", str, description="coming (unless told) or past."),
            *page_parameters(),
        ],
        responses=Envelope.of(EventSerializer),
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        query, problems = filters.parse(request.query_params, filters.ENGLISH)
        rows = filters.answers(MatchmakingEvent.objects.visible_to(request.user).public(), query)
        page = read_page(request.query_params, rows.count())
        results = EventSerializer(with_counts(rows)[page.start : page.stop], many=True).data
        return Response(
            page.envelope(request, results, [str(problem) for problem in problems] + page.messages)
        )
