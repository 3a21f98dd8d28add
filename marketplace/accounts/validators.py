"""What people may write where others will read it in a mail."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ADDRESS = re.compile(r"://|www\.|@|[<>]", re.IGNORECASE)
_LINK = re.compile(r"://|www\.|[<>]", re.IGNORECASE)
#: Endings that mail programs turn into links: every country's two letters, and the others that one meets. « inc » and
#: « ltd » are left out: they end the names of companies.
_ENDINGS = (
    "(?!(?:le|un|en|du|ou|on|ce|or)\\b)[a-z]{2}|com|net|org|info|biz|name|pro|mobi|coop|edu|gov|int|tel|jobs|travel|museum|aero|asia|cat|post|xxx|academy|agency|app"
    "|art|auto|band|bank|bar|beer|best|bet|bike|bio|blog|cab|cafe|camp|capital|care|cars|casa|cash|casino|center|charity|chat"
    "|cheap|church|city|click|clinic|cloud|club|codes|coffee|college|community|company|cool|credit|dance|date|dating|deals"
    "|delivery|design|dev|digital|direct|discount|download|earth|education|email|energy|estate|eus|events|exchange|expert|express"
    "|family|fashion|film|finance|fit|fitness|flowers|football|foundation|fun|fund|fyi|gallery|game|games|garden|gift|gifts|gives"
    "|global|gold|golf|graphics|green|group|guide|guru|health|help|holiday|homes|host|hosting|house|icu|immo|industries|institute"
    "|international|jewelry|kitchen|land|lat|law|legal|life|limited|link|live|loan|loans|lol|love|market|marketing|media|menu|mom"
    "|money|monster|mov|movie|network|news|ninja|one|online|ooo|page|paris|partners|parts|party|pet|photo|photos|pics|pizza|plus"
    "|press|productions|promo|properties|pub|quebec|québec|quest|racing|recipes|red|rent|rentals|repair|rest|restaurant|review|reviews"
    "|rip|rocks|run|sale|school|services|sexy|shop|shopping|show|site|ski|social|software|solar|solutions|space|sport|store"
    "|stream|studio|style|sucks|support|surf|systems|tax|taxi|team|tech|tennis|theater|tickets|tips|tires|today|tools|top|tours"
    "|town|toys|trade|training|uno|vacations|ventures|video|villas|vin|vip|vision|vote|voyage|watch|web|webcam|website|wiki|win"
    "|wine|work|works|world|wtf|xyz|yoga|zip|zone"
)
_DOMAIN = re.compile(
    # A word, a dot, an ending, with no space: « promo.example.com ». One letter before the dot is an initial
    # (« R.C. », « L.P.de »), but for the endings that links are shortened to. It is looked for from where a run of letters
    # begins only: tried from each hyphen too, a long text takes minutes.
    rf"(?<![\w.-])(?:(?:[\w-]+\.)*(?!(?:inc|enr|lt[ée]e|cie|ste?|mme|dr|no)\.)[\w-]{{2,}}\.(?:{_ENDINGS}|xn--[\w-]+)|\w\.(?:com|ca|co|me|ly|gg|link))(?![\w-]|\.\w)"
    r"|\w\.\w{2,}/\S|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
#: Dots that browsers read as one, and the fullwidth letters that they read as plain.
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": ".", "\u00ad": None})
#: Control, format (right-to-left marks, zero-width spaces), private and unpaired characters.
_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def validate_words_only(text: str) -> None:
    """A validator: a name or a function holds no address, or our mails could carry someone's advertising."""
    if _ADDRESS.search(text) or holds_domain(text) or visible_text(text) != " ".join(text.split()):
        raise ValidationError(_("Écrivez des mots seulement, sans adresse ni lien."))


def validate_no_link(text: str) -> None:
    """The same for the name of an enterprise, where « @ » may stand: invitations carry it to anybody's mailbox.

    A real enterprise may be called « Insertech.ca »: staff write that name, and members then keep it.
    """
    if _LINK.search(text):
        raise ValidationError(_("Écrivez des mots seulement, sans adresse ni lien."))
    if holds_domain(text):
        raise ValidationError(
            _(
                "Écrivez le nom sans adresse de site, comme « exemple.ca ». Si l’entreprise s’appelle ainsi, votre pôle l’écrira pour vous."
            )
        )


def holds_domain(text: str) -> bool:
    """Whether a mail program would make a link of a part of it.

    >>> holds_domain("Gagnez sur promo.example.com"), holds_domain("Les Ateliers R.C. inc."), holds_domain("Gym St-Jean.Inc")
    (True, False, False)
    """
    return _DOMAIN.search(unicodedata.normalize("NFKC", visible_text(text)).translate(_DOTS)) is not None


def visible_text(text: str) -> str:
    """A name in one line, without what nobody sees and what turns the words around it."""
    shown = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in shown if unicodedata.category(c) not in _INVISIBLE).split())
