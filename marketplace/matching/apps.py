from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "marketplace.matching"
    label = "matching"

    def ready(self) -> None:
        from marketplace.matching import (
            event_handlers,  # noqa: F401 - importing registers the handlers
            panels,
        )
        from marketplace.web.slots import fill_slot

        fill_slot("my_space.main", template="matching/_panel.html", context=panels.suggestion_panel, order=20)
        fill_slot("tender.reasons", template="matching/_reasons.html", context=panels.tender_reasons)
