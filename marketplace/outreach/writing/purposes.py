"""To whom a letter may go, by its purpose, and on what ground (the anti-spam law, Law 25): one table.

Whatever the purpose, each mail has its own way to say « no more of these »; what is refused is not written again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Consent
from marketplace.outreach.models import LetterRefusal, Purpose


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`ground`: the sentence that staff read. `audience`: why the reader gets it, at the foot of the mail.

    `consent`: of the person, checked at write and at send. `to_listed`: where nobody manages the listing, its own address may
    be written to. `to_members`: those who manage it.
    """

    purpose: Purpose
    ground: Promise
    audience: Promise
    consent: str = ""
    to_members: bool = True
    to_listed: bool = False


RULES: dict[str, Rule] = {
    rule.purpose: rule
    for rule in (
        Rule(
            purpose=Purpose.LISTING,
            ground=_("Aux membres de la fiche; s’il n’y en a pas, à l’adresse de l’entreprise. Seulement ce qui concerne sa fiche : vérification, mise à jour, réponse à une demande."),
            audience=_("Vous recevez ce courriel parce que la fiche « %(organisation)s » figure sur Maillage."),
            to_listed=True,
        ),
        Rule(
            purpose=Purpose.INVITATION,
            ground=_("À l’adresse que l’entreprise publie, si personne ne gère encore sa fiche, et pas plus d’une fois en 90 jours."),
            audience=_("Vous recevez ce courriel parce que « %(organisation)s » publie cette adresse et que personne ne gère encore sa fiche. Sans réponse de votre part, rien ne change."),
            to_members=False,
            to_listed=True,
        ),
        Rule(
            purpose=Purpose.ACTIVITIES,
            ground=_("Aux membres qui ont accepté de recevoir les invitations du pôle. Leur accord est vérifié de nouveau au départ de chaque courriel."),
            audience=_("Vous recevez ce courriel parce que vous avez accepté de recevoir les invitations de votre pôle."),
            consent=Consent.Purpose.POLE_ACTIVITIES,
        ),
        Rule(
            purpose=Purpose.NEWS,
            ground=_("Aux membres qui ont accepté de recevoir les nouvelles du pôle. Leur accord est vérifié de nouveau au départ de chaque courriel."),
            audience=_("Vous recevez ce courriel parce que vous avez accepté de recevoir les nouvelles de votre pôle."),
            consent=Consent.Purpose.POLE_NEWS,
        ),
    )
}  # fmt: skip


def address_digest(address: str, key: str = "") -> str:
    """Of the standing key; `key`: of a former one."""
    secret = key or settings.SECRET_KEY
    mark = salted_hmac("outreach.refusals", address.strip().lower(), secret=secret, algorithm="sha256")
    return mark.hexdigest()


def refusing_among(addresses: Collection[str], purpose: str) -> set[str]:
    """Of these, those that want no more letters of this purpose. One statement."""
    keys = ["", *settings.SECRET_KEY_FALLBACKS]
    digests = {address_digest(address, key): address.lower() for address in addresses for key in keys}
    found = LetterRefusal.objects.filter(purpose=purpose, digest__in=digests)
    return {digests[digest] for digest in found.values_list("digest", flat=True)}
