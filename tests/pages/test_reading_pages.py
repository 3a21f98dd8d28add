import pytest

from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
PAGES = [
    "/accessibilite/",
    "/renseignements-personnels/",
    "/conditions/",
    "/comment-on-verifie/",
    "/joindre-mon-pole/",
    "/etat-du-service/",
]


@pytest.mark.parametrize("address", PAGES)
def test_page_is_clean_and_asks_little(client, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(3):
        assert_clean(client.get(address))


def test_privacy_names_who_answers(client, settings):
    settings.PRIVACY_OFFICER = "Jeanne <Mance>"
    settings.PRIVACY_EMAIL = "vieprivee@exemple.test"
    page = client.get("/renseignements-personnels/").content.decode()
    assert "Jeanne &lt;Mance&gt;" in page
    assert "mailto:vieprivee@exemple.test" in page
    assert settings.SENDER_POSTAL_ADDRESS in page


def test_privacy_promises_what_the_jobs_keep_to(client, settings):
    settings.KEEP_DECIDED_MONTHS, settings.KEEP_ABANDONED_MONTHS = 40, 17
    settings.KEEP_INVITATIONS_MONTHS, settings.WARN_DAYS_BEFORE_FORGETTING = 5, 21
    page = client.get("/renseignements-personnels/").content.decode()
    assert "40 mois après la réponse, 17 mois si vous retirez la demande" in page
    assert "17 mois sans visite, après un rappel 21 jours avant; 5 mois pour une invitation expirée" in page


def test_six_criteria_are_told(client):
    assert client.get("/comment-on-verifie/").content.decode().count('<p class="ev">') == 6


def test_contact_lists_every_pole(client):
    page = client.get("/joindre-mon-pole/").content.decode()
    assert 'id="mauricie"' in page
    assert 'id="laval"' in page
    assert "Shawinigan" in page


def test_contact_sorts_poles_by_region_not_by_article(client):
    page = client.get("/joindre-mon-pole/").content.decode()
    places = [page.index(f'id="{code}"') for code in ("bas-saint-laurent", "laval", "mauricie", "outaouais")]
    assert places == sorted(places)


def test_contact_finds_the_pole_of_an_mrc(client):
    page = client.get("/joindre-mon-pole/", {"mrc": "371"}).content.decode()
    assert 'id="mauricie"' in page
    assert 'id="laval"' not in page
    assert '<option value="371" selected>' in page


@pytest.mark.parametrize("value", ["zz", "<script>", "371'--", "37\x001", "9" * 500])
def test_contact_ignores_an_unknown_mrc_and_says_so(client, value):
    response = client.get("/joindre-mon-pole/", {"mrc": value})
    assert_clean(response)
    page = response.content.decode()
    assert "Il est ignoré." in page
    assert 'id="laval"' in page
    assert "<script>" not in page
