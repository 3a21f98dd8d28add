"""Keeping, giving back, letting go."""

import stat
from datetime import timedelta
from unittest import mock
from urllib.parse import quote

import pytest
import time_machine
from django import forms
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from marketplace.web.errors import Refused
from marketplace.web.private_files import (
    PrivateFile,
    UploadField,
    delete_private_file,
    private_file_response,
    store_private_file,
)
from marketplace.web.private_files.storage import sweep_private_files
from tests import factories
from tests.web.private_files import samples
from tests.web.private_files.samples import upload

pytestmark = pytest.mark.django_db


def store(content=samples.PDF, name="statuts.pdf", by=None) -> PrivateFile:
    return store_private_file(upload=upload(content, name), by=by, holder=by or factories.UserFactory())


def on_disk(root):
    return [path for path in root.rglob("*") if path.is_file()]


def test_store_keeps_the_file_under_a_name_that_says_nothing(private):
    person = factories.UserFactory()
    file = store(name="Plainte de Maude.pdf", by=person)
    (path,) = on_disk(private)
    assert path.read_bytes() == samples.PDF
    assert path.name == file.id.hex
    assert (file.size, file.created_by, file.content_type) == (len(samples.PDF), person, "application/pdf")


def test_store_lets_nobody_else_on_the_machine_read(private):
    store()
    (path,) = on_disk(private)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_store_keeps_nothing_of_what_it_refuses(private):
    with pytest.raises(Refused):
        store(b"<svg/>", "dessin.svg")
    assert not PrivateFile.objects.exists()
    assert not private.exists() or not on_disk(private)


def test_private_files_lie_outside_what_the_site_serves(settings):
    roots = (settings.MEDIA_ROOT, settings.STATIC_ROOT or settings.BASE_DIR / "static")
    assert not any(settings.PRIVATE_ROOT.startswith(f"{root}/") for root in roots)
    with pytest.raises(ValueError, match="no address"):
        storages["private"].url("ab/abc")


@pytest.mark.parametrize("name", ["", "a/b.pdf", "a\\b.pdf"])
def test_the_database_refuses_a_name_with_a_folder(name):
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivateFile.objects.create(name=name, content_type="application/pdf", size=1, sha256="0" * 64)


def test_response_is_an_attachment_that_no_browser_opens(private, client):
    answer = private_file_response(store(name="Règlement « 2026 ».pdf"))
    assert b"".join(answer) == samples.PDF
    disposition = answer["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert quote("Règlement « 2026 ».pdf") in disposition
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"]


def test_response_keeps_its_headers_through_the_middleware(private, settings, client):
    from csp.middleware import CSPMiddleware
    from django.middleware.clickjacking import XFrameOptionsMiddleware
    from django.middleware.security import SecurityMiddleware

    file = store()
    chain = lambda request: private_file_response(file)  # noqa: E731 - the view
    for middleware in (XFrameOptionsMiddleware, CSPMiddleware, SecurityMiddleware):
        chain = middleware(chain)
    answer = chain(RequestFactory().get("/", secure=True))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Frame-Options"] == "DENY"


def test_response_of_a_file_that_is_gone_does_not_exist(private):
    file = store()
    on_disk(private)[0].unlink()
    with pytest.raises(Http404):
        private_file_response(file)


def test_delete_removes_the_bytes_only_once_it_is_certain(private, django_capture_on_commit_callbacks):
    file = store()
    with django_capture_on_commit_callbacks(execute=True):
        delete_private_file(file=file, by=None)
        assert on_disk(private)
    assert not on_disk(private)
    assert not PrivateFile.objects.exists()


def test_sweep_takes_what_belongs_to_nobody(private, django_capture_on_commit_callbacks):
    store()
    (private / "ab").mkdir(exist_ok=True)
    (private / "ab" / ("ab" * 16)).write_bytes(b"of a transaction that was undone")
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert sweep_private_files(by=None) == (0, 0)  # perhaps not undone yet
    with (
        time_machine.travel(timezone.now() + timedelta(days=2)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        call_command("sweep_private_files", verbosity=0)
    assert not on_disk(private)
    assert not PrivateFile.objects.exists()


def test_sweep_leaves_what_a_room_points_at(private):
    """Whatever rooms exist: a relation is found by asking the model, so one is faked here."""
    file = store()
    relation = mock.Mock(spec=ForeignObjectRel)
    relation.field = mock.Mock(attname="pk")
    relation.related_model = PrivateFile  # as if a room's row pointed at it
    with (
        mock.patch.object(PrivateFile._meta, "get_fields", return_value=[relation]),
        time_machine.travel(timezone.now() + timedelta(days=2)),
    ):
        assert sweep_private_files(by=None) == (0, 0)
    assert PrivateFile.objects.filter(pk=file.pk).exists()


def test_erasing_a_person_keeps_the_organisations_file_without_the_name(private):
    person = factories.UserFactory()
    file = store(by=person)
    person.delete()
    file.refresh_from_db()
    assert file.created_by_id is None


class Form(forms.Form):
    piece = UploadField()


def test_upload_field_answers_beside_the_field():
    form = Form({}, {"piece": upload(b"<svg/>", "dessin.svg")})
    assert not form.is_valid()
    assert "Déposez un PDF" in form.errors["piece"][0]
    assert Form({}, {}).errors["piece"] == ["Choisissez un fichier."]
    assert "vide" in Form({}, {"piece": upload(b"", "vide.pdf")}).errors["piece"][0]


def test_upload_field_hands_on_what_store_takes(private):
    form = Form({}, {"piece": upload(samples.telltale(), "photo.jpg")})
    assert form.is_valid(), form.errors
    file = store_private_file(upload=form.cleaned_data["piece"], by=None, holder=factories.UserFactory())
    assert (file.name, file.content_type) == ("photo.jpg", "image/jpeg")
    assert on_disk(private)[0].stat().st_size == file.size


def test_upload_field_says_its_rules_and_filters_the_chooser():
    html = str(Form())
    assert "10\u00a0Mo au plus" in html
    assert 'accept=".pdf,' in html
