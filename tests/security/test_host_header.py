"""Whatever host a request names, links in mails, in pages' heads, in calendars and in the API are SITE_URL's."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from marketplace.outbox.models import Message
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
EVIL = "evil.example"


def test_no_mail_and_no_page_takes_its_links_from_the_request():
    """ALLOWED_HOSTS stops this before; somebody's `*` must not be enough to steal a reset."""
    user = factories.UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    unproved = factories.UserFactory()
    unproved.emailaddress_set.create(email=unproved.email, verified=False, primary=True)
    supplier = factories.SupplierFactory(status="published")
    for _ in range(3):
        factories.SupplierFactory(status="published")
    with override_settings(ALLOWED_HOSTS=["*"]):
        stranger = Client(headers={"host": EVIL, "x-forwarded-host": EVIL, "x-forwarded-proto": "https"})
        for name, form in (
            ("account_reset_password", {"email": user.email}),
            ("account_reset_password", {"email": "nobody@exemple.test"}),
            (
                "account_signup",
                {"email": "new@exemple.test", "first_name": "A", "last_name": "B", "password1": PASSWORD},
            ),
            (
                "account_signup",
                {"email": user.email, "first_name": "A", "last_name": "B", "password1": PASSWORD},
            ),
            ("account_login", {"login": unproved.email, "password": PASSWORD}),
        ):
            assert stranger.post(reverse(name), form).status_code == 302, name
        member = Client(headers={"host": EVIL})
        member.force_login(user)
        member.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        member.post(reverse("account_email"), {"email": "moved@exemple.test", "action_add": ""})
        pages = [
            "/", "/en/", "/fournisseurs/", "/en/suppliers/", reverse("suppliers:supplier", args=[supplier.slug]), "/appels-doffres/", "/acheteurs/",
            "/activites/", "/robots.txt", "/api/v1/suppliers/?page_size=2", "/api/v1/suppliers/?page_size=2&page=2",
            "/api/v1/tenders/", "/api/v1/schema/", "/api/v1/docs/", "/nulle-part/", "/confidentialite/",
        ]  # fmt: skip
        for page in pages:
            answer = stranger.get(page, follow=True)
            assert EVIL not in answer.content.decode(), page
            assert EVIL not in str(answer.headers), page
    mails = list(Message.objects.all())
    assert len({mail.kind for mail in mails}) >= 4, [mail.kind for mail in mails]
    for mail in mails:
        whole = f"{mail.text} {mail.html} {mail.headers} {mail.reply_to} {mail.message_id} {mail.title}"
        assert EVIL not in whole, mail.kind
        assert settings.SITE_URL in mail.text, mail.kind
    listed = Client().get("/api/v1/suppliers/?page_size=2").json()
    assert listed["next"].startswith(f"{settings.SITE_URL}/api/v1/suppliers/")
