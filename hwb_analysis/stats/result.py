"""The base of all results: a frozen object that explains and shows itself.

The array core holds no drawing code. ``figures`` registers its drawers here when it is
imported; ``result.chart()`` and ``result.plot()`` look them up, and import it when it is
not there yet.
"""

from __future__ import annotations

import html
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import fields
from importlib import import_module
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from hwb_analysis.errors import UsageError
from hwb_analysis.stats.arrays import level_name

if TYPE_CHECKING:
    import pandas as pd

DRAWERS: dict[str, Callable[..., Any]] = {}
# A repr is one line of a screen; a table of several statistics stays on one.
FIGURES = "hwb_analysis.figures"
REPR_WIDTH, SHOWN_ROWS = 120, 12
# Numbers below a millionth would be nothing but noughts.
SMALLEST_SIZE = -6
SHOWN = re.compile(r"value|change|p_value|method|reason|(lower|upper)_\d+|change_(lower|upper)_\d+")


def register_drawer(result_name: str, drawer: Callable[..., Any]) -> None:
    """Say which function draws the results of one class."""
    DRAWERS[result_name] = drawer


class Result(ABC):
    """A statistic with its limits, its method and its reasons.

    Arrays have one entry a statistic; limits have the confidence level as their
    first axis, in the order of ``levels``.
    """

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """Keep the short repr: a dataclass would write a wall of arrays in its place."""
        super().__init_subclass__(**options)
        if "__repr__" not in cls.__dict__:
            type.__setattr__(cls, "__repr__", Result.__repr__)

    @abstractmethod
    def explain(self) -> str:
        """Return one sentence of plain English."""

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a statistic."""
        # The array core stays free of pandas until somebody asks for a table.
        import pandas as pd

        return pd.DataFrame(self._columns())

    def chart(self, **options: Any) -> Any:
        """Return the finished figure of the result: picture, words, alt text and data.

        Raises
        ------
        UsageError
            When no chart is known for results of this class.
        """
        # By name, since no statistic may depend on what draws it.
        if not DRAWERS:
            import_module(FIGURES)
        drawer = DRAWERS.get(type(self).__name__)
        if drawer is None:
            raise UsageError(
                f"no drawing is known for {type(self).__name__}",
                remedy=f"there is one for {', '.join(sorted(DRAWERS))}; to_frame() gives the table",
            )
        return drawer(self, **options)

    def plot(self, **options: Any) -> Any:
        """Draw the result and return matplotlib's Axes, which can be changed further.

        ``options`` are those of :meth:`chart`, whose picture it is.
        """
        return self.chart(**options).axes

    def __repr__(self) -> str:
        """Name the class and its number of statistics, and explain the first, in one line."""
        size = self._size()
        head = type(self).__name__ + (f" of {size}" if size != 1 else "")
        return shorten(
            f"{head}: {self.explain()}" if size else head, REPR_WIDTH, placeholder=" ..."
        )

    def _size(self) -> int:
        return int(np.size(getattr(self, "value", 0.0)))

    def _repr_html_(self) -> str:
        size, method = self._size(), getattr(self, "method", "")
        text = f"<p>{html.escape(self.explain() if size else 'No statistic.')}"
        if isinstance(method, str) and method:
            text += f"<br><small>Method: {html.escape(method)}</small>"
        return f"{text}</p>{self._first_rows(('', method)) if size > 1 else ''}"

    def _first_rows(self, told: Sequence[object]) -> str:
        """Return several statistics as a short table; the sentence above is of the first."""
        table = self.to_frame()
        named = list(getattr(self, "keys", ()))
        kept = [n for n in map(str, table) if n in named or SHOWN.fullmatch(n)]
        # One method for all stands under the sentence; reasons only where there are any.
        alike = [n for n in ("method", "reason") if n in table and table[n].nunique() == 1]
        some = table[[n for n in kept if n not in alike or table[n].iloc[0] not in told]]
        some = some.head(SHOWN_ROWS)
        rest = len(table) - len(some)
        more = f"<p><small>{rest} more rows: to_frame()</small></p>" if rest else ""
        return str(some.to_html(index=False, float_format=figure, border=0)) + more

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
    >>> figure(1.6e-11)
    '1.6e-11'
    """
    if not math.isfinite(number):
        return "missing"
    size = math.floor(math.log10(abs(number))) if number else 0
    if size < SMALLEST_SIZE:
        return f"{number:.1e}"
    return f"{number:,.{min(max(digits - 1 - size, 0), 8)}f}"


def between(lower: float, upper: float, digits: int = 3) -> str:
    """Write an interval in words.

    Examples
    --------
    >>> between(1.234, 5.678)
    '1.23 to 5.68'
    """
    return f"{figure(lower, digits)} to {figure(upper, digits)}"


def percent(level: float) -> str:
    """Write a confidence level.

    Examples
    --------
    >>> percent(0.95), percent(0.998)
    ('95%', '99.8%')
    """
    return f"{round(level * 100, 8):g}%"
