"""What people see of a bucket: nothing, where it works; a sentence in their language, where it does not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.models import JoinRequest
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.web.private_files import PrivateFile, check_upload
from suppliers.claims import claim_supplier
from suppliers.models import CriterionAnswer, EvidenceFile
from tests import factories
from tests.suppliers.registration.builders import begun, paper
from tests.web.bucket.fixtures import keep_in
from tests.web.private_files import samples
from tests.web.versions import version_of

pytestmark = pytest.mark.django_db
SAYS = {"title": "Trésorière", "message": "Appelez la direction au bureau."}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def supplier():
    return factories.SupplierFactory(name="Atelier Les Trois Rives", slug="trois-rives")


@pytest.fixture
def person():
    return factories.UserFactory()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form() -> dict[str, object]:
    return {**SAYS, "evidence": samples.upload(samples.PDF, "resolution.pdf")}


def claimed(supplier, person) -> JoinRequest:
    evidence = check_upload(samples.upload(samples.PDF, "resolution.pdf"))
    return claim_supplier(supplier=supplier, by=person, evidence=evidence, **SAYS)


def test_claim_s_evidence_is_read_by_who_may_and_by_nobody_else(bucket, supplier, person):
    page = reverse("suppliers:claim", args=[supplier.slug])
    assert signed_in(person).post(page, form()).status_code == 302
    claim = JoinRequest.objects.get()
    assert list(bucket.objects) == [f"private/{claim.evidence.place}"]

    address = reverse("accounts:join_request_evidence", args=[claim.pk])
    answer = signed_in(person).get(address)
    assert b"".join(answer) == samples.PDF
    assert "attachment" in answer["Content-Disposition"]
    asked = len(bucket.asked)
    assert signed_in(factories.UserFactory()).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert len(bucket.asked) == asked, "the bucket is not even asked"
    assert "127.0.0.1" not in str(answer.headers), "no way to the bucket leaks"


def test_erasing_a_person_removes_the_object(bucket, supplier, person, django_capture_on_commit_callbacks):
    claimed(supplier, person)
    assert len(bucket.objects) == 1
    with django_capture_on_commit_callbacks(execute=True):
        erase_personal_data(user=person, by=person)
    assert not bucket.objects
    assert not PrivateFile.objects.exists()


@pytest.mark.parametrize(
    ("language", "sentence", "calm"),
    [
        ("fr", "Votre fichier n’a pas pu être gardé", "Ce que vous avez écrit est encore là"),
        ("en", "Your file could not be kept", "What you wrote is still here"),
    ],
)
def test_claim_is_not_lost_where_the_bucket_is_away(
    dead_bucket, supplier, person, caplog, language, sentence, calm
):
    with translation.override(language):
        page = reverse("suppliers:claim", args=[supplier.slug])
    answer = signed_in(person).post(page, form())
    text = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in text
    assert calm in text
    assert SAYS["message"] in text
    assert SAYS["title"] in text
    assert not JoinRequest.objects.exists()
    assert not PrivateFile.objects.exists()
    assert "file_not_kept" in caplog.text
    assert not any(word in caplog.text for word in (dead_bucket.secret, "resolution.pdf", SAYS["message"]))


def test_answer_to_a_criterion_is_kept_where_the_bucket_is_away(dead_bucket, person):
    supplier = begun(person)
    page = reverse("suppliers:register_criterion", args=[supplier.pk, 3])
    client = signed_in(person)
    posted = {"text": "Une voix par membre.", "file": [paper()], "continue": "1"}
    answer = client.post(page, posted | version_of(client, page))
    assert "n’a pas pu être gardé" in answer.content.decode()
    assert CriterionAnswer.objects.get(supplier=supplier, criterion=3).text == "Une voix par membre."
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fr", "ne peut pas être lue en ce moment"), ("en", "cannot be read right now")],
)
def test_evidence_that_cannot_be_read_now_says_so(
    bucket, supplier, person, settings, monkeypatch, caplog, language, sentence
):
    claim = claimed(supplier, person)
    with translation.override(language):
        address = reverse("accounts:join_request_evidence", args=[claim.pk])
    bucket.fails = lambda method, key: 503 if method == "GET" else 0  # it answers at first, then breaks off
    answer = signed_in(person).get(address)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "120"
    assert "no-store" in answer["Cache-Control"]
    assert sentence in answer.content.decode()
    assert "file_not_read" in caplog.text
    assert bucket.secret not in caplog.text
    keep_in(settings.BUCKET, settings, monkeypatch)
    bucket.fails = lambda method, key: 0
    assert signed_in(person).get(address).status_code == 200


def test_erasing_goes_through_where_the_bucket_is_away(
    bucket, supplier, person, django_capture_on_commit_callbacks
):
    claimed(supplier, person)
    bucket.fails = lambda method, key: 503
    with django_capture_on_commit_callbacks(execute=True):
        erase_personal_data(user=person, by=person)
    assert not PrivateFile.objects.exists()
