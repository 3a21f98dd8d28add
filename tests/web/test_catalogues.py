"""Every string is gathered, French repeats itself with its own plurals, and what English lacks is known."""

from marketplace.web import catalogues


def test_catalogue_gathers_code_and_templates():
    catalog = catalogues.gather()
    files = {location[0].split("/")[0] for message in catalog for location in message.locations}
    assert {"marketplace", "suppliers", "buyers", "templates"} <= files


def test_french_catalogue_is_up_to_date_and_complete():
    """Run `python3 dev.py manage messages` when this fails."""
    fresh = catalogues.refreshed("fr")
    assert not catalogues.untranslated(fresh)
    assert {m.id for m in catalogues.load("fr") if m.id} == {m.id for m in fresh if m.id}


def test_french_plural_counts_zero_as_singular():
    assert catalogues.load("fr").plural_expr == "(n > 1)"
