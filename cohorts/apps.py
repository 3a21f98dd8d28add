from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import personal_data, reminding  # noqa: F401  # personal_data registers itself

        reminding.register()
