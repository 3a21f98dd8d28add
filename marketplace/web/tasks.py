"""What Celery may ask of the floor."""

from celery import shared_task

from marketplace.web.private_files import storage


@shared_task(name="web.sweep_private_files", expires=3600)
def sweep_private_files() -> None:
    """Once a night; twice does no harm."""
    storage.sweep_private_files(by=None)
