"""The project package: settings, addresses and the rooms that both sides share."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
