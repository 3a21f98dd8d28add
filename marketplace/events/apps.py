from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "marketplace.events"
    label = "events"

    def ready(self) -> None:
        from marketplace.events import mine, personal_data  # noqa: F401  # it registers itself
        from marketplace.web import panels, waiting

        waiting.register(kind=mine.WISH, rows=mine.wishes_to_make, item=mine.wish_item)
        waiting.register(kind=mine.PLAN, rows=mine.events_to_plan, item=mine.plan_item)
        panels.register(template="events/_panel.html", context=mine.agendas, order=10, area="aside")
