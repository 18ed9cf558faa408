"""Three numbers of a kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Number = TypeVar("Number", int, float)


def triple(values: Iterable[Any], kind: Callable[[Any], Number]) -> tuple[Number, Number, Number]:
    """ValueError where there are more or fewer than three."""
    first, second, third = (kind(value) for value in values)
    return first, second, third
