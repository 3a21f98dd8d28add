from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"

    def ready(self) -> None:
        from marketplace.events import mine, personal_data  # noqa: F401  # it registers itself
        from marketplace.web import waiting

        waiting.register(kind=mine.WISH, rows=mine.wishes_to_make, item=mine.wish_item)
        waiting.register(kind=mine.PLAN, rows=mine.events_to_plan, item=mine.plan_item)
        waiting.register(kind=mine.AGENDA, rows=mine.agendas_out, item=mine.agenda_item, informs=True)
