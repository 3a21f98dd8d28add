"""Where a notice is: what it says of itself, then who buys; never the seat of a body of all Québec."""

import json
from collections import Counter

import pytest

from buyers.models import Buyer, Tender
from buyers.ocds import importer
from buyers.ocds.delivery import DeliveryAddress, delivery_addresses
from buyers.ocds.places import NoticePlace, NoticePlaces
from buyers.ocds.releases import ReleaseParty, read_release
from marketplace.matching.candidates import match_tender
from tests import factories
from tests.bench.regions import known_regions, measure_regions
from tests.buyers.ocds_files import notice

pytestmark = pytest.mark.django_db

IN_QUEBEC_CITY = {"locality": "Québec", "postal_code": "G1R5S9", "province": "QC"}
SQI = ReleaseParty(name="Société québécoise des infrastructures", **IN_QUEBEC_CITY)


@pytest.fixture
def notices() -> NoticePlaces:
    return NoticePlaces.load()


def place(notices, title="Achat de camions", party=SQI, unit="", **said) -> tuple[str | None, str]:
    found = notices.place_of(title=title, party=party, buyer_name=unit or party.name, **said)
    return found.region, found.source


class TestBodiesOfAllQuebec:
    @pytest.mark.parametrize(
        "name",
        [
            "Société québécoise des infrastructures",
            "Ministère des Transports (Direction des contrats)",
            "Ministère de la Santé (Québec)",
            "Hydro-Québec",
            "Revenu Québec",
            "Société des alcools du Québec",
            "Loto-Québec",
            "Sûreté du Québec",
        ],
    )
    @pytest.mark.parametrize("postal_code", ["G1R5S9", "H2K3S7", "G9A5S9"])
    def test_their_postal_code_is_never_taken(self, notices, name, postal_code):
        party = ReleaseParty(name=name, locality="Québec", postal_code=postal_code, province="QC")
        assert place(notices, party=party) == (None, "")

    def test_the_title_places_their_notice(self, notices):
        assert place(notices, "Entretien ménager à Shawinigan") == ("04", "title")
        assert place(notices, "Ascenseurs du palais de justice de Rimouski") == ("01", "title")

    @pytest.mark.parametrize(
        ("unit", "region"),
        [
            ("SQI-Direction immobilière de la Mauricie", "04"),
            ("MTQ - direction Mauricie", "04"),
            ("Ministère des Transports - Direction générale de l’Outaouais", "07"),
            ("Revenu Québec - Direction de Laval", "13"),
            ("SQI-Direction immobilière Mauricie, Centre-du-Québec", None),
            ("Revenu Québec (Montréal)", None),
            ("SQI-Direction des contrats", None),
        ],
    )
    def test_the_territory_of_their_unit_counts_and_its_seat_does_not(self, notices, unit, region):
        assert place(notices, unit=unit) == (region, "name" if region else "")

    def test_their_profile_says_where_they_sit_and_no_more(self, notices):
        ministry = factories.BuyerFactory(
            kind=Buyer.Kind.MINISTRY, organisation__name="Régie des Essais", organisation__region_id="03"
        )
        party = ReleaseParty(name="Régie des Essais", **IN_QUEBEC_CITY)
        assert place(notices, party=party, buyer=ministry) == (None, "")


class TestLocalBodies:
    @pytest.mark.parametrize(
        ("name", "postal_code", "region", "source"),
        [
            ("Ville de Trois-Rivières", "", "04", "name"),
            ("Centre de services scolaire du Chemin-du-Roy", "", "04", "name"),
            ("Santé Québec - CISSS de la Côte-Nord", "G1R5S9", "09", "name"),
            ("Cégep régional des Essais", "J6E4S7", "14", "postal_code"),
            ("Office municipal d’habitation des Essais", "H2K3S7", "06", "postal_code"),
            # Who is of no known kind is taken at its postal code outside the two capitals of the public bodies only.
            ("Fondation des Essais", "G9A5H7", "04", "postal_code"),
            ("Fondation des Essais", "G1R5S9", None, ""),
            ("Fondation des Essais", "H2K3S7", None, ""),
        ],
    )
    def test_their_name_then_their_postal_code(self, notices, name, postal_code, region, source):
        party = ReleaseParty(name=name, postal_code=postal_code, province="QC")
        assert place(notices, party=party) == (region, source)

    def test_a_municipal_body_is_taken_at_its_postal_code(self, notices):
        party = ReleaseParty(name="Aqueduc des Essais", is_municipal=True, postal_code="G1R5S9")
        assert place(notices, party=party) == ("03", "postal_code")

    def test_a_title_that_names_another_place_comes_first(self, notices):
        university = ReleaseParty(name="Université Laval")
        assert place(notices, "Station de recherche à Kangiqsualujjuaq", university) == ("10", "title")

    def test_a_street_named_for_a_town_moves_nothing(self, notices):
        town = ReleaseParty(name="Ville de Trois-Rivières")
        for title in (
            "Réfection de la rue Sherbrooke",
            "Égout, boulevard Laval",
            "Conduite, de Sherbrooke à Dupuis",
        ):
            assert place(notices, title, town) == ("04", "name")

    def test_work_in_several_regions_is_in_the_buyers_own_or_in_none(self, notices):
        title = "Navette entre les villes de Bécancour et de Trois-Rivières"
        assert place(notices, title, ReleaseParty(name="Ville de Bécancour")) == ("17", "name")
        assert place(notices, title, ReleaseParty(name="Ville de Lévis")) == (None, "")


