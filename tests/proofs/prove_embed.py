"""`dev.py prove embed`: the directory of a pôle on a bare HTML page of another origin, in a browser whose script is off.

The HTML is what the pôle copies from « Répertoire dans votre site ». It is read, searched and left through a link; nothing is kept
of the visitor, and no other page of ours shows in a frame.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser

from suppliers.directory_index import reindex_suppliers
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_site() -> Iterator[tuple[str, dict[str, str]]]:
    """A site of its own origin, whose pages a test writes by their path."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()


@pytest.mark.parametrize(("width", "language"), [(1000, "fr"), (390, "en")])
def test_embedded_directory_works_on_another_origin_with_script_off(
    live_server, other_site, browser: Browser, width: int, language: str
) -> None:
    for name in ("Buanderie du Cap", "Traiteur des Forges"):
        supplier = factories.SupplierFactory(name=name)
        factories.OfferFactory(supplier=supplier, title=f"Offre de {name}")
    reindex_suppliers()
    origin, pages = other_site
    composed = signed_in(factories.PolePostFactory().user).get(
        reverse("outreach_admin:embed"), {"pole": "mauricie", "language": language, "height": "700"}
    )
    snippet = composed.context["snippet"].replace(settings.SITE_URL, live_server.url)
    pages["/"] = f"<!doctype html><meta charset=utf-8><title>Pôle</title><h1>Notre pôle</h1>{snippet}"
    pages["/vole"] = f'<!doctype html><iframe src="{live_server.url}/fournisseurs/"></iframe>'

    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(origin)
    frame = page.frame_locator("iframe")
    assert frame.get_by_role("link", name="Buanderie du Cap").is_visible()
    assert page.locator("iframe").get_attribute("title")
    frame.get_by_role("searchbox").fill("traiteur")
    frame.get_by_role("button").click()
    frame.get_by_role("link", name="Traiteur des Forges").wait_for()
    assert frame.get_by_role("link", name="Buanderie du Cap").count() == 0
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Traiteur des Forges").click()
    opened.value.wait_for_load_state()
    assert re.search(r"/(fournisseurs|suppliers)/", opened.value.url)
    assert page.url.rstrip("/") == origin
    assert context.cookies() == []

    refused = context.new_page()
    refused.goto(f"{origin}/vole")
    assert not refused.frame_locator("iframe").get_by_role("link", name="Buanderie du Cap").is_visible()
    context.close()
