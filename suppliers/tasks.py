"""What Celery may ask of the directory."""

from celery import shared_task

from suppliers import directory


@shared_task(name="suppliers.rebuild_directory")
def rebuild_directory() -> None:
    """Every night: what no verb sees (a code's new label, how often a word is used) reaches the directory."""
    directory.reindex()
