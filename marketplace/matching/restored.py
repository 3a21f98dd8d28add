"""After a restore: notices that waited for a mail at the hour of the backup were told since, or are old by now."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore(
    "matching_pendingnotice",
    label=_("avis qui n’attendent plus de courriel"),
    sql="DELETE FROM matching_pendingnotice",
)
