from django.apps import AppConfig


class BuyersConfig(AppConfig):
    name = "buyers"

    def ready(self) -> None:
        from buyers import personal_data, registration_handlers, waiting  # noqa: F401 - importing registers
