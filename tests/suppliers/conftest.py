"""Files for the imports."""

from pathlib import Path

import pytest

from tests.suppliers.import_files import POLE_HEADER, REGISTRY, listing_text


@pytest.fixture
def listing(tmp_path):
    """Write a pôle's listing, one dict per row, return its path."""

    def write(*rows: dict[str, str], name: str = "pole.csv", only: list[str] | None = None) -> Path:
        path = tmp_path / name
        path.write_text(listing_text(*rows, only=only), encoding="utf-8")
        return path

    return write


@pytest.fixture
def registry(tmp_path):
    """Write a registry extract from lines, return its path."""

    def write(*lines: str) -> Path:
        path = tmp_path / "registre.csv"
        path.write_text("\n".join([REGISTRY, *lines]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def pole_list(tmp_path):
    """Write a pôle's own list, without NEQ nor legal form, one line per row, return its path."""

    def write(*rows: str, header: str = POLE_HEADER) -> Path:
        path = tmp_path / "liste.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write
