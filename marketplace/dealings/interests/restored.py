"""After a restore: what changed before the hour of the backup was told since."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore(
    "dealings_follow",
    label=_("suivis d’avis tenus pour à jour"),
    sql="UPDATE dealings_follow f SET told_version = t.version FROM buyers_tender t"
    " WHERE t.id = f.tender_id AND t.version <> f.told_version",
)
settle_after_restore(
    "dealings_follow",
    label=_("suivis de besoins tenus pour à jour"),
    sql="UPDATE dealings_follow f SET told_version = n.version || ' ' || n.status FROM buyers_need n"
    " WHERE n.id = f.need_id AND n.version || ' ' || n.status <> f.told_version",
)
