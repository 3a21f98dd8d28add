"""The mailed link that ends a follow: signed, names no one, and only shows a button."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from marketplace.dealings.models import Follow

_signer = Signer(salt="dealings.unfollow", sep=".")


def unfollow_path(follow: Follow) -> str:
    return reverse("dealings:unfollow", kwargs={"token": _signer.sign(str(follow.pk))})


def follow_from_token(token: str) -> Follow | None:
    """None where it was not made here, or nobody follows any more."""
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    return Follow.objects.select_related("user", "tender", "need").filter(pk=pk).first()
