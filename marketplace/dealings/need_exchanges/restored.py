"""After a restore: a decision that could still be undone at the hour of the backup may have been told since.

Its letters would leave a second time by themselves; the institution decides again, and knows what it told whom."""

from django.utils.translation import gettext_lazy as _

from marketplace.web.restored_rows import settle_after_restore

settle_after_restore(
    "dealings_needdecision",
    label=_("décisions à reprendre"),
    sql="DELETE FROM dealings_needdecision d USING buyers_need n WHERE n.id = d.need_id AND n.status <> 'decided'",
)
