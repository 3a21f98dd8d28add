"""« Domaines de courriel » of an institution: what opens its team, what waits for the pôle; its owners ask and remove."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from marketplace.accounts.email_domains import readable_domain
from marketplace.accounts.models import EmailDomain, Organisation
from marketplace.accounts.own_domains import ask_for_domain, remove_domain
from marketplace.accounts.permissions import is_owner_of, signed_in_user
from marketplace.web.errors import Refused
from marketplace.web.limits import limited


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=gettext_lazy("Domaine"),
        help_text=gettext_lazy("Ce qui suit le @ dans vos adresses, comme ville.exemple.ca."),
        max_length=253,
        error_messages={"required": gettext_lazy("Écrivez le domaine.")},
        widget=forms.TextInput(
            attrs={"class": "inp", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@limited("email-domain", per_ip="60/h", per_user="20/h")
def domain_list(request: HttpRequest, pk: int) -> HttpResponse:
    """POST asks for one; it lets nobody in before the pôle has confirmed it."""
    organisation, reader = _institution(request, pk), signed_in_user(request)
    owns = is_owner_of(reader, organisation)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = ask_for_domain(organisation=organisation, domain=form.cleaned_data["domain"], by=reader)
        except Refused as why:
            form.add_error("domain", str(why))
        else:
            messages.success(
                request,
                _("Le pôle vérifiera %(domain)s. Sa réponse vient par courriel.")
                % {"domain": readable_domain(made.domain)},
            )
            return redirect("accounts:domains", pk=pk)
    rows = organisation.own_domains.order_by("domain")
    context = {
        "organisation": organisation,
        "domains": [(row, readable_domain(row.domain)) for row in rows],
        "owns": owns,
        "form": form,
        "State": EmailDomain.State,
    }
    return render(request, "accounts/domains.html", context)


@login_required
@require_POST
@limited("email-domain", per_ip="60/h", per_user="20/h")
def remove_own_domain(request: HttpRequest, pk: int, domain: int) -> HttpResponse:
    organisation = _institution(request, pk)
    row = get_object_or_404(EmailDomain, organisation=organisation, pk=domain)
    try:
        remove_domain(email_domain=row, by=signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(
            request,
            _("%(domain)s est retiré : il ne permet plus à personne de se joindre à l’équipe.")
            % {"domain": row.domain},
        )
    return redirect("accounts:domains", pk=pk)


def _institution(request: HttpRequest, pk: int) -> Organisation:
    """A verified one of the reader's, or of the territory that they curate."""
    rows = Organisation.objects.visible_to(request.user).filter(institution_verified_on__isnull=False)
    return get_object_or_404(rows, pk=pk)
