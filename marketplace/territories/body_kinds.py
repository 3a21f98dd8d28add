"""What kind of territory a public body has, as its name says: a town or a region of its own, or all of Québec.

The seat of a ministry says nothing of where its work is; that of a school service centre does.
"""

from __future__ import annotations

import re
from typing import Literal

from marketplace.territories.spelling import name_key

Reach = Literal["local", "quebec", "unknown"]

#: Institutions of one town or region, also as a unit of a larger body: « Santé Québec - CISSS de Laval ».
_INSTITUTION = re.compile(
    r"\b(?:"
    r"centres? de services scolaires?|commissions? scolaires?|school (?:board|service centre)|cegep|college|"
    r"universite (?:laval|mcgill|concordia|bishop|de montreal|de sherbrooke)|universite du quebec (?:a|en)|"
    r"ciusss|cisss|csss|chum?|chus|chsld|cusm|centre integre|centre de sante|centre hospitalier|hopital|"
    r"centre universitaire de sante|institut universitaire|institut de cardiologie|centre jeunesse|"
    r"centre de readaptation|centre de la petite enfance|cpe|office (?:municipal|regional) d habitation|omh|orh|"
    r"societe de transport|reseau de transport|regie (?:inter)?municipale|mrc|municipalite regionale de comte|"
    r"communaute metropolitaine"
    r")\b"
)
#: A body whose name begins so is one of a town, an MRC or a region.
_LOCAL = re.compile(
    r"(?:la |le |les |l )?(?:"
    r"ville|municipalite|municipality|cite|city|town|paroisse|cantons?|village|arrondissement|agglomeration|"
    r"administration regionale|conseil de bande|conseil des atikamekw|regie (?:regionale|intermunicipale)|"
    r"regie (?:d|de l|des?) (?:aqueduc|assainissement|eaux?|incendie|matieres|dechets|gestion|recuperation|police)|"
    r"transport (?:adapte|collectif)|centre local de developpement|bibliotheque (?:municipale|publique)|aeroport|port"
    r")\b"
)
#: Bodies whose territory is all of Québec, or several regions that their name does not tell.
_OF_QUEBEC = re.compile(
    r"\b(?:"
    r"ministeres?|minister|ministry|secretariat|gouvernement du|assemblee nationale|conseil (?:executif|du tresor)|"
    r"tribunal|cour (?:superieure|d appel|du quebec)|directeur (?:general des elections|des poursuites)|"
    r"protecteur du citoyen|verificateur general|curateur public|commissaire|bureau du coroner|"
    r"commission (?:des|de la (?:construction|fonction|protection|representation|sante)|d acces|municipale)|"
    r"autorite des marches|caisse de depot|office (?:quebecois|de la protection)|"
    r"regie (?:du|de l (?:assurance|energie)|des (?:alcools|marches|rentes))|"
    r"centre (?:d acquisitions gouvernementales|de services partages)|infrastructures technologiques|"
    r"groupe d approvisionnement|sigmasante|collecto|"
    r"societe (?:de l assurance automobile|des (?:alcools|loteries|traversiers|etablissements de plein air))|"
    r"financiere agricole|bibliotheque et archives nationales|institut national|conservatoire|"
    r"universite du quebec(?! (?:a|en) )|inrs|enap|teluq|tele universite|"
    r"hydro|saq|saaq|sepaq|sqi|mtq|mtmd|mtmdet|cger|cspq|cag|itq|ramq|rrq|cnesst|csst|banq|inspq|inesss|"
    r"mels|mes|meq|msss|mapaq|mamh|mern|mrnf|mffp|melcc|melccfp|mddelcc|mess|mtess|mifi|soquij|sq|recyc|"
    r"du quebec|quebecois|quebecoise|quebecoises"
    r")\b"
    # « Revenu Québec », but not « Port de Québec »
    r"|(?:^| )(?!(?:a|au|d|de|ville) )[a-z]+ quebec$"
)


def body_reach(name: str) -> Reach:
    """How far the territory of the body of that name goes.

    >>> body_reach("Centre de services scolaire du Chemin-du-Roy")
    'local'
    >>> body_reach("SQI-Direction des contrats"), body_reach("Revenu Québec")
    ('quebec', 'quebec')
    >>> body_reach("Fondation des Essais")
    'unknown'
    """
    key = name_key(name)
    if _LOCAL.match(key) or _INSTITUTION.search(key):
        return "local"
    return "quebec" if _OF_QUEBEC.search(key) else "unknown"
