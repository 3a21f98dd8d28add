"""Programmes, the cohorts that follow them, their workshops, and who asks to join."""

from .application import Application
from .cohort import Cohort, State, Workshop
from .programme import Programme

__all__ = ["Application", "Cohort", "Programme", "State", "Workshop"]
