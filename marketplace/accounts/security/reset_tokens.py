"""The links that choose a new password. allauth imports this from its forms: nothing of ours does."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

from marketplace.accounts.security.log import last_restore


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    """None sent before a restore: whoever used one since the backup would find it good again."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{last_restore() or ''}"
