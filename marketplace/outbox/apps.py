from typing import Any

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "marketplace.outbox"
    label = "outbox"

    def ready(self) -> None:
        from marketplace.accounts import letters
        from marketplace.outbox import messages, personal_data, waiting  # noqa: F401  # it registers itself
        from marketplace.outbox.senders import pole_for

        def carry(*, organisation: Any, **letter: Any) -> None:
            messages.write(pole=pole_for(organisation), **letter)

        letters.carry_with(carry)
