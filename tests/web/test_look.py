"""The style sheets keep what the look promises."""

import re
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "static"
CSS = {path.name: path.read_text() for path in (FOLDER / "css").glob("*.css")}
TOKENS = dict(re.findall(r"(--[\w-]+):(#[0-9A-Fa-f]{6})", CSS["look.css"]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(TOKENS[a]), luminance(TOKENS[b])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    "text", ["--encre", "--ardoise", "--brume", "--bleuet", "--epinette", "--canneberge"]
)
@pytest.mark.parametrize("ground", ["--neige", "--bouleau", "--lin"])
def test_text_is_readable_on_every_ground(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("ground", ["--neige", "--bouleau"])
def test_edges_of_controls_are_visible(ground):
    assert contrast("--ecorce", ground) >= 3


def test_style_sheets_ask_no_other_host():
    for name, css in CSS.items():
        assert not re.search(r"@import|url\([\"']?(?:https?:)?//", css), name


def test_own_scripts_are_small():
    """What each page weighs with them is the bench's `page_bytes`; together they stay something one reads."""
    assert sum(path.stat().st_size for path in (FOLDER / "js").glob("*.js")) < 12_000
