"""What people say of suggestions counts at once, is shown in words, and is undone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from marketplace.accounts.models import Consent, Organisation
from marketplace.dealings import declines
from marketplace.matching.candidates import match_tender
from marketplace.matching.feedback.lessons import LessonLine, forget_lesson
from marketplace.matching.feedback.misfits import mark_misfit, take_back_misfit
from marketplace.matching.models import Alert, Lesson, Misfit, Suggestion
from marketplace.matching.suggestions import suggest_for_supplier, suggest_for_tender
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed
from tests.factories import MembershipFactory, NeedFactory, SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    return SupplierFactory(
        name="Les Balais verts", offers=[("Entretien ménager", "76111500")], serves=["R04"], activity=""
    )


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


def points(supplier, tender):
    return {match.key: match.points for match in match_tender(tender, worth_it=False)}.get(supplier.pk, 0.0)


def test_a_refused_trade_counts_less_for_its_supplier_alone_until_it_is_forgotten(supplier, member):
    other = SupplierFactory(offers=[("Entretien ménager", "76111500")], serves=["R04"], activity="")
    refused, alike = TenderFactory(), TenderFactory()
    before = points(supplier, alike)
    declines.decline_notice(supplier=supplier, notice=refused, by=member, reason="other_trade")
    assert points(supplier, alike) == pytest.approx(0.5 * before)
    assert points(other, alike) == pytest.approx(before)
    lesson = Lesson.objects.get(supplier=supplier)
    assert LessonLine(lesson).sentence.startswith("Vous avez dit que ce n’est pas votre métier")
    forget_lesson(lesson=lesson, by=member)
    assert points(supplier, alike) == pytest.approx(before)
    assert declines.Decline.objects.filter(supplier=supplier, tender=refused).exists()


def test_distance_and_size_teach_what_the_notice_says_and_nothing_else(supplier, member):
    far = TenderFactory(mrc_id="90", title="Entretien ménager à La Tuque")
    here = TenderFactory(mrc_id="371", title="Entretien ménager")
    Organisation.objects.filter(supplier=supplier).update(lat=46.35, lon=-72.55)  # Trois-Rivières
    near_before, far_before = points(supplier, here), points(supplier, far)
    declines.decline_notice(supplier=supplier, notice=far, by=member, reason="too_far")
    assert Lesson.objects.get(supplier=supplier).km > 100
    assert points(supplier, here) == pytest.approx(near_before)
    assert points(supplier, far) == pytest.approx(0.5 * far_before)
    large = TenderFactory(estimated_amount=400_000)
    declines.decline_notice(supplier=supplier, notice=large, by=member, reason="too_large")
    assert Lesson.objects.get(tender=large).amount == 400_000
    for reason, notice in (("full", TenderFactory()), ("too_large", TenderFactory(estimated_amount=None))):
        declines.decline_notice(supplier=supplier, notice=notice, by=member, reason=reason)
        assert not Lesson.objects.filter(tender=notice).exists()
    need = NeedFactory(title="Entretien ménager", unspsc=["76111500"])
    declines.decline_notice(supplier=supplier, notice=need, by=member, reason="other_trade")
    declines.take_back_decline(supplier=supplier, notice=need, by=member)
    assert not Lesson.objects.filter(need=need).exists()


def test_what_was_taught_is_told_where_it_counts_and_listed_to_undo(client, supplier, member):
    refused, alike = TenderFactory(), TenderFactory(title="Entretien ménager de nos bureaux")
    suggest_for_supplier(supplier=supplier, by=None)
    declines.decline_notice(supplier=supplier, notice=refused, by=member, reason="other_trade")
    kinds = [reason["kind"] for reason in Suggestion.objects.get(tender=alike).reasons]
    assert kinds[-1] == "taught"
    client.force_login(member)
    page = client.get(reverse("dealings:declined")).content.decode()
    assert "Vous avez dit que" in page
    assert "Vous avez dit que" in client.get(reverse("tenders:tender", args=[alike.ocid])).content.decode()
    for lesson in ("x", "999999", str(Lesson.objects.get().pk)):
        client.post(reverse("dealings:declined"), {"lesson": lesson})
    assert not Lesson.objects.exists()
    assert "taught" not in [reason["kind"] for reason in Suggestion.objects.get(tender=alike).reasons]


def test_a_stranger_forgets_nothing(client, supplier, member, foreign_staff):
    declines.decline_notice(supplier=supplier, notice=TenderFactory(), by=member, reason="other_trade")
    lesson = Lesson.objects.get()
    with pytest.raises(NotAllowed):
        forget_lesson(lesson=lesson, by=foreign_staff)
    client.force_login(foreign_staff)
    client.post(reverse("dealings:declined"), {"lesson": lesson.pk})
    assert Lesson.objects.exists()


def test_a_false_suggestion_leaves_and_stays_away_until_it_is_taken_back(
    client, supplier, pole_staff, foreign_staff
):
    tender = TenderFactory()
    [suggestion] = suggest_for_tender(tender=tender, by=None)
    page = reverse("matching_admin:misfit", args=[suggestion.pk])
    client.force_login(foreign_staff)
    assert client.post(page, {"reason": "other"}).status_code == 404
    with pytest.raises(NotAllowed):
        mark_misfit(supplier=supplier, tender=tender, reason="other", by=foreign_staff)
    client.force_login(pole_staff)
    assert client.post(page, {"reason": "nonsense"}).status_code == 200
    assert not Misfit.objects.exists()
    client.post(page, {"reason": "misread", "note": "C’est un ménage de données"})
    misfit = Misfit.objects.get()
    assert (misfit.by, misfit.reason) == (pole_staff, "misread")
    suggest_for_tender(tender=tender, by=None)
    suggest_for_supplier(supplier=supplier, by=None)
    assert not Suggestion.objects.exists()
    listed = reverse("admin:matching_misfit_changelist")
    assert "Les Balais verts" in client.get(listed).content.decode()
    client.post(listed, {"action": "take_back_selected", "_selected_action": [misfit.pk]})
    assert not Misfit.objects.exists()
    assert Suggestion.objects.filter(supplier=supplier, tender=tender).exists()
    with pytest.raises(NotAllowed):
        take_back_misfit(misfit=misfit, by=foreign_staff)


def test_what_if_says_who_would_be_told_and_keeps_nothing(
    client, supplier, member, pole_staff, django_assert_max_num_queries
):
    Consent.objects.create(user=member, purpose=Consent.Purpose.ALERTS, wording="Oui.")
    Alert.objects.create(user=member, supplier=supplier)
    SupplierFactory(
        name="Laval propre",
        offers=[("Entretien ménager", "76111500")],
        mrc=Mrc.objects.get(code="65"),
        serves=["Q"],
    )
    client.force_login(pole_staff)
    page = reverse("matching_admin:what_if")
    assert client.get(page).status_code == 200
    asked = {"title": "Entretien ménager de bureaux", "code": "76111500", "place": "Mauricie"}
    client.get(page, asked)
    with django_assert_max_num_queries(15):
        html = client.get(
            page, asked | {"buyer": "Ville de Shawinigan", "amount": "48 700 $"}
        ).content.decode()
    assert "Les Balais verts" in html
    assert "1 personne serait prévenue" in html
    assert "Laval propre" not in html
    assert (Suggestion.objects.count(), member.messages.count()) == (0, 0)
    for hostile in (
        {"title": "<script>alert(1)</script> ' ; -- %s \x00"},
        {"title": "x" * 600},
        {"title": "ménage", "code": "abc", "place": "Nulle-Part", "amount": "beaucoup"},
        {"title": "((((", "place": "Saint-", "code": "7"},
    ):
        response = client.get(page, hostile)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
    english = client.get(page, asked, headers={"accept-language": "en"})
    assert english.status_code == 200


def test_exposure_counts_places_and_lists_who_never_comes(client, supplier, pole_staff):
    quiet = SupplierFactory(name="Muette", offers=[("Traiteur", "90101600")], serves=["R04"], activity="")
    for _n in range(3):
        suggest_for_tender(tender=TenderFactory(), by=None)
    client.force_login(pole_staff)
    page = reverse("matching_admin:exposure")
    found = client.get(page).context["found"]
    assert [(row.supplier_id, row.suggested, row.first) for row in found.often_first] == [(supplier.pk, 3, 3)]
    assert [row.supplier_id for row in found.never_suggested] == [quiet.pk]
    assert [row.supplier_id for row in found.never_told] == [supplier.pk]
    for query in ("?vue=jamais-suggerees", "?vue=premieres&jours=30", "?vue=x&jours=-1&page=99"):
        assert client.get(page + query).status_code == 200
    assert "Muette" in client.get(page + "?vue=jamais-suggerees").content.decode()
    mine = client.get(reverse("matching_admin:supplier_exposure", args=[supplier.pk]))
    assert len(mine.context["rows"]) == 3
