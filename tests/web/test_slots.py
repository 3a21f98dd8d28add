"""Places that a page leaves for apps above it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from marketplace.web import slots
from marketplace.web.slots import fill_slot, render_slot


@pytest.fixture
def request_of_someone():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


@pytest.fixture(autouse=True)
def _own_slots(monkeypatch):
    monkeypatch.setattr(slots, "_fillings", {})


def shown(request, subject="x") -> str:
    return Template('[{% slot "essai" subject %}]').render(Context({"request": request, "subject": subject}))


def test_slot_is_empty_where_nobody_fills_it(request_of_someone):
    assert shown(request_of_someone) == "[]"


def test_slot_shows_its_rooms_in_order_and_passes_over_those_with_nothing_to_say(request_of_someone):
    note = "web/_note.html"
    asked = []

    def say(title):
        def context(request, subject):
            asked.append(subject)
            return {"kind": "info", "title": title} if title else None

        return context

    fill_slot("essai", template=note, context=say("<b>second</b>"), order=20)
    fill_slot(
        "essai",
        template="web/_badge.html",
        context=lambda r, s: {"kind": "ok", "text": "Premier"},
        order=10,
    )
    fill_slot("essai", template="web/_empty.html", context=say(""), order=5)
    fill_slot("ailleurs", template=note, context=say("autre"))

    html = shown(request_of_someone, "le sujet")

    assert html.index("Premier") < html.index("&lt;b&gt;second")
    assert "autre" not in html
    assert asked == ["le sujet", "le sujet"]


def test_registering_a_template_again_replaces_it(request_of_someone):
    for text in ("avant", "après"):
        fill_slot("essai", template="web/_badge.html", context=lambda r, s, t=text: {"kind": "ok", "text": t})

    assert "avant" not in shown(request_of_someone)


def test_slot_without_a_subject_asks_with_the_request_alone_and_shares_what_the_page_says(request_of_someone):
    fill_slot("essai", template="web/_note.html", context=lambda request: {"kind": "info"})
    assert "Un titre" in "".join(render_slot(request_of_someone, "essai", title="Un titre"))
    fill_slot("essai", template="web/_note.html", context=lambda request: None)
    assert render_slot(request_of_someone, "essai") == []
