"""Outside their MRCs nothing exists: every door of /gestion/ is tried by staff of another pôle."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import ForeignKey, ManyToManyField, OneToOneField
from django.urls import reverse

from marketplace.outbox.models import Message
from suppliers.models import CriterionAnswer, Decision, Status, Supplier
from tests.admin.conftest import WORD, signed_in
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


def everything_said(response):
    """The page, where it leads, and what it whispers in its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return (
        body.decode()
        + " ".join(f"{url}" for url, _code in getattr(response, "redirect_chain", []))
        + str(response.headers)
    )


def assert_silent(response, where):
    said = everything_said(response).lower()
    assert WORD.lower() not in said, f"{where}: {said[max(0, said.find(WORD.lower()) - 200) :][:500]}"


def test_lists_searches_and_add_pages_are_silent(secret, foreign_staff):
    client = signed_in(foreign_staff)
    for model in MODELS:
        assert_silent(client.get(address(model, "add"), follow=True), f"{model} add")
        for query in ("", f"?q={WORD[:6]}", "?q=1198", "?e=1", "?_facets=True", "?p=2"):
            answer = client.get(address(model, "changelist") + query, follow=True)
            assert_silent(answer, f"{model} {query}")


@pytest.mark.parametrize("action", ["change", "history", "delete"])
def test_pages_of_each_row_are_silent(secret, foreign_staff, action):
    client = signed_in(foreign_staff)
    for model in MODELS:
        rows = model._default_manager
        for pk in rows.values_list("pk", flat=True)[: 300 : 37 if rows.count() > 15 else 1]:
            where = f"{model} {action} {pk}"
            assert_silent(client.get(address(model, action, pk), follow=True), where)
            assert_silent(
                client.post(address(model, action, pk), {"name": "x"}, follow=True), f"POST {where}"
            )


def test_autocomplete_is_silent_from_every_field(secret, foreign_staff):
    client = signed_in(foreign_staff)
    tried = 0
    for model in [*MODELS, *(inline.model for m in MODELS for inline in admin.site._registry[m].inlines)]:
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                asked = {
                    "app_label": model._meta.app_label,
                    "model_name": model._meta.model_name,
                    "field_name": field.name,
                    "term": WORD[:6],
                }
                assert_silent(client.get(reverse("admin:autocomplete"), asked), f"{model} {field}")
                tried += 1
    assert tried > 20


def test_autocomplete_of_organisations_would_find_it_at_home(secret, platform_admin):
    asked = {"app_label": "accounts", "model_name": "membership", "field_name": "organisation", "term": WORD}
    assert WORD in signed_in(platform_admin).get(reverse("admin:autocomplete"), asked).content.decode()


def test_own_staff_do_see_it(secret, pole_staff):
    """Else the tests above would prove nothing."""
    client = signed_in(pole_staff)
    for model in (Supplier, Decision, Message):
        assert WORD in client.get(address(model, "changelist")).content.decode(), model
    assert WORD in client.get(address(Supplier, "change", secret.supplier.pk)).content.decode()
    assert WORD in client.get(address(Supplier, "history", secret.supplier.pk)).content.decode()
    assert WORD in client.get(reverse("suppliers_admin:queue")).content.decode()


def test_first_page_and_queue_count_and_name_nothing_foreign(secret, foreign_staff):
    client = signed_in(foreign_staff)
    for url in (reverse("admin:index"), reverse("suppliers_admin:queue"), "/gestion/suppliers/"):
        assert_silent(client.get(url, follow=True), url)
    counts = [item.count for item in client.get(reverse("admin:index")).context["waiting"]]
    assert counts == [0] * len(counts)


