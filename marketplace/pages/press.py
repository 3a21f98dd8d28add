"""What journalists and partners need: figures of today, words to quote, the logo, pictures, whom to write to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.web.list_versions import NOTICES
from marketplace.web.public_pages import public_page
from suppliers.directory_columns import DIRECTORY

from .guides import guide_pictures
from .home import figures


@public_page(DIRECTORY, NOTICES)
@require_safe
def press_view(request: HttpRequest) -> HttpResponse:
    pictures = guide_pictures()
    context = {
        "figures": figures(),
        "today": timezone.localdate(),
        "pictures": [
            (pictures["repertoire"], _("Le répertoire")),
            (pictures["fournisseur"], _("La fiche d’une entreprise")),
            (pictures["grille"], _("La grille d’une journée de rencontres")),
        ],
        "PRESS_EMAIL": settings.PRESS_EMAIL,
        "SENDER_NAME": settings.SENDER_NAME,
        "SENDER_POSTAL_ADDRESS": settings.SENDER_POSTAL_ADDRESS,
        "crumbs": [(_("Presse"), "")],
    }
    return render(request, "pages/press.html", context)
