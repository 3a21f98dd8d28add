from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"

    def ready(self) -> None:
        from marketplace.events import personal_data, undoing  # noqa: F401  # they register themselves
        from marketplace.events.waiting import register_event_waiting

        register_event_waiting()
