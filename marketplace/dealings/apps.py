from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"

    def ready(self) -> None:
        from marketplace.dealings import declining
        from marketplace.matching import asides
        from marketplace.web.slots import fill_slot

        asides.register(declining.put_aside)
        fill_slot(
            "tender.after_reasons",
            template="dealings/_decline_link.html",
            context=lambda request, tender: {"tender": tender},
        )
