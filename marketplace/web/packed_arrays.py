"""Whole columns of numbers from PostgreSQL into numpy, without a Python object for each value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# An array as PostgreSQL sends it: twenty bytes of head, then each value behind its length.
_HEAD = 20


def packed(sql: str) -> str:
    """The aggregate that `unpack` reads, over an expression of a fixed width that is never null."""
    return f"array_send(array_agg({sql}))"


def unpack(data: Any, kind: str) -> NDArray[Any]:
    """`kind` as numpy names it: « i8 » for a bigint, « i4 » for an integer, « f4 » for a real. None is no row."""
    values = np.dtype(kind)
    if data is None:
        return np.zeros(0, dtype=values)
    rows = np.frombuffer(
        data, dtype=np.dtype([("length", ">i4"), ("value", values.newbyteorder(">"))]), offset=_HEAD
    )
    return rows["value"].astype(values)
