"""Verbs, trades and things of every day that no group had."""

from importlib import import_module

from django.db import migrations


def load(apps, schema_editor) -> None:
    import_module(f"{__package__}.0006_lexicon_words").load(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("classification", "0020_lexicon_of_neighbours")]

    # Going back leaves the words.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
