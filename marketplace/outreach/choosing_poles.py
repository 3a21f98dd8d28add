"""Which pôle a page of staff is about: one of the reader's own, or for a platform admin any, or all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.territories.models import Pole

PARAMETER = "pole"


@dataclass(frozen=True)
class ChosenPole:
    """`code` empty: all of `names`, the pôles that the reader may choose from, by code."""

    code: str
    names: dict[str, str]
    is_everywhere: bool

    @property
    def codes(self) -> Collection[str] | None:
        """The pôles whose rows are read; None: of every place, also of one that no pôle covers."""
        if self.code:
            return [self.code]
        return None if self.is_everywhere else list(self.names)

    @property
    def label(self) -> str:
        if self.code:
            return self.names[self.code]
        return _("Tous les pôles") if self.is_everywhere else ", ".join(self.names.values())

    def query(self, **more: str) -> str:
        """« ?pole=mauricie&… »; empty where there is nothing to say."""
        asked = {name: value for name, value in {PARAMETER: self.code, **more}.items() if value}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Value, label, whether it is chosen; none where there is nothing to choose."""
        if len(self.names) < 2:
            return []
        every = _("Tous les pôles") if self.is_everywhere else _("Tous mes pôles")
        named = [(code, name, code == self.code) for code, name in self.names.items()]
        return [("", every, not self.code), *named]


def chosen_pole(request: HttpRequest, user: User) -> ChosenPole:
    """What the address asks, as far as the reader may; else all that is theirs. One statement for a platform admin."""
    names = (
        dict(Pole.objects.order_by("name").values_list("code", "name"))
        if user.is_superuser
        else user.pole_names
    )
    asked = request.GET.get(PARAMETER, "")
    return ChosenPole(asked if asked in names else "", names, user.is_superuser)
