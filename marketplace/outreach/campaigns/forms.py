"""What a campaign's pages ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from buyers.models import Buyer
from marketplace.accounts.models import User
from marketplace.outreach.campaigns.running import Audience
from marketplace.outreach.models import PLACE_LABELS, Approach, Campaign
from marketplace.outreach.pipeline.queries import ApproachQuery
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.admin import PlainForm


class AudienceForm(forms.Form):
    """A filter, and whether the answer is only looked at."""

    source = forms.ChoiceField(
        label=gettext_lazy("Où chercher"),
        choices=[
            ("pipeline", gettext_lazy("Dans le démarchage")),
            ("buyers", gettext_lazy("Parmi les institutions connues")),
            ("suppliers", gettext_lazy("Parmi les entreprises du répertoire et à démarcher")),
        ],
        widget=forms.RadioSelect,
        initial="pipeline",
    )
    etape = forms.ChoiceField(label=gettext_lazy("Étape, dans le démarchage"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Type d’institution"),
        choices=[("", gettext_lazy("Tous")), *Buyer.Kind.choices],
        required=False,
    )
    mrc = forms.ChoiceField(label=gettext_lazy("MRC"), required=False)
    q = forms.CharField(
        label=gettext_lazy("Mots du nom"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, reader: User, side: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="audience_%s", label_suffix="", **kwargs)
        fields: Any = self.fields
        mrcs = [(code, info.name) for code, info in mrcs_by_code().items()]
        if not reader.is_superuser:
            mrcs = [(code, name) for code, name in mrcs if code in reader.covered_mrcs]
        fields["mrc"].choices = [("", _("Toutes")), *mrcs]
        fields["etape"].choices = [("", _("Toutes")), *PLACE_LABELS.items()]
        self.side = side
        kept = ("pipeline", "buyers") if side == Approach.Side.BUYING else ("pipeline", "suppliers")
        fields["source"].choices = [one for one in fields["source"].choices if one[0] in kept]
        if side != Approach.Side.BUYING:
            del self.fields["kind"]

    @property
    def audience(self) -> Audience:
        said = self.cleaned_data
        query = ApproachQuery(
            text=said["q"],
            side="institutions" if self.side == Approach.Side.BUYING else "entreprises",
            place=said["etape"] if said["source"] == "pipeline" else "",
            mrc=said["mrc"],
        )
        return Audience(source=said["source"], query=query, kind=said.get("kind", ""))


class CampaignForm(PlainForm):
    """The page of a campaign: what the team reads, what everyone reads, what is written."""

    class Meta:
        model = Campaign
        fields = [
            "name", "pole", "side", "means", "purpose", "starts_on", "ends_on", "is_open", "title", "text",
            "title_en", "text_en", "letter_subject", "letter_text",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("is_open"):
            for name in ("title", "text"):
                if not said.get(name, "").strip():
                    self.add_error(name, _("Pour ouvrir la page, écrivez ce que vous demandez."))
        if bool(said.get("title_en")) != bool(said.get("text_en")):
            self.add_error("text_en", _("En anglais, il faut le titre et le texte, ou ni l’un ni l’autre."))
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("La fin vient avant le début. Corrigez une des deux dates."))
        return said
