"""« Journal de sécurité » in the admin, for platform admins: sentences, filters, what each day counts, a table to take away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import digest_of_address, record_security_event
from marketplace.accounts.security.models import FAILURES, REFUSALS, Kind, Outcome, SecurityEvent
from marketplace.accounts.security.sentences import sentence_of, what_of
from marketplace.web.admin import ColumnFilter, KnownValues, ScopedAdmin
from marketplace.web.admin_lists import badge_cell, csv_response, moment_cell, search_rows
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_day_short

DAYS = 14  # that the filter offers, and that a spike is held against
SPIKE = 3  # times the mean of the days before
FEW = 10  # fewer than this is no spike
EXPORTED_AT_MOST = 100_000
OUTCOMES = {
    Outcome.FAILED: FAILURES,
    Outcome.REFUSED: REFUSALS,
    Outcome.DONE: frozenset(Kind) - FAILURES - REFUSALS,
}
BADGES = {Outcome.DONE: "ok", Outcome.FAILED: "wait", Outcome.REFUSED: "no"}


class OutcomeFilter(KnownValues):
    title = gettext_lazy("issue")
    parameter_name = "issue"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [(outcome.value, capfirst(outcome.label)) for outcome in Outcome]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.chosen()
        return queryset.filter(kind__in=OUTCOMES[Outcome(value)]) if value else queryset


class DayFilter(KnownValues):
    title = gettext_lazy("jour")
    parameter_name = "jour"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        today = timezone.localdate()
        days = [today - timedelta(days=n) for n in range(DAYS)]
        return [(day.isoformat(), format_day_short(day)) for day in days]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Any day may be asked by its address, not only those that are offered."""
        if not (value := self.value()):
            return queryset
        try:
            return queryset.filter(at__date=date.fromisoformat(value))
        except ValueError as error:
            raise IncorrectLookupParameters from error


class KindFilter(ColumnFilter):
    title = gettext_lazy("quoi")
    parameter_name = "quoi"
    column = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return sorted(
            ((kind.value, capfirst(kind.label)) for kind in Kind), key=lambda pair: fold_text(pair[1])
        )


@admin.register(SecurityEvent)
class SecurityEventAdmin(ScopedAdmin):
    """To read, by platform admins alone; nothing here writes but the log itself."""

    change_list_template = "admin/security/change_list.html"
    list_display = ["when", "said", "page", "times", "result"]
    list_display_links = ["when"]
    list_select_related = ["actor", "person", "organisation"]
    list_filter = [OutcomeFilter, DayFilter, KindFilter]
    search_fields = ["address"]
    search_help_text = gettext_lazy("Une personne (nom ou courriel), ou le début d’une adresse IP.")
    ordering = ["-at", "-pk"]
    fields = [
        "said",
        "when",
        "last_time",
        "times",
        "result",
        "actor",
        "person",
        "organisation",
        "object",
        "page",
    ]
    readonly_fields = ["said", "when", "last_time", "times", "result", "object", "page"]

    def scope(self, rows: QuerySet[SecurityEvent], user: Any) -> QuerySet[SecurityEvent]:
        return rows.none()

    @admin.display(description=gettext_lazy("quand"), ordering="at")
    def when(self, event: SecurityEvent) -> SafeString:
        return moment_cell(event.at)

    @admin.display(description=gettext_lazy("dernière fois"))
    def last_time(self, event: SecurityEvent) -> SafeString:
        return moment_cell(event.last_at)

    @admin.display(description=gettext_lazy("qui, quoi, d’où"))
    def said(self, event: SecurityEvent) -> str:
        return sentence_of(event)

    @admin.display(description=gettext_lazy("page"))
    def page(self, event: SecurityEvent) -> SafeString | str:
        return format_html('<span class="small muted any">{}</span>', event.path) if event.path else "–"

    @admin.display(description=gettext_lazy("fois"), ordering="count")
    def times(self, event: SecurityEvent) -> int:
        return event.count

    @admin.display(description=gettext_lazy("issue"))
    def result(self, event: SecurityEvent) -> SafeString:
        return badge_cell(BADGES[event.outcome], event.outcome.label)

    @admin.display(description=gettext_lazy("objet"))
    def object(self, event: SecurityEvent) -> str:
        return what_of(event) or "–"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SecurityEvent], search_term: str
    ) -> tuple[QuerySet[SecurityEvent], bool]:
        """A person by name or e-mail, an e-mail that opens no account by its digest, or a network."""
        words = search_term.strip()
        if not words:
            return queryset, False
        people = search_rows(User.objects.all(), words, columns=["email", "first_name", "last_name"])
        pks = list(people.order_by().values_list("pk", flat=True)[:500])
        found = Q(actor__in=pks) | Q(person__in=pks) | Q(address__startswith=words)
        if "@" in words:
            found |= Q(tried=digest_of_address(words))
        return queryset.filter(found), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        summary = daily_summary() if self.has_view_permission(request) else []
        return super().changelist_view(request, {"summary": summary, **(extra_context or {})})


