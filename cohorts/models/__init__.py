"""Programmes, the cohorts that follow them, their workshops, and who asks to join."""

from .application import Application
from .cohort import STANDING, Cohort, CohortQuerySet, Programme, State, Workshop

__all__ = ["STANDING", "Application", "Cohort", "CohortQuerySet", "Programme", "State", "Workshop"]
