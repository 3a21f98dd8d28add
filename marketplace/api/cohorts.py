"""`/api/v1/cohorts/`: cohorts that are open, coming or running, unless asked otherwise."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from cohorts import filters, listing
from cohorts.labels import count_free_places
from cohorts.models import Cohort

from .addresses import page_address
from .pagination import Envelope, page_parameters, read_page


class CohortSerializer(serializers.ModelSerializer[Cohort]):
    """A cohort as its page shows it. `region` is null where it is open to all; `url` is the page people read."""

    title = serializers.CharField(source="name")
    programme = serializers.CharField(source="programme.title")
    poles = serializers.SerializerMethodField(help_text="Codes; the first one answers for it.")
    region = serializers.CharField(source="region_id", allow_null=True)
    state = serializers.CharField(help_text="open, closed, running, done or cancelled.")
    takes_applications = serializers.BooleanField(help_text="Whether one can apply right now.")
    places_left = serializers.SerializerMethodField()
    waiting = serializers.IntegerField(help_text="Enterprises in line for a place.")
    url = serializers.SerializerMethodField()
    calendar = serializers.SerializerMethodField(help_text="The workshops, as iCalendar.")

    class Meta:
        model = Cohort
        fields = [
            "slug", "title", "programme", "poles", "region", "state", "takes_applications", "admission", "places",
            "places_left", "waiting", "opens_at", "closes_at", "starts_on", "ends_on", "is_online", "place",
            "address", "url", "calendar",
        ]  # fmt: skip

    def get_poles(self, cohort: Cohort) -> list[str]:
        return [cohort.pole_id, *(pole.pk for pole in cohort.partners.all())]

    def get_places_left(self, cohort: Cohort) -> int:
        return count_free_places(cohort)

    def get_url(self, cohort: Cohort) -> str:
        return page_address("cohorts:cohort", cohort.slug)

    def get_calendar(self, cohort: Cohort) -> str:
        return page_address("cohorts:calendar", cohort.slug)


def _parameters() -> list[OpenApiParameter]:
    told = {
        "region": "Region where it is held (`04`); cohorts open to every region always pass.",
        "status": "open, coming and running (unless told), past, cancelled or all.",
    }
    named = [
        OpenApiParameter(name, str, description=text, many=True, explode=True) for name, text in told.items()
    ]
    return named + page_parameters()


class CohortList(GenericAPIView[Cohort]):
    """Announced cohorts, soonest first. A value that nothing knows is ignored and said in `messages`."""

    queryset = Cohort.objects.none()
    authentication_classes = ()  # public: the same for everyone
    serializer_class = CohortSerializer

    @extend_schema(
        operation_id="cohorts_list", parameters=_parameters(), responses=Envelope.of(CohortSerializer)
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        query, problems = filters.parse(request.query_params, filters.ENGLISH)
        rows = filters.answers(Cohort.objects.visible_to(request.user).public(), query)
        page = read_page(request.query_params, rows.count())
        found = listing.in_order(rows, query)[page.start : page.stop]
        messages = [str(problem) for problem in problems] + page.messages
        return Response(page.envelope(request, CohortSerializer(found, many=True).data, messages))
