"""What is wrong with a file of OCDS, in sentences that say what to do next."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number


def cut_off(at: int, size: int, count: int) -> str:
    """The file ends before its time: nothing was read from `at` on; `count` releases before it were."""
    facts = {"at": format_number(at), "bytes": format_number(size - at), "count": format_number(count)}
    if not count:
        return _("Le fichier est tronqué avant la fin de sa première version. Téléchargez-le de nouveau.")
    if at >= size:
        said = ngettext(
            "Le fichier est tronqué après %(count)s version, qui est gardée. Téléchargez-le de nouveau.",
            "Le fichier est tronqué après %(count)s versions, qui sont gardées. Téléchargez-le de nouveau.",
            count,
        )
        return said % facts
    said = ngettext(
        "Le fichier est tronqué, ou un guillemet n’y est jamais fermé : à partir de l’octet %(at)s, rien n’a"
        " été lu (%(bytes)s octets). La version d’avant est gardée. Téléchargez-le de nouveau.",
        "Le fichier est tronqué, ou un guillemet n’y est jamais fermé : à partir de l’octet %(at)s, rien n’a"
        " été lu (%(bytes)s octets). Les %(count)s versions d’avant sont gardées. Téléchargez-le de nouveau.",
        count,
    )
    return said % facts


def not_utf8() -> str:
    return _("Cette version contient un caractère qui n’est pas en UTF-8. Enregistrez le fichier en UTF-8.")


def unread(at: int, end: int) -> str:
    return _(
        "À partir de l’octet %(at)s, %(bytes)s octets n’ont pas été lus : ce n’est pas du JSON bien formé. "
        "Demandez au diffuseur du fichier de le corriger."
    ) % {"at": format_number(at), "bytes": format_number(end - at)}


def no_release_in(at: int) -> str:
    return _(
        "Ce qui commence à l’octet %(at)s n’est ni une version (il n’y a pas de « ocid ») ni un paquet : "
        "rien n’en a été lu."
    ) % {"at": format_number(at)}


def too_long() -> str:
    return _(
        "Cette version est trop longue pour être lue : elle dépasse 4 Mo, ou un guillemet n’y est jamais "
        "fermé. Demandez au diffuseur du fichier de la corriger."
    )


def badly_formed() -> str:
    return _("Le JSON de cette version est mal formé. Demandez au diffuseur du fichier de la corriger.")


def never_closed() -> str:
    return _(
        "Dans cette version, un guillemet, une accolade ou un crochet n’est jamais fermé. Demandez au "
        "diffuseur du fichier de la corriger."
    )


def no_json(first: str) -> str:
    if first == "<":
        return _(
            "Ce fichier n’est pas du JSON : c’est une page Web ou du XML. Importez le fichier JSON d’OCDS."
        )
    return _("Ce fichier n’est pas du JSON. Importez un fichier d’OCDS : il commence par « { » ou « [ ».")


def empty(keys: set[str]) -> str:
    if keys & {"releases", "records"}:
        return _("Ce paquet ne contient aucune version d’avis. Vérifiez que c’est le bon fichier.")
    return _(
        "Ce fichier n’est pas un paquet OCDS : il n’a ni « releases » ni « records », et aucun « ocid ». "
        "Vérifiez que c’est le bon fichier."
    )
