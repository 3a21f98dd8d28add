"""Who comes first of equals: the same for one notice whenever it is asked, another for the next. Pure."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def turn_of(key: str) -> int:
    """A number below 2**32 that a notice keeps through its versions, by its OCID; what is not published has its title's."""
    return zlib.crc32(key.encode())


def places_in_turn(ids: NDArray[np.int64], turn: int) -> NDArray[np.uint64]:
    """For each supplier a number that orders equals: no supplier comes before another more often than after it."""
    mixed = ids.astype(np.uint64) + np.uint64((turn + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def in_turn(ids: list[int], turn: int) -> dict[int, int]:
    """The same by id."""
    return dict(zip(ids, places_in_turn(np.array(ids, dtype=np.int64), turn).tolist(), strict=True))
