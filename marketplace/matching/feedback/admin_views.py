"""« C’est faux », under /gestion/: staff say of a suggestion that it is false, and why."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from marketplace.accounts.models import curation_q
from marketplace.accounts.permissions import signed_in_user
from marketplace.matching.feedback.misfits import mark_misfit
from marketplace.matching.models import Misfit, Suggestion
from marketplace.matching.sentences import reason_sentence
from marketplace.web.admin_pages import render_admin_page


class MisfitForm(forms.Form):
    reason = forms.ChoiceField(
        label=lazy("Pourquoi?"),
        choices=Misfit.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Choisissez une raison."),
            "invalid_choice": lazy("Choisissez une raison."),
        },
    )
    note = forms.CharField(
        label=lazy("En quelques mots"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"class": "inp", "autocomplete": "off"}),
    )


@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def misfit_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One suggestion of an enterprise that the reader looks after."""
    user = signed_in_user(request)
    rows = Suggestion.objects.select_related("supplier__organisation", "tender")
    if not user.is_superuser:
        rows = rows.filter(curation_q(user, "supplier__organisation__"))
    suggestion = get_object_or_404(rows, pk=pk)
    form = MisfitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mark_misfit(supplier=suggestion.supplier, tender=suggestion.tender, by=user, **form.cleaned_data)
        messages.success(request, _("C’est noté : cet avis ne sera plus suggéré à cette entreprise."))
        return redirect("admin:matching_misfit_changelist")
    return render_admin_page(
        request,
        "admin/matching/misfit.html",
        title=_("Cette suggestion est fausse"),
        crumbs=[(_("Suggestions"), reverse("admin:matching_suggestion_changelist"))],
        suggestion=suggestion,
        said=[reason_sentence(reason) for reason in suggestion.reasons],
        form=form,
    )
