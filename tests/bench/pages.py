"""SQL per page for each audience, and what a page weighs before any interaction."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from buyers.models import Buyer, Tender
from marketplace.accounts.models import User
from marketplace.dealings.declines import decline_path
from marketplace.matching.alerts.verbs import stop_all_path, stop_path
from marketplace.matching.models import Alert
from marketplace.web.process_cache import clear_process_caches
from suppliers.models import Supplier

from .rows import Row

ANONYMOUS, SIGNED_IN, ADMIN_LIST = 8, 11, 15  # statements
KILOBYTES = 60  # of 1,000 bytes
WEIGHED = ("home", "directory", "supplier", "tender")
#: Who signs in, by the name that the figures carry.
PEOPLE = {
    "member": "entreprise@demo.example",
    "buyer": "acheteuse@demo.example",
    "staff": "mauricie@demo.example",
    "admin": "admin@demo.example",
}
HOST = (
    settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS and settings.ALLOWED_HOSTS[0] != "*" else "localhost"
)


def client(user: User | None = None) -> Client:
    browser = Client(headers={"host": HOST})
    if user is not None:
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return browser


def public_pages() -> dict[str, str]:
    """What anyone may open, by a name; pages with rows as full as they get."""
    supplier = Supplier.objects.published().order_by("pk").first()
    tender = Tender.objects.open().order_by("pk").first()
    buyer = Buyer.objects.order_by("pk").first()
    alert = Alert.objects.order_by("pk").first()
    if supplier is None or tender is None or buyer is None or alert is None:
        raise RuntimeError("the bench seeds before it measures")
    decline = decline_path(supplier_id=alert.supplier_id, tender_id=tender.pk, reader_id=alert.user_id)
    directory, tenders = reverse("suppliers:directory"), reverse("tenders:list")
    return {
        "home": reverse("pages:home"),
        "how_we_verify": reverse("pages:how_we_verify"),
        "contact": reverse("pages:contact"),
        "privacy": reverse("pages:privacy"),
        "terms": reverse("pages:terms"),
        "accessibility": reverse("pages:accessibility"),
        "directory": directory,
        "directory_search": f"{directory}?q=entretien+menager&region=04&forme=coop",
        "directory_typo": f"{directory}?q=%22entretien%22+menagr+bureaus&region=04",  # each kind of look-up
        "directory_map": f"{directory}?vue=carte",
        "supplier": reverse("suppliers:supplier", args=[supplier.slug]),
        "tenders": tenders,
        "tenders_search": f"{tenders}?q=entretien+menager&region=04",
        "tender": reverse("tenders:tender", args=[tender.ocid]),
        "buyers": reverse("buyers:list"),
        "buyer": reverse("buyers:buyer", args=[buyer.slug]),
        "unsubscribe": stop_path([alert.pk]),
        "all_stop": stop_all_path(alert.user),
        "decline": decline,
        "api_suppliers": f"{reverse('api:suppliers')}?q=%22entretien%22+menagr+bureaus",
        "api_supplier": reverse("api:supplier", args=[supplier.slug]),
        "api_tenders": reverse("api:tenders"),
        "api_tender": reverse("api:tender", args=[tender.ocid]),
        "api_docs": reverse("api:docs"),
    }


def door_pages() -> dict[str, str]:
    """For those who are not signed in; the others are sent elsewhere."""
    names = ("account_login", "account_signup", "account_reset_password")
    return {name.removeprefix("account_"): reverse(name) for name in names}


def own_pages() -> dict[str, str]:
    names = ("pages:my_space", "matching:alert_list", "account_email", "account_change_password")
    return {name.rpartition(":")[2].removeprefix("account_"): reverse(name) for name in names}


def admin_lists() -> dict[str, str]:
    """Every list of the back room, its first page and the queue."""
    lists = {
        model._meta.model_name or "": reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        for model in admin.site._registry
    }
    return {
        "index": reverse("admin:index"),
        "queue": reverse("suppliers_admin:queue"),
        **lists,
        "supplier_search": f"{lists['supplier']}?q=entretien",
    }


def count_sql(browser: Client, url: str) -> int | None:
    """Statements of one warm request, savepoints apart; None where this person may not open the page."""
    clear_process_caches()  # their minute must not end between the two requests
    if browser.get(url).status_code in (302, 403):
        return None
    with CaptureQueriesContext(connection) as captured:
        response = browser.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


def counts(browser: Client, pages: dict[str, str]) -> dict[str, int]:
    found = {name: count_sql(browser, url) for name, url in pages.items()}
    return {name: n for name, n in found.items() if n is not None}


def sql_rows() -> Iterator[Row]:
    """The worst page of each audience against its budget."""
    public = public_pages()
    browsers = {name: client(User.objects.get(email=email)) for name, email in PEOPLE.items()}
    signed_in, lists = {}, {}
    with override_settings(
        REQUIRE_STAFF_MFA=False
    ):  # the gate asks once a session, and these have no telephone
        for who, browser in browsers.items():
            for name, n in counts(browser, {**public, **own_pages()}).items():
                signed_in[f"{name}, {who}"] = n
        for who in ("staff", "admin"):
            for name, n in counts(browsers[who], admin_lists()).items():
                lists[f"{name}, {who}"] = n
    anonymous = counts(client(), {**public, **door_pages()})
    audiences = {
        "anonymous": (anonymous, ANONYMOUS),
        "signed_in": (signed_in, SIGNED_IN),
        "admin_list": (lists, ADMIN_LIST),
    }
    worst = max(max(counted.values()) / budget for counted, budget in audiences.values())
    yield Row("sql_per_page", round(worst, 3), "part", None, 1.0)
    for audience, (counted, budget) in audiences.items():
        name = max(counted, key=lambda page: counted[page])
        yield Row(f"sql_per_page.{audience} ({name})", counted[name], "SQL", None, budget)


class Assets(HTMLParser):
    """The style sheets and scripts that a page asks for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self.found.add(given.get("src") or "")
        elif tag == "link" and "stylesheet" in (given.get("rel") or "").split():
            self.found.add(given.get("href") or "")
        self.found.discard("")


def weigh(url: str) -> int:
    """Gzipped bytes of a page with its style sheets and scripts, as a first visit loads them."""
    html = client().get(url).content
    total = len(gzip.compress(html, 6))
    for asset in Assets(html.decode()).found:
        path = finders.find(asset.removeprefix(settings.STATIC_URL).partition("?")[0])
        if not path or not asset.startswith("/"):
            raise RuntimeError(f"{asset}: not ours")
        total += len(gzip.compress(Path(str(path)).read_bytes(), 6))
    return total


def weight_rows() -> Iterator[Row]:
    """The heaviest of home, directory, supplier and tender, in kilobytes of 1,000 bytes."""
    pages = public_pages()
    weights = {name: weigh(pages[name]) / 1000 for name in WEIGHED}
    yield Row("page_bytes", round(max(weights.values()), 1), "kB", None, KILOBYTES)
    for name, weight in weights.items():
        yield Row(f"page_bytes.{name}", round(weight, 1), "kB", None, KILOBYTES)
