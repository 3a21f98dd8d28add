"""The admin of cohorts: programmes, cohorts with their workshops, and the requests to decide."""

from cohorts.admin import application, cohort, programme

__all__ = ["application", "cohort", "programme"]
