"""Programs may ask often, not without end: the API is public and knows no one, so an address is what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from marketplace.web import limits

if TYPE_CHECKING:  # the views read this setting while they are being imported
    from rest_framework.views import APIView

RATE = limits.Rate(600, 60)


class AddressThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: APIView) -> bool:
        self.seconds = limits.wait(name="api", who=limits.network(request), rate=RATE)
        return not self.seconds

    def wait(self) -> float:
        return self.seconds
