"""`/api/v1/cohorts/`: cohorts that are open, coming or running, unless asked otherwise."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cohorts.cohort_list import with_list_columns
from cohorts.filters import CohortFilterSet
from cohorts.labels import count_free_places
from cohorts.models import Cohort

from .lists import PublicList, page_address


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


class CohortList(PublicList):
    """Announced cohorts, soonest first. A value that nothing knows is ignored and said in `messages`."""

    serializer_class = CohortSerializer
    filterset_class = CohortFilterSet
    queryset = Cohort.objects.all()

    def get_queryset(self) -> Any:
        return with_list_columns(Cohort.objects.visible_to(self.request.user).public())
