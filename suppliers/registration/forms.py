"""The forms of the steps. They read what people write; `cleaned_data` keeps what is good even where the rest is not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.neq import NeqField
from marketplace.accounts.validators import validate_no_link, validate_words_only, visible_text
from marketplace.classification.labels import certification_labels, purpose_labels, sector_names
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.places import current_gazetteer
from marketplace.web.private_files import UploadField
from suppliers.cells import parse_integer, parse_phone, parse_postal_code, parse_website
from suppliers.certifications import CertificationFacts
from suppliers.forms import CellField, SupplierFieldsForm, text_input
from suppliers.models import EvidenceFile, HeldCertification, LegalForm, Supplier
from suppliers.registration.steps import provisional_name
from suppliers.registration.verbs import DECLARATION


class StartForm(forms.Form):
    """The NEQ, before anything else."""

    neq = NeqField(
        label=lazy("Numéro d’entreprise du Québec (NEQ)"),
        help_text=lazy("Dix chiffres, avec ou sans espaces. Exemple : 1167 403 218"),
    )


class DeclarationForm(forms.Form):
    """One box to tick; its words stand beside it."""

    declared = forms.BooleanField(
        label=DECLARATION,
        error_messages={
            "required": lazy("Cochez la déclaration : sans elle, le pôle ne peut pas examiner la fiche.")
        },
    )


class IdentityForm(SupplierFieldsForm):
    """Who the enterprise is, where it is, whom buyers reach."""

    name = forms.CharField(
        label=lazy("Nom de l’entreprise"),
        help_text=lazy("Comme au Registre des entreprises."),
        max_length=255,
        error_messages={"required": lazy("Écrivez le nom de l’entreprise.")},
        widget=text_input(autocomplete="organization"),
    )
    legal_form = forms.ChoiceField(
        label=lazy("Forme juridique"),
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choisissez une forme juridique.")},
    )
    address = forms.CharField(
        label=lazy("Adresse du siège"),
        validators=[validate_words_only],
        help_text=lazy("Numéro et rue."),
        max_length=255,
        required=False,
        widget=text_input(autocomplete="street-address"),
    )
    town = forms.CharField(
        label=lazy("Municipalité du siège"),
        validators=[validate_words_only],
        max_length=120,
        error_messages={"required": lazy("Écrivez la municipalité du siège.")},
        widget=text_input(autocomplete="address-level2"),
    )
    postal_code = CellField(
        parse_postal_code, label=lazy("Code postal"), widget=text_input("inp-s", autocomplete="postal-code")
    )
    mrc = forms.ChoiceField(
        label=lazy("MRC"),
        required=False,
        help_text=lazy("Ou territoire équivalent : une grande ville est sa propre MRC."),
    )
    contact_name = forms.CharField(
        label=lazy("À qui s’adresser"),
        validators=[validate_words_only],
        help_text=lazy("Une personne ou un service, par exemple « Ventes ». Affiché au public."),
        max_length=120,
        required=False,
        widget=text_input(autocomplete="off"),
    )
    email = forms.EmailField(
        label=lazy("Courriel public"),
        required=False,
        error_messages={"invalid": lazy("Ce courriel n’est pas complet. Il s’écrit comme nom@exemple.ca.")},
        widget=forms.EmailInput(attrs={"class": "inp", "autocomplete": "email"}),
    )
    phone = CellField(
        parse_phone,
        label=lazy("Téléphone public"),
        widget=text_input("inp-m", inputmode="tel", autocomplete="tel"),
    )
    website = CellField(
        parse_website, label=lazy("Site Web"), widget=text_input(autocomplete="url", inputmode="url")
    )
    hours = forms.CharField(
        label=lazy("Heures d’ouverture"),
        validators=[validate_words_only],
        help_text=lazy("Par exemple : du lundi au vendredi, de 8 h à 17 h."),
        max_length=160,
        required=False,
        widget=text_input(autocomplete="off"),
    )

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        super().__init__(data, initial=_identity(supplier))
        kept = supplier.legal_form
        self.fields["legal_form"].choices = [
            (form.value, capfirst(str(form.label)))
            for form in LegalForm
            if form is not LegalForm.COOP or form.value == kept
        ]
        mrcs = [(code, mrc.name) for code, mrc in mrcs_by_code().items()]
        self.fields["mrc"].choices = [("", "–"), *mrcs]
        organisation = supplier.organisation
        self.awaits_review = organisation.awaits_review
        self.place_unknown = bool(organisation.mrc_id and not organisation.municipality_id)

    @property
    def unversioned(self) -> frozenset[str]:
        """The MRC is on the page only where it is asked."""
        return frozenset() if self.place_unknown else frozenset({"mrc"})

    @property
    def loses_words(self) -> bool:
        """A contact's name without the means to reach them is kept nowhere."""
        return self.contact is None and bool(self.data.get("contact_name", "").strip())

    @property
    def asks_mrc(self) -> bool:
        """Only where the municipality does not say it."""
        return self.place_unknown or "mrc" in self.errors

    def clean_name(self) -> str:
        name = visible_text(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        if name != self.initial.get("name") or self.awaits_review:  # what staff or the registry wrote is kept
            validate_no_link(name)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            not cleaned.get("email")
            and not cleaned.get("phone")
            and not self.errors.keys() & {"email", "phone"}
        ):
            self.add_error(
                "email", _("Donnez un courriel ou un téléphone : un acheteur doit pouvoir vous joindre.")
            )
        mrc = cleaned.pop("mrc", "")  # only what the whole place says is kept
        if town := cleaned.get("town"):
            self.place = self._place(town, cleaned.get("postal_code") or "", mrc)
        return cleaned

    def _place(self, town: str, postal_code: str, mrc: str) -> dict[str, Any]:
        """The town says the MRC, the MRC the region; where it does not, the person chooses the MRC."""
        place = current_gazetteer().resolve(town, postal_code)
        if mrc and place.mrc != mrc:
            info = mrcs_by_code()[mrc]
            return {
                "municipality_id": None,
                "mrc_id": mrc,
                "region_id": info.region,
                "lat": info.lat,
                "lon": info.lon,
            }
        if not place.mrc and not place.pole:
            self.add_error(
                "mrc",
                _(
                    "Nous ne reconnaissons pas cette municipalité, ou plusieurs portent ce nom. Choisissez la MRC."
                ),
            )
            return {}
        found = {
            "municipality_id": place.municipality,
            "mrc_id": place.mrc,
            "region_id": place.region,
            "lat": place.lat,
            "lon": place.lon,
        }
        return found | ({"pole_id": place.pole} if place.pole else {})

    @property
    def values(self) -> dict[str, Any]:
        """Every field that is good, and the place where the town is known."""
        return {**super().values, **getattr(self, "place", {})}

    @property
    def contact(self) -> dict[str, str] | None:
        good = self.cleaned_data
        if not {"email", "phone", "contact_name"} <= good.keys():
            return None
        return {"name": good["contact_name"], "email": good["email"], "phone": good["phone"]}


