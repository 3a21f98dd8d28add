"""The forms of the steps. They read what people write; `cleaned_data` keeps what is good even where the rest is not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.neq import NeqField
from marketplace.accounts.validators import validate_no_link, validate_words_only, visible_text
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import certification_labels, code_label, purpose_labels, sector_names
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import current_gazetteer
from marketplace.web.private_files import UploadField
from suppliers.cells import parse_integer, parse_phone, parse_postal_code, parse_website
from suppliers.certifications import CertificationFacts
from suppliers.forms import CellField, SupplierFieldsForm, text_input
from suppliers.models import EvidenceFile, HeldCertification, LegalForm, Offer, ServedArea, Supplier
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

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        initial = {
            "activity": supplier.activity,
            "sector": supplier.sector_id,
            "staff_count": supplier.staff_count,
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


class DeliveryForm(forms.Form):
    """The biggest contract, and where the supplier delivers."""

    EVERYWHERE, CHOSEN = ServedArea.EVERYWHERE, "choix"

    capacity = CellField(
        parse_integer,
        label=lazy("Plus gros contrat que vous pouvez livrer"),
        help_text=lazy("Un ordre de grandeur suffit. Laissez vide si cela dépend."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    reach = forms.ChoiceField(
        label=lazy("Où livrez-vous?"),
        widget=forms.RadioSelect,
        choices=[(EVERYWHERE, lazy("Partout au Québec")), (CHOSEN, lazy("Dans certaines régions ou MRC"))],
        error_messages={"required": lazy("Dites où vous livrez.")},
    )
    areas = forms.MultipleChoiceField(label=lazy("Régions et MRC"), required=False)

    def __init__(self, data: Any = None, *, supplier: Supplier) -> None:
        organisation = supplier.organisation
        tokens = [area.token for area in supplier.served_areas.filter(offer__isnull=True)]
        initial = {
            "capacity": supplier.capacity,
            "reach": self.EVERYWHERE if self.EVERYWHERE in tokens else self.CHOSEN,
            "areas": tokens or [code for code in [organisation.mrc_id] if code],
        }
        super().__init__(data, initial=initial)
        known = [f"R{code}" for code in region_names()] + list(mrcs_by_code())
        self.fields["areas"].choices = [(token, token) for token in known]
        self.own_region = organisation.region_id or ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reach") == self.CHOSEN and not cleaned.get("areas") and "areas" not in self.errors:
            self.add_error("areas", _("Cochez au moins une région ou une MRC."))
        return cleaned

    @property
    def has_changed_areas(self) -> bool:
        """Whether the boxes say something else than when the page opened."""
        return bool({"reach", "areas"} & set(self.changed_data))

    @property
    def tokens(self) -> list[str] | None:
        """The served area: a whole region makes its MRCs superfluous. None where it is not said."""
        if self.cleaned_data.get("reach") == self.EVERYWHERE:
            return [self.EVERYWHERE]
        if "areas" not in self.cleaned_data or "reach" not in self.cleaned_data:
            return None
        chosen = set(self.cleaned_data["areas"])
        mrcs = mrcs_by_code()
        return sorted(t for t in chosen if t.startswith("R") or f"R{mrcs[t].region}" not in chosen)

    def groups(self) -> list[dict[str, Any]]:
        """The regions with their MRCs, for the template; a region is open where something in it is ticked."""
        ticked = set(self["areas"].value() or [])
        by_region: dict[str, list[dict[str, Any]]] = {code: [] for code in region_names()}
        for code, mrc in mrcs_by_code().items():
            by_region[mrc.region].append({"token": code, "name": mrc.name, "on": code in ticked})
        return [
            {
                "token": f"R{code}",
                "name": name,
                "on": f"R{code}" in ticked,
                "count": (f"R{code}" in ticked) + sum(one["on"] for one in by_region[code]),
                "open": code == self.own_region
                or f"R{code}" in ticked
                or any(one["on"] for one in by_region[code]),
                "mrcs": by_region[code],
            }
            for code, name in region_names().items()
        ]


class CodesField(forms.MultipleChoiceField):
    """UNSPSC codes that the page draws by itself; those that nobody knows are passed over."""

    def valid_value(self, value: Any) -> bool:
        return True


class OfferForm(forms.Form):
    """One good, service or rental, in the enterprise's own words, with the codes that buyers search by."""

    MOST_CODES = 8

    title = forms.CharField(
        label=lazy("Ce que vous offrez"),
        validators=[validate_words_only],
        help_text=lazy("En quelques mots de tous les jours : « Entretien ménager de bureaux »."),
        max_length=160,
        error_messages={"required": lazy("Écrivez ce que vous offrez.")},
        widget=text_input(autocomplete="off"),
    )
    kind = forms.ChoiceField(
        label=lazy("Type"),
        widget=forms.RadioSelect,
        choices=[
            (Offer.Kind.SERVICE, lazy("Un service")),
            (Offer.Kind.GOOD, lazy("Un bien")),
            (Offer.Kind.RENTAL, lazy("Une location")),
        ],
        initial=Offer.Kind.SERVICE,
    )
    description = forms.CharField(
        label=lazy("Précisions"),
        help_text=lazy("Matériaux, formats, délais : ce qu’un acheteur demanderait."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "inp"}),
    )
    capacity = CellField(
        parse_integer,
        label=lazy("Plus gros contrat pour cette offre"),
        help_text=lazy("Seulement s’il diffère de celui de l’entreprise."),
        widget=text_input("inp-m", inputmode="numeric"),
    )
    codes = CodesField(label=lazy("Codes UNSPSC"), required=False)
    code = forms.CharField(
        label=lazy("Un autre code UNSPSC"),
        help_text=lazy("Si vous le connaissez : huit chiffres."),
        max_length=20,
        required=False,
        widget=text_input("inp-s code", inputmode="numeric", autocomplete="off"),
    )

    def __init__(self, data: Any = None, *, offer: Offer | None = None) -> None:
        initial: dict[str, Any] = {}
        if offer is not None:
            initial = {
                "title": offer.title,
                "kind": offer.kind,
                "description": offer.description,
                "capacity": offer.capacity,
                "codes": list(offer.codes.values_list("pk", flat=True)),
            }
        super().__init__(data, initial=initial)
        if data is not None:
            asked = [normalise_code(text) or "" for text in data.getlist("codes")[:40]]
        else:
            asked = initial.get("codes", [])
        self.chosen = [code for code in dict.fromkeys(asked) if code_label(code)]

    def clean_code(self) -> str:
        """A code that the person knows by heart joins those that are ticked."""
        text = self.cleaned_data["code"].strip()
        if not text:
            return ""
        code = normalise_code(text)
        if code is None or not code_label(code):
            raise forms.ValidationError(
                _("« %(value)s » n’est pas un code UNSPSC. Il a huit chiffres, comme 76111500.")
                % {"value": text[:20]}
            )
        if code not in self.chosen:
            self.chosen.append(code)
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if len(self.chosen) > self.MOST_CODES:
            self.add_error(
                None,
                _("Gardez au plus %(n)s codes : ceux qui décrivent le mieux l’offre.")
                % {"n": self.MOST_CODES},
            )
        return cleaned

    def chosen_codes(self) -> list[tuple[str, str]]:
        """The codes that are kept, each with its label: never a code alone."""
        return [(code, code_label(code)) for code in self.chosen]


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
