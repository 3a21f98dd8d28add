from django.apps import AppConfig


class DealingsConfig(AppConfig):
    name = "marketplace.dealings"
    label = "dealings"

    def ready(self) -> None:
        from marketplace.dealings import declining
        from marketplace.matching import asides

        asides.register(declining.put_aside)
