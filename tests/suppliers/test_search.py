"""What people type finds what they mean, and never breaks."""

import pytest
import time_machine
from django.utils import translation

from suppliers.directory import DirectoryQuery, find_answers, read_directory_rows
from suppliers.models import Status
from suppliers.search.asking import search_directory
from suppliers.search.slips import is_clear, one_slip_away
from tests.factories import SupplierFactory

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    asked = search_directory(text)
    answers = find_answers(DirectoryQuery(text=text), asked.wishes, asked.hits)
    return [row.name for row in read_directory_rows(answers.page(0, 50), asked.wishes)]


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
        "netretien mennager",
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


def test_search_takes_who_answers_all_words_before_who_answers_some(cleaners):
    SupplierFactory(name="Tout compris", activity="", offers=[("Entretien", None), ("Buffets", None)])
    first, *others = found("entretien buffets")
    assert first == "Tout compris"
    assert set(others) == {"Coop Brillance", "Traiteur Les Bons Plats"}


def test_search_finds_by_town_region_and_code(cleaners):
    assert found("traiteur trois-rivières") == ["Traiteur Les Bons Plats"]
    assert found("traiteur mauricie") == ["Traiteur Les Bons Plats"]


def test_search_corrects_short_words_with_swapped_letters():
    SupplierFactory(name="Scierie du Lac", activity="", offers=[("Bois de chauffage", None)])
    assert found("bios chaufage") == ["Scierie du Lac"]


def test_search_says_how_it_read_a_wrong_word(cleaners):
    asked = search_directory("Entretein menagre")
    assert asked.read_as == "entretien ménager"
    assert asked.exact == '"Entretein menagre"'
    assert found(asked.exact) == []
    assert search_directory("entretein").exact


def test_search_does_not_correct_a_known_or_unfinished_word(cleaners):
    assert search_directory("entretien").read_as == ""
    assert search_directory("entretien mén").read_as == ""


def test_search_names_the_words_that_nobody_uses(cleaners):
    asked = search_directory("entretien xyzzyplok")
    assert asked.unknown == ("xyzzyplok",)
    assert asked.without_unknown == "entretien"
    assert found("entretien xyzzyplok") == ["Coop Brillance"]


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
    asked = search_directory(text)
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
    SupplierFactory(name="Alu", activity="Soudure et menuiserie", offers=[("Soudure", None)])
    assert found("menuiserie") == ["Menuiserie du Parc", "Zinc", "Alu"]


def test_search_takes_who_does_before_who_collects_and_what_is_named_before_what_is_hinted_at():
    SupplierFactory(name="Fondation des Alpages", activity="Refuge pour animaux", offers=[])
    SupplierFactory(name="Le Gîte des Alpages", activity="Refuge pour animaux", offers=[])
    SupplierFactory(name="Pagaie", activity="Canot et kayak", offers=[])
    SupplierFactory(name="Habitations du Lac", activity="Logements", offers=[])
    SupplierFactory(name="Propriétaires du Lac", activity="Association de propriétaires", offers=[])
    SupplierFactory(name="Info Logis", activity="Droits des locataires", offers=[])
    assert found("refuge pour animaux") == ["Le Gîte des Alpages", "Fondation des Alpages"]
    assert found("louer un kayak")[0] == "Pagaie"
    assert found("mon propriétaire veut m’évincer")[0] == "Info Logis"
    assert search_directory("low-cost housing").wishes.place_label == ""
    assert search_directory("orkestre").wishes.whats[0].label != "orkestre"  # heard, where nothing is found


def test_search_lets_equals_take_turns_from_day_to_day():
    for number in range(6):
        SupplierFactory(name=f"Coop {number}", activity="")
    orders = set()
    for day in range(1, 5):
        with time_machine.travel(f"2026-03-0{day} 12:00", tick=False):
            orders.add(tuple(found("coop")))
            assert found("coop") == found("coop")
    assert len(orders) > 1
    assert {len(order) for order in orders} == {6}


