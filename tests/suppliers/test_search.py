"""What people type finds what they mean, and never breaks."""

import pytest

from suppliers.directory import DirectoryQuery, read_directory_page
from suppliers.models import Status
from suppliers.search import words as search
from suppliers.search.reading import read_wishes
from tests.factories import SupplierFactory

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [row.name for row in read_directory_page(DirectoryQuery(text=text), read_wishes(text), 0, 50)]


@pytest.fixture
def cleaners():
    SupplierFactory(name="Coop Brillance", activity="", offers=[("Entretien ménager de bureaux", "76111500")])
    SupplierFactory(name="L’Érablière d’à côté", activity="Sirop d’érable et œufs frais", offers=[])
    SupplierFactory(
        name="Traiteur Les Bons Plats", activity="Repas pour réunions", offers=[("Buffets", None)]
    )


@pytest.mark.parametrize(
    "text",
    [
        "entretien menager",
        "ENTRETIEN MÉNAGER",
        "entretien ménagers",
        "entretein menagre",  # a slip in each word
        "entretin menager",
        "netretien mnager",
        "bureaux entretien",
        "entret",  # unfinished
        "d’entretien de bureaux",
        "l'entretien",
        "entretien/ménager",
        "entretien & ménager",
        "« entretien ménager »",
        '"entretien ménager"',
        "brillance coop",
    ],
)
def test_search_finds_the_cleaner(cleaners, text):
    assert found(text) == ["Coop Brillance"]


@pytest.mark.parametrize(
    "text", ["erabliere", "l'erabliere", "L’ÉRABLIÈRE D’À CÔTÉ", "oeufs", "œufs frais", "cote"]
)
def test_search_ignores_accents_apostrophes_and_ligatures(cleaners, text):
    assert found(text) == ["L’Érablière d’à côté"]


def test_search_wants_every_word(cleaners):
    assert found("entretien buffets") == []


def test_search_finds_by_town_region_and_code(cleaners):
    assert found("traiteur trois-rivières") == ["Traiteur Les Bons Plats"]
    assert found("traiteur mauricie") == ["Traiteur Les Bons Plats"]


def test_search_corrects_short_words_with_swapped_letters():
    SupplierFactory(name="Scierie du Lac", activity="", offers=[("Bois de chauffage", None)])
    assert found("bios chaufage") == ["Scierie du Lac"]


def test_search_says_how_it_read_a_wrong_word(cleaners):
    asked = search.read_search_text("Entretein menagre")
    assert asked.read_as == "entretien ménager"
    assert asked.exact == '"Entretein menagre"'
    assert found(asked.exact) == []


def test_search_does_not_correct_a_known_or_unfinished_word(cleaners):
    assert search.read_search_text("entretien").read_as == ""
    assert search.read_search_text("entretien mén").read_as == ""


def test_search_names_the_words_that_nobody_uses(cleaners):
    asked = search.read_search_text("entretien xyzzyplok")
    assert asked.unknown == ("xyzzyplok",)
    assert asked.without_unknown == "entretien"
    assert found("entretien xyzzyplok") == []


def test_search_takes_quotes_to_the_letter(cleaners):
    assert found('"ménager entretien"') == []
    assert found('bureaux "entretien ménager"') == ["Coop Brillance"]


@pytest.mark.parametrize("text", ["1198765432", "1198 765 432", "NEQ 1198 765 432", "1198\u00a0765\u00a0432"])
def test_search_finds_an_enterprise_by_its_neq(cleaners, text):
    SupplierFactory(name="La Visée", organisation__neq="1198765432")
    assert found(text) == ["La Visée"]


@pytest.mark.parametrize(
    "text", ["de la", "…", "!!!", "🌲🌲", "'", '"', '""', "« »", "&|!():*<->", "\x00", "l’", "\u200b"]
)
def test_search_says_when_a_text_asks_nothing(cleaners, text):
    asked = search.read_search_text(text)
    assert not asked
    assert len(found(text)) == 3  # as if nothing had been asked
    assert bool(asked.message) is bool(text.strip("\x00"))


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE suppliers_supplier; --",
        "entretien' | 'x",
        "a:*",
        "!entretien",
        "entretien <-> ménager",
        "(((",
        "\\",
        "%",
        "_",
        "\ud83c",
        "a" * 200,
        " ".join("abcdefghijkl" for _ in range(40)),
        " ".join(f"mot{n}" for n in range(60)),
        "ﬁn ① Ⅷ ß İ",
        "４２",
    ],
)
def test_search_survives_anything(cleaners, text):
    text = text.encode("utf-8", "replace").decode()
    found(text)
    assert SupplierFactory._meta.model.objects.count() == 3


def test_search_ranks_names_before_offers_before_activities():
    SupplierFactory(name="Zinc", activity="", offers=[("Menuiserie", None)])
    SupplierFactory(name="Menuiserie du Parc", activity="", offers=[])
    SupplierFactory(name="Alu", activity="Soudure et menuiserie", offers=[])
    assert found("menuiserie") == ["Menuiserie du Parc", "Zinc", "Alu"]


def test_search_orders_equals_by_name():
    for name in ("Coop Éclair", "Coop Alpha", "Coop Zénith"):
        SupplierFactory(name=name, activity="")
    assert found("coop") == ["Coop Alpha", "Coop Éclair", "Coop Zénith"]


@pytest.mark.parametrize(
    "status", [Status.PROSPECT, Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED, Status.ARCHIVED]
)
def test_search_never_finds_nor_suggests_what_is_not_published(cleaners, status):
    SupplierFactory(name="Xylophones Quercus", status=status, organisation__neq="1198765432")
    assert found("xylophones quercus") == []
    assert found("1198765432") == []
    asked = search.read_search_text("xilophones kercus")
    assert asked.read_as == ""


def test_one_slip_away_covers_every_kind_of_slip():
    assert {"bos", "boiss", "bais", "bios"} <= search.one_slip_away("bois")


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [("bois", "bois", 0), ("bios", "bois", 1), ("menagre", "menager", 1), ("abc", "", 3), ("ca", "abc", 3)],
)
def test_distance_counts_slips(a, b, slips):
    assert search.slip_distance(a, b) == slips


def test_search_reads_a_number_among_words_as_words(cleaners):
    assert search.read_search_text("traiteur 1198765432").neq == ""


def test_search_costs_three_queries_at_most(cleaners, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        search.read_search_text('bios entretein "repas froids" "a" "b" "c" "d" "e" "f"')
    with django_assert_max_num_queries(0):
        search.read_search_text("1198 765 432")
