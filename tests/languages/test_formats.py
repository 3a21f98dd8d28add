"""Numbers, money, dates, telephones and lists as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from marketplace.web import typography as t
from marketplace.web.templatetags.web import colon, share
from suppliers.wording import enumerate_names, in_town, served_place
from tests import factories


def spaced(text: str) -> str:
    """No-break spaces and hyphens written so that a test can be read."""
    return text.replace("\u00a0", "~").replace("\u2011", "-")


CASES = [
    (lambda: t.format_number(11_204), "11~204", "11,204"),
    (lambda: t.format_number(Decimal("4.5"), 1), "4,5", "4.5"),
    (lambda: t.format_money(48_700), "48~700~$", "$48,700"),
    (lambda: t.format_money(-1_250), "-1~250~$", "-$1,250"),
    (lambda: t.format_money(Decimal("1284350.75"), cents=True), "1~284~350,75~$", "$1,284,350.75"),
    (lambda: t.format_money_short(14_600_000), "14,6~M$", "$14.6M"),
    (lambda: t.format_money_short(25_000), "25~k$", "$25K"),
    (lambda: t.format_money_short(53_600_000_000), "53,6~G$", "$53.6B"),
    (lambda: t.format_money_short(800), "800~$", "$800"),
    (lambda: t.format_day(date(2026, 12, 8)), "mardi 8~décembre 2026", "Tuesday, December~8, 2026"),
    (lambda: t.format_day(date(2026, 2, 1)), "dimanche 1ᵉʳ~février 2026", "Sunday, February~1, 2026"),
    (lambda: t.format_day_short(date(2026, 12, 8)), "8~déc.~2026", "Dec.~8,~2026"),
    (lambda: t.format_hour(datetime(2026, 12, 8, 17, 5, tzinfo=UTC)), "12~h~05", "12:05~pm"),
    (lambda: t.format_hour(datetime(2026, 12, 8, 5, 0, tzinfo=UTC)), "0~h", "12:00~am"),
    (
        lambda: t.format_moment(datetime(2026, 12, 8, 16, 0, tzinfo=UTC)),
        "8~déc.~2026, 11~h",
        "Dec.~8,~2026, 11:00~am",
    ),
    (lambda: t.format_neq("1167403218"), "1167~403~218", "1167~403~218"),
    (lambda: t.format_phone("1-819-555-0188 poste 12"), "819~555-0188, poste~12", "819-555-0188, ext.~12"),
    (lambda: share(7, 10), "70~%", "70%"),
    (lambda: colon(), "~:", ":"),
    (lambda: enumerate_names(["a", "b", "c"]), "a, b et c", "a, b and c"),
    (lambda: served_place("R04"), "toute la Mauricie", "all of Mauricie"),
    (lambda: in_town("Les Escoumins"), "aux Escoumins", "in Les Escoumins"),
]


@pytest.mark.parametrize(("say", "french", "english"), CASES, ids=[case[1] for case in CASES])
def test_each_language_writes_its_own_way(say, french, english):
    assert spaced(say()) == french
    with translation.override("en"):
        assert spaced(say()) == english


@time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(("on", "written"), [
    (date(2026, 11, 23), "today"),
    (date(2026, 11, 24), "tomorrow"),
    (date(2026, 11, 22), "yesterday"),
    (date(2026, 11, 30), "in 7 days"),
    (date(2026, 11, 20), "3 days ago"),
])  # fmt: skip
def test_near_dates_are_told_in_english(on, written):
    with translation.override("en"):
        assert t.format_in_days(on) == written


def test_zero_is_plural_in_english_and_singular_in_french(db):
    from django.utils.translation import ngettext

    say = lambda: ngettext("%(n)s avis ouvert", "%(n)s avis ouverts", 0) % {"n": 0}  # noqa: E731
    assert say() == "0 avis ouvert"
    with translation.override("en"):
        assert say() == "0 open notices"


def test_django_itself_writes_canadian_dates():
    template = Template("{{ on }}|{{ n }}|{{ part }}")
    context = {"on": date(2026, 12, 8), "n": 12_345, "part": 1.5}
    assert spaced(template.render(Context(context))) == "8 décembre 2026|12~345|1,5"
    with translation.override("en"):
        assert spaced(template.render(Context(context))) == "December~8, 2026|12,345|1.5"


def test_alert_is_set_for_a_supplier_past_the_thousandth(client, db):
    """A key written with a thousands separator found nothing."""
    supplier = factories.SupplierFactory(pk=123_456)
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    client.force_login(member)
    for address in ("/mon-espace/alertes/nouvelle/", "/en/my-space/alerts/new/"):
        assert '<option value="123456"' in client.get(address).content.decode()
