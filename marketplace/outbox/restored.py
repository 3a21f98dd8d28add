"""After a restore: what waited to leave at the hour of the backup left long ago, or has nothing more to say."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore(
    "outbox_message",
    label=_("courriels retenus"),
    sql="UPDATE outbox_message SET status = 'cancelled', leased_until = NULL, last_error = %s "
    "WHERE status IN ('queued', 'sending')",
    params=[_("Ce courriel date d’avant la sauvegarde restaurée : il est peut-être déjà parti.")],
)
