"""After a restore: links in mails sent before open nothing. Whoever used one since would find it good again."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

# A link to choose a password is good for the moment of the last sign-in, to the second.
settle_after_restore(
    "accounts_user",
    label=_("comptes dont les liens de mot de passe ne servent plus"),
    sql="UPDATE accounts_user SET last_login = last_login + interval '1 second' WHERE last_login IS NOT NULL",
)
settle_after_restore(
    "accounts_invitation",
    label=_("invitations échues"),
    sql="UPDATE accounts_invitation SET expires_at = now() WHERE accepted_at IS NULL AND expires_at > now()",
)
