"""What the floor keeps by itself."""

from marketplace.web.private_files.model import PrivateFile

__all__ = ["PrivateFile"]
