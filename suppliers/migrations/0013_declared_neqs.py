# Several registrations may declare one NEQ: declaring it reserves nothing.

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("suppliers", "0012_words_people_read"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="registration",
            name="registration_claimed_neq_once",
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(
                condition=models.Q(("claimed_neq", ""), _negated=True),
                fields=["claimed_neq"],
                name="registration_claimed_neq",
            ),
        ),
    ]
