from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import carriers, personal_data, undoing  # noqa: F401  # they register themselves
        from cohorts.waiting import register_cohort_waiting

        register_cohort_waiting()
