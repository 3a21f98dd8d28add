"""What Celery may ask of the floor."""

from celery import shared_task

from marketplace.web import list_versions
from marketplace.web.private_files import storage


@shared_task(name="web.sweep_private_files", expires=3600)
def sweep_private_files() -> None:
    """Once a night; twice does no harm."""
    storage.sweep_private_files(by=None)


@shared_task(name="web.forget_list_changes", expires=3600)
def forget_list_changes() -> None:
    """Once a night: counting the changes of a day stays a matter of microseconds."""
    list_versions.forget_list_changes()
