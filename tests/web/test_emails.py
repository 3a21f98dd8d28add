"""The text part of a mail says what the HTML part says; what is lazy is read in the language of the mail."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from marketplace.web.emails import Email, render_email, site_link, text_from_html

NB = "\u00a0"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un</p>\n<p>Deux<br>\n trois</p>", "Un\n\nDeux\ntrois"),
        (f"<p>« {NB}x{NB}»   y\n z</p>", f"« {NB}x{NB}» y z"),
        ("<p>&lt;b&gt; &amp; « x »</p>", "<b> & « x »"),
        ('<p>Voir <a href="/x?a=1&amp;b=2">la fiche</a></p>', f"Voir\nla fiche{NB}: /x?a=1&b=2"),
        ('<p>Ici :<br><a href="https://x.test/">https://x.test/</a></p>', "Ici :\nhttps://x.test/"),
        ("<p>Il manque</p><ul><li>un</li><li>deux<br>fois</li></ul><p>Fin</p>", "Il manque\n\n- un\n- deux\nfois\n\nFin"),
        ("<table><tr><th> 9 h </th>\n<td>Coop</td><td>table 1</td></tr></table>", f"9 h{NB}: Coop, table 1"),
        ("<table><tr><td>a</td><td> </td></tr><tr><td>&nbsp;</td></tr><tr><td>b</td></tr></table>", "a\nb"),
        ("<h2>Titre</h2><div>un</div><div>deux</div><h2>Autre</h2>", "Titre\nun\ndeux\n\nAutre"),
        ('<head><title>x</title></head><div class="html-only">y<br><b>z</b></div><p>ici</p>', "ici"),
        ('<p>corps</p><table><tr><td class="px foot">pourquoi</td></tr></table>', "corps\n\n--\npourquoi"),
    ],
)  # fmt: skip
def test_text_is_derived_from_html(html, text):
    with translation.override("fr"):
        assert text_from_html(html) == f"{text}\n"


def test_links_have_no_space_before_their_colon_in_english():
    with translation.override("en"):
        assert text_from_html('<a href="/x">the listing</a>') == "the listing: /x\n"


def test_links_and_sentences_speak_the_language_of_the_mail(settings):
    settings.SITE_URL = "https://maillage.example"
    email = Email(
        kind="k", title=_("Fiche reçue\u00a0: «\u00a0%(name)s\u00a0»"), template="account/other",
        audience=_("Vous recevez ce courriel parce que vous gérez la fiche «\u00a0%(organisation)s\u00a0»."),
    )  # fmt: skip
    context = {
        "name": "100 % local",
        "organisation": "<b>",
        "paragraphs": site_link("suppliers:directory"),
    }
    french, english = (render_email(email, context=context, language=code) for code in ("fr", "en"))
    assert french.title == "Fiche reçue\u00a0: «\u00a0100 % local\u00a0»"
    assert english.title == "Listing received: “100 % local”"
    assert "https://maillage.example/fournisseurs/" in french.text
    assert "https://maillage.example/en/suppliers/" in english.html
    assert "the listing “<b>”." in english.text
    assert "the listing “&lt;b&gt;”." in english.html
