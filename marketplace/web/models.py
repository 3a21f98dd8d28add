"""What the floor keeps by itself."""

from marketplace.web.list_versions import ListChange
from marketplace.web.private_files.models import PrivateFile

__all__ = ["ListChange", "PrivateFile"]
