"""A decision pressed with unsaved edits saves them, or refuses and shows them; it never discards them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import State as CohortState
from marketplace.accounts.models import Invitation
from marketplace.events.models import State as EventState
from suppliers.models import CriterionAnswer, Decision, Status
from tests import factories
from tests.admin.conftest import press, signed_in
from tests.cohorts.factories import CohortFactory
from tests.events.factories import EventFactory
from tests.web.versions import page_forms, posted_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(db):
    return factories.SupplierFactory(
        status="submitted", name="Cuisine du Cap", activity="Repas", offers=[("Traiteur", "90101600")]
    )


def change(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_every_decision_beside_a_form_belongs_to_it(sheet, pole_staff):
    client = signed_in(pole_staff)
    for row, buttons in ((sheet, "move"), (CohortFactory(), "move"), (EventFactory(), "geste")):
        body = client.get(change(row)).content.decode()
        form = f'form="{row._meta.model_name}_form"'
        pressed = [tag for tag in body.split("<button")[1:] if f'name="{buttons}"' in tag.split(">")[0]]
        assert pressed
        assert all(form in tag.split(">")[0] for tag in pressed), row


def test_publishing_saves_what_was_typed_first(sheet, pole_staff):
    response = press(
        signed_in(pole_staff),
        sheet,
        move="publish",
        activity="Repas chauds",
        **{"decision-message": "Bienvenue"},
    )
    assert response.status_code == 302
    sheet.refresh_from_db()
    assert (sheet.status, sheet.activity) == (Status.PUBLISHED, "Repas chauds")
    assert [one.verb for one in Decision.objects.order_by("pk")] == ["update", "publish"]
    assert Decision.objects.get(verb="publish").message == "Bienvenue"


def test_publishing_an_untouched_sheet_writes_one_decision(sheet, pole_staff):
    press(signed_in(pole_staff), sheet, move="publish")
    assert [one.verb for one in Decision.objects.all()] == ["publish"]


def test_refused_decision_saves_nothing_and_shows_all_that_was_typed(sheet, pole_staff):
    response = press(
        signed_in(pole_staff),
        sheet,
        move="archive",
        activity="Repas chauds",
        invited_email="marie@exemple.test",
        **{"decision-message": "Bonjour", "c1-note": "À revoir"},
    )
    assert response.status_code == 200
    assert "Choisissez le motif" in response.content.decode()
    again = posted_back(response)
    typed = [again[name][0] for name in ("activity", "invited_email", "decision-message", "c1-note")]
    assert typed == ["Repas chauds", "marie@exemple.test", "Bonjour", "À revoir"]
    sheet.refresh_from_db()
    assert (sheet.status, sheet.activity) == ("submitted", "Repas")


def test_faulty_sheet_takes_no_decision(sheet, pole_staff):
    response = press(signed_in(pole_staff), sheet, move="publish", postal_code="ABC", activity="Repas chauds")
    assert "n’est pas un code postal" in response.content.decode()
    assert posted_back(response)["activity"] == ["Repas chauds"]
    sheet.refresh_from_db()
    assert sheet.status == "submitted"


def test_decision_on_a_stale_page_asks_first_then_decides(sheet, pole_staff):
    client = signed_in(pole_staff)
    data = posted_back(client.get(change(sheet)))
    press(client, sheet, _continue="1", activity="Repas tièdes")
    asked = client.post(change(sheet), data | {"move": ["publish"], "activity": ["Repas chauds"]})
    assert asked.status_code == 409
    sheet.refresh_from_db()
    assert sheet.status == "submitted"
    assert client.post(change(sheet), posted_back(asked)).status_code == 302
    sheet.refresh_from_db()
    assert (sheet.status, sheet.activity) == (Status.PUBLISHED, "Repas chauds")


def test_saving_keeps_the_findings_typed_beside_it(sheet, pole_staff):
    typed = {"c1-state": "incomplete", "c1-note": "Joignez les statuts."}
    press(signed_in(pole_staff), sheet, _continue="1", activity="Repas chauds", **typed)
    answer = CriterionAnswer.objects.get(supplier=sheet, criterion=1)
    assert (answer.state, answer.note) == ("incomplete", "Joignez les statuts.")


def test_decision_keeps_a_proof_shared_by_criteria_that_were_answered(sheet, pole_staff):
    CriterionAnswer.objects.create(supplier=sheet, criterion=2, text="Oui.", answered_at=timezone.now())
    client = signed_in(pole_staff)
    typed = {"move": ["publish"], "shared-criteria": ["1", "2"], "shared-basis": ["federation"]}
    client.post(change(sheet), posted_back(client.get(change(sheet))) | typed)
    proved = CriterionAnswer.objects.filter(supplier=sheet, state="proved", basis="federation")
    assert sorted(proved.values_list("criterion", flat=True)) == [1, 2]
    sheet.refresh_from_db()
    assert sheet.status == Status.PUBLISHED


def test_findings_of_two_colleagues_are_asked(sheet, pole_staff):
    client = signed_in(pole_staff)
    stale = posted_back(client.get(change(sheet)))
    press(client, sheet, findings="1", **{"c1-state": "incomplete", "c1-note": "Les statuts."})
    asked = client.post(
        change(sheet), stale | {"findings": ["1"], "c1-state": ["not_met"], "c1-note": ["Ce n’est pas ça."]}
    )
    assert asked.status_code == 409
    assert "Les statuts." in asked.content.decode()
    assert CriterionAnswer.objects.get(supplier=sheet, criterion=1).note == "Les statuts."


def test_message_or_address_without_its_button_is_not_dropped(sheet, pole_staff):
    client = signed_in(pole_staff)
    for typed in ({"decision-message": "Bonjour"}, {"invited_email": "marie@exemple.test"}):
        response = press(client, sheet, _continue="1", activity="Repas chauds", **typed)
        assert "Rien n’est enregistré" in response.content.decode()
        assert next(iter(typed.values())) in response.content.decode()
    sheet.refresh_from_db()
    assert sheet.activity == "Repas"


def test_inviting_saves_what_was_typed(sheet, pole_staff):
    press(
        signed_in(pole_staff), sheet, invite="1", invited_email="marie@exemple.test", activity="Repas chauds"
    )
    sheet.refresh_from_db()
    assert sheet.activity == "Repas chauds"
    assert Invitation.objects.get().email == "marie@exemple.test"


def test_cohort_and_event_save_before_they_move(pole_staff):
    client, cohort, event = signed_in(pole_staff), CohortFactory(state="draft"), EventFactory()
    press(client, cohort, move="open_cohort", place="Salle B")
    cohort.refresh_from_db()
    assert (cohort.state, cohort.place) == (CohortState.OPEN, "Salle B")
    press(client, event, geste="open", title="Journée neuve")
    event.refresh_from_db()
    assert (event.state, event.title) == (EventState.OPEN, "Journée neuve")
    refused = press(client, cohort, move="open_cohort", place="Salle C")
    assert posted_back(refused)["place"] == ["Salle C"]
    cohort.refresh_from_db()
    assert cohort.place == "Salle B"
    assert page_forms(refused)


def test_shared_proof_is_kept_with_the_sheet(sheet, pole_staff):
    client = signed_in(pole_staff)
    data = posted_back(client.get(change(sheet))) | {
        "shared-criteria": ["2", "3"], "shared-basis": ["federation"], "shared-reference": ["Liste 2026"],
        "activity": ["Repas chauds"], "findings": ["1"],
    }  # fmt: skip
    response = client.post(change(sheet), data)
    assert response.status_code == 302
    proved = CriterionAnswer.objects.filter(supplier=sheet, state="proved").values_list(
        "criterion", flat=True
    )
    assert sorted(proved) == [2, 3]
    sheet.refresh_from_db()
    assert sheet.activity == "Repas chauds"
