"""What a verb is here: a keyword-only function with `by=`, atomic, whose history rows say who did what."""

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

import pghistory
from django.db import transaction

from marketplace.web.errors import NotAllowed

#: What verbs refused to people who may not, while a page is answered: `accounts.security` writes it down afterwards.
refused_moves: ContextVar[list[Exception] | None] = ContextVar("refused_moves", default=None)
P = ParamSpec("P")
R = TypeVar("R")


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Make a keyword-only function atomic and name it, with its `by=`, in the history that it causes.

    `by` is a user, or None where the system acts. A verb may call another: the outermost transaction holds.
    """
    kinds = {p.kind for p in inspect.signature(function).parameters.values()}
    if kinds != {inspect.Parameter.KEYWORD_ONLY} or "by" not in inspect.signature(function).parameters:
        raise TypeError(f"{function.__qualname__}: a verb takes keyword-only arguments, `by` among them")
    name = f"{function.__module__}.{function.__name__}"

    @functools.wraps(function)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        by = kwargs["by"]
        try:
            with transaction.atomic(), pghistory.context(verb=name, user=getattr(by, "pk", None)):
                return function(*args, **kwargs)
        except NotAllowed as why:
            if (refused := refused_moves.get()) is not None:
                refused.append(why)
            raise

    return act
