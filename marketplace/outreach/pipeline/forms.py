"""What the pipeline's pages ask."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import Membership, PolePost, User
from marketplace.outreach.contact_log.forms import clean_past, is_near
from marketplace.outreach.contact_log.recording import NextAction
from marketplace.outreach.models import Approach, ContactEntry
from marketplace.outreach.pipeline.following import ANSWERS, Call, next_working_day
from marketplace.outreach.pipeline.respondents import Person
from marketplace.territories.models import Pole
from marketplace.web.admin import PlainForm

DAY = {"type": "date", "class": "inp inp-m"}
LINE = {"class": "inp", "autocomplete": "off"}


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs=DAY), **kwargs)


def line_field(label: Any, limit: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=False, widget=forms.TextInput(attrs=LINE), **kwargs
    )


class PlainOutreachForm(forms.Form):
    prefix_id = "outreach"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{self.prefix_id}_%s", label_suffix="", **kwargs)


class CallForm(PlainOutreachForm):
    """The buttons say what the call came to; these fields may stay as they are."""

    prefix_id = "call"
    said = forms.CharField(
        label=gettext_lazy("Ce qui s’est dit"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 3}),
    )
    next_action = line_field(gettext_lazy("Prochaine action"), 200)
    next_on = day_field(gettext_lazy("Pour le"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    approach = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: User, approach: Approach | None = None, **kwargs: Any) -> None:
        self.reader = reader
        kwargs.setdefault("initial", {}).update(
            key=uuid4(),
            approach=approach.pk if approach else None,
            next_action=_("Rappeler"),
            next_on=next_working_day(7),
        )
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        self.answer = self.data.get("answer", "")
        if self.answer not in ANSWERS:
            self.add_error(None, _("Dites ce que l’appel a donné."))
        day = said.get("next_on")
        if day and (day < timezone.localdate() or not is_near(day)):
            self.add_error("next_on", _("Cette date est passée, trop loin, ou mal écrite."))
        return said

    @property
    def call(self) -> Call:
        said = self.cleaned_data
        what, day = said["next_action"].strip(), said["next_on"]
        action = NextAction(what, day, self.reader) if what and day else None
        return Call(self.answer, said["said"], action)


class CommitmentForm(PlainOutreachForm):
    prefix_id = "promise"
    on = day_field(gettext_lazy("Engagée le"))
    promise = forms.CharField(
        label=gettext_lazy("À quoi elle s’engage"),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("on", timezone.localdate())
        super().__init__(*args, **kwargs)

    def clean_on(self) -> Any:
        return clean_past(self.cleaned_data["on"])


class InviteForm(PlainOutreachForm):
    """`key` is the form's own: sent twice, one letter leaves."""

    prefix_id = "invite"
    name = forms.CharField(
        label=gettext_lazy("Personne invitée"), max_length=160, widget=forms.TextInput(attrs=LINE)
    )
    title = line_field(gettext_lazy("Fonction"), 160)
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        widget=forms.EmailInput(attrs=LINE),
        help_text=gettext_lazy("Sa propre adresse à l’institution : le lien ne vaut que pour cette adresse."),
    )
    message = forms.CharField(
        label=gettext_lazy("Un mot de votre part"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"class": "inp", "rows": 3}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("key", uuid4())
        super().__init__(*args, **kwargs)


class BodiesForm(PlainOutreachForm):
    prefix_id = "bodies"
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy(
            "CSV ou classeur .xlsx, avec au moins le nom et la ville, la MRC ou le NEQ de chaque organisation."
        ),
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide. Vérifiez-le, puis déposez-le de nouveau."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xlsm"}),
    )
    pole = forms.ModelChoiceField(label=gettext_lazy("Pôle"), queryset=Pole.objects.none())
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Responsable"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poles: Any = self.fields["pole"]
        owners: Any = self.fields["owner"]
        poles.queryset = Pole.objects.order_by("name")
        if not reader.is_superuser:
            poles.queryset = poles.queryset.filter(pk__in=reader.pole_codes)
        if len(reader.pole_codes) == 1:
            poles.initial, poles.widget = min(reader.pole_codes), forms.HiddenInput()
        owners.queryset = team_of_reader(reader)
        owners.empty_label = _("Personne pour l’instant")


