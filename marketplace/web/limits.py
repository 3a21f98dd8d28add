"""How often one may ask: counted per address and per person, in Valkey, so that every process counts together.

No address is stored: a counter's key is a keyed hash. A window is fixed (an hour is from now to the full hour at
most), so `20/h` lets through at most twice twenty around its end. Where Valkey is away, everyone passes (adr/0007);
wrong passwords and codes are counted in the database too (`accounts.security.tries`).
"""

from __future__ import annotations

import functools
import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
ACTING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
IPV6_PREFIX = 64  # what one household or office gets; inside it, addresses change at will


@dataclass(frozen=True)
class Rate:
    amount: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Rate:
        """« 20/h »: s, m, h or d. Raises ValueError, at import, on anything else."""
        amount, unit = text.split("/")
        if unit not in SECONDS or int(amount) < 1:
            raise ValueError(f"not a rate: {text!r}")
        return cls(int(amount), SECONDS[unit])


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks. `X-Forwarded-For` counts only as far as our own proxies wrote it.

    With TRUSTED_PROXIES = n, the n-th entry from the right was written by the outermost of them; what stands left of
    it was sent by the client, and may say anything.
    """
    proxies: int = settings.TRUSTED_PROXIES
    forwarded = request.headers.get("X-Forwarded-For", "").split(",") if proxies else []
    if len(forwarded) >= proxies > 0 and (known := _plain(forwarded[-proxies])):
        return known
    return _plain(request.META.get("REMOTE_ADDR", "")) or "0.0.0.0"  # noqa: S104 - over a socket: nobody's address


def _plain(text: str) -> str:
    """One way to write an address; empty where it is none. A port may follow."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def network(request: HttpRequest) -> str:
    """What is counted together: an IPv4 address, or the IPv6 network around one."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network((address, IPV6_PREFIX), strict=False))


def wait(*, name: str, who: str, rate: Rate) -> int:
    """Count one more; how many seconds to wait where that is one too many, else 0."""
    now = time.time()
    window = int(now // rate.seconds)
    key = _counter(name, who, rate, window)
    if cache.add(key, 1, rate.seconds + 5):
        return 0
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two
        return 0
    return 0 if count <= rate.amount else max(1, int((window + 1) * rate.seconds - now) + 1)


def _counter(name: str, who: str, rate: Rate, window: int) -> str:
    said = f"{name}|{rate}|{who}|{window}"
    return salted_hmac("marketplace.web.limits", said, algorithm="sha256").hexdigest()


def limited(
    name: str, *, per_ip: str = "", per_user: str = "", methods: frozenset[str] = ACTING
) -> Callable[[View[P]], View[P]]:
    """Decorator of a view: `@limited("claim", per_ip="20/h", per_user="10/h")`. Only `methods` are counted."""
    by_address = Rate.read(per_ip) if per_ip else None
    by_person = Rate.read(per_user) if per_user else None

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def counted(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in methods:
                asked = []
                if by_address:
                    asked.append(wait(name=name, who=network(request), rate=by_address))
                if by_person and request.user.is_authenticated:
                    asked.append(wait(name=name, who=f"user:{request.user.pk}", rate=by_person))
                if any(asked):
                    return too_many_requests(request, seconds=max(asked))
            return view(request, *args, **kwargs)

        return counted

    return decorate


def too_many_requests(request: HttpRequest, exception: Any = None, *, seconds: int = 60) -> HttpResponse:
    """The 429 page; also what allauth answers with."""
    response = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
