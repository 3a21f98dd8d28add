"""The name that a file is given back under."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.private_files.kinds import JPEG, LONGEST_NAME, PDF, clean_file_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("statuts.pdf", "statuts.pdf"),
        ("Règlements généraux (2026).PDF", "Règlements généraux (2026).pdf"),
        ("états financiers.exe", "états financiers.pdf"),
        ("budget 2.0", "budget 2.0.pdf"),
        ("rapport", "rapport.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Mes documents\\bail.pdf", "bail.pdf"),
        ('a<b>:"c|d?.pdf', "a_b_c_d_.pdf"),
        ("facture\u202efdp.exe", "facturefdp.pdf"),
        ("ligne\r\nSet-Cookie: x.pdf", "ligneSet-Cookie_ x.pdf"),
        ("", "piece.pdf"),
        ("....", "piece.pdf"),
        (".pdf", "pdf.pdf"),
        ("ᐊᑎᒃᑯᐸᑦ.pdf", "ᐊᑎᒃᑯᐸᑦ.pdf"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_clean_keeps_the_persons_name_and_nothing_that_fools(name, expected):
    assert clean_file_name(name, PDF, "piece") == expected


@given(st.text(max_size=300))
def test_clean_makes_any_text_a_plain_name(text):
    name = clean_file_name(text, JPEG, "piece")
    assert 5 <= len(name) <= LONGEST_NAME
    assert name.endswith((".jpg", ".jpeg"))
    assert not set(name) & set('/\\:*?"<>|\r\n\0')
    assert not name.startswith(".")
    assert all(unicodedata.category(c) not in ("Cc", "Cf") for c in name)
