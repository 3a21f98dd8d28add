"""What import-linter cannot see: addresses, templates, tag libraries and models named in text follow the layers too."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from django.template.engine import Engine
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("marketplace", "suppliers", "buyers", "cohorts")
#: Templates that belong to the whole project, as marketplace/urls.py does: what every page extends, and Django's own.
FRAME = re.compile(r"templates/(?:frame/.*|admin/[^/]+|[^/]+)")
#: Folders of templates that are named otherwise than their app.
FOLDERS = {"account": "accounts", "mfa": "accounts", "security": "accounts"}
QUOTED = re.compile(r""""([^"]+)"|'([^']+)'""")
LOADED = re.compile(r"{%\s*load\s+([\w\s]+?)\s*%}")


def layers_of_pyproject() -> dict[str, int]:
    """Each app's layer, from import-linter's contract; the lowest is 0."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    return {
        name.strip().removeprefix("marketplace."): height
        for height, layer in enumerate(reversed(contract["layers"]))
        for name in re.split(r"[|:]", layer)
    }


LAYERS = layers_of_pyproject()
#: What belongs to the whole project and may name every app: settings, urls, the frame.
PROJECT = "urls"


def app_of_module(module: str) -> str:
    """« marketplace.pages.views » is of pages; what Django, allauth and others bring is of web or accounts."""
    parts = module.split(".")
    if parts[0] == "allauth":
        return "accounts"
    if parts[0] not in PACKAGES:
        return "web"
    name = parts[1] if parts[0] == "marketplace" else parts[0]
    return name if name in LAYERS else PROJECT


def app_of_file(path: Path) -> str:
    relative = path.relative_to(ROOT).as_posix()
    if FRAME.fullmatch(relative):
        return PROJECT
    parts = relative.split("/")
    if parts[0] != "templates":
        return app_of_module(".".join(parts).removesuffix(".py"))
    folder = parts[2] if parts[1] in ("admin", "mail") and len(parts) > 3 else parts[1]
    return FOLDERS.get(folder, folder)


def climbs(app: str, other: str) -> bool:
    """Whether `app` naming `other` goes against the direction of imports."""
    if app not in LAYERS or other not in LAYERS or app == other:
        return False
    return LAYERS[other] >= LAYERS[app] and not (LAYERS[app] == LAYERS[other] == 0)


@cache
def addresses() -> dict[str, str]:
    """The app of every named address: « pages:home » is of pages."""
    found: dict[str, str] = {}

    def walk(patterns: list[URLPattern | URLResolver], namespace: str) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(
                    pattern.url_patterns,
                    f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace,
                )
            elif isinstance(pattern.name, str):
                found[f"{namespace}{pattern.name}"] = app_of_module(pattern.callback.__module__)

    walk(get_resolver().url_patterns, "")
    for model in apps.get_models():
        for page in ("changelist", "add", "history", "delete", "change"):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
            if name in found:
                found[name] = app_of_module(model.__module__)
    return found


@cache
def libraries() -> dict[str, str]:
    return {name: app_of_module(module) for name, module in Engine.get_default().libraries.items()}


def named_in(text: str) -> str | None:
    """The app that a quoted text names: by an address, a template or a model; None for any other text."""
    if text in addresses():
        return addresses()[text]
    if re.fullmatch(r"[\w/]+\.(html|txt)", text) and (ROOT / "templates" / text).is_file():
        app = app_of_file(ROOT / "templates" / text)
        return None if app == PROJECT else app
    if re.fullmatch(r"\w+\.[A-Z]\w+", text):
        try:
            return app_of_module(apps.get_model(text).__module__)
        except LookupError:
            return None
    return None


def texts_of(path: Path) -> Iterator[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    else:
        for tag in re.findall(r"{%.*?%}", source):
            yield from (double or single for double, single in QUOTED.findall(tag))


def files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
    yield from (path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))


def climbing() -> Iterator[tuple[str, str]]:
    """(file, what it names) where a lower layer names something of a higher one."""
    for path in files():
        app, name = app_of_file(path), path.relative_to(ROOT).as_posix()
        if app not in LAYERS:
            continue
        for text in texts_of(path):
            if (other := named_in(text)) and climbs(app, other):
                yield name, text
        if path.suffix != ".py":
            for library in " ".join(LOADED.findall(path.read_text(encoding="utf-8"))).split():
                if climbs(app, libraries().get(library, "")):
                    yield name, library


def test_nothing_names_an_app_above_its_own():
    """Lead to a page of `settings.SITE_PAGES` with `site_page_url`, or let the higher app fill a slot (`web.slots`)."""
    assert sorted(set(climbing())) == []


def test_no_two_files_import_each_other_in_a_circle():
    graph = grimp.build_graph(*PACKAGES)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(" imports ".join(circle.args[1]))


@pytest.mark.parametrize(
    ("app", "other", "expected"),
    [
        ("suppliers", "buyers", True),
        ("outbox", "suppliers", True),
        ("suppliers", "outbox", False),
        ("web", "territories", False),
        ("web", "pages", True),
        ("accounts", "web", False),
    ],
)
def test_climbing_is_recognised(app, other, expected):
    assert climbs(app, other) is expected


def test_addresses_templates_and_models_are_recognised():
    assert named_in("pages:home") == "pages"
    assert named_in("account_login") == "accounts"
    assert named_in("admin:suppliers_supplier_change") == "suppliers"
    assert named_in("suppliers.Supplier") == "suppliers"
    assert named_in("pages/home.html") == "pages"
    assert named_in("Bonjour") is None
