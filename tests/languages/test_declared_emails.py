"""Every mail is declared in an `emails` module, says why one gets it, and speaks both languages."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from marketplace.web.emails import Email

from .reading import FRENCH_WORDS

ROOT = Path(settings.BASE_DIR)
MAILS = ROOT / "templates" / "mail"
#: One that allauth wrote: its own words in our dress, declared as it comes.
AS_IT_COMES = "account/other"


def declared_emails() -> list[Email]:
    found: list[Email] = []
    for path in sorted(ROOT.glob("*/**/*.py")):
        if "tests" not in path.parts and re.search(r"\bEmail\(\n|\bEmail\(kind", path.read_text()):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for value in vars(module).values():
                values = value.values() if isinstance(value, dict) else [value]
                found += [item for item in values if isinstance(item, Email)]
    return found


EMAILS = declared_emails()


@pytest.mark.parametrize("email", EMAILS, ids=lambda email: email.kind)
def test_email_has_a_template_and_speaks_english(email):
    assert re.fullmatch(r"[a-z]+(\.[a-z_]+)?", email.kind)
    assert len(email.kind) <= 40
    source = get_template(f"mail/{email.template}.html").template.source
    assert email.audience or "{% block why %}" in source, "a mail says why one gets it"
    with translation.override("en"):
        for words in (email.title, email.audience):
            assert not FRENCH_WORDS.search(re.sub(r"%\(\w+\)s", "X", str(words)))


def test_every_template_belongs_to_a_mail():
    templates = {str(path.relative_to(MAILS).with_suffix("")) for path in MAILS.rglob("[a-z]*.html")}
    assert templates - {"base", AS_IT_COMES} == {email.template for email in EMAILS}
