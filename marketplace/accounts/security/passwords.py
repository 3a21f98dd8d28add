"""What a new password may not be: in a list of stolen ones, quick to guess, or made of words of the person's own.

Stolen passwords: zxcvbn ships 30,000 of the most frequent, and sees through « o » written 0, keyboards, repetitions, years
and words put end to end, which a plain list of 20,000 does not; it asks nothing of another host. Who already has a
password keeps it: these rules read new ones only. It knows no French, so ours are added.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from marketplace.accounts.email_domains import domain_of_email, is_generic_domain
from marketplace.accounts.models import Organisation, User
from marketplace.web.folding import fold_text

#: Of zxcvbn's 0 to 4: at least ten thousand million guesses.
STRONG = 4
#: It reads no further, and its work grows with the length.
READ = 72
SITE_WORDS = ("maillage",)
#: What French speakers choose first; zxcvbn's own lists are English.
FRENCH = (
    "motdepasse", "mot", "passe", "motdepass", "bonjour", "bonsoir", "soleil", "azerty", "azertyuiop", "qwertz", "jetaime",
    "amour", "doudou", "loulou", "chouchou", "chocolat", "bienvenue", "marseille", "canadiens", "canadien", "nordiques",
    "quebec", "quebecois", "montreal", "laval", "gatineau", "sherbrooke", "saguenay", "levis", "longueuil", "maman", "papa",
    "famille", "enfants", "vacances", "printemps", "automne", "hiver", "janvier", "fevrier", "mars", "avril", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre", "lundi", "mardi", "mercredi", "jeudi", "vendredi",
    "samedi", "dimanche", "municipalite", "mairie", "administrateur", "administration", "utilisateur", "entreprise",
    "cooperative", "coop", "hockey", "secret", "tabarnak", "caribou", "poutine", "ville",
)  # fmt: skip
#: In the names of half the organisations: refusing them would refuse good passwords.
ORDINARY = frozenset((
    "ville", "municipalite", "cooperative", "coop", "centre", "centres", "service", "services", "societe",
    "association", "organisme", "groupe", "quebec", "regional", "regionale", "national", "nationale", "entreprise",
    "entreprises", "atelier", "ateliers", "maison", "fondation", "conseil", "commission", "travail", "solidarite",
    "solidaire", "sociale", "social", "communautaire", "developpement", "economie", "culture", "formation",
    "insertion",
))  # fmt: skip
_LOOKS_LIKE = str.maketrans("013457l@$€!", "oieastiasei")
_SHORTEST, _SHORTEST_OF_NAME = 4, 5


class OwnWordsValidator:
    """Refuses a password that holds the site's name, the person's, or that of an organisation of theirs."""

    def validate(self, password: str, user: Any = None) -> None:
        said = _letters(password)
        for word in own_words(user):
            if _letters(word) in said:
                raise ValidationError(
                    _(
                        "Ce mot de passe contient « %(word)s ». Choisissez des mots qui n’ont rien à voir avec vous,"
                        " votre organisation ou ce site."
                    ),
                    code="password_own_word",
                    params={"word": word},
                )

    def get_help_text(self) -> str:
        return _("Ni votre nom, ni celui de votre organisation ou de ce site.")


class GuessableValidator:
    """Refuses what is in a list of stolen passwords, or that little more than such a list would find."""

    def validate(self, password: str, user: Any = None) -> None:
        from zxcvbn import zxcvbn  # reads its lists: only where someone chooses a password

        found = zxcvbn(fold_text(password)[:READ] or "a", user_inputs=[*FRENCH, *own_words(user)])
        as_typed = zxcvbn(password[:READ], user_inputs=[*FRENCH, *own_words(user)])
        if min(found["score"], as_typed["score"]) < STRONG:
            raise ValidationError(
                _(
                    "Ce mot de passe est facile à deviner : il ressemble à ceux que les fraudeurs essaient d’abord. Quatre mots sans"
                    " rapport entre eux conviennent bien."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("Rien de facile à deviner, comme une suite de touches, une date ou un mot de passe courant.")


def own_words(user: Any) -> list[str]:
    """The site's, the person's and their organisations', long enough to mean something."""
    words = list(SITE_WORDS)
    if not isinstance(user, User):
        return words
    local, domain = user.email.partition("@")[0], domain_of_email(user.email)
    texts = [user.first_name, user.last_name, local]
    if domain and not is_generic_domain(domain):
        texts.append(domain.rpartition(".")[0])
    words += [word for text in texts for word in fold_text(text).split() if len(word) >= _SHORTEST]
    names = list(getattr(user, "organisation_names", ()))
    if user.pk:
        names += Organisation.objects.filter(memberships__user=user).values_list("name", flat=True)
    words += [word for name in names for word in fold_text(name).split() if len(word) >= _SHORTEST_OF_NAME]
    return [word for word in dict.fromkeys(words) if word not in ORDINARY]


def _letters(text: str) -> str:
    """« M@ill4ge » and « maillage » are one."""
    return re.sub(r"[^a-z0-9]", "", fold_text(text.lower().translate(_LOOKS_LIKE)))
