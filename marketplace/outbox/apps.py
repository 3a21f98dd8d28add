from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "marketplace.outbox"
    label = "outbox"

    def ready(self) -> None:
        from anymail.signals import tracking

        from marketplace.outbox import carriers, personal_data, restored, waiting  # noqa: F401  # they register themselves
        from marketplace.outbox.tracking import note_tracking

        tracking.connect(note_tracking, dispatch_uid="outbox.tracking")
