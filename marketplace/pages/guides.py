"""Guides: short pages that explain, each with pictures of the site's own pages in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from marketplace.web import languages

#: Pictures of docs/screens that guides show (`demo.guide_pictures` draws them small), and their height for `WIDTH`.
PICTURES = (
    "repertoire", "fournisseur", "selection", "propositions", "inscription", "appel-doffres", "mon-espace",
    "verification", "grille", "importation", "demarchage",
)  # fmt: skip
WIDTH, HEIGHT = 720, 460


@dataclass(frozen=True)
class Guide:
    """`slug` stands in the address, in both languages; `name` is also that of its template."""

    slug: str
    name: str
    title: Promise
    lead: Promise


GUIDES = (
    Guide(
        "economie-sociale",
        "social_economy",
        lazy("C’est quoi, l’économie sociale?"),
        lazy("Des entreprises qui vendent, et dont la première raison d’être est un besoin, pas un rendement."),
    ),
    Guide(
        "acheter",
        "buyers",
        lazy("Acheter de l’économie sociale"),
        lazy("Pour les acheteurs publics : trouver qui peut livrer, vérifier, comparer, demander."),
    ),
    Guide(
        "vendre",
        "enterprises",
        lazy("Vendre aux acheteurs publics"),
        lazy("Pour les entreprises : une fiche prouvée, les avis qui vous conviennent, répondre à plusieurs."),
    ),
    Guide(
        "poles",
        "poles",
        lazy("Animer le répertoire de sa région"),
        lazy("Pour l’équipe d’un pôle : importer, trier, vérifier, faire connaître."),
    ),
)  # fmt: skip
BY_SLUG = {guide.slug: guide for guide in GUIDES}


@require_safe
def guide_list_view(request: HttpRequest) -> HttpResponse:
    context = {"guides": GUIDES, "crumbs": [(_("Guides"), "")]}
    return render(request, "pages/guides/list.html", context)


@require_safe
def guide_view(request: HttpRequest, slug: str) -> HttpResponse:
    guide = BY_SLUG.get(slug)
    if guide is None:
        raise Http404
    context = {
        "guide": guide,
        "others": [one for one in GUIDES if one is not guide],
        "pictures": guide_pictures(),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return render(request, f"pages/guides/{guide.name}.html", context)


@require_safe
def faq_view(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/guides/faq.html", {"crumbs": [(_("Questions fréquentes"), "")]})


@require_safe
def about_view(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/guides/about.html", {"crumbs": [(_("À propos"), "")]})


def guide_pictures() -> dict[str, str]:
    """The address of each picture, in the language of this moment, by its name with « _ » (templates know no « - »)."""
    language = "en" if languages.is_english() else "fr"
    return {name.replace("-", "_"): static(f"img/guides/{name}-{language}.webp") for name in PICTURES}
