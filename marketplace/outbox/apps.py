from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "marketplace.outbox"
    label = "outbox"

    def ready(self) -> None:
        from marketplace.outbox import personal_data, restored, waiting  # noqa: F401  # they register themselves
