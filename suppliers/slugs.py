"""The address of a supplier: its name in ASCII, unique, never a word that another page uses."""

from marketplace.web.slugs import free_slug
from suppliers.models import Supplier

#: Words that are, or will be, pages under /fournisseurs/ in one language or the other.
RESERVED = frozenset(
    {
        "inscription",
        "images",
        "references",
        "revendiquer",
        "revendications",
        "fiche",
        "carte",
        "comparer",
        "export",
        "register",
        "claim",
        "claims",
        "registration",
        "map",
        "compare",
        "propositions",
        "suggestions",
    }
)


def supplier_slug(name: str) -> str:
    """A slug that no supplier has: « ressourcerie-du-nord », then « ressourcerie-du-nord-2 »."""
    return free_slug(name, rows=Supplier.objects.all(), otherwise="fournisseur", reserved=RESERVED)
