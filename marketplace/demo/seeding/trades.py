"""The trades of the demo: which enterprises are of a trade, for what is seeded after them.

A supplier carries no trade in the database: what tells is the title of what it offers, which belongs to one trade only.
Keys: menage, conciergerie, espaces_verts, deneigement, buanderie, recuperation, tri, friperie, electroniques, compost,
transport, autopartage, demenagement, livraison, velos, construction, emballage, foresterie, scierie, pepiniere,
traiteur, boites_lunch, popote, boulangerie, cafe, microbrasserie, ferme, maraichage, epicerie, vaisselle,
informatique, logiciel_libre, imprimerie, serigraphie, graphisme, traduction, numerisation, centre_appels, formation,
francisation, consultation, evenements, theatre, festival, musee, radio, medias, hebergement, tourisme, camp, loisirs,
salles, aide_domicile, garde, sante, ambulance, funeraire, logement, securite, meubles, mobilier_urbain, palettes,
couture, scolaire, mutuelle.
"""

from __future__ import annotations

from suppliers.models import Offer, Supplier
from suppliers.models.supplier import SupplierQuerySet

from .seed_data import TRADES


def suppliers_of_trade(*keys: str) -> SupplierQuerySet:
    """Published suppliers of any of these trades, the oldest first; none of a key that no trade has."""
    titles = [title for trade in TRADES if trade.key in keys for title, _code, _kind in trade.offers]
    sellers = Offer.objects.filter(title__in=titles).values("supplier")
    return Supplier.objects.published().filter(pk__in=sellers).order_by("pk")
