"""The public face: home, my space, and the pages that explain."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from buyers.needs.lifecycle import NEEDS
from marketplace.outbox.status import outbox_status
from marketplace.outreach.promotion.rotation import FEATURED
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.models import Pole
from marketplace.web.list_versions import NOTICES
from marketplace.web.public_pages import public_page
from marketplace.web.slots import render_slot
from marketplace.web.waiting import Urgency, to_do_list
from suppliers.directory_columns import DIRECTORY
from suppliers.offered_words import search_examples

from .home import closing_soon, coming_events, featured_enterprise, figures, open_needs
from .organisations import mine_of
from .poles import PoleFilterSet, directory_of_poles
from .service_status import duration_words, prompt_words, verdict_on

#: What the pages of law name, as this installation sets it.
NAMED = [
    "PRIVACY_OFFICER", "PRIVACY_EMAIL", "SENDER_POSTAL_ADDRESS",
    "KEEP_DECIDED_MONTHS", "KEEP_ABANDONED_MONTHS", "KEEP_INVITATIONS_MONTHS", "KEEP_SECURITY_MONTHS",
    "KEEP_SECURITY_ADDRESS_DAYS", "WARN_DAYS_BEFORE_FORGETTING", "KEEP_OWN_LISTS_MONTHS", "KEEP_INQUIRIES_MONTHS",
]  # fmt: skip


@public_page(DIRECTORY, NOTICES, NEEDS, FEATURED)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    examples = search_examples()
    context = {
        "figures": figures(),
        "closing_soon": closing_soon(request.user),
        "needs": open_needs(request.user),
        "coming": coming_events(request.user),
        "featured": featured_enterprise(),
        "examples": examples,
        "example": _("Ex.\u00a0: %(words)s") % {"words": ", ".join(examples[:2])} if examples else "",
        "nothing_open": _("Aucun avis ouvert en ce moment"),
        "nothing_open_text": _("Les avis paraissent ici dès que leurs diffuseurs les publient."),
    }
    return render(request, "pages/home.html", context)


@never_cache
@login_required
@require_safe
def my_space(request: HttpRequest) -> HttpResponse:
    to_do = to_do_list(request.user)
    context = {
        "panels": render_slot(request, "my_space.main", something_waits=bool(to_do.items)),
        "aside": render_slot(request, "my_space.aside", something_waits=bool(to_do.items)),
        "to_do": to_do,
        "sells": any(hasattr(organisation, "supplier") for organisation in mine_of(request)),
        "buys": any(hasattr(organisation, "buyer") for organisation in mine_of(request)),
        "NOW": Urgency.NOW,
        "now": timezone.now(),
        "wide": True,
    }
    return render(request, "pages/my_space.html", context)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    filters = PoleFilterSet(request.GET, Pole.objects.all(), is_french=True)
    chosen = filters.query["mrc"] or ""
    context = {
        "mrcs": mrcs_by_code(),
        "chosen": chosen,
        "poles": directory_of_poles(chosen),
        "messages_here": filters.messages,
        "crumbs": [(_("Joindre mon pôle"), "")],
        "nobody": _("Aucun pôle ne couvre cette MRC aujourd’hui"),
        "nobody_text": _("Joignez le pôle voisin : il saura vous répondre."),
        "all_url": reverse("pages:contact"),
        "all_label": _("Voir tous les pôles"),
    }
    return render(request, "pages/contact.html", context)


@require_safe
def how_we_verify(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/how_we_verify.html", {"crumbs": [(_("Comment on vérifie"), "")]})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _legal(request, "pages/accessibility.html", _("Accessibilité"))


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _legal(request, "pages/privacy.html", _("Renseignements personnels"))


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _legal(request, "pages/terms.html", _("Conditions"))


@require_safe
def service_status(request: HttpRequest) -> HttpResponse:
    status = outbox_status()
    context = {
        "crumbs": [(_("État du service"), "")],
        "status": status,
        "verdict": verdict_on(status),
        "prompt": prompt_words(status),
        "oldest": duration_words(status.oldest) if status.waiting else "",
        "events_oldest": duration_words(timedelta(seconds=status.events.oldest))
        if status.events.count
        else "",
    }
    return render(request, "pages/service_status.html", context)


def _legal(request: HttpRequest, template: str, title: str) -> HttpResponse:
    return render(
        request, template, {"crumbs": [(title, "")], **{name: getattr(settings, name) for name in NAMED}}
    )


@require_safe
@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """Crawlers may read every public page. What is private asks to sign in, and mailed links say noindex themselves."""
    return HttpResponse(
        f"User-agent: *\nAllow: /\n\nSitemap: {settings.SITE_URL}/sitemap.xml\n",
        content_type="text/plain; charset=utf-8",
    )
