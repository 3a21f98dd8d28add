"""The address of a sheet: its name in ASCII, unique, never a word that another page uses."""

from django.utils.text import slugify

from suppliers.models import Supplier

#: Words that are, or will be, pages under /fournisseurs/ in one language or the other.
RESERVED = frozenset(
    {
        "inscription",
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
    }
)
LENGTH = 70


def free_slug(name: str) -> str:
    """A slug that no sheet has: « ressourcerie-du-nord », then « ressourcerie-du-nord-2 »."""
    base = slugify(name)[:LENGTH].strip("-") or "fournisseur"
    taken = set(Supplier.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)
