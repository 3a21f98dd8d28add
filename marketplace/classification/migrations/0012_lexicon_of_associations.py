"""Words of the lexicon for what non-profits and co-operatives of the registry do."""

from importlib import import_module

from django.db import migrations


def load(apps, schema_editor) -> None:
    import_module(f"{__package__}.0006_lexicon_words").load(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("classification", "0011_lexicon_tried")]

    # Going back leaves the words.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
