from django.db import migrations


class Migration(migrations.Migration):
    """Accounts that were there before their history began: what they are, as of the day they joined."""

    dependencies = [("accounts", "0004_undone_joins_and_account_history")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO accounts_userevent
                (pgh_created_at, pgh_label, id, email, is_superuser, is_active, pgh_obj_id)
            SELECT date_joined, 'insert', id, email, is_superuser, is_active, id FROM accounts_user
            WHERE NOT EXISTS (SELECT FROM accounts_userevent e WHERE e.pgh_obj_id = accounts_user.id)
            """,
            migrations.RunSQL.noop,
        )
    ]
