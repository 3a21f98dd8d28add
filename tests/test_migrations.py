"""Migrations can be undone, and need nothing of the application that will have changed by then."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ROOT = Path(settings.BASE_DIR)
OURS = ("marketplace", "suppliers", "buyers", "cohorts")
FILES = sorted(
    path
    for package in OURS
    for path in (ROOT / package).rglob("migrations/0*.py")
    if "__pycache__" not in path.parts
)


def test_migrations_import_nothing_of_the_application():
    found = {str(path.relative_to(ROOT)): sorted(imported_of_ours(path)) for path in FILES}
    assert {name: imported for name, imported in found.items() if imported} == {}


def imported_of_ours(path: Path) -> set[str]:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    return {name for name in imported if name.split(".")[0] in OURS}


@pytest.mark.django_db
def test_every_operation_can_be_undone():
    loader = MigrationLoader(connection)
    stuck = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in loader.disk_migrations.items()
        if (migration.__module__.split(".")[0]) in OURS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not stuck
