"""« membre » becomes « collègue » (editor): the role says what the person may do."""

from django.db import migrations, models

TABLES = ["accounts_membership", "accounts_membershipevent", "accounts_invitation", "accounts_invitationevent"]
CHOICES = [("owner", "responsable"), ("editor", "collègue")]


def renamed(before, after):
    """The word changes, nobody's role does: the triggers sleep, so that history does not say otherwise."""
    return "".join(
        f"ALTER TABLE {table} DISABLE TRIGGER USER;"
        f"UPDATE {table} SET role = '{after}' WHERE role = '{before}';"
        f"ALTER TABLE {table} ENABLE TRIGGER USER;"
        for table in TABLES
    )


def role(default):
    return models.CharField(choices=CHOICES, default=default, max_length=10, verbose_name="rôle")


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(renamed("member", "editor"), renamed("editor", "member")),
        migrations.AlterField("invitation", "role", role("owner")),
        migrations.AlterField("invitationevent", "role", role("owner")),
        migrations.AlterField("membership", "role", role("editor")),
        migrations.AlterField("membershipevent", "role", role("editor")),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "editor"]), name="membership_role_known"
            ),
        ),
    ]
