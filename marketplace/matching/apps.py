from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"

    def ready(self) -> None:
        from marketplace.matching import handlers, showing  # noqa: F401 - importing registers the handlers
        from marketplace.web import panels, slots

        panels.register(template="matching/_panel.html", context=showing.panel, order=20)
        slots.register(slot="tender.reasons", template="matching/_reasons.html", context=showing.rows)
