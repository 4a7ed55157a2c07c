"""The base of all results: a frozen object that explains and shows itself.

The array core holds no drawing code. ``figures`` registers its drawers here when it
is imported, and ``result.plot()`` looks them up.
"""

from __future__ import annotations

import html
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from hwb_analysis.errors import UsageError
from hwb_analysis.stats.arrays import level_name

if TYPE_CHECKING:
    import pandas as pd

DRAWERS: dict[str, Callable[..., Any]] = {}


def register_drawer(result_name: str, drawer: Callable[..., Any]) -> None:
    """Say which function draws the results of one class."""
    DRAWERS[result_name] = drawer


class Result(ABC):
    """A statistic with its limits, its method and its reasons.

    Arrays have one entry a statistic; limits have the confidence level as their
    first axis, in the order of ``levels``.
    """

    __slots__ = ()

    @abstractmethod
    def explain(self) -> str:
        """Return one sentence of plain English."""

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a statistic."""
        # The array core stays free of pandas until somebody asks for a table.
        import pandas as pd

        return pd.DataFrame(self._columns())

    def plot(self, **options: Any) -> Any:
        """Draw the result with the drawer that ``figures`` registered for its class.

        Raises
        ------
        UsageError
            When nothing has been registered.
        """
        drawer = DRAWERS.get(type(self).__name__)
        if drawer is None:
            raise UsageError(
                f"no drawing is known for {type(self).__name__}",
                remedy="import hwb_analysis.figures first; not every result has a chart",
            )
        return drawer(self, **options)

    def _repr_html_(self) -> str:
        method = getattr(self, "method", "")
        note = (
            f"<br><small>Method: {html.escape(method)}</small>" if isinstance(method, str) else ""
        )
        return f"<p>{html.escape(self.explain())}{note}</p>"

    def _columns(self) -> dict[str, Any]:
        """Return the columns of the table: limits by level, scalars repeated."""
        size = int(np.size(getattr(self, "value")))  # noqa: B009
        names = [level_name(level) for level in getattr(self, "levels", ())]
        out: dict[str, Any] = {}
        for name in (f.name for f in fields(self)):  # type: ignore[arg-type]
            content = getattr(self, name)
            if name == "levels":
                continue
            if isinstance(content, np.ndarray) and content.size == size:
                out[name] = content.ravel()
            elif isinstance(content, np.ndarray) and content.size == size * len(names):
                rows = content.reshape(len(names), size)
                out |= {f"{name}_{level}": row for level, row in zip(names, rows, strict=True)}
            elif isinstance(content, str | int | float):
                out[name] = [content] * size
        return out


def figure(number: float, digits: int = 3) -> str:
    """Write a number with about three significant digits, or say that it is missing.

    Examples
    --------
    >>> figure(7.9978), figure(61342.4), figure(0.01234), figure(float("nan"))
    ('8.00', '61,342', '0.0123', 'missing')
    """
    if not math.isfinite(number):
        return "missing"
    size = math.floor(math.log10(abs(number))) if number else 0
    return f"{number:,.{min(max(digits - 1 - size, 0), 8)}f}"


def between(lower: float, upper: float) -> str:
    """Write an interval in words.

    Examples
    --------
    >>> between(1.234, 5.678)
    '1.23 to 5.68'
    """
    return f"{figure(lower)} to {figure(upper)}"


def percent(level: float) -> str:
    """Write a confidence level.

    Examples
    --------
    >>> percent(0.95), percent(0.998)
    ('95%', '99.8%')
    """
    return f"{round(level * 100, 8):g}%"