@pytest.mark.parametrize(
    "status", [Status.PROSPECT, Status.DRAFT, Status.SUBMITTED, Status.SUSPENDED, Status.ARCHIVED]
)
def test_search_never_finds_nor_suggests_what_is_not_published(cleaners, status):
    SupplierFactory(name="Xylophones Quercus", status=status, organisation__neq="1198765432")
    assert found("xylophones quercus") == []
    assert found("1198765432") == []
    asked = search_directory("xilophones kercus")
    assert asked.read_as == ""


def test_search_tells_apart_words_of_one_stem():
    SupplierFactory(name="Comité des lois", activity="", offers=[("Lecture de lois", None)])
    SupplierFactory(name="Club de tennis", activity="", offers=[("Terrain de tennis", None)])
    SupplierFactory(name="Comité logement", activity="", offers=[("Aide aux locataires", None)])
    assert "Comité des lois" not in found("loyer")
    with translation.override("en"):  # « tenants » is stemmed as « tennis » was
        assert found("tenants")[:1] == ["Comité logement"]


def test_search_mends_what_sounds_like_a_word_of_the_lexicon_although_its_root_is_found():
    SupplierFactory(name="Les résidants du lac", activity="", offers=[("Entraide", None)])
    assert search_directory("résidance").read_as == "résidence"
    assert search_directory("résidants").read_as == ""


def test_search_reads_no_english_in_words_with_accents_and_the_last_of_english_words_first():
    assert "retraites" not in {
        key for what in search_directory("former nos employés").wishes.whats for key in what.meanings
    }
    SupplierFactory(name="Église du Coin", activity="", offers=[("Culte", None)])
    SupplierFactory(name="Les Voix", activity="", offers=[("Chorale", None)])
    with translation.override("en"):
        assert found("church choir")[0] == "Les Voix"


@pytest.mark.parametrize(
    ("text", "offer"),
    [
        ("souder une rampe", "Atelier de métal"),
        ("notre garagiste est parti", "Entretien de véhicules"),
        ("voyage de sable", "Transport en vrac"),
        ("illettré", "Alphabétisation"),
        ("logement avec repas", "Résidence pour aînés"),
    ],
)
def test_search_knows_who_answers_everyday_verbs_trades_and_needs(text, offer):
    SupplierFactory(name="Les Uns", activity="", offers=[("Jardins", None)])
    SupplierFactory(name="Les Autres", activity="", offers=[(offer, None)])
    assert found(text)[:1] == ["Les Autres"]


def test_one_slip_away_covers_every_kind_of_slip():
    assert {"bos", "boiss", "bais", "bios"} <= one_slip_away("bois")


@pytest.mark.parametrize(
    ("typed", "word", "clear"),
    [
        ("bios", "bois", True),
        ("menagre", "menager", True),
        ("traitteur", "traiteur", True),
        ("consiergerie", "conciergerie", True),
        ("femme", "ferme", False),
        ("cles", "iles", False),
        ("graphisme", "graphique", False),
        ("chapiteaux", "chateau", False),
        ("lit", "lait", False),
    ],
)
def test_a_slip_is_clear_only_where_no_other_word_may_be_meant(typed, word, clear):
    assert is_clear(typed, word) is clear


def test_search_reads_a_number_among_words_as_words(cleaners):
    assert search_directory("traiteur 1198765432").wishes.neq == ""


def test_search_costs_five_queries_at_most(cleaners, django_assert_max_num_queries):
    search_directory("entretien bios")  # a process reads the lexicon and the words of the codes once
    with django_assert_max_num_queries(2):
        search_directory("entretien à Trois-Rivières pour 12 personnes")
    with django_assert_max_num_queries(5):
        search_directory('bios entretein "repas froids" "a" "b" "c" "d" "e" "f"')
    with django_assert_max_num_queries(1):
        search_directory("1198 765 432")
