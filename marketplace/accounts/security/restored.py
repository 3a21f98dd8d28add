"""After a restore: nobody is signed in. A session that was ended since would be open again."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore("django_session", label=_("sessions fermées"), sql="DELETE FROM django_session")
settle_after_restore(
    "security_opensession", label=_("appareils oubliés"), sql="DELETE FROM security_opensession"
)