class RespondentForm(PlainOutreachForm):
    """A person of the institution's team, or a name."""

    prefix_id = "respondent"
    member = forms.ModelChoiceField(
        label=gettext_lazy("Membre de l’organisation"),
        queryset=Membership.objects.none(),
        required=False,
        help_text=gettext_lazy("Laissez vide si la personne n’a pas de compte."),
    )
    name = line_field(gettext_lazy("Nom"), 160)
    title = line_field(gettext_lazy("Fonction"), 160)
    email = forms.EmailField(
        label=gettext_lazy("Courriel"), required=False, widget=forms.EmailInput(attrs=LINE)
    )
    phone = line_field(gettext_lazy("Téléphone"), 30)
    on = day_field(gettext_lazy("Depuis le"))
    pass_needs = forms.BooleanField(
        label=gettext_lazy("Ses besoins passent à la relève"), required=False, initial=True
    )
    pass_membership = forms.BooleanField(
        label=gettext_lazy("Sa place dans l’organisation passe à la relève"), required=False, initial=True
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, members: Any, is_succession: bool, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("on", timezone.localdate())
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.queryset = members
        field.label_from_instance = lambda one: str(one.user)
        field.empty_label = _("Une personne sans compte")
        if not is_succession:
            del self.fields["pass_needs"], self.fields["pass_membership"]

    def clean_on(self) -> Any:
        return clean_past(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("member") and not said.get("name", "").strip():
            self.add_error("name", _("Écrivez un nom, ou choisissez un membre."))
        return said

    @property
    def person(self) -> Person:
        said = self.cleaned_data
        user = said["member"].user if said.get("member") else None
        name = said["name"].strip() or str(user or "")
        return Person(
            name=name,
            title=said["title"],
            email=said["email"] or (user.email if user else ""),
            phone=said["phone"],
            user=user,
        )


class HandOverForm(PlainOutreachForm):
    prefix_id = "relay"
    pole = forms.ModelChoiceField(label=gettext_lazy("Pôle"), queryset=Pole.objects.none())
    leaver = forms.ModelChoiceField(label=gettext_lazy("Personne qui part"), queryset=User.objects.none())
    successor = forms.ModelChoiceField(label=gettext_lazy("Relève"), queryset=User.objects.none())

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["pole"].queryset = Pole.objects.filter(pk__in=reader.pole_codes).order_by("name")
        if reader.is_superuser:
            fields["pole"].queryset = Pole.objects.order_by("name")
        fields["pole"].initial = min(reader.pole_codes, default=None)
        owners = Approach.objects.visible_to(reader).exclude(owner=None).order_by().values("owner")
        doers = ContactEntry.objects.visible_to(reader).with_open_action().exclude(next_by=None)
        team = team_of_reader(reader)
        known = User.objects.filter(
            Q(pk__in=owners)
            | Q(pk__in=doers.order_by().values("next_by"))
            | Q(pk__in=team.order_by().values("pk"))
        )
        fields["leaver"].queryset = known.order_by("first_name", "last_name", "pk")
        fields["successor"].queryset = team


class ApproachForm(PlainForm):
    """The page of one row: everything that is typed of it."""

    class Meta:
        model = Approach
        fields = [
            "organisation", "side", "kind", "owner", "source", "contact_name", "contact_title", "contact_email",
            "contact_phone", "consent_on", "consent_how",
        ]  # fmt: skip

    def clean_consent_on(self) -> Any:
        day = self.cleaned_data["consent_on"]
        return clean_past(day) if day else day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("consent_on") and not said.get("consent_how", "").strip():
            self.add_error(
                "consent_how",
                _("Dites comment la personne a accepté : au téléphone, par écrit ou à une rencontre."),
            )
        return said


def team_of_reader(reader: User) -> Any:
    """The people of the reader's pôles; for a platform admin, of all of them."""
    posts = PolePost.objects.current()
    if not reader.is_superuser:
        posts = posts.filter(pole__in=reader.pole_codes)
    people = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return people.order_by("first_name", "last_name", "pk")
