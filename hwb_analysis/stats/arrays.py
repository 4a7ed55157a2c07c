"""Reading of arguments: what an array function accepts, and how it refuses the rest.

Missing numbers (NaN) pass through and come back as missing results with a reason.
Anything that cannot be a figure (text, infinity, a negative count) stops the call,
because it points to a mistake made before the statistics began.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hwb_analysis.errors import StatisticsError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.object_]

SHOWN_POSITIONS = 3
# Far beyond any count, far within what squares and cubes can hold.
LARGEST = 1e50
DEFAULT_LEVELS = (0.95, 0.998)


def numbers(name: str, values: ArrayLike) -> Floats:
    """Return the values as floating-point numbers, refusing text and infinity.

    Raises
    ------
    StatisticsError
        When a value is text, a truth value, a complex number or infinite.

    Examples
    --------
    >>> numbers("count", [1, 2, None])
    array([ 1.,  2., nan])
    >>> numbers("count", ["twelve"])
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.StatisticsError: count must be numbers, got ['twelve']
      what to do: turn text into numbers before the call; a missing value is NaN or None
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in "iufO":
        raise _not_numbers(name, values)
    if raw.dtype.kind == "O" and any(isinstance(v, str | bytes | bool) for v in raw.flat):
        raise _not_numbers(name, values)
    try:
        out = raw.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise _not_numbers(name, values) from error
    refuse(np.isinf(out), f"{name} is infinite", "look for a division by zero upstream")
    size = np.abs(out)
    beyond = (size > LARGEST) | ((size < 1 / LARGEST) & (size > 0))
    refuse(beyond, f"{name} is beyond the size of any figure", "check units and file reading")
    return out


def _not_numbers(name: str, values: object) -> StatisticsError:
    # The repr of a pandas column is a table of several lines.
    shown = repr(getattr(values, "tolist", lambda: values)())
    return StatisticsError(
        f"{name} must be numbers, got {shown if len(shown) < 60 else shown[:57] + '...'}",
        remedy="turn text into numbers before the call; a missing value is NaN or None",
    )


def refuse(bad: Flags, rule: str, remedy: str) -> None:
    """Stop with the rule, how many values break it and the first positions, if any do.

    Examples
    --------
    >>> refuse(np.array([False, True]), "count is negative", "mend the source")
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.StatisticsError: count is negative: 1 value
      where: position 1
      what to do: mend the source
    """
    total = int(np.count_nonzero(bad))
    if not total:
        return
    places = [_position(index) for index in np.argwhere(np.atleast_1d(bad))[:SHOWN_POSITIONS]]
    more = " ..." if total > SHOWN_POSITIONS else ""
    raise StatisticsError(
        f"{rule}: {total} value{'s' if total > 1 else ''}",
        where=f"position {', '.join(places)}{more}",
        remedy=remedy,
    )


def _position(index: NDArray[Any]) -> str:
    return str(index[0]) if index.size == 1 else "(" + ", ".join(map(str, index)) + ")"


def same_shape(**named: ArrayLike) -> list[Floats]:
    """Read several arguments and bring them to one common shape.

    Raises
    ------
    StatisticsError
        When the shapes cannot be brought together.
    """
    read = {name: numbers(name, values) for name, values in named.items()}
    try:
        return list(np.broadcast_arrays(*read.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in read.items())
        raise StatisticsError(
            f"the arguments must have one shape, got {shapes}",
            remedy="pass arrays of the same length",
        ) from error


def check_levels(levels: float | Sequence[float]) -> tuple[float, ...]:
    """Return the confidence levels as fractions between 0 and 1.

    Raises
    ------
    StatisticsError
        When there is none, or one is not strictly between 0 and 1 (95 for 0.95).

    Examples
    --------
    >>> check_levels(0.95)
    (0.95,)
    """
    found = tuple(np.atleast_1d(numbers("level", levels)).tolist())
    if not found or not all(0 < level < 1 for level in found):
        raise StatisticsError(
            f"a confidence level lies between 0 and 1, got {found}",
            remedy="write 0.95 for 95 per cent and 0.998 for 99.8 per cent",
        )
    return found


def z_value(level: float) -> float:
    """Return the two-sided standard normal quantile of a confidence level.

    Examples
    --------
    >>> round(z_value(0.95), 6)
    1.959964
    """
    return float(special.ndtri(0.5 + level / 2))


def level_name(level: float) -> str:
    """Return how a level is written in column names.

    Examples
    --------
    >>> level_name(0.95), level_name(0.998), level_name(0.9)
    ('95', '998', '90')
    """
    digits = f"{level:.10g}".partition(".")[2]
    return digits.ljust(2, "0")


def quiet_divide(top: ArrayLike, bottom: ArrayLike) -> Floats:
    """Divide, giving missing (never infinity) where the divisor is zero.

    Examples
    --------
    >>> quiet_divide([1.0, 1.0], [2.0, 0.0])
    array([0.5, nan])
    """
    above, below = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    out = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=out, where=below != 0)
    return out


def words(shape: tuple[int, ...], *rules: tuple[Flags, str]) -> Words:
    """Return one word a cell: the first rule that holds, else an empty string."""
    codes = np.zeros(shape, dtype=np.int8)
    for number, (holds, _) in reversed(list(enumerate(rules, start=1))):
        codes = np.where(holds, np.int8(number), codes)
    table = np.array(["", *(word for _, word in rules)], dtype=object)
    return np.asarray(table[codes], dtype=object)
