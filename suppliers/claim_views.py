"""The page where one claims a supplier. Of one that the reader may not see it shows what the registry makes public.

A registration that nobody has reviewed has no such page: its name is only what a person typed, and there is nothing to hold.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.joining import last_join_request
from marketplace.accounts.models import JoinRequest, Side, User
from marketplace.accounts.validators import validate_words_only
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.private_files import UploadField
from marketplace.web.workdays import promised_wait
from suppliers.cells import CellError, parse_phone
from suppliers.claims import claim_supplier
from suppliers.duplicates.addresses import lead_to_standing
from suppliers.models import Supplier


class ClaimForm(forms.Form):
    """Cleans; `claim_supplier` decides."""

    title = forms.CharField(
        label=gettext_lazy("Votre fonction"),
        max_length=120,
        validators=[validate_words_only],
        help_text=gettext_lazy("Par exemple : directrice générale, trésorier, membre du conseil."),
        error_messages={"required": gettext_lazy("Écrivez votre fonction dans l’entreprise.")},
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "organization-title"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone de l’entreprise"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Le pôle peut y appeler pour vérifier."),
        widget=forms.TextInput(attrs={"class": "inp", "type": "tel", "autocomplete": "tel"}),
    )
    message = forms.CharField(
        label=gettext_lazy("Comment le pôle peut-il vérifier?"),
        max_length=2000,
        help_text=gettext_lazy("Qui peut confirmer que vous agissez pour l’entreprise, et depuis quand."),
        error_messages={"required": gettext_lazy("Dites comment le pôle peut vérifier.")},
        widget=forms.Textarea(attrs={"class": "inp", "rows": 5}),
    )
    evidence = UploadField(
        label=gettext_lazy("Une pièce"),
        required=False,
        help_text=gettext_lazy("Une résolution, une carte professionnelle, l’état des renseignements au registre. PDF, photo ou document, 10 Mo au plus. Seul le pôle lit cette pièce."),
    )  # fmt: skip

    def clean_phone(self) -> str:
        try:
            return parse_phone("phone", self.cleaned_data.get("phone") or "")
        except CellError as error:
            raise forms.ValidationError(error.message) from error


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("claim", per_ip="20/h", per_user="10/h")
def claim(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Explains to everyone; takes the claim of who is signed in. The answer says nothing of who acts for it already."""
    known = Supplier.objects.exclude(organisation__awaits_review=True).select_related("organisation")
    supplier = get_object_or_404(known, slug=slug)
    if supplier.organisation.merged_into_id:
        return lead_to_standing(request, "suppliers:claim", slug)
    if not isinstance(request.user, User):
        if request.method == "POST":
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return _page(request, supplier, None)
    form = ClaimForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            claim_supplier(supplier=supplier, by=request.user, **form.cleaned_data)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Votre demande est chez le pôle. Sa réponse viendra par courriel."))
            return redirect("suppliers:claim", slug=slug)
    return _page(request, supplier, form)


def _page(request: HttpRequest, supplier: Supplier, form: ClaimForm | None) -> HttpResponse:
    organisation, reader = supplier.organisation, request.user
    last = last_join_request(organisation, reader, Side.SELLING) if isinstance(reader, User) else None
    context = {
        "supplier": supplier,
        "name": organisation.name,
        "town": organisation.town,
        "visible": Supplier.objects.visible_to(reader).filter(pk=supplier.pk).exists(),
        "is_member": isinstance(reader, User) and organisation.pk in reader.organisation_ids,
        "last": last,
        "promised_wait": promised_wait(),
        "State": JoinRequest.State,
        "form": form,
        "knots": _knots(waits=last is not None and last.is_open),
    }
    return render(request, "suppliers/claim.html", context)


def _knots(*, waits: bool) -> list[dict[str, str]]:
    """The way of a claim; `waits`: it is with the pôle."""
    return [
        {"title": _("Vous dites qui vous êtes"), "state": "done" if waits else "now"},
        {
            "title": _("Le pôle de la région vérifie"),
            "state": "now" if waits else "",
            "text": _("Il peut appeler l’entreprise."),
        },
        {"title": _("Sa réponse vient par courriel")},
        {"title": _("Vous gérez la fiche"), "text": _("Et vous invitez vos collègues.")},
    ]
