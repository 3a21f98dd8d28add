from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "marketplace.alerts"
    label = "alerts"

    def ready(self) -> None:
        from marketplace.alerts import handlers, overview, personal_data  # noqa: F401  # they register themselves
        from marketplace.web.slots import fill_slot

        fill_slot("my_space.aside", template="alerts/_panel.html", context=overview.panel, order=20)
