"""The project package: settings, addresses and the apps that both sides share."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
