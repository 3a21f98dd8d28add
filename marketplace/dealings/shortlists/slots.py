"""Where selections show on pages of other apps: the header, the cards, « Mon espace »; and what happens at sign-in."""

from __future__ import annotations

from django.contrib.auth.signals import user_logged_in

from marketplace.web.slots import fill_facts, fill_slot

from .current import carry_kept, header_context, kept_states
from .waiting import register_shortlist_waiting


def fill_shortlist_slots() -> None:
    register_shortlist_waiting()
    fill_slot("frame.tools", template="dealings/shortlists/_tool.html", context=header_context)
    fill_slot("frame.menu", template="dealings/shortlists/_menu.html", context=header_context)
    fill_facts("suppliers.kept", kept_states)
    # Django's own word for « someone has just signed in », whatever the way.
    user_logged_in.connect(carry_kept, dispatch_uid="dealings.shortlists")
