from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import personal_data  # noqa: F401  # it registers itself
        from cohorts.waiting import register_cohort_waiting

        register_cohort_waiting()
