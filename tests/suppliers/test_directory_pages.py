"""The directory's page: what people read, whatever they ask."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.territories.models import Mrc
from marketplace.web.process_cache import clear_process_caches
from suppliers import supplier_list
from suppliers.models import DirectoryText, Status
from suppliers.trade_signs import SIGNS, trade_sign
from tests.factories import SupplierFactory
from tests.web.clean import assert_clean, faults

pytestmark = pytest.mark.django_db
ADDRESS = "/fournisseurs/"


def names(response) -> list[str]:
    return re.findall(r"<li><h3><a [^>]*>([^<]*)</a></h3>", response.content.decode())


def words(response) -> str:
    """The page as it is read, no-break spaces made plain."""

    class Reader(HTMLParser):
        text = ""

        def handle_data(self, data):
            self.text += data

    reader = Reader(convert_charrefs=True)
    reader.feed(response.content.decode())
    return " ".join(reader.text.split())


@pytest.fixture
def three():
    return [
        SupplierFactory(
            name="Atelier Bois",
            activity="",
            offers=[("Mobilier urbain", "56101600")],
            legal_form="obnl",
            serves=["R04"],
        ),
        SupplierFactory(name="Coop Propre", offers=[("Entretien ménager", "76111500")], serves=["51"]),
        SupplierFactory(name="Traiteur Zeste", activity="", offers=[("Buffets froids", None)]),
    ]


def test_directory_shows_every_published_supplier_by_name(client, three):
    response = client.get(ADDRESS)
    assert names(response) == ["Atelier Bois", "Coop Propre", "Traiteur Zeste"]
    assert "3 fournisseurs au répertoire" in words(response)
    assert "1 à 3 sur 3" in words(response)
    assert_clean(response)


def test_directory_is_clean_with_none_one_and_a_map(client, three):
    for query in (
        "?q=zzzzzzz",
        "?q=traiteur",
        "?vue=carte",
        "?q=entretein+menagre&forme=coop&territoire=51&page=9",
    ):
        assert_clean(client.get(ADDRESS + query))


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_directory_never_shows_what_is_not_published(client, three, pole_staff, status):
    SupplierFactory(name="Fiche Cachée", status=status)
    for browser in (client,):
        for query in ("", "?q=cachée", "?q=fiche+cachee", "?tri=recent", "?vue=carte"):
            assert "Cachée" not in words(browser.get(ADDRESS + query)).replace("« cachée »", "")
    client.force_login(pole_staff)  # staff find it in the back room, not here
    assert names(client.get(ADDRESS)) == ["Atelier Bois", "Coop Propre", "Traiteur Zeste"]


def test_directory_marks_what_answered_and_says_how_it_read(client, three):
    response = client.get(ADDRESS + "?q=entretein+menagre")
    assert names(response) == ["Coop Propre"]
    assert "<mark>Entretien ménager</mark>" in response.content.decode()
    read = words(response)
    assert "Résultats pour « entretien ménager ». Chercher plutôt exactement « entretein menagre »?" in read
    assert "1 fournisseur pour « entretien ménager »" in read


def test_directory_counts_who_serves_a_place(client, three):
    read = words(client.get(ADDRESS + "?territoire=R04"))
    assert "1 fournisseur dessert toute la Mauricie" in read
    assert "2 fournisseurs desservent Maskinongé" in words(client.get(ADDRESS + "?territoire=51"))
    assert "Maskinongé ou toute la Mauricie" in words(client.get(ADDRESS + "?territoire=51&territoire=R04"))


def test_directory_shows_a_logo_or_else_a_drawn_sign(client, three):
    DirectoryText.objects.filter(name="Coop Propre").update(logo="a" * 32)
    DirectoryText.objects.filter(name="Atelier Bois").update(photo="b" * 32)
    response = client.get(ADDRESS)
    page = response.content.decode()
    assert re.search(r'class="logo" src="/fournisseurs/images/\w+/a{32}\.webp" alt=""', page)
    assert re.search(r'class="logo photo" src="/fournisseurs/images/\w+/b{32}\.webp"', page)
    assert page.count("<use") == 1
    assert_clean(response)
    drawn = (Path(__file__).parents[2] / "static/img/trades.svg").read_text()
    assert {f'id="{sign}"' for sign in SIGNS} <= set(re.findall(r'id="\w+"', drawn))
    assert trade_sign(["76", "7611", "761115"], "72") == "menage"
    assert trade_sign([], "72") == "repas"


def test_directory_keeps_zero_counts(client, three):
    page = client.get(ADDRESS).content.decode()
    assert re.search(r'id="n-forme-mutuelle">0<', page)
    assert re.search(r'id="n-forme-coop">2<', page)
    assert re.search(r'id="n-mrc-371">3<', page)


def test_directory_counts_a_facet_without_its_own_choice(client, three):
    page = client.get(ADDRESS + "?forme=obnl").content.decode()
    assert re.search(r'id="n-forme-coop">2<', page)
    assert re.search(r'id="n-mrc-371">1<', page)
    assert re.search(r'value="obnl" checked', page)


def test_directory_offers_to_remove_each_filter(client, three):
    page = client.get(
        ADDRESS + "?q=bois&forme=obnl&territoire=371&capacite_min=25000&offre=561016"
    ).content.decode()
    page = " ".join(page.split())  # white space that does not show
    chips = dict(
        reversed(pair)
        for pair in re.findall(r'<a class="chip" href="([^"]*)"><span>(.*?) <svg', page.replace("&amp;", "&"))
    )
    # A page without script comes back to where they stand.
    assert all(address.endswith("#actifs") for address in chips.values())
    chips = {label: address.removesuffix("#actifs") for label, address in chips.items()}
    assert (
        chips["<em>Livraison</em> Trois-Rivières"]
        == "/fournisseurs/?q=bois&offre=561016&forme=obnl&capacite_min=25000"
    )
    assert chips["OBNL"] == "/fournisseurs/?q=bois&offre=561016&territoire=371&capacite_min=25000"
    assert any(label.startswith("<em>Offre</em> 56101600") for label in chips)
    assert len(chips) == 4
    assert 'class="tool clear" href="/fournisseurs/?q=bois#actifs"' in page


def test_directory_says_each_unknown_value_and_shows_the_rest(client, three):
    response = client.get(ADDRESS + "?region=zz&mrc=000&forme=coop&tri=hasard&page=abc")
    assert response.status_code == 200
    read = words(response)
    for sentence in (
        "Le filtre « région » ne connaît pas « zz ». Il est ignoré.",
        "Le filtre « MRC » ne connaît pas « 000 ». Il est ignoré.",
        "Le filtre « tri » ne connaît pas « hasard ». Il est ignoré.",
        "« abc » n’est pas un numéro de page. Voici la première.",
    ):
        assert sentence in read
    assert names(response) == ["Coop Propre", "Traiteur Zeste"]


def test_directory_limits_how_many_sentences_it_says(client, three):
    response = client.get(ADDRESS + "?" + "&".join(f"region=x{n}" for n in range(500)))
    assert response.content.decode().count("ne connaît pas") == supplier_list.MOST_MESSAGES


def test_directory_beyond_the_end_shows_the_last_page(client, three, monkeypatch):
    monkeypatch.setattr(supplier_list, "PAGE_SIZE", 2)
    response = client.get(ADDRESS + "?page=99999")
    assert names(response) == ["Traiteur Zeste"]
    assert "Il n’y a que 2 pages. Voici la dernière." in words(response)


@pytest.mark.parametrize(
    "text", ["%00", "%F0%9F%8C%B2", "de+la", "'%3B--", "%ED%A0%80", "a" * 3000, "%26%7C!%28"]
)
def test_directory_answers_nonsense_with_a_page(client, three, text):
    response = client.get(f"{ADDRESS}?q={text}&page=%00&region=%00")
    assert response.status_code == 200
    assert faults(response.content.decode()) == []


def test_directory_without_answer_says_what_would_help(client, three):
    response = client.get(ADDRESS + "?q=mobilier+xyzzyplok&forme=mutuelle")
    read = words(response)
    assert "Aucun fournisseur ne répond à cette recherche" in read
    assert "Aucune fiche ne contient « xyzzyplok »." in read
    assert 'href="/fournisseurs/?q=mobilier&amp;forme=mutuelle"' in response.content.decode()


def test_directory_escapes_what_suppliers_and_visitors_write(client):
    SupplierFactory(
        name="<script>alert(1)</script> Menuiserie",
        activity="<img src=x onerror=alert(2)>",
        offers=[("Menuiserie <b>fine</b> & meubles", None)],
        organisation__town="<i>Trois</i>",
    )
    for query in ("", "?q=menuiserie+script", "?q=<svg/onload=alert(3)>", "?region=<b>x</b>"):
        page = (
            client.get(ADDRESS, {}, headers={}).content.decode()
            if not query
            else client.get(ADDRESS + query).content.decode()
        )
        for danger in ("<script>alert", "<img src=x", "<b>fine", "<svg/onload", "<b>x", "<i>Trois"):
            assert danger not in page
    assert (
        "<mark>Menuiserie</mark> &lt;b&gt;fine&lt;/b&gt; &amp; meubles"
        in client.get(ADDRESS + "?q=menuiserie").content.decode()
    )


def test_directory_says_when_a_verification_has_lapsed(client):
    today = timezone.localdate()
    SupplierFactory(name="A", proved=6)
    SupplierFactory(name="B", proved=6, proved__on=today.replace(day=1) - timedelta(days=365 + 75))
    read = words(client.get(ADDRESS))
    assert "Vérifiée le" in read
    assert re.search(r"Vérification échue depuis \d mois", read)


def test_directory_sql_is_the_same_for_one_and_three_rows(client, django_assert_num_queries):
    SupplierFactory(name="Entretien Un", offers=[("Entretien ménager", "76111500")])
    query = "?q=entretien&region=04&forme=coop&territoire=371"
    client.get(ADDRESS + query)
    with django_assert_num_queries(3):
        assert len(names(client.get(ADDRESS + query))) == 1
    for n in range(2):
        SupplierFactory(
            name=f"Entretien {n}", offers=[("Entretien ménager", "76111500"), ("Vitres", "76111500")]
        )
    client.get(ADDRESS + query)  # the columns of the process take in what changed
    with django_assert_num_queries(3):
        assert len(names(client.get(ADDRESS + query))) == 3


def test_directory_sql_stays_under_its_budget(client, three, pole_staff, django_assert_max_num_queries):
    query = '?q=entretein+bios+"entretien"&region=04&offre=76'
    clear_process_caches()  # a minute ends for none of them between two requests
    client.get(ADDRESS + query)
    with django_assert_max_num_queries(8):
        client.get(ADDRESS + query)
    client.force_login(pole_staff)
    with django_assert_max_num_queries(11):
        client.get(ADDRESS + query)


def test_directory_gives_htmx_the_answers_alone(client, three):
    whole = client.get(ADDRESS + "?forme=obnl")
    part = client.get(ADDRESS + "?q=&forme=obnl&territoire=", headers={"HX-Request": "true"})
    page = part.content.decode()
    assert names(part) == names(whole) == ["Atelier Bois"]
    assert "<html" not in page
    assert (
        'filtres"' not in re.findall(r"<form[^>]*", page)[0]
    )  # the filters stay; « Retenir » goes with its cards
    assert re.search(r'id="n-forme-coop" hx-swap-oob="true">2<', page)
    assert part.headers["HX-Push-Url"] == "/fournisseurs/?forme=obnl"
    for response in (whole, part):
        assert "HX-Request" in response.headers["Vary"]


def test_directory_gives_a_whole_page_back_in_history(client, three):
    response = client.get(ADDRESS, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in response.content.decode()


def test_directory_by_mrc_counts_seats(client, three):
    SupplierFactory(name="Ailleurs", mrc=Mrc.objects.get(code="65"))
    SupplierFactory(name="Nulle part", mrc=None)
    response = client.get(ADDRESS + "?vue=carte")
    rows = re.findall(
        r'<th scope="row">(?:<a href="([^"]*)">)?([^<]*).*?<td class="num"[^>]*>(\d+)',
        response.content.decode(),
        re.DOTALL,
    )
    assert [(name, n) for _, name, n in rows] == [
        ("Trois-Rivières", "3"),
        ("Laval", "1"),
        ("MRC inconnue", "1"),
    ]
    assert rows[0][0] == "/fournisseurs/?mrc=371"
    assert names(client.get(rows[1][0])) == ["Ailleurs"]


def test_directory_refuses_other_methods(client):
    assert client.post(ADDRESS).status_code == 405


def test_directory_reads_in_english_addresses(client, three):
    response = client.get("/en/fournisseurs/?q=buffets")
    if response.status_code == 404:
        response = client.get("/en/suppliers/?q=buffets")
    assert names(response) == ["Traiteur Zeste"]


def test_directory_without_answer_leads_to_the_nearest_wider_ones(client, three):
    response = client.get(ADDRESS + "?q=menage&forme=mutuelle&territoire=51")
    page = response.content.decode().replace("&amp;", "&")
    assert "Sans le filtre « Mutuelle » 1 fournisseur" in words(response)
    assert 'href="/fournisseurs/?q=menage&territoire=51"' in page
    assert "Sans le filtre « Livraison" not in words(response)  # nobody is a mutual elsewhere either
    assert re.search(r'href="[^"]*\?mrc=51"', page)
