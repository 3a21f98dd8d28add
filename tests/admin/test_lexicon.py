"""The lexicon under /gestion/: staff of a pôle edit it, find by terms, undo, and try it."""

import pytest
from django.urls import reverse

from marketplace.classification.lexicon.reading import read_lexicon
from marketplace.classification.models import LexiconGroup, LexiconTerm
from marketplace.web.process_cache import clear_process_caches
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db

LIST = reverse("admin:classification_lexicongroup_changelist")
TRY = reverse("classification_admin:try_lexicon")


@pytest.fixture(autouse=True)
def _fresh():
    clear_process_caches()
    yield
    clear_process_caches()


@pytest.fixture
def group(db):
    group = LexiconGroup.objects.create(
        key="lavage-ailes", label="Lavage d’ailes", label_en="Wing washing", codes="761115"
    )
    LexiconTerm.objects.create(group=group, text="lavage d’ailes")
    LexiconTerm.objects.create(group=group, text="wing washing", language="en")
    return group


def change(group):
    return reverse("admin:classification_lexicongroup_change", args=[group.pk])


def save(client, group, django_capture_on_commit_callbacks, **typed):
    data = posted_back(client.get(change(group))) | {name: [value] for name, value in typed.items()}
    with django_capture_on_commit_callbacks(execute=True):
        return client.post(change(group), data | {"_save": ["1"]}, follow=True)


def test_staff_of_a_pole_add_a_term_and_the_search_reads_it(
    pole_staff, group, django_capture_on_commit_callbacks
):
    client = signed_in(pole_staff)
    assert not read_lexicon().senses_of("nettoyage d’ailerons")
    save(
        client,
        group,
        django_capture_on_commit_callbacks,
        codes="7611.15.00  72101500",
        **{
            "terms-TOTAL_FORMS": "3",
            "terms-2-group": str(group.pk),
            "terms-2-text": "nettoyage  d'ailerons",
            "terms-2-language": "fr",
            "terms-2-weight": "60",
            "terms-2-one_way": "on",
        },
    )
    group.refresh_from_db()
    assert group.codes == "761115 721015"
    term = group.terms.get(one_way=True)
    assert (term.text, term.weight) == ("nettoyage d’ailerons", 60)
    (sense,) = read_lexicon().senses_of("nettoyages d’aileron")
    assert (sense.meaning.key, sense.weight) == ("lavage-ailes", 0.6)
    history = client.get(reverse("admin:classification_lexicongroup_history", args=[group.pk]))
    assert "nettoyage d’ailerons" in history.content.decode()
    assert "Rétablir cet état" in history.content.decode()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"codes": "76111x"}, "n’est pas un code UNSPSC"),
        ({"sectors": "5"}, "n’est pas un code SCIAN"),
        ({"terms-0-weight": "0"}, "terms-0-weight"),
        ({"terms-1-text": "Lavages des ailes", "terms-1-language": "fr"}, "est déjà dans le groupe"),
        ({"terms-1-text": "de la"}, "mots de liaison"),
    ],
)
def test_what_would_say_nothing_is_refused(
    pole_staff, group, typed, fault, django_capture_on_commit_callbacks
):
    response = save(signed_in(pole_staff), group, django_capture_on_commit_callbacks, **typed)
    assert fault in response.content.decode()
    group.refresh_from_db()
    assert (group.codes, group.sectors) == ("761115", "")
    assert set(group.terms.values_list("text", flat=True)) == {"lavage d’ailes", "wing washing"}


def test_new_group_has_a_key_and_a_shared_term_is_said(pole_staff, group, django_capture_on_commit_callbacks):
    client = signed_in(pole_staff)
    add = reverse("admin:classification_lexicongroup_add")
    counts = {f"{rows}-{which}_FORMS": 0 for rows in ("terms", "links") for which in ("TOTAL", "INITIAL")}
    data = counts | {
        "label": "Lavage d’ailes",
        "is_active": "on",
        "terms-TOTAL_FORMS": 1,
        "terms-0-text": "lavage d’ailes",
        "terms-0-language": "fr",
        "terms-0-weight": 100,
        "_save": 1,
    }
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(add, data, follow=True)
    assert LexiconGroup.objects.filter(key="lavage-dailes").exists()
    assert "est aussi dans" in response.content.decode()


def test_list_is_searched_by_terms_and_codes_at_one_price(pole_staff, group, django_assert_max_num_queries):
    client = signed_in(pole_staff)
    for asked in ("AILES lavage", "wing", "lexi ailes", "%", "76111"):
        with django_assert_max_num_queries(15):
            found = client.get(LIST, {"q": asked}).context["cl"].result_list
        expected = asked in ("AILES lavage", "wing", "76111")
        assert (group in found) == expected, asked


def test_try_page_says_what_is_read_and_what_is_not(pole_staff, group):
    client = signed_in(pole_staff)
    page = client.get(TRY, {"q": "Lavage des ailes, l’hiver <b>zorgluber"}).content.decode()
    assert "Lavage des ailes" in page
    assert change(group) in page
    assert "zorgluber" in page
    assert "<b>zorgluber" not in page
    assert client.get(TRY, {"q": "\x00 ' \" % \u202e"}).status_code == 200


def test_nobody_else_opens_it(group):
    client = signed_in(factories.UserFactory())
    for address in (LIST, change(group), TRY):
        assert client.get(address).status_code in (302, 403)
