"""Posters of an enterprise and of a pôle: what their public page says, to pin on a wall."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from marketplace.outreach.promotion.catalogue_facts import plain_site, soften
from marketplace.outreach.promotion.scopes import Scope, poles_by_code
from marketplace.web.limits import limited
from marketplace.web.posters import MOST_LINES, poster_response
from marketplace.web.typography import format_number, format_phone
from suppliers.models import Supplier
from suppliers.shown_offers import shown_offers
from suppliers.supplier_detail import lead_sentence
from suppliers.verification import verification_of
from suppliers.wording import in_town

READ = frozenset({"GET"})


@limited("poster", per_ip="120/h", per_user="300/h", methods=READ)
@require_safe
def supplier_poster(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a published listing only."""
    supplier = Supplier.objects.published().select_related("organisation").filter(slug=slug).first()
    if supplier is None:
        raise Http404
    organisation = supplier.organisation
    verification = verification_of(supplier)
    who = f"{supplier.form_label} {in_town(organisation.town)}" if organisation.town else supplier.form_label
    return poster_response(
        name=soften(organisation.name),
        path=reverse("suppliers:supplier", args=[slug]),
        kicker=_("Entreprise d’économie sociale"),
        lead=soften(Truncator(lead_sentence(supplier.activity) or capfirst(who)).chars(200)),
        lines=[soften(Truncator(offer.title).chars(70)) for offer in shown_offers(supplier)[:MOST_LINES]],
        call=_("Nos offres, nos preuves, nous joindre"),
        paint="epinette",
        foot=f"{capfirst(who)}. {verification.sentence}" if verification.is_verified else capfirst(who),
        file_name=slug,
    )


@limited("poster", per_ip="120/h", per_user="300/h", methods=READ)
@require_safe
def pole_poster(request: HttpRequest, pole: str) -> HttpResponse:
    """Leads to the directory of its territory."""
    info = poles_by_code().get(pole)
    if info is None:
        raise Http404
    n = Scope(pole=pole).suppliers().count()
    said = ngettext(
        "%(n)s entreprise d’économie sociale, près de chez vous",
        "%(n)s entreprises d’économie sociale, près de chez vous",
        n,
    )
    return poster_response(
        name=info.name,
        path=reverse("outreach:pole", args=[pole]),
        kicker=_("Acheter de l’économie sociale"),
        lead=said % {"n": format_number(n)} if n else "",
        lines=[
            _("Cherchez un bien, un service ou une location."),
            _("Voyez qui livre chez vous, et ce qui est prouvé."),
            _("Joignez l’entreprise, ou demandez conseil à votre pôle."),
        ],
        call=_("Le répertoire de votre territoire"),
        paint="bleuet",
        foot=" · ".join(
            part for part in (info.name, format_phone(info.phone), plain_site(info.website)) if part
        ),
        file_name=pole,
    )
