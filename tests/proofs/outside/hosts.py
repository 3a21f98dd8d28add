"""A stranger names a host of their own: refused at both doors, and no link in a mail ever says it."""

from __future__ import annotations

from marketplace.outbox.models import Message
from tests import factories
from tests.proofs.outside.site import HOST, Outside, Visitor

EVIL = "evil.example"


def test_reset_mail_keeps_the_sites_own_host(outside: Outside) -> None:
    user = factories.UserFactory()
    for straight in (True, False):
        assert outside.ask("/", straight=straight, host=HOST).status == 200
        assert outside.ask("/compte/connexion/", straight=True, host=EVIL).status == 400
    # The proxy serves SITE_HOST alone: another name is none of its sites.
    assert EVIL not in outside.ask("/", straight=False, host=EVIL).text
    for straight in (True, False):
        visitor = Visitor(outside, straight=straight)
        asked = visitor.post(
            "/compte/mot-de-passe/oublie/",
            {"email": user.email},
            X_Forwarded_Host=EVIL,
            Forwarded=f"host={EVIL}",
        )
        assert asked.status == 302
        assert EVIL not in asked.headers["Location"]
    mails = list(Message.objects.filter(recipient=user, kind="account.password_reset_key"))
    assert len(mails) == 2
    for mail in mails:
        assert f"https://{HOST}/" in mail.text
        assert EVIL not in mail.text + mail.html
    # Whoever asks with `localhost`, which the health check needs, gets the site's own host in the mail too.
    visitor = Visitor(outside)
    assert visitor.post("/compte/mot-de-passe/oublie/", {"email": user.email}, host="localhost").status in (
        302,
        403,
    )
    for mail in Message.objects.filter(kind="account.password_reset_key"):
        assert "//localhost" not in mail.text + mail.html
