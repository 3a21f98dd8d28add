"""What an alert would have sent in the last thirty days, and the choices that would make it less, or more."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Buyer, Tender
from marketplace.classification.labels import code_label
from marketplace.matching.alerts.criteria import Recent, recent_notices
from marketplace.matching.alerts.forms import ANY_FIT, FITS
from marketplace.matching.alerts.models import MINIMUM_POINTS, Alert
from marketplace.matching.slots import count_mails
from marketplace.territories.labels import region_names
from marketplace.web.typography import format_number

MONTH = timedelta(days=30)
SHOWN = 12
#: Notices a day from which a person reads none of them any more.
TOO_MANY = 5
PROPOSED = 3
#: A choice of several fields: what suits the enterprise, whatever the words and the codes.
SUITED = "suited"


@dataclass(frozen=True)
class Proposal:
    """One click: `value` says the field and what it becomes (`with_change`); `text` what that leaves a month."""

    value: str
    text: str
    count: int


@dataclass
class AlertPreview:
    notices: list[Tender]
    total: int
    hints: dict[str, str]
    narrower: list[Proposal] = field(default_factory=list)
    wider: list[Proposal] = field(default_factory=list)

    @property
    def a_day(self) -> int:
        return round(self.total / MONTH.days)

    @property
    def is_too_much(self) -> bool:
        return self.total > TOO_MANY * MONTH.days

    @property
    def more(self) -> int:
        return self.total - len(self.notices)


def preview_alert(alert: Alert) -> AlertPreview:
    """Two statements where it would send some; one more where a choice is proposed."""
    found = recent_notices([alert], since=timezone.now() - MONTH)
    shown = [one.tender for one in found[:SHOWN]]
    place = Case(*(When(pk=pk, then=Value(n)) for n, pk in enumerate(shown)), output_field=IntegerField())
    rows = (
        Tender.objects.filter(pk__in=shown).select_related("buyer__organisation").order_by(place)
        if shown
        else []
    )
    preview = AlertPreview(list(rows), len(found), mail_hints([one.moment for one in found], alert))
    if preview.is_too_much:
        preview.narrower = narrower_choices(alert, found)
    elif not found:
        preview.wider = wider_choices(alert)
    return preview


# --- Less ---------------------------------------------------------------------------------------------------------------


def narrower_choices(alert: Alert, found: Sequence[Recent]) -> list[Proposal]:
    """What is asked least yet: a region, a family of codes, a buyer, a fit; each keeps something and less than all."""
    proposals = [
        *_by_fit(alert, found),
        *([] if alert.regions else _by_region(found)),
        *([] if alert.codes else _by_code(found)),
        *([] if alert.buyers else _by_buyer(found)),
    ]
    return [one for one in proposals if 0 < one.count < len(found)]


def _by_fit(alert: Alert, found: Sequence[Recent]) -> Iterable[Proposal]:
    if alert.supplier_id is None:
        return
    for points, label in FITS:
        if int(points) > (alert.minimum_fit or 0):
            count = sum(one.points >= int(points) for one in found)
            yield _proposal(f"minimum_fit:{points}", str(label), count)


def _by_region(found: Sequence[Recent]) -> Iterable[Proposal]:
    """Notices of an unknown region stay, as in the alert itself."""
    names, counts = region_names(), Counter(one.region for one in found)
    unknown = counts.pop(None, 0)
    for region, count in counts.most_common(PROPOSED):
        label = _("Seulement %(place)s") % {"place": f"{region} {names.get(region or '', '')}".strip()}
        yield _proposal(f"regions:{region}", label, count + unknown)


def _by_code(found: Sequence[Recent]) -> Iterable[Proposal]:
    counts = Counter(code for one in found for code in {code[:4] for code in one.codes})
    for code, count in counts.most_common(PROPOSED):
        label = code_label(code)
        if label and not code.endswith("00"):
            yield _proposal(f"codes:{code}", _("Seulement %(place)s") % {"place": f"{code} {label}"}, count)


def _by_buyer(found: Sequence[Recent]) -> Iterable[Proposal]:
    counts = Counter(one.buyer for one in found if one.buyer)
    best = dict(counts.most_common(1))
    rows = Buyer.objects.known().filter(pk__in=best).order_by("pk").values_list("pk", "organisation__name")
    for pk, name in rows:
        label = _("Seulement %(place)s") % {"place": Truncator(name).chars(60)}
        yield _proposal(f"buyers:{pk}", label, best[pk])


# --- More ---------------------------------------------------------------------------------------------------------------


def wider_choices(alert: Alert) -> list[Proposal]:
    """Each criterion left out in turn: those that would bring something, in one statement."""
    ways: list[tuple[str, str, dict[str, Any]]] = []
    if alert.words:
        ways.append(("words:", _("Sans les mots"), {"words": "", "words_query": "", "words_codes": []}))
    for name, label in (
        ("codes", _("Sans les codes")),
        ("regions", _("Dans tout le Québec")),
        ("buyers", _("De tous les acheteurs")),
        ("methods", _("Dans tous les modes")),
        ("languages", _("Dans les deux langues")),
    ):
        if getattr(alert, name):
            ways.append((f"{name}:", label, {name: []}))
    if alert.amount_from is not None or alert.amount_to is not None:
        ways.append(("amounts:", _("Quel que soit le montant"), {"amount_from": None, "amount_to": None}))
    if alert.minimum_fit is not None and alert.is_narrow:
        ways.append((f"minimum_fit:{ANY_FIT}", str(FITS[-1][1]), {"minimum_fit": None}))
    if alert.minimum_fit is None and alert.supplier_id is not None:
        suited = {
            "words": "",
            "words_query": "",
            "words_codes": [],
            "codes": [],
            "minimum_fit": MINIMUM_POINTS,
        }
        ways.append((f"{SUITED}:", str(FITS[0][1]), suited))
    wider = []
    for _value, _label, changes in ways:
        one = copy.copy(alert)
        for name, value in changes.items():
            setattr(one, name, value)
        wider.append(one)
    possible = [n for n, one in enumerate(wider) if one.minimum_fit is not None or one.is_narrow]
    if not possible:
        return []
    found = Counter(one.profile for one in recent_notices(wider, since=timezone.now() - MONTH))
    return [_proposal(ways[n][0], ways[n][1], found[n]) for n in possible if found[n]]


def _proposal(value: str, label: str, count: int) -> Proposal:
    text = ngettext("%(label)s : %(n)s avis", "%(label)s : %(n)s avis", count)
    return Proposal(value, text % {"label": label, "n": format_number(count)}, count)


def with_change(data: Any, value: str) -> Any:
    """What was typed, with one proposal followed: « regions:04 », « words: » (left out). `data` is a QueryDict."""
    name, _colon, new = value.partition(":")
    changed = data.copy()
    if name == "amounts":
        changed["amount_from"] = changed["amount_to"] = ""
    elif name == SUITED:
        changed["words"] = changed["codes"] = ""
        changed["minimum_fit"] = str(MINIMUM_POINTS)
    elif name == "buyers" and new:
        known = Buyer.objects.known().filter(pk=new if new.isdigit() and len(new) < 19 else 0)
        changed["buyers"] = known.values_list("organisation__name", flat=True).first() or ""
    elif name in ("regions", "methods", "languages"):
        changed.setlist(name, [new] if new else [])
    elif name in ("words", "codes", "buyers", "minimum_fit"):
        changed[name] = new
    return changed


# --- Mails --------------------------------------------------------------------------------------------------------------


def mail_hints(moments: Sequence[datetime], alert: Alert) -> dict[str, str]:
    hints = {}
    for frequency in Alert.Frequency.values:
        n = count_mails(frequency, moments, at=alert.at, weekday=alert.weekday)
        hints[frequency] = (
            ngettext("%(n)s courriel ces 30 derniers jours", "%(n)s courriels ces 30 derniers jours", n)
            % {"n": format_number(n)}
            if n
            else _("Aucun courriel ces 30 derniers jours")
        )
    return hints
