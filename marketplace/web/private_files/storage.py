"""The disk of private files: outside public media, readable by the application alone, without addresses."""

from django.core.files.storage import FileSystemStorage


class PrivateStorage(FileSystemStorage):
    """The location comes from PRIVATE_ROOT; see STORAGES in the settings."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__(
            location=location, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
        )

    def url(self, name: str | None) -> str:
        raise ValueError(
            "A private file has no address: a view checks who asks and answers `response(file)`."
        )
