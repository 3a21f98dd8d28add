"""What a file says otherwise of a listing that a person keeps, and what was settled."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0009_certifications'),
    ]

    operations = [
        migrations.AddField(
            model_name='registryrecord',
            name='differs',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, db_default=models.Value([]), default=list, editable=False, size=None),
        ),
        migrations.AddField(
            model_name='registryrecord',
            name='settled',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=64),
        ),
    ]