@pytest.mark.parametrize(
    "action",
    [
        "publish_selected_suppliers",
        "return_selected_suppliers",
        "archive_selected_suppliers",
        "assign_selected_suppliers",
        "export_selected_suppliers",
    ],
)
def test_actions_ignore_posted_ids_of_another_territory(secret, foreign_staff, action):
    own = Supplier.objects.get(pk=secret.supplier.pk).status
    for extra in (
        {"index": "0"},
        {"confirmed": "1", "message": "x", "pole": "laval"},
        {"index": "0", "select_across": "1"},
    ):
        posted = {"action": action, ACTION_CHECKBOX_NAME: [secret.supplier.pk, "999999", "zz"], **extra}
        response = signed_in(foreign_staff).post(address(Supplier, "changelist"), posted, follow=True)
        assert response.status_code == 200
        assert_silent(response, f"{action} {extra}")
    secret.supplier.refresh_from_db()
    assert secret.supplier.status == own == Status.SUBMITTED
    assert secret.supplier.organisation.pole is None


def test_actions_say_how_many_rows_were_left_out(secret, foreign_staff):
    posted = {
        "action": "publish_selected_suppliers",
        "index": "0",
        ACTION_CHECKBOX_NAME: [secret.supplier.pk, "zz"],
    }
    response = signed_in(foreign_staff).post(address(Supplier, "changelist"), posted, follow=True)
    assert "2 lignes choisies ne relèvent pas de vous" in response.content.decode()


def test_retry_ignores_mails_of_another_pole(secret, foreign_staff):
    posted = {"action": "retry_selected", "index": "0", ACTION_CHECKBOX_NAME: [secret.message.pk]}
    response = signed_in(foreign_staff).post(address(Message, "changelist"), posted, follow=True)
    assert_silent(response, "retry")
    secret.message.refresh_from_db()
    assert secret.message.status == "failed"


def test_decisions_and_invitations_are_refused_outside(secret, foreign_staff, pole_staff):
    typed = posted_back(signed_in(pole_staff).get(address(Supplier, "change", secret.supplier.pk)))
    client = signed_in(foreign_staff)
    before = Decision.objects.count()
    for pressed in (
        {"move": ["publish"]},
        {"findings": ["1"], "c1-seen": [""], "c1-state": ["proved"], "c1-basis": ["call"]},
        {"invite": ["1"], "invited_email": ["voleur@exemple.test"]},
    ):
        posted = typed | pressed
        assert_silent(
            client.post(address(Supplier, "change", secret.supplier.pk), posted, follow=True), pressed
        )
    assert Decision.objects.count() == before
    assert not CriterionAnswer.objects.filter(supplier=secret.supplier, state="proved").exists()
    assert secret.organisation.invitations.count() == 1


def test_nothing_resolves_a_row_to_its_public_address(secret, foreign_staff):
    """Django's `r/<content type>/<id>/` would redirect to the slug of any sheet."""
    from django.contrib.contenttypes.models import ContentType

    kind = ContentType.objects.get_for_model(Supplier)
    response = signed_in(foreign_staff).get(f"/gestion/r/{kind.pk}/{secret.supplier.pk}/")
    assert response.status_code == 404
    assert_silent(response, "r/")


def test_missing_and_foreign_rows_answer_alike(secret, foreign_staff):
    client = signed_in(foreign_staff)
    pages = [
        client.get(address(Supplier, action, pk), follow=True).content.decode()
        for action in ("change", "history")
        for pk in (secret.supplier.pk, 987654)
    ]
    bare = [
        page.replace(str(secret.supplier.pk), "N").replace("987654", "N").split("<main")[1] for page in pages
    ]
    assert bare[0] == bare[1]
    assert bare[2] == bare[3]


def test_query_string_does_not_reach_other_columns(secret, pole_staff):
    client = signed_in(pole_staff)
    for query in (
        "organisation__memberships__user__password__startswith=m",
        "organisation__pole__posts__user__email=x",
    ):
        response = client.get(address(Supplier, "changelist") + f"?{query}", follow=True)
        assert response.status_code == 200
        assert "n’existe pas" in response.content.decode()
