"""docker-compose.yml and the Dockerfile as their tools read them, as far as ours go."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
#: What somebody puts in .env for a first try; the file must need nothing else.
NEEDED = {
    "SITE_HOST": "maillage.example",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz0123456789-of-some-length",
    "POSTGRES_PASSWORD": "letters4nd5igits",
    "SENDER_POSTAL_ADDRESS": "1, rue Principale, Trois-Rivières (Québec) G9A 1A1",
    "PRIVACY_OFFICER": "Prénom Nom, directrice générale",
    "PRIVACY_EMAIL": "vieprivee@maillage.example",
}
VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?:(:[-?])((?:[^{}$]|\$\{[^{}]*\})*))?\})")


class Missing(Exception):
    """A variable that the file needs."""


def compose_text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def compose(env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Anchors merged, variables filled in."""
    return filled(yaml.safe_load(compose_text()), NEEDED if env is None else env)


def filled(value: Any, env: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(below, env) for key, below in value.items()}
    if isinstance(value, list):
        return [filled(below, env) for below in value]
    return interpolated(value, env) if isinstance(value, str) else value


def interpolated(text: str, env: Mapping[str, str]) -> str:
    def one(found: re.Match[str]) -> str:
        escaped, name, operator, rest = found.groups()
        if escaped:
            return "$"
        if env.get(name):
            return env[name]
        if operator == ":-":
            return interpolated(rest, env)
        raise Missing(f"{name}: {rest}")

    return VARIABLE.sub(one, text)


def variables() -> dict[str, bool]:
    """Every variable of the file, and whether it must be given."""
    found: dict[str, bool] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict | list):
            for below in value.values() if isinstance(value, dict) else value:
                walk(below)
        elif isinstance(value, str):
            for _escaped, name, operator, rest in VARIABLE.findall(value):
                if name:
                    found[name] = found.get(name, False) or operator == ":?"
                    walk(rest)

    walk(yaml.safe_load(compose_text()))
    return found


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.strip().partition(" ") for line in lines) if word]


def of_image(word: str) -> list[str]:
    """The instructions of one kind in the last stage: those of the image that runs."""
    every = instructions()
    last = max(at for at, (name, _) in enumerate(every) if name == "FROM")
    return [rest for name, rest in every[last:] if name == word]


def image_command() -> list[str]:
    return json.loads(of_image("CMD")[0])


def image_environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in of_image("ENV") for pair in shlex.split(line))


def copy_context(target: Path) -> None:
    """What `COPY . .` would copy, by .dockerignore: nothing but what is excepted, less what is named after."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    left_out = [rule for rule in rules[1:] if not rule.startswith("!")]
    names = [rule.removeprefix("**/") for rule in left_out if rule.startswith("**/")]
    folders = {ROOT / rule for rule in left_out if not rule.startswith("**/")}
    by_name = shutil.ignore_patterns(*names)

    def ignored(folder: str, entries: list[str]) -> set[str]:
        return {*by_name(folder, entries), *(entry for entry in entries if Path(folder, entry) in folders)}

    for name in kept:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copy(source, target / name)


def commands() -> Iterator[tuple[str, list[str]]]:
    """The command of each service that runs our image."""
    for name, service in compose()["services"].items():
        if service["image"].startswith("maillage:"):
            yield name, service.get("command") or image_command()
