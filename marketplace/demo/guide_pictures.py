"""The pictures of the guides, cut out of those of docs/screens: the top of a page, small enough for a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from marketplace.pages.guides import HEIGHT, PICTURES, WIDTH

QUALITY = 52


def draw_guide_pictures(*, screens: Path, folder: Path) -> Iterator[Path]:
    """Those in both languages, some 20 kB each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        for language in ("fr", "en"):
            source = Image.open(screens / f"{name}-{language}.webp").convert("RGB")
            part = source.crop((0, 0, source.width, round(source.width * HEIGHT / WIDTH)))
            path = folder / f"{name}-{language}.webp"
            part.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(
                path, "WEBP", quality=QUALITY, method=6
            )
            yield path
