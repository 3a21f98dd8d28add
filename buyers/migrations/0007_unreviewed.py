# Institutions that somebody registered and no pôle has verified.

from django.db import migrations


def mark_unreviewed(apps, schema_editor):
    Buyer = apps.get_model("buyers", "Buyer")
    Organisation = apps.get_model("accounts", "Organisation")
    unknown = Buyer.objects.filter(is_listed=False, organisation__institution_verified_on__isnull=True)
    rows = Organisation.objects.filter(pk__in=unknown.values("organisation"), neq__isnull=True)
    rows.update(awaits_review=True)


class Migration(migrations.Migration):
    dependencies = [("buyers", "0006_words_people_read"), ("accounts", "0011_awaits_review")]

    operations = [migrations.RunPython(mark_unreviewed, migrations.RunPython.noop)]
