"""Members see their suggestions; nobody else sees any."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils import timezone

from marketplace.dealings.declines import decline_notice
from marketplace.matching import panels
from marketplace.matching.models import Suggestion
from marketplace.matching.suggestions import suggest_for_tender
from tests.factories import BuyerFactory, MembershipFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def request_of(rf, user):
    request = rf.get("/")
    request.user = user
    return request


@pytest.fixture
def supplier(db):
    return SupplierFactory(
        name="Coop Propreté", offers=[("Entretien ménager", "76111500")], serves=["R04"], activity=""
    )


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


@pytest.fixture
def tender(supplier):
    tender = TenderFactory()
    assert suggest_for_tender(tender=tender, by=None)
    return tender


def outsiders():
    yield AnonymousUser()
    yield MembershipFactory(organisation=BuyerFactory().organisation).user
    yield MembershipFactory(organisation=SupplierFactory().organisation).user


def test_panel_shows_a_member_the_notice_and_why(rf, member, tender):
    context = panels.suggestion_panel(request_of(rf, member))
    html = render_to_string("matching/_suggestion_panel.html", context, request_of(rf, member))
    assert tender.title in html
    assert "Même code UNSPSC que votre offre" in html
    assert "; livraison en Mauricie (Shawinigan), dans votre territoire" in html
    assert tender.ocid in html


def test_panel_and_rows_show_nothing_to_others(rf, tender, platform_admin, pole_staff):
    for user in [*outsiders(), platform_admin, pole_staff]:
        assert panels.suggestion_panel(request_of(rf, user)) is None
        assert panels.tender_reasons(request_of(rf, user), tender) is None


def test_rows_say_both_sides_and_the_caution(rf, member, tender):
    context = panels.tender_reasons(request_of(rf, member), tender)
    html = render_to_string("matching/_reasons.html", context, request_of(rf, member))
    assert "Pourquoi cet avis vous convient" in html
    assert "<b>La même offre.</b>" in html
    assert "Elle ne remplace ni le devis ni un avis juridique." in html
    assert "Concorde" in html


def test_rows_name_the_enterprise_where_a_person_has_two(rf, member, supplier, tender):
    other = SupplierFactory(
        name="Atelier B", offers=[("Entretien ménager", "76111500")], serves=["Q"], activity=""
    )
    MembershipFactory(user=member, organisation=other.organisation)
    suggest_for_tender(tender=tender, by=None)
    html = render_to_string("matching/_reasons.html", panels.tender_reasons(request_of(rf, member), tender))
    assert "Pourquoi cet avis convient à Coop Propreté" in html
    assert "Pourquoi cet avis convient à Atelier B" in html


def test_closed_notices_are_not_shown(rf, member, tender):
    tender.closes_at = timezone.now() - timedelta(minutes=1)
    tender.save()
    assert panels.suggestion_panel(request_of(rf, member)) is None
    assert panels.tender_reasons(request_of(rf, member), tender) is None


def test_what_was_put_aside_is_not_shown(rf, member, supplier, tender):
    decline_notice(supplier=supplier, notice=tender, by=member)
    assert panels.suggestion_panel(request_of(rf, member)) is None
    assert panels.tender_reasons(request_of(rf, member), tender) is None


def test_a_title_cannot_bring_its_own_markup(rf, member, supplier):
    tender = TenderFactory(title="Entretien ménager <script>alert(1)</script>", buyer_name="<b>Ville</b>")
    suggest_for_tender(tender=tender, by=None)
    html = render_to_string(
        "matching/_suggestion_panel.html", panels.suggestion_panel(request_of(rf, member))
    )
    html += render_to_string("matching/_reasons.html", panels.tender_reasons(request_of(rf, member), tender))
    assert "<script>" not in html
    assert "<b>Ville</b>" not in html


def test_panel_costs_the_same_sql_for_1_and_3(rf, member, supplier, tender, django_assert_num_queries):
    panels.suggestion_panel(request_of(rf, member))
    with django_assert_num_queries(1):
        assert len(panels.suggestion_panel(request_of(rf, member))["lines"]) == 1
    for _ in range(2):
        suggest_for_tender(tender=TenderFactory(), by=None)
    with django_assert_num_queries(1):
        assert len(panels.suggestion_panel(request_of(rf, member))["lines"]) == 3


def test_suggestions_are_visible_to_members_and_staff_of_the_territory(
    member, tender, pole_staff, foreign_staff, platform_admin
):
    def seen(user):
        return Suggestion.objects.visible_to(user).count()

    assert (seen(member), seen(pole_staff), seen(platform_admin)) == (1, 1, 1)
    assert (seen(foreign_staff), seen(AnonymousUser())) == (0, 0)
    assert [seen(user) for user in outsiders()] == [0, 0, 0]