@pytest.mark.parametrize(
    "party",
    [
        ReleaseParty(name="Ville de Laval", country="France", is_abroad=True),
        ReleaseParty(name="Town of Windsor", province="ONTARIO", postal_code="N9A6S1"),
        ReleaseParty(name="Ville de Sherbrooke", province="ON"),
    ],
)
def test_a_body_elsewhere_is_in_no_town_of_quebec(notices, party):
    assert place(notices, "Travaux à Laval", party) == (None, "")


def test_a_wrong_province_does_not_move_a_town(notices):
    party = ReleaseParty(name="Ville de Gatineau", province="ON", postal_code="J8X2X5")
    assert place(notices, party=party) == ("07", "name")


class TestDelivery:
    def test_delivery_places_come_after_the_title_and_before_the_buyer(self, notices):
        delivery = [DeliveryAddress(locality="Rimouski", postal_code="G5L 1A1")]
        town = ReleaseParty(name="Ville de Lévis")
        assert place(notices, party=town, delivery=delivery) == ("01", "delivery")
        assert place(notices, "Travaux à Gaspé", town, delivery=delivery) == ("11", "title")

    def test_delivery_in_several_regions_is_in_none(self, notices):
        delivery = [DeliveryAddress(locality="Rimouski"), DeliveryAddress(locality="Laval")]
        assert place(notices, party=ReleaseParty(name="Ville de Lévis"), delivery=delivery) == (None, "")

    def test_delivery_elsewhere_is_not_taken_for_a_town_of_the_name(self, notices):
        abroad = DeliveryAddress(locality="Laval", country="France")
        other = DeliveryAddress(locality="Windsor", region="ON")
        assert place(notices, delivery=[abroad, other]) == (None, "")

    def test_delivery_is_read_from_the_notice_its_lots_and_its_items(self):
        tender = {
            "deliveryAddresses": [{"locality": "Alma", "postalCode": "G8B 1A1", "countryName": "Canada"}],
            "lots": [{"deliveryLocation": {"description": "Lac-Saint-Jean"}}, "?"],
            "items": [
                {"deliveryAddress": {"region": "Mauricie"}},
                {"deliveryAddress": {}},
                {"deliveryLocation": 3},
            ],
        }
        assert delivery_addresses(tender) == (
            DeliveryAddress(locality="Alma", postal_code="G8B 1A1", country="Canada"),
            DeliveryAddress(description="Lac-Saint-Jean"),
            DeliveryAddress(region="Mauricie"),
        )

    def test_a_region_or_a_description_is_enough(self, notices):
        assert place(notices, delivery=[DeliveryAddress(region="Mauricie")]) == ("04", "delivery")
        assert place(notices, delivery=[DeliveryAddress(description="Entrepôt à Amos")]) == ("08", "delivery")


def provincial(number, title, **changes):
    name = "SQI-Direction des contrats"
    address = {"locality": "Québec", "region": "QC", "postalCode": "G1R5S9", "countryName": "CAN"}
    party = {
        "id": "OP-999801",
        "name": name,
        "roles": ["buyer"],
        "details": {"municipal": "0"},
        "address": address,
    }
    return notice(
        number, parties=[party], buyer={"id": "OP-999801", "name": name}, tender__title=title, **changes
    )


