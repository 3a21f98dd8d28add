# Whether an organisation is only what a person typed when registering; buyers and suppliers fill it.

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_words_of_the_log"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="organisation",
            name="awaits_review",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="inscrite, pas encore vérifiée"
            ),
        ),
        migrations.AddField(
            model_name="organisationevent",
            name="awaits_review",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="inscrite, pas encore vérifiée"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationevent" ("address", "awaits_review", "created_at", "email", "email_domains", "id", "institution_verified_by_id", "institution_verified_on", "lat", "lon", "mrc_id", "municipality_id", "name", "neq", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pole_id", "postal_code", "region_id", "town", "updated_at", "website") VALUES (NEW."address", NEW."awaits_review", NEW."created_at", NEW."email", NEW."email_domains", NEW."id", NEW."institution_verified_by_id", NEW."institution_verified_on", NEW."lat", NEW."lon", NEW."mrc_id", NEW."municipality_id", NEW."name", NEW."neq", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."pole_id", NEW."postal_code", NEW."region_id", NEW."town", NEW."updated_at", NEW."website"); RETURN NULL;',
                    hash="fd630e49ef71919bdfb868a2c7b4e5b15c299108",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66a5c",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_organisationevent" ("address", "awaits_review", "created_at", "email", "email_domains", "id", "institution_verified_by_id", "institution_verified_on", "lat", "lon", "mrc_id", "municipality_id", "name", "neq", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pole_id", "postal_code", "region_id", "town", "updated_at", "website") VALUES (NEW."address", NEW."awaits_review", NEW."created_at", NEW."email", NEW."email_domains", NEW."id", NEW."institution_verified_by_id", NEW."institution_verified_on", NEW."lat", NEW."lon", NEW."mrc_id", NEW."municipality_id", NEW."name", NEW."neq", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."pole_id", NEW."postal_code", NEW."region_id", NEW."town", NEW."updated_at", NEW."website"); RETURN NULL;',
                    hash="4a0bcc6a9359d8d79bcd344b415e961efc12ff34",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9e5fc",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationevent" ("address", "awaits_review", "created_at", "email", "email_domains", "id", "institution_verified_by_id", "institution_verified_on", "lat", "lon", "mrc_id", "municipality_id", "name", "neq", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "pole_id", "postal_code", "region_id", "town", "updated_at", "website") VALUES (OLD."address", OLD."awaits_review", OLD."created_at", OLD."email", OLD."email_domains", OLD."id", OLD."institution_verified_by_id", OLD."institution_verified_on", OLD."lat", OLD."lon", OLD."mrc_id", OLD."municipality_id", OLD."name", OLD."neq", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."pole_id", OLD."postal_code", OLD."region_id", OLD."town", OLD."updated_at", OLD."website"); RETURN NULL;',
                    hash="4f6bf9acfa026e13bf5614e6e2a719ac2536c934",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7b33b",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
    ]
