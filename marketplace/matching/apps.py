from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"

    def ready(self) -> None:
        from marketplace.matching import event_handlers  # noqa: F401 - importing registers the handlers
        from marketplace.matching import panels as shown
        from marketplace.web import panels, slots

        panels.register(template="matching/_panel.html", context=shown.suggestion_panel, order=20)
        slots.register(slot="tender.reasons", template="matching/_reasons.html", context=shown.tender_reasons)
