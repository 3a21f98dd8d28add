"""What the floor keeps by itself."""

from marketplace.web.private_files.models import PrivateFile

__all__ = ["PrivateFile"]
