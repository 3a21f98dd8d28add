"""Where a notice is delivered, in whole phrases: French wants « en Mauricie » but « au Bas-Saint-Laurent »."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.territories.labels import territory_label

DELIVERIES = {
    "01": gettext_lazy("Livraison au Bas-Saint-Laurent"),
    "02": gettext_lazy("Livraison au Saguenay–Lac-Saint-Jean"),
    "03": gettext_lazy("Livraison dans la Capitale-Nationale"),
    "04": gettext_lazy("Livraison en Mauricie"),
    "05": gettext_lazy("Livraison en Estrie"),
    "06": gettext_lazy("Livraison à Montréal"),
    "07": gettext_lazy("Livraison en Outaouais"),
    "08": gettext_lazy("Livraison en Abitibi-Témiscamingue"),
    "09": gettext_lazy("Livraison sur la Côte-Nord"),
    "10": gettext_lazy("Livraison dans le Nord-du-Québec"),
    "11": gettext_lazy("Livraison en Gaspésie ou aux Îles-de-la-Madeleine"),
    "12": gettext_lazy("Livraison en Chaudière-Appalaches"),
    "13": gettext_lazy("Livraison à Laval"),
    "14": gettext_lazy("Livraison dans Lanaudière"),
    "15": gettext_lazy("Livraison dans les Laurentides"),
    "16": gettext_lazy("Livraison en Montérégie"),
    "17": gettext_lazy("Livraison au Centre-du-Québec"),
}


def delivery(region: str, mrc: str) -> str:
    """« Livraison en Mauricie (Trois-Rivières) »; without a region, that it is unknown."""
    if region not in DELIVERIES:
        return _("Lieu de livraison inconnu")
    phrase = str(DELIVERIES[region])
    name = territory_label(mrc) if mrc else ""
    # Montréal and Laval are a region and its only territory.
    return f"{phrase} ({name})" if name and name not in phrase else phrase
