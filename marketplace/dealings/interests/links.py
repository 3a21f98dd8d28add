"""The mailed link that ends follows: signed, names no one, and only shows a button."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from marketplace.dealings.models import Follow

_signer = Signer(salt="dealings.unfollow", sep=".")


def unfollow_path(*follows: Follow) -> str:
    return reverse(
        "dealings:unfollow", kwargs={"token": _signer.sign("-".join(str(one.pk) for one in follows))}
    )


def follows_from_token(token: str) -> list[Follow]:
    """None where it was not made here, or nobody follows any more."""
    try:
        pks = [int(part) for part in _signer.unsign(token).split("-")]
    except (BadSignature, ValueError):
        return []
    return list(Follow.objects.select_related("user", "tender", "need").filter(pk__in=pks).order_by("pk"))
