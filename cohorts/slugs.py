"""The address of a cohort: its title in ASCII, unique."""

from django.utils.text import slugify

from cohorts.models import Cohort

LENGTH = 70


def free_slug(title: str) -> str:
    """A slug that no cohort has: « vendre-au-public », then « vendre-au-public-2 »."""
    base = slugify(title)[:LENGTH].strip("-") or "cohorte"
    taken = set(Cohort.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{base}-{n}") not in taken)
