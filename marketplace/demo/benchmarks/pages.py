"""SQL per page, and what a page weighs before any interaction."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from buyers.models import Buyer, Tender
from marketplace.accounts.models import User
from suppliers.models import Supplier

from .rows import Row

ASSETS = re.compile(r"""<(?:link[^>]+rel="stylesheet"[^>]+href|script[^>]+src)="([^"]+)\"""")
LINK_FIRST = re.compile(r"""<link[^>]+href="([^"]+)"[^>]+rel="stylesheet\"""")
HOST = (
    settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS and settings.ALLOWED_HOSTS[0] != "*" else "localhost"
)


def client(user: User | None = None) -> Client:
    browser = Client(headers={"host": HOST})
    if user is not None:
        browser.force_login(user)
    return browser


def public_pages() -> dict[str, str]:
    supplier = Supplier.objects.published().order_by("pk").first()
    tender = Tender.objects.open().order_by("pk").first()
    buyer = Buyer.objects.order_by("pk").first()
    if supplier is None or tender is None or buyer is None:
        raise RuntimeError("the bench seeds before it measures")
    return {
        "home": reverse("pages:home"),
        "directory": reverse("suppliers:directory"),
        "directory_search": reverse("suppliers:directory") + "?q=entretien+menager&region=04&forme=coop",
        "supplier": reverse("suppliers:supplier", args=[supplier.slug]),
        "tenders": reverse("tenders:list"),
        "tender": reverse("tenders:tender", args=[tender.ocid]),
        "buyers": reverse("buyers:list"),
        "buyer": reverse("buyers:buyer", args=[buyer.slug]),
        "api_suppliers": "/api/v1/suppliers/",
        "api_tenders": "/api/v1/tenders/",
    }


def count_sql(browser: Client, url: str) -> int:
    """Statements of one warm request; savepoints are not counted."""
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = browser.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


def sql_rows() -> Iterator[Row]:
    """The worst page of each audience against its budget."""
    member = User.objects.filter(memberships__organisation__supplier__isnull=False).first()
    staff = User.objects.filter(pole_posts__pole="mauricie").first()
    pages = public_pages()
    anonymous = {name: count_sql(client(), url) for name, url in pages.items()}
    signed_in = {name: count_sql(client(member), url) for name, url in pages.items()}
    signed_in["my_space"] = count_sql(client(member), reverse("pages:my_space"))
    signed_in["alerts"] = count_sql(client(member), reverse("alerts:list"))
    lists = ("suppliers_supplier", "buyers_tender", "accounts_organisation")
    admin = {name: count_sql(client(staff), reverse(f"admin:{name}_changelist")) for name in lists}
    audiences = {"anonymous": (anonymous, 8), "signed_in": (signed_in, 11), "admin_list": (admin, 15)}
    worst = max(max(counts.values()) / budget for counts, budget in audiences.values())
    yield Row("sql_per_page", round(worst, 3), "part", None, 1.0)
    for audience, (counts, budget) in audiences.items():
        name = max(counts, key=lambda key: counts[key])
        yield Row(f"sql_per_page.{audience} ({name})", counts[name], "SQL", None, budget)


def weigh(url: str) -> int:
    """Gzipped bytes of a page with its style sheets and scripts, as a first visit loads them."""
    html = client().get(url).content
    assets = set(ASSETS.findall(html.decode())) | set(LINK_FIRST.findall(html.decode()))
    total = len(gzip.compress(html, 6))
    for asset in assets:
        path = finders.find(asset.removeprefix(settings.STATIC_URL).split("?")[0])
        if not path:
            raise RuntimeError(f"{asset}: not ours")
        total += len(gzip.compress(Path(str(path)).read_bytes(), 6))
    return total


def weight_rows() -> Iterator[Row]:
    """The heaviest of home, directory, supplier and tender, in kilobytes of 1,000 bytes."""
    pages = public_pages()
    weights = {name: weigh(pages[name]) / 1000 for name in ("home", "directory", "supplier", "tender")}
    yield Row("page_bytes", round(max(weights.values()), 1), "kB", None, 60)
    for name, weight in weights.items():
        yield Row(f"page_bytes.{name}", round(weight, 1), "kB", None, 60)
