import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
        ("buyers", "0001_initial"),
    ]

    operations = [
        migrations.DeleteModel(name="PendingNotice"),
        migrations.CreateModel(
            name="PendingNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pending", to="alerts.alert"
                    ),
                ),
                (
                    "tender",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="buyers.tender"
                    ),
                ),
            ],
            options={
                "verbose_name": "avis en attente d’envoi",
                "verbose_name_plural": "avis en attente d’envoi",
                "constraints": [
                    models.UniqueConstraint(fields=("alert", "tender"), name="pending_once")
                ],
            },
        ),
    ]
