from django.db import migrations, models


class Migration(migrations.Migration):
    """Mails already waiting count as told at once: the default."""

    dependencies = [
        ("outbox", "0005_words_people_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="claim",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="haste",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Account"), (1, "At Once"), (2, "Digest")], db_default=1, default=1, editable=False
            ),
        ),
    ]
