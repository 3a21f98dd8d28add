import pytest
from django.test import RequestFactory

from marketplace.web import panels


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})


def note(title: str):
    return lambda request: {"kind": "info", "title": title} if title else None


def test_panels_come_in_order_and_by_area(registry):
    panels.register(template="web/_note.html", context=note("deux"), order=20)
    panels.register(template="web/_empty.html", context=note("un"), order=10)
    panels.register(
        template="web/_badge.html", context=lambda request: {"text": "Côté"}, order=1, area="aside"
    )
    found = panels.rendered(RequestFactory().get("/"))
    assert [("un" in html, "deux" in html) for html in found["main"]] == [(True, False), (False, True)]
    assert "Côté" in found["aside"][0]


def test_panel_with_nothing_to_say_is_left_out(registry):
    panels.register(template="web/_note.html", context=note(""), order=1)
    assert panels.rendered(RequestFactory().get("/")) == {"main": [], "aside": []}


def test_panel_registered_twice_stands_once(registry):
    panels.register(template="web/_note.html", context=note("avant"), order=1)
    panels.register(template="web/_note.html", context=note("après"), order=1)
    assert len(panels.rendered(RequestFactory().get("/"))["main"]) == 1
