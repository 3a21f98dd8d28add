"""Everyday words for what enterprises do, so that who types them is led to the field's own."""

from importlib import import_module

from django.db import migrations


def load(apps, schema_editor) -> None:
    import_module(f"{__package__}.0006_lexicon_words").load(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("classification", "0017_lexicon_of_needs")]

    # Going back leaves the words.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
