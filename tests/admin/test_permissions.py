"""Who may do what in /gestion/, written out model by model: a new model without a line here fails."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db

NONE, SEE, EDIT, ADD = "", "view", "view change", "view change add"

# model: (staff of a pôle, platform admin)
MATRIX = {
    "accounts.EmailDomain": (SEE, SEE),
    "accounts.Invitation": (SEE, SEE),
    "accounts.JoinRequest": (SEE, SEE),
    "accounts.Organisation": (SEE, ADD),
    "accounts.PersonRequest": (NONE, SEE),
    "accounts.PersonalDataRead": (NONE, SEE),
    "accounts.User": (NONE, ADD),
    "buyers.Buyer": (SEE, EDIT),
    "buyers.Clause": (SEE, ADD),
    "buyers.EnteredNotice": (ADD, ADD),
    "buyers.FeedFile": (SEE, SEE),
    "buyers.Need": (SEE, SEE),
    "buyers.AuthorisationRule": (SEE, ADD),
    "buyers.NoticeSource": (SEE, ADD),
    "buyers.ProcedureRule": (SEE, ADD),
    "buyers.Tender": (SEE, SEE),
    "classification.Certification": (SEE, ADD),
    "classification.LexiconGroup": (ADD, ADD),
    "classification.Purpose": (SEE, ADD),
    "classification.SeaoCategory": (SEE, SEE),
    "classification.Sector": (SEE, SEE),
    "classification.UnspscCode": (SEE, EDIT),
    "cohorts.Application": (SEE, SEE),
    "cohorts.Cohort": (ADD, ADD),
    "cohorts.Programme": (ADD, ADD),
    "dealings.Consortium": (SEE, SEE),
    "dealings.Decline": (SEE, SEE),
    "dealings.InquiryRecipient": (SEE, SEE),
    "dealings.InquiryReport": (EDIT, EDIT),
    "dealings.Interest": (SEE, SEE),
    "dealings.NeedDecision": (SEE, SEE),
    "dealings.NeedInvitation": (SEE, SEE),
    "dealings.NeedQuestion": (SEE, SEE),
    "dealings.OwnList": (NONE, SEE),
    "dealings.Quote": (SEE, SEE),
    "dealings.Shortlist": (SEE, SEE),
    "dealings.SuggestedNotice": (SEE, SEE),
    "events.MatchmakingEvent": (ADD, ADD),
    "matching.Alert": (NONE, SEE),
    "matching.BuyerSuggestion": (SEE, SEE),
    "matching.NewSupplierAlert": (NONE, SEE),
    "matching.SavedSearch": (NONE, SEE),
    "matching.Suggestion": (SEE, SEE),
    "matching.Lesson": (SEE, SEE),
    "matching.Misfit": (SEE, SEE),
    "outbox.Event": (NONE, SEE),
    "outreach.Approach": (ADD, ADD),
    "outreach.Campaign": (ADD, ADD),
    "outreach.ContactEntry": (EDIT, EDIT),
    "outreach.LetterTemplate": (ADD, ADD),
    "outreach.FeaturedSupplier": (SEE, SEE),
    "outbox.Message": (SEE, SEE),
    "outbox.Suppression": (SEE, SEE),
    "security.SecurityEvent": (NONE, SEE),
    "suppliers.Decision": (SEE, SEE),
    "suppliers.EmptySearch": (SEE, SEE),
    "suppliers.Supplier": (ADD, ADD),
    "suppliers.TriageSign": (ADD, ADD),
    "territories.Mrc": (SEE, SEE),
    "territories.Municipality": (SEE, SEE),
    "territories.Nation": (SEE, ADD),
    "territories.Pole": (SEE, ADD),
    "territories.Region": (SEE, SEE),
    "web.FileQuota": (NONE, EDIT),
}


def powers(model_admin, user):
    request = RequestFactory().get("/gestion/")
    request.user = user
    perms = model_admin.get_model_perms(request)
    return {what for what, allowed in perms.items() if allowed}


def test_every_registered_model_has_a_line():
    assert {model._meta.label for model in admin.site._registry} == set(MATRIX)


@pytest.mark.parametrize("label", MATRIX)
def test_powers_follow_the_matrix(label):
    from django.apps import apps

    model_admin = admin.site.get_model_admin(apps.get_model(label))
    staff, platform = MATRIX[label]
    assert powers(model_admin, factories.PolePostFactory().user) == set(staff.split())
    assert powers(model_admin, factories.UserFactory(is_superuser=True)) == set(platform.split())
    for person in (
        factories.UserFactory(),
        factories.MembershipFactory().user,
        factories.UserFactory(is_superuser=True, is_active=False),
    ):
        assert powers(model_admin, person) == set()


@pytest.mark.parametrize("label", MATRIX)
def test_pages_answer_as_the_matrix_says(label, pole_staff):
    client = signed_in(pole_staff)
    app, model = label.lower().split(".")
    staff, _platform = MATRIX[label]
    assert client.get(reverse(f"admin:{app}_{model}_changelist")).status_code == (
        200 if "view" in staff else 403
    )
    assert client.get(reverse(f"admin:{app}_{model}_add")).status_code == (200 if "add" in staff else 403)


@pytest.mark.parametrize("label", MATRIX)
@pytest.mark.parametrize("role", ["staff", "platform"])
def test_every_row_opens_with_its_history_for_who_may_see_it(label, role, secret, pole_staff, platform_admin):
    from django.apps import apps

    app, model = label.lower().split(".")
    client = signed_in(pole_staff if role == "staff" else platform_admin)
    if "view" not in MATRIX[label][0 if role == "staff" else 1]:
        pytest.skip("the role does not see this model")
    row = apps.get_model(label)._default_manager.order_by("pk").last()
    if row is None:
        pytest.skip("no row of this model in the fixture")
    for page in ("change", "history"):
        assert client.get(reverse(f"admin:{app}_{model}_{page}", args=[row.pk])).status_code == 200


def test_nobody_deletes_from_a_page(platform_admin):
    supplier = factories.SupplierFactory()
    client = signed_in(platform_admin)
    url = reverse("admin:suppliers_supplier_delete", args=[supplier.pk])
    assert client.get(url).status_code == 403
    assert client.post(url, {"post": "yes"}).status_code == 403
    listing = client.get(reverse("admin:suppliers_supplier_changelist"))
    assert "delete_selected" not in listing.content.decode()


def test_pole_staff_cannot_save_what_they_only_read(pole_staff):
    organisation = factories.OrganisationFactory(name="Tel quel")
    url = reverse("admin:accounts_organisation_change", args=[organisation.pk])
    assert signed_in(pole_staff).post(url, {"name": "Changé"}).status_code == 403
    organisation.refresh_from_db()
    assert organisation.name == "Tel quel"


def test_organisation_of_a_supplier_is_edited_on_its_sheet_only(platform_admin):
    supplier = factories.SupplierFactory()
    url = reverse("admin:accounts_organisation_change", args=[supplier.organisation_id])
    assert signed_in(platform_admin).post(url, {"name": "Changé"}).status_code == 403


@pytest.mark.parametrize("who", ["nobody", "member"])
def test_others_signed_in_get_a_plain_no(client, who):
    user = factories.UserFactory() if who == "nobody" else factories.MembershipFactory().user
    client.force_login(user)
    assert client.get("/gestion/", follow=True).status_code == 403
    assert client.get("/gestion/suppliers/supplier/", follow=True).status_code == 403


def test_anonymous_is_led_to_the_one_sign_in_page_and_back(client):
    response = client.get("/gestion/suppliers/supplier/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "next=%2Fgestion%2Fsuppliers%2Fsupplier%2F" in response.redirect_chain[-1][0]


def test_sign_in_does_not_lead_to_another_host(client):
    response = client.get("/gestion/login/?next=https://mechant.example/")
    assert response.url == f"{reverse('account_login')}?next=%2Fgestion%2F"
