"""The words of the lexicon, from `lexicon/reference/*.tsv`.

Loading again brings what was added to the files since, and changes nothing that someone edited: each group keeps what the
files said the last time (`reference`), and only what still says so follows them. A term or a link that staff took away
stays away. A later migration that brings new words calls this `load`.

In the files: `fr` and `en` are terms with commas between; « > » before a term makes it one-way, « ~ » declares that other
groups have it too, « *60 » after it is its weight. `leads_to` are keys, with their weight.
"""

import csv
from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).resolve().parent.parent / "lexicon" / "reference"
COLUMNS = ("label", "label_en", "codes", "sectors")


def rows():
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def weighted(text: str, weight: int) -> tuple[str, int]:
    word, star, said = text.strip().partition("*")
    return word.strip(), int(said) if star else weight


def read_terms(row) -> list[list]:
    """[language, text, weight, one-way], as JSON keeps it."""
    terms = []
    for language in ("fr", "en"):
        for written in filter(None, map(str.strip, row[language].split(","))):
            text, weight = weighted(written.lstrip(">~"), 100)
            one_way = ">" in written[: len(written) - len(written.lstrip(">~"))]
            terms.append([language, text, weight, one_way])
    return terms


def read_links(row) -> list[list]:
    return [list(weighted(written, 60)) for written in row["leads_to"].split()]


def load(apps, schema_editor) -> None:
    group_model = apps.get_model("classification", "LexiconGroup")
    term_model = apps.get_model("classification", "LexiconTerm")
    link_model = apps.get_model("classification", "LexiconLink")
    said = {
        row["key"]: {
            **{name: row[name] for name in COLUMNS},
            "terms": read_terms(row),
            "links": read_links(row),
        }
        for row in rows()
    }
    standing = {group.key: group for group in group_model.objects.select_for_update().order_by("pk")}
    before = {key: group.reference for key, group in standing.items()}
    new = [
        group_model(key=key, reference=now, **{name: now[name] for name in COLUMNS})
        for key, now in said.items()
        if key not in standing
    ]
    group_model.objects.bulk_create(new)
    changed = []
    for key, group in standing.items():
        now = said.get(key)
        if now is None or now == group.reference:
            continue
        for name in COLUMNS:
            if getattr(group, name) == group.reference.get(name):
                setattr(group, name, now[name])
        group.reference = now
        changed.append(group)
    group_model.objects.bulk_update(changed, [*COLUMNS, "reference"])
    ids = dict(group_model.objects.values_list("key", "pk"))
    touched = [group.key for group in (*new, *changed)]
    terms = {
        key: (
            [dict(zip(TERM, entry, strict=True)) for entry in before.get(key, {}).get("terms", ())],
            [dict(zip(TERM, entry, strict=True)) for entry in said[key]["terms"]],
        )
        for key in touched
    }
    links = {
        key: (
            [
                {"target_id": ids[to], "weight": n}
                for to, n in before.get(key, {}).get("links", ())
                if to in ids
            ],
            [{"target_id": ids[to], "weight": n} for to, n in said[key]["links"]],
        )
        for key in touched
    }
    merge(term_model, ids, terms, ("language", "text"))
    merge(link_model, ids, links, ("target_id",))


TERM = ("language", "text", "weight", "one_way")


def merge(model, ids, entries, naming) -> None:
    """Make the rows of each group follow the files. `entries`: key → (what they said, what they say); `naming` are the
    columns that tell rows of a group apart. A row that someone edited or took away is left as it is."""

    def name_of(fields):
        return tuple(fields[column] for column in naming)

    there = {}
    for row in model.objects.filter(group_id__in=[ids[key] for key in entries]):
        there.setdefault(row.group_id, {})[tuple(getattr(row, column) for column in naming)] = row
    gone, new = [], []
    for key, (was, now) in entries.items():
        mine = there.get(ids[key], {})
        known = {name_of(fields) for fields in was}
        for fields in was:
            row = mine.get(name_of(fields))
            if fields not in now and row and all(getattr(row, n) == value for n, value in fields.items()):
                gone.append(mine.pop(name_of(fields)).pk)
                known.discard(name_of(fields))
        new += [
            model(group_id=ids[key], **fields)
            for fields in now
            if name_of(fields) not in known and name_of(fields) not in mine
        ]
    model.objects.filter(pk__in=gone).delete()
    model.objects.bulk_create(new, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("classification", "0005_lexicon")]

    # Going back leaves the words: their tables go with the migration before.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
