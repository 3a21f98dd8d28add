"""Remove private files that nothing points at any more; beat asks for it every night."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace.web.private_files import storage


class Command(BaseCommand):
    help = "Remove private files that no app points at, and files on disk that no row names."

    def handle(self, *args: Any, **options: Any) -> None:
        rows, files = storage.sweep_private_files(by=None)
        self.stdout.write(f"{rows} rows without owner and {files} files without row removed.")
