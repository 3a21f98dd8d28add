"""Files that people hand over as evidence or notes: kept outside public media, given back only as attachments.

An app holds a foreign key to `PrivateFile`, decides in its own view who may read it, then answers
`private_file_response(file)`.
What may come in, and what is changed on the way, is in docs/adr/0006.
"""

from marketplace.web.private_files.checks import MAX_BYTES, Checked, check_upload
from marketplace.web.private_files.forms import UploadField
from marketplace.web.private_files.models import FileQuota, PrivateFile
from marketplace.web.private_files.quotas import count_files_with, room_of
from marketplace.web.private_files.storage import (
    delete_private_file,
    private_file_response,
    read_kept_file,
    store_made_file,
    store_private_file,
)

__all__ = [
    "MAX_BYTES",
    "Checked",
    "FileQuota",
    "PrivateFile",
    "UploadField",
    "check_upload",
    "count_files_with",
    "delete_private_file",
    "private_file_response",
    "read_kept_file",
    "room_of",
    "store_made_file",
    "store_private_file",
]
