"""The assertion that guards the pages must itself be able to fail."""

import pytest

from .clean import faults

GOOD = """<!doctype html><html lang="fr-CA"><head><title>Bonjour | Maillage</title>
<link rel="stylesheet" href="/static/css/look.css"><script src="/static/js/menu.js" defer></script></head>
<body><h1>Un</h1><h2>Deux</h2><form action="/"><label for="q">Quoi</label><input id="q" name="q"></form></body></html>"""


def test_clean_page_has_no_fault():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<h2>", '<h2 style="color:red">'),
        ("<h2>", '<h2 onclick="alert()">'),
        ("</head>", "<style>h1{}</style></head>"),
        ("</head>", "<script>alert()</script></head>"),
        ('src="/static/js/menu.js"', 'src="https://ailleurs.test/x.js"'),
        ('action="/"', 'action="//ailleurs.test/"'),
        ("<h2>Deux</h2>", "<h1>Deux</h1>"),
        ("<h2>Deux</h2>", "<h3>Trois</h3>"),
        ('<label for="q">', '<label for="autre">'),
        ("<h2>", '<h2 id="q">'),
        ("<h2>", '<h2 aria-describedby="nulle-part">'),
        ('lang="fr-CA"', 'lang="es"'),
        ("Bonjour | Maillage", " | Maillage"),
        ("<h2>", '<img src="/x.png"><h2>'),
    ],
)
def test_fault_is_seen(good, bad):
    assert good in GOOD
    assert faults(GOOD.replace(good, bad, 1)) != []
