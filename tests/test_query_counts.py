"""Every list costs the same SQL with one row and with three, and stays within its budget. The table is in lists.py."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from marketplace.web.process_cache import clear_process_caches
from tests.lists import MODELS, REFERENCE, SITE, ListPage, World, lists
from tests.roles.walking import addresses

pytestmark = pytest.mark.django_db
#: Pages without rows of anybody's, and those that a mailed link or a sign-in opens; their SQL is a fixed few.
WITHOUT_ROWS = {
    "robots",
    "pages:about",
    "pages:accessibility",
    "pages:faq",
    "pages:guide",
    "pages:guides",
    "pages:how_we_verify",
    "pages:privacy",
    "pages:service_status",
    "metrics",
    "mail_tracking",
    "pages:terms",
    "matching:stop_all",
    "matching:new_alert",
    "matching:alert",
    "matching:alert_address",
    "matching:alert_feeds",
    "matching:confirm_address",
    "matching:mail_preferences",
    "matching:notice_calendar_feed",
    "matching:save_search",
    "matching:saved_search",
    "matching:stop_searches",
    "matching:stop_new_suppliers",
    "dealings_admin:outcomes_csv",
    "outreach:stop_reminders",
    "outreach:stop_letters",
    "outreach:pole_letters",
    "matching:unsubscribe",
    "cohorts:application",
    "cohorts:confirm",
    "cohorts:withdraw",
    "events:renew_calendar",
    "needs:document",
    "needs:cancel",
    "needs:close",
    "needs:copy",
    "needs:copy_tender",
    "needs:delete",
    "needs:take_back",
    "suppliers:evidence",
    "suppliers:link_picture",
    "tenders:picture",
    "events:picture",
    "events:poster",
    "outreach:pole",
    "outreach:pole_poster",
    "outreach:selection_catalogue",
    "outreach:supplier_poster",
    "suppliers:picture",
    "suppliers:reach",
    "suppliers:reference",
    "suppliers:sheet",
    "suppliers:suggestions",
    "suppliers:register_add_offer",
    "suppliers:register_attest",
    "suppliers:register_begin",
    "suppliers:register_certification",
    "suppliers:register_codes",
    "suppliers:register_criterion",
    "suppliers:register_offer",
    "suppliers:register_receipt",
    "suppliers:register_remove_offer",
    "suppliers:register_withdraw",
    "dealings:export_csv",
    "dealings:export_pdf",
    "dealings:export_xlsx",
    "dealings:keep_supplier",
    "dealings:create_shortlist",
    "dealings:describe_shortlist",
    "dealings:act_on_shortlist",
    "dealings:shortlist_entry",
    "dealings:decline",
    "dealings:accept_held",
    "dealings:decline_inquiry",
    "dealings:exchange_pdf",
    "dealings:incoming_mail",
    "dealings:inquiry_act",
    "dealings:inquiry_csv",
    "dealings:inquiry_file",
    "dealings:inquiry_pdf",
    "dealings:report",
    "dealings:own_list_columns",
    "dealings:own_list_confirm",
    "dealings:own_list_csv",
    "dealings:own_list_erase",
    "dealings:own_list_row",
    "dealings:own_list_xlsx",
    "dealings:consortium_move",
    "dealings:consortium_part",
    "dealings:decline_notice",
    "dealings:dates_feed",
    "dealings:follow",
    "dealings:interest",
    "dealings:notice_calendar",
    "dealings:unfollow",
    "dealings:need_contract",
    "dealings:need_quote_file",
    "dealings:need_record",
    "dealings:need_withdraw_invitation",
    "accounts:invitation",
    "outreach:campaign",
    "outreach:institution_invitation",
    "outreach:refuse",
    "accounts:domain_remove",
    "accounts:erase",
    "accounts:members_change",
    "accounts:members_hand_over",
    "accounts:members_leave",
    "accounts:members_remove",
    "accounts:own_data_export",
    "accounts:own_invitation",
    "accounts:claim",
    "accounts:enrolment",
    "accounts:join_request_evidence",
    "buyers:register_institution",
    "suppliers:claim",
    "security:overview",
    "security:required",
    "security:go_on",
    "security:end_one",
    "security:end_others",
    "api:docs",
    "api:schema",
}
#: The admin's rows and process pages; the lists among them are in the table, as every changelist has to be.
BACK_OFFICE = re.compile(r"admin:|\w+_admin:|demo:")
CASES = [
    *((name, person) for name, page in SITE.items() for person in page.people),
    *((f"admin {model}", person) for model, people in MODELS.items() for person in people),
    *((f"admin {model}", person) for model in REFERENCE for person in ("staff", "admin")),
    *(
        (f"admin {name}", person)
        for name in (
            "queue",
            "triage",
            "imports",
            "import",
            "duplicates",
            "drift",
            "index",
            "suppliers, search",
            "event participants",
            "event grid",
            "service_levels",
            "waiting_list",
            "figures",
            "figure_list",
            "letters",
            "catalogue",
            "featured",
        )
        for person in ("staff", "admin")
    ),
]

SHARES = 4


@dataclass(frozen=True)
class Cost:
    statements: list[str]
    rows: int | None

    @property
    def count(self) -> int:
        return len(self.statements)

    def __str__(self) -> str:
        """One line per statement, for whoever has to spare one."""
        return "\n".join(
            [f"{self.count} statements", *(" ".join(sql.split())[:160] for sql in self.statements)]
        )


def cost(client: Client, page: ListPage) -> Cost:
    """Of one request; savepoints apart."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(page.address)
    assert response.status_code == 200, f"{page.address}: {response.status_code}"
    statements = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    return Cost(statements, page.shown(response) if page.shown else None)


