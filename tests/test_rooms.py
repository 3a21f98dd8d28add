"""What import-linter cannot see: string foreign keys, get_model, {% load %} and {% include %} follow the rooms too."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
LAYERS = [
    {"web", "territories", "classification"},
    {"accounts"},
    {"outbox"},
    {"suppliers", "buyers"},
    {"cohorts"},
    {"matching"},
    {"dealings"},
    {"alerts", "events", "impact", "outreach", "consultations"},
    {"pages", "api", "demo"},
]
HEIGHT = {room: height for height, rooms in enumerate(LAYERS) for room in rooms}
NAMED = re.compile(
    r"""(?:ForeignKey|OneToOneField|ManyToManyField)\(\s*["'](\w+)\.\w+["']|get_model\(\s*["'](\w+)["'.]"""
)
LOADED = re.compile(r"""{%\s*(?:include|extends)\s+["'](\w+)/""")


def room_of(path: Path) -> str | None:
    parts = path.relative_to(ROOT).parts
    if parts[0] in ("marketplace", "templates"):
        return parts[1] if len(parts) > 2 else None
    return parts[0]


def named_rooms(pattern: re.Pattern[str], text: str) -> set[str]:
    return {
        name
        for groups in pattern.findall(text)
        for name in ([groups] if isinstance(groups, str) else groups)
        if name
    }


def climbs(room: str, other: str) -> bool:
    """Whether `room` naming `other` goes against the direction of imports."""
    return (
        room in HEIGHT
        and other in HEIGHT
        and room != other
        and HEIGHT[other] >= HEIGHT[room]
        and not (HEIGHT[room] == HEIGHT[other] == 0)
    )


def test_string_relations_follow_the_rooms():
    wrong = [
        f"{path.relative_to(ROOT)} names {other}"
        for package in ("marketplace", "suppliers", "buyers", "cohorts")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        for other in named_rooms(NAMED, path.read_text(encoding="utf-8"))
        if (room := room_of(path)) and climbs(room, other)
    ]
    assert not wrong


def test_templates_include_only_from_rooms_below():
    wrong = [
        f"{path.relative_to(ROOT)} includes {other}/"
        for path in (ROOT / "templates").rglob("*.html")
        for other in named_rooms(LOADED, path.read_text(encoding="utf-8"))
        if (room := room_of(path)) and climbs(room, other)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("room", "other", "expected"),
    [
        ("suppliers", "buyers", True),
        ("outbox", "suppliers", True),
        ("suppliers", "outbox", False),
        ("web", "territories", False),
        ("matching", "alerts", True),
    ],
)
def test_climbing_is_recognised(room, other, expected):
    assert climbs(room, other) is expected
