"""What the floor keeps by itself."""

from marketplace.web.list_versions import ListChange
from marketplace.web.private_files.models import FileQuota, PrivateFile

__all__ = ["FileQuota", "ListChange", "PrivateFile"]