@staff_member_required
@require_POST
def export_security_log(request: HttpRequest) -> HttpResponse:
    """The rows that the list shows with the same filters, as CSV; that they were taken away is a line of the log."""
    reader = signed_in_user(request)
    if not reader.is_superuser:
        raise Http404
    model_admin: Any = admin.site.get_model_admin(SecurityEvent)
    rows = model_admin.get_changelist_instance(request).get_queryset(request)[:EXPORTED_AT_MOST]
    count = rows.count()
    record_security_event(kind=Kind.EXPORTED, by=reader, target="security_log", rows=count)
    return csv_response(_table(list(rows)), name="journal-securite", day=timezone.localdate())


def _table(rows: Iterable[SecurityEvent]) -> Iterable[list[Any]]:
    yield [
        _("Quand"), _("Dernière fois"), _("Fois"), _("Quoi"), _("Issue"), _("Par"), _("Compte concerné"),
        _("Empreinte de l’adresse essayée"), _("Organisation"), _("Objet"), _("Lignes"), _("Adresse IP"), _("Navigateur"),
        _("Système"), _("Page"), _("En une phrase"),
    ]  # fmt: skip
    for event in rows:
        yield [
            timezone.localtime(event.at).isoformat(timespec="seconds"),
            timezone.localtime(event.last_at).isoformat(timespec="seconds"),
            event.count, event.get_kind_display(), event.outcome.label, str(event.actor or ""), str(event.person or ""),
            event.tried, event.organisation.name if event.organisation else "", what_of(event), event.rows, event.address,
            event.browser, event.system, event.path, sentence_of(event),
        ]  # fmt: skip


def daily_summary() -> list[dict[str, Any]]:
    """Today and yesterday: how many of each outcome, and what came far more often than on the days before. One statement."""
    today = timezone.localdate()
    since = today - timedelta(days=DAYS)
    counted = (
        SecurityEvent.objects.filter(at__date__gte=since)
        .annotate(day=TruncDate("at"))
        .values_list("day", "kind")
        .order_by()
        .annotate(n=Sum("count"))
    )
    by_day: dict[date, Counter[str]] = {}
    for day, kind, n in counted:
        by_day.setdefault(day, Counter())[kind] += n
    return [_summary_of(day, by_day) for day in (today, today - timedelta(days=1))]


def _summary_of(day: date, by_day: dict[date, Counter[str]]) -> dict[str, Any]:
    mine = by_day.get(day, Counter())
    before = [by_day.get(day - timedelta(days=n), Counter()) for n in range(1, DAYS)]
    kinds = []
    for kind, n in mine.most_common():
        usual = sum(counts[kind] for counts in before) / len(before)
        is_spike = n >= FEW and n > SPIKE * usual
        kinds.append(
            {
                "kind": kind,
                "said": f"{capfirst(Kind(kind).label)}\u00a0: {n}",
                "spike": _spike(n, usual) if is_spike else "",
            }
        )
    return {"day": day, "kinds": kinds, "total": sum(mine.values())}


def _spike(n: int, usual: float) -> str:
    if usual < 1:
        return _("inhabituel")
    times = round(n / usual)
    return ngettext("%(n)s fois l’habitude", "%(n)s fois l’habitude", times) % {"n": times}
