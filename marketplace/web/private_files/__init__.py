"""Files that people hand over as evidence or notes: kept outside public media, given back only as attachments.

A room holds a foreign key to `PrivateFile`, decides in its own view who may read it, then answers `response(file)`.
What may come in, and what is changed on the way, is in docs/adr/0006.
"""

from marketplace.web.private_files.checking import MAX_BYTES, Checked, check
from marketplace.web.private_files.fields import UploadField
from marketplace.web.private_files.keeping import delete, store
from marketplace.web.private_files.model import PrivateFile
from marketplace.web.private_files.serving import response

__all__ = ["MAX_BYTES", "Checked", "PrivateFile", "UploadField", "check", "delete", "response", "store"]
