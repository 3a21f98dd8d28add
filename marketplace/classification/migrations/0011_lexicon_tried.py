"""Words of the lexicon after trying what buyers type, and the codes that they name."""

from importlib import import_module

from django.db import migrations


def load(apps, schema_editor) -> None:
    for name in ("0006_lexicon_words", "0009_unspsc_classes"):
        import_module(f"{__package__}.{name}").load(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("classification", "0010_import_source")]

    # Going back leaves the words.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
