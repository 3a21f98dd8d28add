"""What an alert asks and when it writes; « Aperçu » and « Enregistrer » read the same fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.db.models import CharField, Func
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from buyers.models import Buyer, Tender
from marketplace.classification.codes import code_prefix, normalise_code
from marketplace.classification.labels import code_label
from marketplace.matching.alerts.criteria import read_words
from marketplace.matching.alerts.models import MINIMUM_POINTS, MORNING, Alert
from marketplace.matching.alerts.verbs import CONSENT_WORDING, Profile
from marketplace.matching.slots import HOME
from marketplace.territories.labels import region_names
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_hour, format_money
from suppliers.models import Supplier

Frequency = Alert.Frequency
ONESELF = "0"
MOST_CODES, MOST_BUYERS, MOST_NAMED = 40, 20, 5
HOURS = (MORNING, time(8), time(10), time(12), time(14), time(16), time(18))
ANY_FIT = "0"
FITS = (
    (str(MINIMUM_POINTS), lazy("Les avis qui conviennent à notre entreprise")),
    ("60", lazy("Seulement ceux qui conviennent bien")),
    ("75", lazy("Seulement ceux qui conviennent très bien")),
    (ANY_FIT, lazy("Tous ceux qui répondent aux critères, même s’ils ne nous ressemblent pas")),
)
WEEKDAYS = (
    (0, lazy("lundi")), (1, lazy("mardi")), (2, lazy("mercredi")), (3, lazy("jeudi")), (4, lazy("vendredi")), (5, lazy("samedi")),
    (6, lazy("dimanche")),
)  # fmt: skip


def hour_word(at: time) -> str:
    """« 6 h 30 », “6:30 a.m.”"""
    return format_hour(datetime.combine(date(2026, 1, 5), at, HOME))


class AlertForm(forms.Form):
    """`suppliers`: those of the person. `consented`: the person's consent stands, and the box is not asked again."""

    name = forms.CharField(
        label=lazy("Nom de l’alerte"),
        max_length=80,
        required=False,
        help_text=lazy("Il paraîtra dans les courriels. Sans nom, c’est celui de l’entreprise."),
    )
    supplier = forms.ChoiceField(label=lazy("Pour qui?"))
    words = forms.CharField(
        label=lazy("Mots"),
        max_length=300,
        required=False,
        help_text=lazy(
            "Séparez par une virgule ce qui peut se remplacer : « déneigement, entretien d’espaces verts ». Les synonymes sont "
            "cherchés aussi. Un mot précédé d’un tiret est exclu; des mots entre guillemets restent ensemble."
        ),
    )
    minimum_fit = forms.ChoiceField(
        label=lazy("Jusqu’où l’avis doit-il vous convenir?"), choices=FITS, widget=forms.RadioSelect
    )
    regions = forms.MultipleChoiceField(
        label=lazy("Régions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy("Sans choix, tout le Québec. Les avis dont la région est inconnue sont gardés."),
    )
    codes = forms.CharField(
        label=lazy("Codes UNSPSC"),
        max_length=500,
        required=False,
        help_text=lazy("De 2 à 8 chiffres, séparés par une virgule : 7210, 76111500."),
    )
    amount_from = forms.DecimalField(
        label=lazy("Montant estimé, à partir de"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        localize=True,
    )
    amount_to = forms.DecimalField(
        label=lazy("Montant estimé, jusqu’à"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=lazy("La plupart des avis n’indiquent pas de montant : ils sont gardés."),
    )
    buyers = forms.CharField(
        label=lazy("Acheteurs"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Un nom par ligne. Sans nom, tous les acheteurs."),
    )
    methods = forms.MultipleChoiceField(
        label=lazy("Modes"),
        choices=[(one.value, one.label) for one in Tender.Method],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=lazy(
            "Sans choix, tous sauf les avis sur invitation : seules les entreprises que l’acheteur a invitées peuvent y répondre."
        ),
    )
    languages = forms.MultipleChoiceField(
        label=lazy("Langue des avis"),
        choices=[("fr", lazy("français")), ("en", lazy("anglais"))],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    frequency = forms.ChoiceField(
        label=lazy("Quand souhaitez-vous nos courriels?"),
        choices=[
            (Frequency.INSTANT, lazy("Dès qu’un avis paraît")),
            (Frequency.DAILY, lazy("Une fois par jour")),
            (Frequency.WEEKLY, lazy("Une fois par semaine")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Choisissez à quelle fréquence nous vous écrivons."),
            "invalid_choice": lazy("Choisissez à quelle fréquence nous vous écrivons."),
        },
    )
    at = forms.TypedChoiceField(label=lazy("À quelle heure?"), coerce=time.fromisoformat)
    weekday = forms.TypedChoiceField(
        label=lazy("Quel jour, si c’est une fois par semaine?"), choices=WEEKDAYS, coerce=int
    )
    consent = forms.BooleanField(
        label=CONSENT_WORDING,
        error_messages={"required": lazy("Cochez la case pour accepter de recevoir ces courriels.")},
    )

    def __init__(
        self,
        *args: Any,
        suppliers: Sequence[Supplier],
        consented: bool,
        alert: Alert | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.suppliers = {str(one.pk): one for one in suppliers}
        self.read_buyers: list[int] = []
        self.fields["regions"].choices = [(code, f"{code} {name}") for code, name in region_names().items()]
        hours = sorted({*HOURS, *([alert.at] if alert else [])})
        self.fields["at"].choices = [(one.strftime("%H:%M"), hour_word(one)) for one in hours]
        if alert is not None or not suppliers:
            del self.fields["supplier"]
        else:
            self.fields["supplier"].choices = [
                *((key, one.organisation.name) for key, one in self.suppliers.items()),
                (ONESELF, lazy("Pour moi, sans lien avec une entreprise")),
            ]
        if not suppliers or (alert is not None and alert.supplier_id is None):
            del self.fields["minimum_fit"]
        if consented:
            del self.fields["consent"]

    def clean_words(self) -> str:
        words: str = " ".join(self.cleaned_data["words"].replace("\x00", " ").split())
        if words and not read_words(words).query:
            raise forms.ValidationError(
                _("« %(text)s » ne contient aucun mot à chercher. Ajoutez un mot qui dit ce que vous vendez.")
                % {"text": words[:60]}
            )
        return words

    def clean_codes(self) -> tuple[str, ...]:
        kept: dict[str, None] = {}
        for typed in self.cleaned_data["codes"].replace(";", ",").replace("\n", ",").split(","):
            if not typed.strip():
                continue
            code = normalise_code(typed.strip())
            if code is None:
                raise forms.ValidationError(
                    _("« %(code)s » n’est pas un code UNSPSC : il faut 2, 4, 6 ou 8 chiffres.")
                    % {"code": typed.strip()[:20]}
                )
            kept[code_prefix(code)] = None
        if len(kept) > MOST_CODES:
            raise forms.ValidationError(
                _("C’est trop de codes : gardez-en %(n)s au plus.") % {"n": MOST_CODES}
            )
        return tuple(kept)

    def clean_buyers(self) -> tuple[int, ...]:
        names = [
            " ".join(line.replace("\x00", " ").split()) for line in self.cleaned_data["buyers"].splitlines()
        ]
        names = list(dict.fromkeys(filter(None, names)))
        if len(names) > MOST_BUYERS:
            raise forms.ValidationError(
                _("C’est trop d’acheteurs : gardez-en %(n)s au plus.") % {"n": MOST_BUYERS}
            )
        return tuple(find_buyer(name) for name in names)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        low, high = said.get("amount_from"), said.get("amount_to")
        if low is not None and high is not None and low > high:
            self.add_error("amount_to", lazy("Ce montant est plus petit que le premier."))
        return said

    def supplier_of(self, alert: Alert | None) -> Supplier | None:
        if alert is not None:
            return alert.supplier
        return self.suppliers.get(self.cleaned_data.get("supplier", ONESELF))

    def profile(self) -> Profile:
        said = self.cleaned_data
        fit = said.get("minimum_fit", ANY_FIT)
        return Profile(
            name=said["name"].strip(),
            words=said["words"],
            codes=said["codes"],
            regions=tuple(said["regions"]),
            amount_from=said["amount_from"],
            amount_to=said["amount_to"],
            buyers=said["buyers"],
            methods=tuple(said["methods"]),
            languages=tuple(said["languages"]),
            minimum_fit=int(fit) or None,
            frequency=said["frequency"],
            at=said["at"],
            weekday=said["weekday"],
        )


def find_buyer(name: str) -> int:
    """The buyer of that name, accents aside; of names that only contain it, the one that does. Raises ValidationError."""
    folded = fold_text(name)
    rows = Buyer.objects.known().alias(
        folded=Func("organisation__name", function="f_fold", output_field=CharField())
    )
    exact = list(rows.filter(folded=folded).order_by("pk").values_list("pk", flat=True)[:1])
    if exact:
        return int(exact[0])
    for word in folded.split()[:12]:
        rows = rows.filter(folded__contains=word)
    near = list(rows.order_by("organisation__name").values_list("pk", "organisation__name")[: MOST_NAMED + 1])
    if len(near) == 1 and folded:
        return int(near[0][0])
    if not near or not folded:
        raise forms.ValidationError(
            _("Aucun acheteur ne s’appelle « %(name)s ». Voyez la liste des acheteurs.") % {"name": name[:60]}
        )
    named = "; ".join(one for _pk, one in near[:MOST_NAMED])
    raise forms.ValidationError(
        _("Plusieurs acheteurs répondent à « %(name)s » : %(named)s. Écrivez le nom au complet.")
        % {"name": name[:60], "named": named}
    )


def initial_of(alert: Alert) -> dict[str, Any]:
    """A row as the form shows it."""
    names = Buyer.objects.filter(pk__in=alert.buyers).order_by("organisation__name")
    return {
        "name": alert.name,
        "words": alert.words,
        "codes": ", ".join(alert.codes),
        "regions": alert.regions,
        "amount_from": alert.amount_from,
        "amount_to": alert.amount_to,
        "buyers": "\n".join(names.values_list("organisation__name", flat=True)) if alert.buyers else "",
        "methods": alert.methods,
        "languages": alert.languages,
        "minimum_fit": str(alert.minimum_fit or ANY_FIT),
        "frequency": alert.frequency,
        "at": alert.at.strftime("%H:%M"),
        "weekday": alert.weekday,
    }


def new_initial(suppliers: Sequence[Supplier]) -> dict[str, Any]:
    """An alert as it begins: what suits the person's first enterprise, once a day."""
    first = str(suppliers[0].pk) if suppliers else ONESELF
    return {
        "supplier": first,
        "minimum_fit": str(MINIMUM_POINTS),
        "frequency": Frequency.DAILY,
        "at": MORNING.strftime("%H:%M"),
        "weekday": 0,
    }


def criteria_words(alert: Alert, buyer_names: Iterable[str] = ()) -> list[str]:
    """What an alert asks, in a few words each: « déneigement », « 04 Mauricie », « à partir de 10 000 $ »."""
    regions, methods = region_names(), {one.value: str(one.label) for one in Tender.Method}
    said = [_("« %(title)s »") % {"title": alert.words}] if alert.words else []
    said += [f"{code} {code_label(code)}".strip() for code in alert.codes]
    said += [f"{code} {regions[code]}" for code in alert.regions if code in regions]
    if alert.amount_from is not None:
        said.append(_("à partir de %(amount)s") % {"amount": format_money(round(alert.amount_from))})
    if alert.amount_to is not None:
        said.append(_("jusqu’à %(amount)s") % {"amount": format_money(round(alert.amount_to))})
    said += buyer_names or (
        [ngettext("%(n)s acheteur", "%(n)s acheteurs", len(alert.buyers)) % {"n": len(alert.buyers)}]
        if alert.buyers
        else []
    )
    said += [methods[one] for one in alert.methods if one in methods]
    said += [
        {"fr": _("en français"), "en": _("en anglais")}[one] for one in alert.languages if one in ("fr", "en")
    ]
    if alert.minimum_fit is not None:
        said.append(
            {60: _("qui convient bien"), 75: _("qui convient très bien")}.get(
                alert.minimum_fit, _("qui convient à l’entreprise")
            )
        )
    return said