def test_the_same_work_finds_the_same_suppliers_whoever_buys_it(feed):
    title = "Entretien ménager au 100, rue Laviolette à Trois-Rivières"
    town = {"id": "OP-999802", "name": "Ville de Trois-Rivières", "roles": ["buyer"]}
    local = factories.SupplierFactory(serves=["371"], offers=[("Entretien ménager", "76111500")])
    factories.SupplierFactory(serves=["R03"], offers=[("Entretien ménager", "76111500")])

    feed.load(
        provincial(20990001, title),
        notice(20990002, parties=[town], buyer={"id": town["id"], "name": town["name"]}, tender__title=title),
    )

    by_sqi, by_town = Tender.objects.order_by("number")
    assert (by_sqi.region_id, by_sqi.mrc_id, by_sqi.region_source) == ("04", "371", "title")
    assert (by_town.region_id, by_town.mrc_id) == ("04", "371")
    assert [match.key for match in match_tender(by_sqi)] == [local.pk]
    assert [match.key for match in match_tender(by_town)] == [local.pk]


def test_a_notice_of_no_known_region_passes_every_filter_and_says_so(feed, client):
    feed.load(provincial(20990001, "Conciergerie"))
    for region in ("04", "13"):
        assert Tender.objects.get().ocid in json.dumps(
            client.get("/api/v1/tenders/", {"region": region}).json()
        )
        page = client.get("/appels-doffres/", {"region": region}).content.decode()
        assert "Conciergerie" in page
        assert "Région non précisée" in page


def test_a_region_is_the_same_in_any_order_of_the_notices(feed):
    """No notice learns where it is from another of its buyer."""
    address = {"postalCode": "G9A5H7", "region": "QC"}
    mute = {"id": "OP-7", "name": "Achats communs", "roles": ["buyer"]}
    buyer = {"id": "OP-7", "name": "Achats communs"}
    first = notice(20990001, parties=[mute], buyer=buyer)
    second = notice(20990002, parties=[{**mute, "address": address}], buyer=buyer)
    states = []
    for releases in ((first, second), (second, first)):
        for release in releases:
            feed.load(release)
        importer.link_known(by=None)
        states.append(list(Tender.objects.order_by("number").values_list("region_id", "region_source")))
        Tender.objects.all().delete()
    assert states[0] == states[1] == [(None, ""), ("04", "postal_code")]


class TestProfilesMadeLater:
    def test_the_profile_places_a_notice_that_names_no_place_openly(self, feed):
        party = {"id": "OP-7", "name": "Achats communs", "roles": ["buyer"]}
        buyer = {"id": "OP-7", "name": "Achats communs"}
        feed.load(
            notice(20990001, parties=[party], buyer=buyer),
            notice(20990002, parties=[party], buyer=buyer, tender__title="Toiture du centre de Rimouski"),
            notice(20990003, parties=[party], buyer=buyer, tender__title="Toiture à Rimouski"),
        )
        factories.BuyerFactory(organisation__name="Achats communs", organisation__mrc_id="51")

        importer.link_known(by=None)

        placed = Tender.objects.order_by("number").values_list("region_id", "region_source")
        assert list(placed) == [("04", "buyer"), ("04", "buyer"), ("01", "title")]

    def test_the_profile_of_a_ministry_places_nothing(self, feed):
        feed.load(provincial(20990001, "Conciergerie"))
        factories.BuyerFactory(
            kind=Buyer.Kind.STATE_ENTERPRISE,
            organisation__name="SQI-Direction des contrats",
            organisation__region_id="03",
        )
        importer.link_known(by=None)
        assert Tender.objects.get().buyer is not None
        assert Tender.objects.get().region_id is None


@pytest.mark.shared_data
class TestRealNotices:
    def test_at_most_two_percent_lie_outside_their_delivery_regions(self, shared, notices):
        found = measure_regions(shared, notices)
        assert found.total() == 3981
        assert found["wrong"] / found.total() <= 0.02
        assert found["unknown"] / found.total() <= 0.18

    def test_the_truth_is_read_from_the_awards(self, shared):
        assert known_regions(shared)["12407"] == {"08", "10"}

    def test_notices_of_a_real_week_are_placed(self, shared, notices):
        text = (shared / "seao" / "hebdo_20260727_20260802.extrait_reel.json").read_text(encoding="utf-8")
        placed = Counter(
            notices.place_of_release(read_release(release)).region for release in json.loads(text)["releases"]
        )
        assert placed == {"03": 3, "13": 1, "06": 3, "02": 3, "16": 2, "14": 1, "15": 1}


def test_nothing_said_is_nothing_known(notices):
    assert notices.place_of(title="", party=ReleaseParty(), buyer_name="") == NoticePlace()
