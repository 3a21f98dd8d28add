# Whose room a file takes, what came in within the hour, and who was given more room.

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0003_list_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FileQuota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("holder_model", models.CharField(max_length=40)),
                ("holder_id", models.BigIntegerField()),
                (
                    "most_files",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Vide : le nombre ordinaire.",
                        null=True,
                        verbose_name="documents permis",
                    ),
                ),
                (
                    "most_megabytes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Vide : le nombre ordinaire.",
                        null=True,
                        verbose_name="mégaoctets permis",
                    ),
                ),
                ("hour_began", models.DateTimeField(null=True)),
                ("hour_files", models.PositiveIntegerField(default=0, verbose_name="documents cette heure")),
                ("hour_bytes", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "espace de documents",
                "verbose_name_plural": "espaces de documents",
            },
        ),
        migrations.AddField(
            model_name="privatefile",
            name="holder_id",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="privatefile",
            name="holder_model",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddIndex(
            model_name="privatefile",
            index=models.Index(
                condition=models.Q(("holder_id__isnull", False)),
                fields=["holder_model", "holder_id"],
                name="private_file_of_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="filequota",
            constraint=models.UniqueConstraint(fields=("holder_model", "holder_id"), name="file_quota_once"),
        ),
    ]
