from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"

    def ready(self) -> None:
        from marketplace.events import personal_data  # noqa: F401  # it registers itself
        from marketplace.events.waiting import register_event_waiting

        register_event_waiting()
