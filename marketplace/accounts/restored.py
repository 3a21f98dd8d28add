"""After a restore: invitations sent before open nothing, as links to an account do not (`security.log.last_restore`).

Whoever used one since would find it good again."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore(
    "accounts_invitation",
    label=_("invitations expirées"),
    sql="UPDATE accounts_invitation SET expires_at = now() WHERE accepted_at IS NULL AND expires_at > now()",
)
