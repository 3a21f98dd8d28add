from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.utils import translation

from marketplace.web import typography as t

NB = "\u00a0"


def spaced(text: str) -> str:
    """No-break spaces and hyphens written so that a test can be read."""
    return text.replace(NB, "~").replace("\u2011", "-")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("1167403218", "1167~403~218"),
        ("1167 403 218", "1167~403~218"),
        ("117204588", "117204588"),
        ("", ""),
        (None, ""),
    ],
)
def test_neq_is_grouped(value, written):
    assert spaced(t.format_neq(value)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0~$"),
        (48_700, "48~700~$"),
        (Decimal("48700.50"), "48~701~$"),
        (-1250, "-1~250~$"),
        (None, ""),
    ],
)
def test_money_has_no_break_spaces(value, written):
    assert spaced(t.format_money(value)) == written


def test_money_shows_cents_in_accounts_only():
    assert spaced(t.format_money(Decimal("1284350.75"), cents=True)) == "1~284~350,75~$"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (800, "800~$"),
        (25_000, "25~k$"),
        (25_400, "25,4~k$"),
        (139_000, "139~k$"),
        (139_600, "140~k$"),
        (999_600, "1~M$"),
        (14_600_000, "14,6~M$"),
        (53_600_000_000, "53,6~G$"),
        (None, ""),
    ],
)
def test_money_short_rounds_to_a_unit(value, written):
    assert spaced(t.format_money_short(value)) == written


def test_dates_are_written_in_full_and_in_short():
    assert spaced(t.format_day(date(2026, 12, 8))) == "mardi 8~décembre 2026"
    assert spaced(t.format_day_short(date(2026, 12, 8))) == "8~déc.~2026"


def test_first_of_the_month_is_raised():
    assert spaced(t.format_day(date(2026, 2, 1))) == "dimanche 1ᵉʳ~février 2026"
    assert spaced(t.format_day_short(date(2026, 2, 1))) == "1ᵉʳ~févr.~2026"
    assert "ᵉʳ" not in t.format_day_short(date(2026, 2, 11))


def test_moment_is_in_quebec_time():
    assert spaced(t.format_moment(datetime(2026, 12, 8, 16, 0, tzinfo=UTC))) == "8~déc.~2026, 11~h"
    assert spaced(t.format_moment(datetime(2026, 12, 9, 2, 5, tzinfo=UTC))) == "8~déc.~2026, 21~h~05"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (date(2026, 11, 23), "aujourd’hui"),
        (date(2026, 11, 24), "demain"),
        (date(2026, 11, 22), "hier"),
        (date(2026, 11, 30), "dans 7 jours"),
        (date(2026, 11, 20), "il y a 3 jours"),
        (datetime(2026, 11, 24, 4, 30, tzinfo=UTC), "aujourd’hui"),  # 23 h 30 in Québec
    ],
)
@time_machine.travel(datetime(2026, 11, 23, 15, tzinfo=UTC), tick=False)
def test_near_dates_are_told_in_days(value, written):
    assert t.format_in_days(value) == written


@pytest.mark.parametrize(
    ("value", "written", "href"),
    [
        ("819 555-0188", "819~555-0188", "+18195550188"),
        ("(819) 555-0188", "819~555-0188", "+18195550188"),
        ("1-819-555-0188 poste 12", "819~555-0188, poste~12", "+18195550188;ext=12"),
        ("8195550188", "819~555-0188", "+18195550188"),
        ("+33 1 44 55 66 77", "+33 1 44 55 66 77", "+33144556677"),
        ("appelez-nous", "appelez-nous", ""),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_phone_stays_on_one_line(value, written, href):
    assert spaced(t.format_phone(value)) == written
    assert t.format_phone_href(value) == href


def test_english_writes_its_own_way():
    with translation.override("en"):
        assert t.format_money(48_700) == "$48,700"
        assert t.format_money_short(14_600_000) == "$14.6M"
        assert spaced(t.format_day(date(2026, 12, 8))) == "Tuesday, December~8, 2026"
        assert spaced(t.format_moment(datetime(2026, 12, 8, 16, 0, tzinfo=UTC))) == "Dec.~8,~2026, 11:00~am"


def test_nothing_is_written_as_nothing():
    assert (t.format_day(None), t.format_day_short(None), t.format_moment(None), t.format_in_days(None)) == (
        "",
        "",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("name", "alone", "after"),
    [
        (
            "Pôle d’économie sociale de la Mauricie",
            "le Pôle d’économie sociale de la Mauricie",
            "au Pôle d’économie sociale de la Mauricie",
        ),
        ("Table régionale", "la Table régionale", "à la Table régionale"),
        ("Alliance des OBNL", "l’Alliance des OBNL", "à l’Alliance des OBNL"),
        ("ÉSAT", "ÉSAT", "à ÉSAT"),
    ],
)
def test_name_takes_its_article(name, alone, after):
    assert (t.with_article(name), t.with_article(name, after="à")) == (alone, after)
    with translation.override("en"):
        assert t.with_article(name, after="à") == (f"the {name}" if alone != name else name)