class ActivityForm(SupplierFieldsForm):
    """What it does, for whom, with how many people."""

    activity = forms.CharField(
        label=lazy("Ce que vous faites"),
        help_text=lazy(
            "La première phrase paraît sous votre nom : qui achète quoi chez vous? Le reste s’affiche plus bas."
        ),
        max_length=3000,
        error_messages={"required": lazy("Écrivez ce que vous faites, en une phrase au moins.")},
        widget=forms.Textarea(attrs={"rows": 5, "class": "inp"}),
    )
    sector = forms.ChoiceField(
        label=lazy("Secteur"), error_messages={"required": lazy("Choisissez un secteur.")}
    )
    purposes = forms.MultipleChoiceField(
        label=lazy("Finalités"),
        help_text=lazy("Ce pour quoi l’entreprise existe. Les acheteurs filtrent par finalité."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    certifications = forms.MultipleChoiceField(
        label=lazy("Certifications"),
        help_text=lazy("Celles que vous détenez aujourd’hui. Sans preuve, la fiche indique « déclarée »."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff_count = CellField(
        parse_integer,
        label=lazy("Nombre de personnes dans l’équipe"),
        widget=text_input("inp-s", inputmode="numeric"),
    )
    people_served = forms.CharField(
        label=lazy("Personnes que vous servez ou accompagnez"),
        validators=[validate_words_only],
        help_text=lazy("Par exemple : 35 personnes en insertion par année, ou 1 200 familles."),
        max_length=160,
        required=False,
        widget=text_input(autocomplete="off"),
    )
    insured_for = CellField(
        parse_integer,
        label=lazy("Assurance responsabilité civile"),
        help_text=lazy("Le montant de la garantie. Les acheteurs publics le demandent presque toujours."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    insured_until = forms.DateField(
        label=lazy("Assurance valable jusqu’au"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "inp inp-m"}),
    )

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        initial = {
            "activity": supplier.activity,
            "sector": supplier.sector_id,
            "staff_count": supplier.staff_count,
            "people_served": supplier.people_served,
            "insured_for": supplier.insured_for,
            "insured_until": supplier.insured_until,
            "purposes": list(supplier.purposes.values_list("pk", flat=True)) if data is None else [],
            "certifications": list(supplier.certifications.values_list("pk", flat=True))
            if data is None
            else [],
        }
        super().__init__(data, initial=initial)
        fields: Any = self.fields
        fields["sector"].choices = [("", "–"), *sector_names().items()]
        fields["purposes"].choices = list(purpose_labels().items())
        fields["certifications"].choices = list(certification_labels().items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("insured_until")
            and not cleaned.get("insured_for")
            and "insured_for" not in self.errors
        ):
            self.add_error("insured_for", _("Écrivez le montant de la garantie, ou effacez la date."))
        return cleaned


class AnswerForm(forms.Form):
    """What the enterprise says of one criterion. A document comes along where there is one."""

    text = forms.CharField(
        label=lazy("Votre réponse"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "inp"}),
    )
    file = forms.Field(
        label=lazy("Pièces"), required=False
    )  # several at once: `private_files.store` checks each


def _identity(supplier: Supplier) -> dict[str, Any]:
    organisation = supplier.organisation
    registration = getattr(supplier, "registration", None)
    contact = supplier.contacts.filter(is_public=True).order_by("pk").first()
    provisional = registration is not None and organisation.name == provisional_name(registration.claimed_neq)
    return {
        "name": "" if provisional else organisation.name,
        "legal_form": supplier.legal_form,
        "address": organisation.address,
        "town": organisation.municipality.name if organisation.municipality else organisation.town,
        "postal_code": organisation.postal_code,
        "mrc": organisation.mrc_id or "",
        "contact_name": contact.name if contact and contact.name != organisation.name else "",
        "email": contact.email if contact else organisation.email,
        "phone": contact.phone if contact else organisation.phone,
        "website": organisation.website,
        "hours": supplier.hours,
    }


class CertificationForm(forms.Form):
    """What stands on a certificate, and the certificate."""

    number = forms.CharField(
        label=lazy("Numéro"), required=False, max_length=60, widget=text_input("inp-m code")
    )
    issuer = forms.CharField(
        label=lazy("Délivrée par"),
        required=False,
        max_length=160,
        help_text=lazy("L’organisme qui l’a accordée, comme le certificat l’écrit."),
        widget=text_input("inp-l"),
    )
    expires_on = forms.DateField(
        label=lazy("Valable jusqu’au"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "inp inp-m"}),
    )
    document = forms.ModelChoiceField(
        EvidenceFile.objects.none(),
        label=lazy("Une pièce déjà déposée"),
        required=False,
        empty_label=lazy("Aucune"),
    )
    file = UploadField(label=lazy("Certificat"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, held: HeldCertification) -> None:
        initial = {
            "number": held.number,
            "issuer": held.issuer,
            "expires_on": held.expires_on,
            "document": held.document_id,
        }
        super().__init__(data, files, initial=initial)
        document: Any = self.fields["document"]
        document.queryset = EvidenceFile.objects.filter(supplier=held.supplier_id).select_related("file")
        document.label_from_instance = lambda kept: kept.file.name

    @property
    def facts(self) -> CertificationFacts:
        return CertificationFacts(
            **{name: self.cleaned_data[name] for name in ("number", "issuer", "expires_on")}
        )
