# Organisations that a registration opened and nobody has reviewed; whose room the files take that are kept already.

from django.db import migrations
from django.db.models import OuterRef, Subquery


def mark_unreviewed(apps, schema_editor):
    Organisation = apps.get_model("accounts", "Organisation")
    Registration = apps.get_model("suppliers", "Registration")
    declared = Registration.objects.exclude(claimed_neq="").values("supplier__organisation")
    Organisation.objects.filter(pk__in=declared, neq__isnull=True).update(awaits_review=True)


def say_whose_files(apps, schema_editor):
    PrivateFile = apps.get_model("web", "PrivateFile")
    Evidence = apps.get_model("suppliers", "EvidenceFile")
    Request = apps.get_model("accounts", "JoinRequest")
    of_supplier = Evidence.objects.filter(file=OuterRef("pk"))
    PrivateFile.objects.filter(pk__in=Evidence.objects.values("file")).update(
        holder_model="organisation", holder_id=Subquery(of_supplier.values("supplier__organisation_id")[:1])
    )
    asked = Request.objects.filter(evidence=OuterRef("pk"))
    PrivateFile.objects.filter(
        pk__in=Request.objects.filter(evidence__isnull=False).values("evidence")
    ).update(holder_model="user", holder_id=Subquery(asked.values("user_id")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("suppliers", "0013_declared_neqs"),
        ("accounts", "0011_awaits_review"),
        ("web", "0004_file_quotas"),
    ]

    operations = [
        migrations.RunPython(mark_unreviewed, migrations.RunPython.noop),
        migrations.RunPython(say_whose_files, migrations.RunPython.noop),
    ]
