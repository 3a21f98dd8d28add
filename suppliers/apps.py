from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "suppliers"

    def ready(self) -> None:
        from suppliers import claim_data, claim_handlers, claim_waiting, waiting  # noqa: F401 - importing registers
        from suppliers.registration import personal_data  # noqa: F401 - importing registers
