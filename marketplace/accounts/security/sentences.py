"""The security log in sentences: « Échec de connexion au compte de Marie Tremblay, depuis 203.0.113.7 (Firefox, Windows) »."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.accounts.models import Membership
from marketplace.accounts.security.log import MANY
from marketplace.accounts.security.models import Kind, SecurityEvent

#: What may be exported, by the name that its page gives.
EXPORTS: dict[str, str | Promise] = {
    "suppliers": gettext_lazy("la liste des fournisseurs"),
    "applications": gettext_lazy("la liste des candidatures"),
    "participants": gettext_lazy("la liste des participants d’une activité"),
    "meetings": gettext_lazy("les rencontres d’une activité"),
    "own_data": gettext_lazy("ses propres renseignements"),
    "person": gettext_lazy("les renseignements d’une personne qui les a demandés"),
    "shortlist": gettext_lazy("une sélection de fournisseurs"),
    "inquiry": gettext_lazy("une demande de renseignements et ses réponses"),
    "own_list": gettext_lazy("la liste des fournisseurs d’une institution"),
    "outcomes": gettext_lazy("les résultats du territoire"),
    "import": gettext_lazy("une liste importée, avec ce qui est à corriger"),
    "security_log": gettext_lazy("le journal de sécurité"),
}

#: `who`: who did it. `person`: whose account. `place`: the organisation. `what`: the role, the pôle, the thing.
#: No name stands after « de » : one does not know which elide.
SENTENCES: dict[str, str | Promise] = {
    Kind.SIGN_IN: gettext_lazy("%(who)s a ouvert une session"),
    Kind.SIGN_IN_FAILED: gettext_lazy("Échec de connexion pour %(person)s"),
    Kind.SIGN_IN_BLOCKED: gettext_lazy("Connexion bloquée après trop d’essais pour %(person)s"),
    Kind.SIGN_OUT: gettext_lazy("%(who)s a fermé sa session"),
    Kind.REAUTHENTICATION_FAILED: gettext_lazy("Mot de passe redemandé à %(person)s : ce n’était pas le bon"),
    Kind.SESSIONS_ENDED: gettext_lazy("%(who)s a déconnecté %(person)s à distance"),
    Kind.SECOND_FACTOR_SET: gettext_lazy("%(who)s a activé la vérification en deux étapes"),
    Kind.SECOND_FACTOR_REMOVED: gettext_lazy("%(who)s a désactivé la vérification en deux étapes de ce compte : %(person)s"),
    Kind.SECOND_FACTOR_FAILED: gettext_lazy("Code de vérification erroné pour %(person)s"),
    Kind.RECOVERY_CODES_MADE: gettext_lazy("%(who)s a créé de nouveaux codes de secours"),
    Kind.PASSWORD_CHANGED: gettext_lazy("%(who)s a changé son mot de passe"),
    Kind.PASSWORD_RESET: gettext_lazy("%(who)s a choisi un mot de passe au moyen du lien reçu par courriel"),
    Kind.EMAIL_CHANGED: gettext_lazy("%(who)s a donné à %(person)s un nouveau courriel de connexion"),
    Kind.ACCOUNT_OPENED: gettext_lazy("%(who)s a ouvert un compte"),
    Kind.ACCOUNT_CLOSED: gettext_lazy("%(who)s a désactivé un compte : %(person)s"),
    Kind.ACCOUNT_REOPENED: gettext_lazy("%(who)s a réactivé un compte : %(person)s"),
    Kind.ACCOUNT_ERASED: gettext_lazy("%(who)s a effacé un compte"),
    Kind.PERSON_ERASED: gettext_lazy("%(who)s a effacé les renseignements d’une personne qui l’a demandé"),
    Kind.ADMINISTRATION_GIVEN: gettext_lazy("%(who)s a donné l’administration de la plateforme à %(person)s"),
    Kind.ADMINISTRATION_ENDED: gettext_lazy("%(who)s a retiré l’administration de la plateforme à %(person)s"),
    Kind.POST_GIVEN: gettext_lazy("%(who)s a donné une affectation à %(person)s : %(what)s"),
    Kind.POST_ENDED: gettext_lazy("%(who)s a mis fin à l’affectation de cette personne : %(person)s, %(what)s"),
    Kind.MEMBER_JOINED: gettext_lazy("%(who)s a ajouté %(person)s à l’équipe qui agit pour %(place)s (%(what)s)"),
    Kind.MEMBER_REMOVED: gettext_lazy("%(who)s a retiré %(person)s, qui agissait pour %(place)s"),
    Kind.MEMBER_LEFT: gettext_lazy("%(who)s a quitté %(place)s"),
    Kind.ROLE_CHANGED: gettext_lazy("%(who)s a changé le rôle d’une personne pour %(place)s : %(person)s, %(what)s"),
    Kind.MEMBER_INVITED: gettext_lazy("%(who)s a invité une personne à agir pour %(place)s (%(what)s)"),
    Kind.INVITATION_CANCELLED: gettext_lazy("%(who)s a annulé une invitation à agir pour %(place)s"),
    Kind.DOMAINS_CONFIRMED: gettext_lazy("%(who)s a confirmé des domaines de courriel pour %(place)s : %(what)s"),
    Kind.DOMAIN_REFUSED: gettext_lazy("%(who)s a refusé un domaine de courriel pour %(place)s : %(what)s"),
    Kind.DOMAIN_REMOVED: gettext_lazy("%(who)s a retiré un domaine de courriel pour %(place)s : %(what)s"),
    Kind.EXPORTED: gettext_lazy("%(who)s a exporté %(what)s"),
    Kind.STATE_RESTORED: gettext_lazy("%(who)s a rétabli un ancien état"),
    Kind.BACKUP_RESTORED: gettext_lazy("Une sauvegarde a été restaurée : les lignes plus anciennes en proviennent"),
    Kind.PAGE_REFUSED: gettext_lazy("Page refusée à %(visitor)s"),
    Kind.MOVE_REFUSED: gettext_lazy("Action refusée à %(visitor)s"),
    Kind.FORM_REFUSED: gettext_lazy("Formulaire resté ouvert trop longtemps ou envoyé d’ailleurs, refusé à %(visitor)s"),
    Kind.LIMIT_REACHED: gettext_lazy("Trop de demandes en peu de temps, refusées à %(visitor)s"),
    Kind.GATE_CLOSED: gettext_lazy("Page refusée à %(visitor)s, sans vérification en deux étapes"),
}  # fmt: skip
#: Where who did it did it to their own account.
OWN: dict[str, str | Promise] = {
    Kind.SESSIONS_ENDED: gettext_lazy("%(who)s a déconnecté à distance ses autres appareils"),
    Kind.SECOND_FACTOR_REMOVED: gettext_lazy("%(who)s a désactivé sa vérification en deux étapes"),
    Kind.EMAIL_CHANGED: gettext_lazy("%(who)s a changé son courriel de connexion"),
    Kind.MEMBER_JOINED: gettext_lazy("%(who)s agit maintenant pour %(place)s (%(what)s)"),
    Kind.ROLE_CHANGED: gettext_lazy("%(who)s a changé son propre rôle pour %(place)s : %(what)s"),
}
#: At an address that opens no account.
UNKNOWN: dict[str, str | Promise] = {
    Kind.SIGN_IN_FAILED: gettext_lazy(
        "Échec de connexion avec une adresse sans compte (empreinte %(digest)s)"
    ),
    Kind.SIGN_IN_BLOCKED: gettext_lazy(
        "Connexion bloquée après trop d’essais avec une adresse sans compte (empreinte %(digest)s)"
    ),
}
#: A flood of different ones, counted together.
TOGETHER: dict[str, str | Promise] = {
    Kind.SIGN_IN_FAILED: gettext_lazy("Échecs de connexion à divers comptes"),
    Kind.SIGN_IN_BLOCKED: gettext_lazy("Connexions bloquées après trop d’essais à divers comptes"),
    Kind.REAUTHENTICATION_FAILED: gettext_lazy(
        "Mots de passe redemandés dans diverses sessions : ce n’étaient pas les bons"
    ),
    Kind.SECOND_FACTOR_FAILED: gettext_lazy("Codes de vérification erronés pour divers comptes"),
    Kind.PAGE_REFUSED: gettext_lazy("Pages refusées à divers visiteurs"),
    Kind.MOVE_REFUSED: gettext_lazy("Actions refusées à divers visiteurs"),
    Kind.FORM_REFUSED: gettext_lazy(
        "Formulaires restés ouverts trop longtemps ou envoyés d’ailleurs, refusés à divers visiteurs"
    ),
    Kind.LIMIT_REACHED: gettext_lazy("Trop de demandes en peu de temps, refusées à divers visiteurs"),
    Kind.GATE_CLOSED: gettext_lazy("Pages refusées à diverses personnes, sans vérification en deux étapes"),
}


def sentence_of(event: SecurityEvent) -> str:
    """What happened, then from where. Asks nothing: `actor`, `person` and `organisation` come along."""
    said = str(_pattern(event)) % {
        "who": _who(event),
        "person": event.person or _("quelqu’un dont le compte est effacé"),
        "visitor": event.actor or _("quelqu’un"),
        "place": event.organisation.name if event.organisation else _("une organisation retirée depuis"),
        "what": what_of(event),
        "digest": event.tried[:8],
    }
    if event.rows and event.kind == Kind.EXPORTED:
        said += " " + ngettext("(%(n)s ligne)", "(%(n)s lignes)", event.rows) % {"n": event.rows}
    return said + from_where(event)


def _pattern(event: SecurityEvent) -> str | Promise:
    if event.target == MANY:
        return TOGETHER[event.kind]
    if event.tried and event.kind in UNKNOWN:
        return UNKNOWN[event.kind]
    if event.person_id and event.person_id == event.actor_id and event.kind in OWN:
        return OWN[event.kind]
    return SENTENCES[event.kind]


def from_where(event: SecurityEvent) -> str:
    """« , depuis 203.0.113.7 (Firefox, Windows) »; empty for what a worker or a command did."""
    if not event.address:
        return f" ({event.device})" if event.device else ""
    said = _(", depuis %(address)s") % {"address": event.address}
    return f"{said} ({event.device})" if event.device else said


def what_of(event: SecurityEvent) -> str:
    """The role, the pôle, the domains or the table, in words."""
    if event.kind == Kind.EXPORTED:
        return str(EXPORTS.get(event.target, event.target))
    if event.target in Membership.Role.values:
        return str(Membership.Role(event.target).label)
    return event.target


def _who(event: SecurityEvent) -> str:
    if event.actor:
        return str(event.actor)
    return _("Quelqu’un dont le compte est effacé") if event.path else _("Le système")