def costs(cases: list[tuple[str, str]]) -> dict[tuple[str, str], tuple[Cost, Cost]]:
    """Lists as those who may open them, with one row and with three, after what a process keeps for a minute is read.

    With one row a request goes before the measured one; with three only where the first asked something else.
    """
    world, pages = World(), lists()
    clients = {name: Client() for name in world.people}
    for name, person in world.people.items():
        if person is not None:
            clients[name].force_login(person)
    world.add()
    clear_process_caches()
    alone = {}
    for name, person in cases:
        clients[person].get(pages[name].address)
        alone[name, person] = cost(clients[person], pages[name])
    while world.rows < 3:
        world.add()
    clear_process_caches()
    measured = {}
    for (name, person), one in alone.items():
        three = cost(clients[person], pages[name])
        if three.count != one.count:
            three = cost(clients[person], pages[name])
        measured[name, person] = (one, three)
    return measured


@pytest.mark.parametrize("share", range(SHARES))
def test_lists_cost_the_same_with_one_row_and_with_three_and_stay_within_their_budgets(share):
    """A few tests, so that the workers of a run may share them: each makes the rows that all its lists show."""
    faults = []
    for (name, person), (one, three) in costs(CASES[share::SHARES]).items():
        budget = lists()[name].budget(person)
        if one.rows is not None and not 0 < one.rows < three.rows:
            faults.append(f"{name}, {person}: shows {one.rows} and {three.rows} rows, which proves nothing")
        if one.count != three.count:
            faults.append(f"{name}, {person}: grows with its rows.\n{one}\n\n{three}")
        if three.count > budget:
            faults.append(f"{name}, {person}: over its budget of {budget}.\n{three}")
    assert not faults, "\n\n".join(faults)


def test_every_page_is_in_the_table():
    """A new page is a list with a budget, or says why not."""
    measured = {resolve(page.address.partition("?")[0]).view_name for page in lists().values()}
    known = {address.key for address in addresses()}
    ours = {key for key in known if ":" in key and "/" not in key and not BACK_OFFICE.match(key)}
    changelists = {key for key in known if key.startswith("admin:") and key.endswith("_changelist")}
    assert ours - measured - WITHOUT_ROWS == set()
    assert changelists - measured == set()
    assert WITHOUT_ROWS - known == set()
