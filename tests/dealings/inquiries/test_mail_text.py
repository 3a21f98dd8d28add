"""What a person wrote is told apart from what their program added, and nothing is lost."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from marketplace.dealings.inquiries.mail_text import LONGEST, cut_quotes, read_written

WORDS = "Oui, nous sommes libres.\n\nMerci"
PROGRAMS = {
    "gmail": f"{WORDS}\n\nLe lun. 30 nov. 2026 à 10:12, Maillage <f1.ab@r.test> a écrit :\n\n> Bonjour,\n> Libre?\n",
    "gmail, two lines": f"{WORDS}\n\nLe lun. 30 nov. 2026 à 10:12, Ville de Val-aux-Cèdres <\nf1.ab@r.test> a écrit :\n> Libre?\n",
    "gmail, english": f"{WORDS}\n\nOn Mon, Nov 30, 2026 at 10:12 AM Maillage <f1.ab@r.test> wrote:\n> Libre?\n",
    "outlook": f"{WORDS}\n\n________________________________\nDe : Maillage <f1.ab@r.test>\nEnvoyé : 30 novembre 2026\nÀ : moi\n",
    "outlook, no rule": f"{WORDS}\n\nDe : Maillage\nEnvoyé : 30 novembre 2026 10:12\nÀ : moi\nObjet : Libre?\n\nLibre?",
    "old outlook": f"{WORDS}\n\n-----Message d’origine-----\nDe : Maillage\n",
    "quote alone": f"{WORDS}\n\n> Bonjour,\n> Libre?\n",
    "signature": f"{WORDS}\n\n-- \nGilles Roy\n819 555-0100",
    "phone": f"{WORDS}\n\nEnvoyé de mon iPhone\n\nLe 30 nov. 2026 à 10:12, Maillage <f1.ab@r.test> a écrit :\n> Libre?",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_quote_and_signature_are_cut_and_the_whole_kept(program):
    mail = EmailMessage()
    mail.set_content(PROGRAMS[program].replace("\n", "\r\n"))
    written = read_written(mail)
    assert written.body == WORDS
    assert written.whole.startswith(WORDS)
    assert len(written.whole) > len(WORDS)


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "Le 12 février, c’est possible.\nDe : 10 h à 14 h",
        "De la part de Gilles :\nle traiteur a écrit :\nrien",
        "Voici :\n- un\n-- deux",
    ],
)
def test_what_only_looks_like_a_quote_stays(text):
    assert cut_quotes(text) == text


def test_html_alone_is_read_as_text_without_its_quote():
    mail = EmailMessage()
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Oui&nbsp;: <b>24 $</b><br>par personne</p>"
        '<div class="gmail_quote"><div class="gmail_attr">Le lun. 30 nov., Maillage a écrit :</div>'
        "<blockquote><p>Libre?</p></blockquote></div><script>x()</script></body></html>"
    )
    mail.set_content(html, subtype="html")
    written = read_written(mail)
    assert written.body == "Oui\xa0: 24 $\npar personne"
    assert "Libre?" in written.whole
    assert "color:red" not in written.whole + written.body


def test_answer_below_the_quote_is_found():
    mail = EmailMessage()
    mail.set_content("Le lun. 30 nov. 2026, Maillage <f1@r.test> a écrit :\n> Libre le 12?\n\nOui, le 12.\n")
    assert read_written(mail).body == "Oui, le 12."


def test_hostile_mails_are_read_in_bounds():
    mail = EmailMessage()
    mail.set_content("a" * (LONGEST * 3))
    assert len(read_written(mail).body) <= LONGEST
    broken = EmailMessage()
    broken["Content-Type"] = 'text/plain; charset="nulle-part"'
    broken["Content-Transfer-Encoding"] = "base64"
    broken.set_payload("T3Vp")
    assert read_written(broken).body == "Oui"
    nested = EmailMessage()
    nested.set_content("<div>" * 20_000 + "Oui", subtype="html")
    assert read_written(nested).body == "Oui"
