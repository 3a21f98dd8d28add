"""What codes are called, and how notices teach it."""

import pytest

from marketplace.classification.labels import (
    code_label,
    ensure_codes,
    known_code_labels,
    learn_code_labels,
)
from marketplace.classification.models import UnspscCode
from marketplace.web.process_cache import clear_process_caches

pytestmark = pytest.mark.django_db


def test_code_label_is_that_of_the_code_or_of_its_nearest_ancestor():
    assert code_label("90100000") == "Restaurants et traiteurs"
    assert code_label("9010") == "Restaurants et traiteurs"
    assert code_label("90101604") == "Services de traiteur et de banquets"
    assert code_label("90109900") == "Restaurants et traiteurs"
    assert code_label("72999999") == "Services de construction, de bâtiment et d’entretien"
    assert code_label("99101000") == ""


def test_code_label_asks_the_database_nothing_once_warm(django_assert_num_queries):
    code_label("90100000")
    with django_assert_num_queries(0):
        code_label("56101600")


def test_learn_keeps_a_label_and_makes_the_ancestors(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        learn_code_labels([("9010 99 03", "  Services de\u00a0traiteur ")])
    code = UnspscCode.objects.get(code="90109903")
    assert (code.label, code.source, code.level) == ("Services de traiteur", "feed", 8)
    assert (code.parent_id, code.parent.parent_id) == ("90109900", "90100000")
    assert code.parent.label == ""
    assert code_label("90109903") == "Services de traiteur"


def test_learn_never_replaces_a_label():
    learn_code_labels([("90109903", "Traiteur")])
    UnspscCode.objects.filter(code="90109903").update(
        label="Traiteurs et buffets"
    )  # an administrator's words
    clear_process_caches()
    learn_code_labels([("90109903", "Service de traiteur")])
    learn_code_labels([("90100000", "Restauration")])
    assert UnspscCode.objects.get(code="90109903").label == "Traiteurs et buffets"
    reference = UnspscCode.objects.get(code="90100000")
    assert (reference.label, reference.source) == ("Restaurants et traiteurs", "reference")


@pytest.mark.parametrize(
    ("code", "label"), [("0", "Zéro"), ("", "Rien"), (None, "Rien"), ("90109903", ""), ("90109903", None)]
)
def test_learn_passes_over_what_is_no_code_or_no_label(code, label):
    before = UnspscCode.objects.count()
    learn_code_labels([(code, label)])
    assert UnspscCode.objects.count() == before


def test_learn_cuts_a_label_that_is_too_long():
    learn_code_labels([("90109903", "x" * 400)])
    assert len(UnspscCode.objects.get(code="90109903").label) == 255


def test_learn_of_known_labels_asks_the_database_nothing(django_assert_num_queries):
    known_code_labels()
    with django_assert_num_queries(0):
        learn_code_labels([("90100000", "Restauration"), ("56000000", "Meubles"), ("x", "y")])


def test_learn_of_many_costs_a_constant_number_of_queries(django_assert_max_num_queries):
    known_code_labels()
    with django_assert_max_num_queries(6):
        learn_code_labels(
            [(f"9010{n:02}{m:02}", f"Mets {n} {m}") for n in range(80, 85) for m in range(1, 20)]
        )
    assert UnspscCode.objects.filter(source="feed").count() == 95


def test_ensure_codes_makes_what_is_missing_once():
    assert ensure_codes(["56109903", "5610 99 03", "nonsense"]) == ["56109903", "56109903"]
    made = UnspscCode.objects.filter(code__startswith="561099").order_by("code")
    assert [(c.code, c.level, c.parent_id, c.source) for c in made] == [
        ("56109900", 6, "56100000", "none"),
        ("56109903", 8, "56109900", "none"),
    ]
    before = UnspscCode.objects.count()
    ensure_codes(["56109903"])
    assert UnspscCode.objects.count() == before
