"""« Lettres de mon pôle », in My space: what a person accepts, with the words that they read, and what they refused."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.consents import give_consent
from marketplace.accounts.models import Consent
from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.models import Purpose
from marketplace.outreach.writing.purposes import RULES, refusing_among
from marketplace.outreach.writing.refusing import accept_letters, refuse_letters
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url

WORDINGS = {
    Purpose.ACTIVITIES: gettext_lazy(
        "J’accepte que mon pôle m’écrive au sujet de ses formations, de ses cohortes et de ses activités. Je peux "
        "arrêter ces courriels quand je veux."
    ),
    Purpose.NEWS: gettext_lazy(
        "J’accepte que mon pôle m’écrive au sujet d’occasions d’affaires et des nouvelles de son réseau. Je peux "
        "arrêter ces courriels quand je veux."
    ),
}


@never_cache
@login_required
@limited("mail_preferences", per_user="240/h")
@require_http_methods(["GET", "HEAD", "POST"])
def pole_letters_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    if request.method == "POST":
        purpose = request.POST.get("purpose", "")
        if purpose in RULES:
            _decide(request, purpose)
        return redirect("outreach:pole_letters")
    given = {c.purpose: c for c in Consent.objects.standing().filter(user=user)}
    refused = [
        purpose.label
        for purpose in (Purpose.LISTING, Purpose.INVITATION)
        if refusing_among([user.email], purpose)
    ]
    context = {
        "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Lettres de mon pôle"), "")],
        "choices": [
            (purpose, purpose.label, wording, given.get(RULES[purpose].consent))
            for purpose, wording in WORDINGS.items()
        ],
        "refused": refused,
        "listing": Purpose.LISTING,
    }
    return render(request, "outreach/pole_letters.html", context)


def _decide(request: HttpRequest, purpose: str) -> None:
    user = signed_in_user(request)
    if "stop" in request.POST:
        refuse_letters(purpose=purpose, address=user.email, user=user, by=user)
        messages.success(request, _("Vous ne recevrez plus ces courriels."))
    elif consent := RULES[purpose].consent:
        if not request.POST.get("consent"):
            messages.error(request, _("Cochez la case pour accepter de recevoir ces courriels."))
            return
        wording = str(WORDINGS[Purpose(purpose)])
        give_consent(user=user, purpose=consent, wording=wording, by=user)
        messages.success(request, _("C’est noté. Votre pôle peut vous écrire à ce sujet."))
    else:
        for one in (Purpose.LISTING, Purpose.INVITATION):
            accept_letters(purpose=one, user=user, by=user)
        messages.success(request, _("C’est noté. Votre pôle peut vous écrire à ce sujet."))
