from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"

    def ready(self) -> None:
        from marketplace.events import carriers, personal_data, undoing  # noqa: F401  # they register themselves
        from marketplace.events.clashes import cohort_clashes, own_clashes
        from marketplace.events.models import Meeting
        from marketplace.events.waiting import register_event_waiting
        from marketplace.web.slots import fill_facts, fill_slot

        register_event_waiting()
        fill_facts("outreach.meetings", lambda: [Meeting.objects.held()])
        fill_slot("my_space.main", template="events/_clashes.html", context=own_clashes, order=10)
        fill_slot("cohort.workshops", template="events/_clashes.html", context=cohort_clashes)
