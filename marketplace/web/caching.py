"""Django's cache on Valkey, beside Celery's queues: shared by all processes, and never a reason for a page to fail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = structlog.get_logger("cache")

AWAY_FOR = 5.0  # seconds for which nobody who can do without it waits for it again
_faulted = 0.0


def is_cache_away() -> bool:
    """Whether Valkey has just failed to answer this process."""
    return bool(_faulted) and time.monotonic() - _faulted < AWAY_FOR


def _note_fault(operation: str, fault: Exception) -> None:
    global _faulted
    _faulted = time.monotonic()
    log.error("cache_down", operation=operation, fault=type(fault).__name__)


class ForgivingCache(RedisCache):
    """Where Valkey does not answer, nothing is remembered: limits let people through (docs/adr/0007)."""

    def _quietly(self, name: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), name)(*args, **kwargs)
        except (RedisError, OSError) as fault:
            _note_fault(name, fault)
            return otherwise

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._quietly("get", default, key, default, version)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("add", True, *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._quietly("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("delete", False, *args, **kwargs))

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._quietly("incr", 1, *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._quietly("has_key", False, *args, **kwargs))

    def client(self) -> Any:
        """Valkey itself, for what Django's cache has no word for; keys come from `make_key`. Raises what Valkey does."""
        return self._cache.get_client(None, write=True)

    def run_script(self, script: str, keys: Sequence[str], values: Sequence[str | int]) -> None:
        """Several steps in one round trip (Lua)."""
        try:
            self.client().eval(script, len(keys), *(self.make_key(key) for key in keys), *values)
        except (RedisError, OSError) as fault:
            _note_fault("run_script", fault)

    def clear(self) -> None:
        """Our own keys only: Django would empty the database, and Celery's queues with it."""
        client = self.client()
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)
