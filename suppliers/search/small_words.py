"""Words of both languages that carry no wish, that say little, and that point at a place or count people. Folded."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Left out of what is searched.
EMPTY = _words(
    "a à al au aux avec c ce ces cet cette chez comme d dans de des donc du elle elles en encore entre est et eu"
    " il ils j je l la le les leur leurs lui m ma mais me mes moi mon n ne nos notre nous on ont ou par pas pour"
    " qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont sur t ta te tes toi ton tu un"
    " une vers vos votre vous y cherche cherchons chercher recherche recherchons recherchez veux voudrais voulons veut"
    " aimerais aimerions besoin besoins trouver trouve faut faudrait faire fait font doit peut peuvent"
    " pourrait bonjour svp merci quelqu quelque quelques afin lors ainsi plus tout toute tous toutes autre autres"
    " etre ayant dont notamment environ prochain prochaine puis comment quels"
    " the an and any are as at be been but by can could do does find for from get give has have help how i if"
    " in into is it its looking like me my need needed needs of on or our out please searching seeking some someone"
    " such that their them there they this to us want wanted we what when where which who will with would you"
    " your near nearby around about within can do people"
)
#: They count a little where they stand, and never decide; unless nothing else was typed.
FAINT = _words(
    "service services entreprise entreprises compagnie compagnies fournisseur fournisseurs organisme organismes"
    " organisation organisations npo npos nonprofits co op societe societes firme firmes cooperative cooperatives coop coops obnl osbl oblc"
    " company companies provider providers supplier suppliers vendor vendors business businesses firm firms"
    " organization organizations cooperatives nonprofit professionnel professionnels professionnelle"
    " professionnelles professional professionals specialise specialisee specialises specialisees specialiste"
    " expert experts produit produits product products achat achats acheter purchase buy buying vente offre offres offrir"
    " local locale locaux locales quebecois quebecoise qc canada bon bonne bons bonnes meilleur meilleurs"
    " meilleure best good cheap cher prix price rapide urgent social sociale sociaux economie solution solutions"
    " enterprise enterprises non sans profit but lucratif annuel annuelle mensuel jour jours semaine mois an ans"
    " day days week weeks month months year years"
    " gratuit gratuite gratuits gratuites free nouveau nouvelle nouveaux nouvelles new petit petite petits petites small"
    " grand grande grands grandes large big activite activites activity activities projet projets project projects"
    " apprendre learn learning kid kids"
    " qualite quality equipe team personne personnes gens type genre divers diverses region regional regionale secteur ville municipalite"
)
#: What a word says of the legal form, as the directory's labels have it: it ranks who has that form first.
FORMS = {
    **dict.fromkeys(("obnl", "osbl", "oblc", "npo", "npos", "nonprofit", "nonprofits", "profit", "lucratif"), "obnl"),
    **dict.fromkeys(("coop", "coops", "cooperative", "cooperatives", "co", "op"), "coop"),
}  # fmt: skip
#: Whose, or for how many: what follows says for whom, and decides only where nothing else does.
WHOSE = _words("ma mon mes ta ton tes notre nos votre vos leur leurs my our your their his her")
#: Who is family or stays at home: of a sentence, never what is bought.
KIN = _words(
    "mere pere maman papa soeur frere fils fille conjoint conjointe epoux epouse grandmere grandpere beaupere mother"
    " father mom dad sister brother daughter wife husband grandmother grandfather grandma grandpa"
)
#: Before a place: « à », « près de », « in ».
TOWARDS = _words("a au aux en dans vers pres proche autour alentours environs chez in near at around nearby within"
                 " region secteur ville mrc municipalite village quartier arrondissement desservant livre livraison livrer livree livres"
                 " serving serve delivered delivery from")  # fmt: skip
#: Between such a word and the place.
LINKS = _words("de du des d l la le les of the to a au aux")
PEOPLE = _words(
    "personne personnes pers convive convives couvert couverts invite invites participant participants"
    " place places people person persons guest guests attendee attendees employe employes employee employees"
    " eleve eleves enfant enfants student students kids children seat seats gens passagers passengers assiettes"
    " adulte adultes adults visiteur visiteurs visitors touriste touristes tourists client clients travailleur"
    " travailleurs workers membre membres members benevoles volunteers delegues delegates bouches"
)
#: Counted as well, and said by what is wished: « sortie pour 40 aînés ».
PEOPLE_OF_A_KIND = _words(
    "aine aines aines seniors retraites retirees jeunes youth ados adolescents teenagers teens femmes women hommes men"
    " patients familles families bebes babies poupons handicapes immigrants refugies"
)
#: « Une trentaine de », « a dozen ».
ABOUT = {
    "dizaine": 10, "douzaine": 12, "dozen": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40,
    "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "hundred": 100, "millier": 1_000, "thousand": 1_000,
}  # fmt: skip
MONEY = _words("dollars dollar cad piastres")
#: Where one is, whatever it is called.
HERE = (
    ("pres", "de", "chez", "moi"), ("pres", "de", "chez", "nous"), ("pres", "de", "moi"), ("pres", "d", "ici"),
    ("near", "me"), ("near", "us"), ("close", "to", "me"), ("autour", "de", "moi"), ("dans", "ma", "region"),
    ("partout", "au", "quebec"), ("tout", "le", "quebec"), ("au", "quebec"), ("in", "the", "province"),
)  # fmt: skip
#: What places are also called.
NICKNAMES = {
    "mtl": "montreal", "3 rivieres": "trois rivieres", "3r": "trois rivieres", "three rivers": "trois rivieres",
    "quebec city": "quebec", "ville de quebec": "quebec", "rive sud": "longueuil", "south shore": "longueuil", "gatineau hull": "gatineau",
    "rive nord": "laurentides", "north shore": "cote nord", "cantons de l est": "estrie", "eastern townships": "estrie",
    "saguenay lac st jean": "saguenay lac saint jean", "lac st jean": "lac saint jean", "haute mauricie": "la tuque",
    "abitibi": "abitibi temiscamingue", "gaspe peninsula": "gaspesie", "magdalen islands": "les iles de la madeleine",
    "iles de la madeleine": "les iles de la madeleine", "plateau mont royal": "montreal", "bas du fleuve": "bas saint laurent",
}  # fmt: skip
