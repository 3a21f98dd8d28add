"""What follows an organisation where two become one (`marketplace.web.carriers`)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from buyers.models import Award, Buyer, SellerName
from marketplace.web.carriers import carry

carry(
    Buyer,
    "organisation",
    clash=_(
        "Les deux organisations ont aussi un profil d’acheteur. Deux profils d’acheteur ne se réunissent pas : "
        "écrivez à l’administration de la plateforme."
    ),
)
carry(Award, "organisation")
carry(SellerName, "organisation", by_itself=Q(status=SellerName.Status.PROPOSED))
