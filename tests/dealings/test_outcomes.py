"""What came of being here: visits without visitors, what fitted and was opened, figures and the lists behind them."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone, translation

from buyers.models import Need
from marketplace.dealings.models import (
    ContractAnswer,
    Decline,
    Interest,
    NeedDecision,
    NeedInvitation,
    SuggestedNotice,
    Visits,
    VisitWords,
)
from marketplace.dealings.outcomes import counting, counts, flushing
from marketplace.dealings.outcomes.buyer_counts import STEPS as BUYER_STEPS
from marketplace.dealings.outcomes.buyer_counts import count_buyer_outcomes
from marketplace.dealings.outcomes.counting import clean_words
from marketplace.dealings.outcomes.counts import Whose, count_outcomes
from marketplace.dealings.outcomes.flushing import forget_visit_words, keep_counted_visits
from marketplace.dealings.outcomes.pages import of_organisation
from marketplace.dealings.outcomes.periods import PERIODS, USUAL
from marketplace.dealings.outcomes.recording import record_suggested_notices
from marketplace.dealings.outcomes.searches import searches_of
from marketplace.web.folding import fold_text
from tests.dealings.exchanges import close, exchange, hand_in
from tests.factories import (
    AwardFactory,
    BuyerFactory,
    MembershipFactory,
    NeedFactory,
    OrganisationFactory,
    PolePostFactory,
    SupplierFactory,
    TenderFactory,
    UserFactory,
    pole,
)
from tests.matching.factories import suggestion

pytestmark = pytest.mark.django_db
BROWSER = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept-language": "fr-CA",
}
DIRECTORY = "http://testserver/fournisseurs/"


@pytest.fixture
def kept(settings, valkey):
    """Public pages as the site keeps them, in the real Valkey."""
    settings.KEEP_PUBLIC_PAGES = True
    return caches["default"]


@pytest.fixture
def supplier():
    return SupplierFactory(
        name="Atelier Les Trois Rives",
        activity="Déneigement et entretien de terrains",
        offers=[("Entretien ménager", "76111500")],
        serves=["R04"],
    )


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


def visit(client, supplier, *, who="203.0.113.1", said=BROWSER, **extra):
    address = reverse("suppliers:supplier", args=[supplier.slug])
    return client.get(address, REMOTE_ADDR=who, headers={**said, **extra})


def taken(django_capture_on_commit_callbacks) -> int:
    with django_capture_on_commit_callbacks(execute=True):
        return keep_counted_visits(by=None)


def test_visits_are_counted_beside_kept_pages_and_robots_are_not(
    client,
    supplier,
    member,
    pole_staff,
    kept,
    django_assert_num_queries,
    django_capture_on_commit_callbacks,
):
    visit(client, supplier)
    with django_assert_num_queries(1):  # the kept page's own, and none for the count
        visit(client, supplier, who="203.0.113.2")
    for _again in range(20):  # one network, one day: one visit, whatever it calls itself
        visit(client, supplier, said={**BROWSER, "user-agent": f"Mozilla/5.0 ({_again})"})
    programs = [
        {**BROWSER, "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {**BROWSER, "user-agent": "python-requests/2.32"},
        {"user-agent": BROWSER["user-agent"]},
        {**BROWSER, "sec-purpose": "prefetch"},
        {**BROWSER, "sec-fetch-dest": "image"},
        {},
    ]
    for number, said in enumerate(programs):
        visit(client, supplier, who=f"203.0.113.{20 + number}", said=said)
    for person in (member, pole_staff):
        client.force_login(person)
        visit(client, supplier, who="203.0.113.40")
    assert taken(django_capture_on_commit_callbacks) == 2
    assert taken(django_capture_on_commit_callbacks) == 0
    [row] = Visits.objects.all()
    assert (row.supplier, row.times, row.by_search, row.by_list) == (supplier, 2, 0, 0)
    held = " ".join(key.decode() for key in kept.client().scan_iter(match=f"{kept.key_prefix}:*"))
    assert "203.0.113" not in held
    client.logout()
    visit(client, supplier, who="203.0.113.3")  # a worker that died with what it took: the next one keeps it
    kept.client().rename(kept.make_key(counting.PENDING), kept.make_key(flushing.TAKEN))
    assert taken(django_capture_on_commit_callbacks) == 1
    row.refresh_from_db()
    assert row.times == 3


def test_a_network_that_walks_the_directory_stops_counting(
    client, supplier, kept, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(counting, "MOST_OF_A_NETWORK", 2)
    others = [SupplierFactory() for _n in range(3)]
    for one in others:
        visit(client, one)
    assert taken(django_capture_on_commit_callbacks) == 2


def test_a_search_is_told_only_where_it_finds_the_supplier_and_several_asked(
    client, supplier, member, kept, django_capture_on_commit_callbacks
):
    crafted = [
        "<script>alert(1)</script>",
        "écrire à jean@exemple.com",
        "appeler 514 555 0199",
        "Gagnon déneigement divorce",  # words that nobody's listing says
        "déneigement médiation",  # and one that another's does
        "plomberie",
    ]
    asked = ["déneigement", "Deneigement", "déneigement", *crafted]
    SupplierFactory(activity="Médiation familiale")
    for number, words in enumerate(asked):
        with translation.override("en" if number == 1 else "fr"):
            page = f"http://testserver{reverse('suppliers:directory')}"
        visit(client, supplier, who=f"198.51.100.{number}", referer=f"{page}?q={words}")
    visit(client, supplier, who="198.51.100.50", referer=f"{DIRECTORY}?region=04")
    visit(
        client, supplier, who="198.51.100.51", referer="https://ailleurs.example/fournisseurs/?q=déneigement"
    )
    visit(client, supplier, who="198.51.100.52", referer="http://[")
    assert taken(django_capture_on_commit_callbacks) == len(asked) + 3
    [row] = Visits.objects.all()
    assert (row.times, row.by_search, row.by_list) == (len(asked) + 3, len(asked), 1)
    assert {fold_text(words) for words in VisitWords.objects.values_list("words", flat=True)} == {
        "deneigement"
    }
    assert searches_of(supplier, USUAL) == [], "all of one day"
    VisitWords.objects.create(
        supplier=supplier, day=timezone.localdate() - timedelta(days=1), words="déneigement", times=1
    )
    [found] = searches_of(supplier, USUAL)
    assert (found.words, found.times) == ("déneigement", 4)
    client.force_login(member)
    page = html.unescape(client.get(reverse("dealings:supplier_outcomes", args=[supplier.pk])).text)
    assert "déneigement" in page
    assert "aucune de vos offres n’en parle" in page
    assert not [words for words in crafted if words in page.replace("<script src", "")]
    VisitWords.objects.filter(day=timezone.localdate()).update(day=timezone.localdate() - timedelta(days=500))
    assert forget_visit_words(by=None)
    assert clean_words("a" * 300) == clean_words("\x00") == ""


def test_what_fitted_stays_and_a_member_opens_it(
    client, supplier, member, foreign_staff, pole_staff, kept, django_capture_on_commit_callbacks
):
    tender = TenderFactory(estimated_amount=50_000)
    suggestion(supplier, tender)
    need = NeedFactory()
    hidden = NeedFactory(audience=Need.Audience.INVITED)
    anything = NeedFactory(unspsc=[])
    assert record_suggested_notices(by=None) == 3
    assert record_suggested_notices(by=None) == 0
    assert not SuggestedNotice.objects.filter(need=anything).exists()
    tender.suggestions.all().delete()
    for address in (reverse("tenders:tender", args=[tender.ocid]), reverse("needs:need", args=[need.slug])):
        for person in (None, UserFactory(), pole_staff, member):
            client.logout()
            if person:
                client.force_login(person)
            assert client.get(address, headers=BROWSER).status_code == 200
    taken(django_capture_on_commit_callbacks)
    figures = count_outcomes(Whose.one(supplier, member), USUAL)[supplier.pk]
    assert (figures[counts.MATCHED], figures[counts.OPENED], figures[counts.WITH_AMOUNT]) == (2, 2, 2)
    listed = client.get(reverse("dealings:supplier_outcome", args=[supplier.pk, "matched"])).text
    assert tender.title in listed
    assert need.title in listed
    assert hidden.title not in listed
    buyer = count_buyer_outcomes(of_organisation(hidden.buyer.organisation_id), USUAL)
    assert buyer.needs["fitted"] == 1, "the institution knows its own need"


def test_figures_lead_to_their_lists_and_open_to_members_and_their_pole_alone(
    client, supplier, member, pole_staff, foreign_staff, django_assert_max_num_queries
):
    buyer = BuyerFactory(name="Ville de Zacharie")
    shopper = MembershipFactory(organisation=buyer.organisation).user
    now = timezone.now()
    for _number in range(3):
        tender = TenderFactory(buyer=buyer, estimated_amount=80_000)
        SuggestedNotice.objects.create(supplier=supplier, tender=tender)
        Interest.objects.create(supplier=supplier, tender=tender)
        Decline.objects.create(supplier=supplier, tender=tender, reason=Decline.Reason.TOO_FAR)
        need = NeedFactory(
            buyer=buyer, closes_at=now - timedelta(days=2), published_at=now - timedelta(days=9)
        )
        NeedInvitation.objects.create(need=need, supplier=supplier, told_at=now - timedelta(days=8))
    chosen = NeedFactory(buyer=buyer, status=Need.Status.DECIDED)
    decision = NeedDecision.objects.create(
        need=chosen, organisation=supplier.organisation, name="Atelier", amount=900, why="Prix"
    )
    ContractAnswer.objects.create(decision=decision, side="buyer", said="yes", amount=900)
    AwardFactory(tender__buyer=buyer, organisation=supplier.organisation, amount=3_000)
    AwardFactory(tender__buyer=buyer, neq=supplier.organisation.neq, amount=1_000)
    AwardFactory(tender__buyer=buyer, neq="1149999987", amount=4_000)
    type(supplier).objects.filter(pk=supplier.pk).update(capacity=None)
    pages = {
        "supplier": reverse("dealings:supplier_outcomes", args=[supplier.pk]),
        "buyer": reverse("dealings:buyer_outcomes", args=[buyer.pk]),
    }
    lists = {
        **{
            ("supplier", step): reverse("dealings:supplier_outcome", args=[supplier.pk, step])
            for step in counts.STEPS
        },
        **{("buyer", step): reverse("dealings:buyer_outcome", args=[buyer.pk, step]) for step in BUYER_STEPS},
    }
    for address in (*pages.values(), *lists.values()):
        client.logout()
        assert client.get(address).status_code == 302
        for stranger in (
            UserFactory(),
            foreign_staff,
            MembershipFactory(organisation=SupplierFactory().organisation).user,
        ):
            client.force_login(stranger)
            assert client.get(address).status_code == 404
    for side, person in (("supplier", member), ("buyer", shopper)):
        for reader in (person, pole_staff):
            client.force_login(reader)
            with django_assert_max_num_queries(11):
                text = client.get(pages[side]).text
            assert [line.n for line in client.get(pages[side]).context["lines"]] == {
                "supplier": [3, 0, 3, 3, 0, 3],
                "buyer": [4, 3, 3, 0, 1, 1],
            }[side]
            acts = side == "supplier" and reader is person
            assert ('class="go"' in text) == acts, "who cannot act is shown no button"
    client.force_login(member)
    for (side, step), n in {
        ("supplier", "matched"): 3,
        ("supplier", "asked"): 3,
        ("supplier", "won"): 2,  # of a decision in which it took no part it reads nothing
    }.items():
        with django_assert_max_num_queries(11):
            assert len(client.get(lists[side, step]).context["rows"]) == n
    said = [one.text for one in client.get(pages["supplier"]).context["advice"]]
    assert len(said) == 4
    client.force_login(shopper)
    assert len(client.get(lists["buyer", "invited"]).context["rows"]) == 3
    outcomes = client.get(pages["buyer"]).context["outcomes"]
    assert (outcomes.contracts, outcomes.social_contracts, outcomes.social_amount) == (3, 2, 4_000)
    empty = [f"{address}?periode=30-jours&page=7" for address in lists.values()]
    assert {client.get(address).status_code for address in empty[len(counts.STEPS) :]} == {200}


def test_sealed_quotes_are_not_counted_before_the_closing(client):
    world = exchange()
    hand_in(world.need, world.sellers[0])
    organisation = world.need.buyer.organisation_id
    assert count_buyer_outcomes(of_organisation(organisation), USUAL).needs["quoted"] == 0
    client.force_login(world.sellers[0][1])
    own = client.get(reverse("dealings:supplier_outcomes", args=[world.sellers[0][0].pk]))
    assert [line.n for line in own.context["lines"]][4] == 1
    staff = PolePostFactory(pole=pole("mauricie")).user
    client.force_login(staff)
    seen = client.get(reverse("dealings:supplier_outcomes", args=[world.sellers[0][0].pk]))
    assert [line.n for line in seen.context["lines"]][4] == 0, "not even who answered is said"
    assert [
        row.figures["quoted"] for row in client.get(reverse("dealings_admin:outcomes")).context["rows"]
    ] in ([], [0])
    client.force_login(world.buyer)
    listed = client.get(reverse("dealings:buyer_outcome", args=[world.need.buyer_id, "quoted"]))
    assert listed.context["rows"] == []
    close(world.need)
    found = count_buyer_outcomes(of_organisation(organisation), USUAL)
    assert (found.needs["quoted"], found.undecided) == (1, 1)


def test_a_pole_reads_the_sums_of_its_territory_and_takes_them_away(
    client, pole_staff, foreign_staff, supplier, django_assert_max_num_queries
):
    type(supplier.organisation).objects.filter(pk=supplier.organisation_id).update(name="=1+1 Atelier")
    elsewhere = SupplierFactory(organisation=OrganisationFactory(name="Ailleurs", mrc=None))
    for number, one in enumerate((supplier, SupplierFactory(), elsewhere)):
        Visits.objects.create(supplier=one, day=timezone.localdate(), times=5 + number)
        SuggestedNotice.objects.create(supplier=one, tender=TenderFactory())
    client.force_login(pole_staff)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("dealings_admin:outcomes"))
    assert page.context["visits"] == 11
    assert [row.figures["matched"] for row in page.context["rows"]] == [1, 1]
    assert "Ailleurs" not in page.text
    file = b"".join(client.get(reverse("dealings_admin:outcomes_csv"))).decode()
    assert "'=1+1 Atelier;5;1" in file
    assert "Ailleurs" not in file
    client.force_login(foreign_staff)
    assert client.get(reverse("dealings_admin:outcomes")).context["rows"] == []
    for period in PERIODS:
        assert client.get(reverse("dealings_admin:outcomes") + period.query).status_code == 200
