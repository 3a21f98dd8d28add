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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_migration_imports_nothing_of_the_application(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    ]
    assert not [name for name in imported if name.split(".")[0] in OURS]


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
