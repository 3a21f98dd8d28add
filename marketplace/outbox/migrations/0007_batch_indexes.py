from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """While mails go on being written."""

    atomic = False
    dependencies = [
        ("outbox", "0006_batches"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status__in", ["queued", "sending"])),
                fields=["haste", "next_attempt_at"],
                name="message_due_by_haste",
            ),
        ),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(condition=models.Q(("status", "done")), fields=["done_at"], name="message_done"),
        ),
        RemoveIndexConcurrently(model_name="message", name="message_due"),
    ]
