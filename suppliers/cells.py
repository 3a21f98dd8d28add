"""One cell at a time: text in, a clean value out, or a `CellError` whose sentence says what to correct."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.codes import normalise_code
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_number
from suppliers.legal_forms import accepted_legal_forms, read_legal_form
from suppliers.models import LegalForm

USUAL_NEQ_PREFIXES = ("11", "22", "33", "88")
LARGEST_INTEGER = 2_147_483_647
QUEBEC = ((44.9, 62.7), (-79.9, -56.9))  # latitudes, longitudes


class CellError(Exception):
    """This cell cannot be taken as it is. `column` is the mapping's own name for it.

    `unknown`: the words in it that no list of ours has, where a person can say once what they mean.
    """

    def __init__(self, column: str, message: str, *, unknown: str = "") -> None:
        super().__init__(message)
        self.column = column
        self.message = message
        self.unknown = unknown


def parse_text(column: str, value: str, limit: int, *, lines: bool = False) -> str:
    """Blanks tidied, control characters gone; « lines » keeps line breaks."""
    if "\0" in value:
        raise CellError(column, _("Cette cellule contient un caractère illisible. Retapez-la."))
    if "\ufffd" in value:
        raise CellError(
            column,
            _(
                "Des caractères de cette cellule sont perdus. Enregistrez le fichier en « CSV UTF-8 » ou en .xlsx."
            ),
        )
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)  # a Mac may write « e » and its accent as two signs
    if value[:1] == "'" and value[1:2] in "=+-@":
        value = value[1:]  # the apostrophe that our own exports put there
    if lines:
        value = "\n".join(" ".join(line.split()) for line in value.splitlines()).strip()
    else:
        value = " ".join(value.split())
    if not value.isprintable():
        value = "".join(c for c in value if c.isprintable() or c == "\n")
    if len(value) > limit:
        raise CellError(
            column,
            _("Il y a %(count)s caractères; la limite est de %(limit)s.")
            % {"count": format_number(len(value)), "limit": format_number(limit)},
        )
    return value


def parse_neq(column: str, value: str) -> str:
    """Ten digits, as « NEQ 1199 940 001 » or « 1199940001.0 » say them too. There is no check digit to verify."""
    text = _NEQ_WORDS.sub("", re.sub(r"[\s\u200b-\u200f\u2060\ufeff]", " ", value).strip())
    digits = re.sub(r"[\s\u2010-\u2015-]", "", text).strip("'’").removesuffix(".")
    digits = whole_number(digits)
    if not digits:
        raise CellError(column, _("Il faut un NEQ."))
    if _SHORTENED.fullmatch(digits):
        raise CellError(
            column,
            _(
                "Le tableur a perdu des chiffres de ce NEQ (« %(value)s »). "
                "Mettez la colonne au format Texte, puis retapez les dix chiffres."
            )
            % {"value": value.strip()[:20]},
        )
    if not re.fullmatch(r"[0-9]+", digits):
        raise CellError(column, _("Un NEQ n’a que des chiffres."))
    if len(digits) != 10:
        raise CellError(
            column,
            ngettext(
                "Il y a %(count)s chiffre; il en faut dix.",
                "Il y a %(count)s chiffres; il en faut dix.",
                len(digits),
            )
            % {"count": format_number(len(digits))},
        )
    return digits


_NEQ_WORDS = re.compile(
    r"^(?:(?:n\s?\.?\s?e\s?\.?\s?q\s?\.?|num[ée]ro|no\.?|n[°º]|#)[\s:.#-]*)+(?=[0-9])", re.IGNORECASE
)
_SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,3}", re.IGNORECASE)


def whole_number(text: str) -> str:
    """« 1199940101.0 » and « 1,199940101E+09 », as a spreadsheet writes a whole number of which it kept every digit."""
    if match := re.fullmatch(r"([0-9]+)[.,]0+", text):
        return match[1]
    match = re.fullmatch(r"([0-9])[.,]([0-9]+)E\+?0*([0-9]{1,2})", text, re.IGNORECASE)
    return match[1] + match[2] if match and len(match[2]) == int(match[3]) else text


def neq_warning(digits: str) -> str:
    """A sentence where the NEQ starts or ends unusually; empty otherwise."""
    if digits.endswith("0000"):
        return _("Ce NEQ finit par 0000 : un tableur l’a peut-être arrondi. Vérifiez-le.")
    if digits.startswith(USUAL_NEQ_PREFIXES):
        return ""
    return _("Ce NEQ commence par %(prefix)s, ce qui est rare. Vérifiez-le.") % {"prefix": digits[:2]}


def parse_postal_code(column: str, value: str) -> str:
    compact = re.sub(r"[\s-]", "", value).upper()
    if compact and not re.fullmatch(r"[A-Z][0-9][A-Z][0-9][A-Z][0-9]", compact):
        raise CellError(
            column, _("« %(value)s » n’est pas un code postal, comme G9A 1A1.") % {"value": value[:20]}
        )
    return compact


def parse_email(column: str, value: str) -> str:
    value = parse_text(column, value, 254)
    value = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE)
    if value.count("@") > 1:
        raise CellError(column, _("Il y a plusieurs courriels dans cette cellule. Gardez-en un."))
    if value:
        try:
            validate_email(value)
        except ValidationError:
            raise CellError(
                column, _("Ce courriel n’est pas valable.")
            ) from None  # never quoted: it is personal
    return value


def parse_website(column: str, value: str) -> str:
    value = parse_text(column, value, 200)
    if not value:
        return ""
    if "@" in value.split("/")[0]:
        raise CellError(column, _("Ceci est un courriel, pas une adresse Web."))
    address = value if re.match(r"[a-z][a-z0-9+.-]*:", value, re.IGNORECASE) else f"https://{value}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise CellError(column, _("Ce site n’est pas une adresse Web, comme https://exemple.ca.")) from None
    if len(address) > 200:
        raise CellError(column, _("Cette adresse Web est trop longue."))
    scheme, rest = address.split(":", 1)
    return f"{scheme.lower()}:{rest}"


def parse_phone(column: str, value: str) -> str:
    value = whole_number(parse_text(column, value, 30))
    if _SHORTENED.fullmatch(value):
        raise CellError(
            column,
            _(
                "Le tableur a perdu des chiffres de ce numéro. Mettez la colonne au format Texte, puis retapez-le."
            ),
        )
    if value and sum(c.isdigit() for c in value) < 7:
        raise CellError(column, _("Ce numéro de téléphone est incomplet."))
    return value


def parse_integer(column: str, value: str) -> int | None:
    """« 1 200 », « 100 000 $ », « 1200,00 » → a whole number; empty → None."""
    compact = re.sub(r"[\s$]", "", value)
    if not compact:
        return None
    match = re.fullmatch(r"([0-9]{1,12})([.,]0{1,2})?", compact)
    if not match:
        raise CellError(column, _("« %(value)s » n’est pas un nombre entier.") % {"value": value[:20]})
    if int(match[1]) > LARGEST_INTEGER:
        raise CellError(column, _("Ce nombre est trop grand."))
    return int(match[1])


def parse_price(column: str, value: str) -> Decimal | None:
    """« 14,50 », « 14.5 $ », « 1 200 » → dollars and cents; empty → None."""
    compact = re.sub(r"[\s$]", "", value)
    if not compact:
        return None
    match = re.fullmatch(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?", compact)
    if not match:
        raise CellError(
            column, _("« %(value)s » n’est pas un prix. Un prix s’écrit comme 14,50.") % {"value": value[:20]}
        )
    price = Decimal(f"{match[1]}.{match[2] or '0'}")
    if not price:
        raise CellError(column, _("Écrivez un prix plus grand que zéro, ou laissez le champ vide."))
    return price


def parse_coordinate(column: str, value: str, limit: float) -> float | None:
    """Degrees, with a point or a comma; empty → None. `limit` is 90 for a latitude, 180 for a longitude."""
    compact = value.strip().replace(",", ".")
    if not compact:
        return None
    try:
        degrees = float(compact)
    except ValueError:
        degrees = math.nan
    if not abs(degrees) <= limit or not compact.isascii():  # also where it is NaN
        raise CellError(
            column, _("« %(value)s » n’est pas une coordonnée en degrés.") % {"value": value[:20]}
        )
    return degrees


def point_in_quebec(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    """Both coordinates where they fall in Québec, else None: registries place some seats in Italy."""
    if lat is None or lon is None:
        return None
    inside = QUEBEC[0][0] <= lat <= QUEBEC[0][1] and QUEBEC[1][0] <= lon <= QUEBEC[1][1]
    return (lat, lon) if inside else None


def parse_legal_form(column: str, value: str, name: str) -> LegalForm:
    """The legal form, its kind of co-operative read from the words or from the enterprise's name."""
    if not fold_text(value):
        raise CellError(column, _("Il faut une forme juridique : OBNL, coopérative ou mutuelle."))
    form = read_legal_form(value, name)
    if form is None:
        raise CellError(
            column,
            _("« %(value)s » n’est pas une forme d’économie sociale connue. Écrivez : %(accepted)s.")
            % {"value": value[:40], "accepted": accepted_legal_forms()},
            unknown=value,
        )
    return form


def parse_unspsc(column: str, value: str) -> str:
    code = normalise_code(value)
    if code is None:
        raise CellError(column, _("« %(value)s » n’est pas un code UNSPSC.") % {"value": value[:20]})
    return code


def parse_yes_or_no(column: str, value: str) -> bool:
    folded = fold_text(value)
    if folded in ("oui", "o", "vrai", "x", "1", "yes"):
        return True
    if folded in ("", "non", "n", "faux", "0", "no"):
        return False
    raise CellError(column, _("Écrivez oui ou non."))
