"""How charts look and how numbers are written, in one place.

Colours are those of the Government Analysis Function in their stated order. Red
and green are not used, and no colour carries a meaning without a shape or a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from hwb_analysis.vocabulary import Comparison

INK = "#0b0c0c"
DARK_BLUE = "#12436D"
TURQUOISE = "#28A197"
DARK_PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
LIGHT_PURPLE = "#A285D1"
# Greys for lines and small text; the first passes 4.5:1 on white.
GREY = "#595f63"
RULE = "#c8cbcd"
SHADE = "#eeefef"
WHITE = "#ffffff"

CATEGORICAL = (DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE)
# Neighbouring fills fail 3:1, so areas filled with them need an outline and a label.
SEQUENTIAL = {
    1: ("#6BACE6",),
    2: ("#6BACE6", "#12436D"),
    3: ("#6BACE6", "#2073BC", "#12436D"),
    4: ("#C9E0F5", "#6BACE6", "#2073BC", "#12436D"),
    5: ("#E4F0FA", "#AFD1F0", "#6BACE6", "#2073BC", "#12436D"),
}

WIDTH, HEIGHT = 6.5, 3.6
TEXT_SIZE = 9.0
SMALL_SIZE = 8.0
PNG_DPI = 200
POINTS_PER_INCH = 72

MINUS = "\N{MINUS SIGN}"
NO_INTERVAL = "no interval published"
NOT_AVAILABLE = "not available"
# From here on a number is written with a power of ten: it would break a line.
TOO_LONG = 1e15
PERCENTAGE_POINTS = "percentage points"
OUT_OF_TEN = ("score out of 10", "out of 10")


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a comparison is drawn: a matplotlib marker, a colour, and the same in text."""

    marker: str
    colour: str
    filled: bool
    text: str


SYMBOLS = {
    Comparison.BETTER: Symbol("o", DARK_BLUE, True, "\N{BLACK CIRCLE}"),
    Comparison.SIMILAR: Symbol("o", GREY, False, "\N{WHITE CIRCLE}"),
    Comparison.WORSE: Symbol("^", ORANGE, True, "\N{BLACK UP-POINTING TRIANGLE}"),
    Comparison.HIGHER: Symbol("D", GREY, True, "\N{BLACK DIAMOND}"),
    Comparison.LOWER: Symbol("D", GREY, False, "\N{WHITE DIAMOND}"),
    Comparison.NOT_COMPARED: Symbol("_", GREY, True, "\N{EN DASH}"),
}

TYPEFACE = "DejaVu Sans"
_RC: dict[str, Any] = {
    "font.family": [TYPEFACE],
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL_SIZE,
    "ytick.labelsize": SMALL_SIZE,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "grid.color": "#e3e5e6",
    "grid.linewidth": 0.7,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.0,
    "hatch.linewidth": 0.6,
    "hatch.color": GREY,
    "figure.facecolor": WHITE,
    "savefig.facecolor": WHITE,
    # A dollar sign in a name is a dollar sign, not the start of a formula.
    "text.parse_math": False,
    # Letters as outlines: an <img> cannot rely on any font being installed.
    "svg.fonttype": "path",
    # Without a salt the ids inside an SVG differ from run to run.
    "svg.hashsalt": "hwb-analysis",
}


def font_file() -> str | None:
    """Return the file of the typeface that charts are set in, or nothing when none is found."""
    from matplotlib import font_manager

    try:
        return str(font_manager.findfont(TYPEFACE, fallback_to_default=False))
    except ValueError:
        return None


@contextmanager
def stylesheet() -> Iterator[None]:
    """Draw everything inside this context in the one style of the product."""
    import matplotlib as mpl
    import seaborn as sns

    settings: Any = sns.axes_style("ticks") | _RC
    with mpl.rc_context(settings):
        yield


def first_chart() -> None:
    """Save an empty chart to nowhere: fonts are found and both writers loaded."""
    import io

    from matplotlib.figure import Figure

    with stylesheet():
        figure = Figure()
        figure.add_subplot().set_title("1")
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)


def is_missing(value: float | None) -> bool:
    """Say whether a number is absent.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0.0)
    (True, True, False)
    """
    return value is None or value != value


def decimals_for(
    unit: str,
    value: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> int:
    """Return how many decimals a figure deserves: by its unit, then by its interval.

    One decimal for percentages, years and rates, and for what has no interval; none for
    counts, and none once an interval is wider than 10. A score out of 10 has two, as it is
    published, and one once its interval is wider than 2. Any other figure has two where its
    interval is narrower than a half. Without an interval 1,000 and more have none.

    A difference is asked for by the unit of the things compared, so that it has the
    decimals of the figures that it lies between.

    Examples
    --------
    >>> decimals_for("%", 20.2, 19.3, 21.1), decimals_for("%", 82.0, 74.0, 90.0)
    (1, 0)
    >>> decimals_for("score out of 10", 7.55), decimals_for("score out of 10", 0.46, -0.2, 1.1)
    (2, 2)
    >>> decimals_for("people", 712367)
    0
    """
    if _is_count(unit):
        return 0
    plain = 2 if unit in OUT_OF_TEN else 1
    if lower is None or upper is None or is_missing(lower) or is_missing(upper):
        return 0 if value is not None and abs(value) >= 1000 else plain
    width = abs(upper - lower)
    if width > 10:
        return 0
    if plain == 2:
        return 2 if width <= 2 else 1
    return 1 if width >= 0.5 or _one_decimal(unit) else 2


def _is_count(unit: str) -> bool:
    return unit.lower() in {"count", "number", "people", "persons", "residents", "children"}


def _one_decimal(unit: str) -> bool:
    shares = {"%", "points", PERCENTAGE_POINTS}
    return unit in shares or "year" in unit.lower() or "per " in unit.lower()


def format_number(value: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a number with thousands separators and a true minus sign.

    Halves are rounded away from nought, as published tables do, and a number that
    rounds to nought carries no sign. From 1,000,000,000,000,000 on a power of ten is
    written.

    Examples
    --------
    >>> format_number(712367, 0), format_number(-2.64), format_number(-0.04)
    ('712,367', '−2.6', '0.0')
    >>> format_number(1.25, 1, signed=True), format_number(None), format_number(-1e300)
    ('+1.3', 'not available', '−1.0 × 10^300')
    """
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if abs(value) >= TOO_LONG:
        text = _as_power(abs(value))
    else:
        text = f"{_half_up(abs(value), decimals):,.{decimals}f}"
    if not any(c in "123456789" for c in text):
        return text
    sign = MINUS if value < 0 else "+" if signed else ""
    return sign + text


def rounded(value: float, decimals: int) -> float:
    """Return a number rounded as :func:`format_number` writes it.

    Examples
    --------
    >>> rounded(20.25, 1), rounded(-0.5, 0)
    (20.3, -1.0)
    """
    size = float(_half_up(abs(value), decimals))
    return -size if value < 0 else size


def _half_up(size: float, decimals: int) -> Decimal:
    # From the shortest text of the number: 94.05 is a half although its binary is not.
    exact, step = Decimal(repr(float(size))), Decimal(1).scaleb(-decimals)
    # The largest number has 309 digits before the point; the usual context holds 28.
    room = Context(prec=max(28, exact.adjusted() + decimals + 2))
    return exact.quantize(step, ROUND_HALF_UP, context=room)


def _as_power(size: float) -> str:
    digits, power = f"{size:.1e}".split("e")
    return f"{digits} × 10^{int(power)}"


def format_value(value: float | None, unit: str, *, decimals: int | None = None) -> str:
    """Write a value with its unit.

    Examples
    --------
    >>> format_value(91.82, "%"), format_value(64.6, "years"), format_value(712367, "people")
    ('91.8 %', '64.6 years', '712,367 people')
    >>> format_value(float("nan"), "%"), format_value(7.38, "score out of 10", decimals=2)
    ('not available', '7.38 out of 10')
    """
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    shown = format_number(value, decimals_for(unit, value) if decimals is None else decimals)
    return f"{shown} {unit.removeprefix('score ')}".strip()


def format_interval(
    lower: float | None, upper: float | None, unit: str = "", *, decimals: int | None = None
) -> str:
    """Write limits as ``19.3 to 21.1``; absent limits are said to be absent.

    Examples
    --------
    >>> format_interval(19.3, 21.1, "%"), format_interval(-3.31, -1.92, "points")
    ('19.3 to 21.1', '−3.3 to −1.9')
    >>> format_interval(None, None)
    'no interval published'
    """
    if is_missing(lower) or is_missing(upper):
        return NO_INTERVAL
    places = decimals_for(unit, None, lower, upper) if decimals is None else decimals
    return f"{format_number(lower, places)} to {format_number(upper, places)}"


def format_figure(
    value: float | None,
    lower: float | None,
    upper: float | None,
    unit: str,
    *,
    decimals: int | None = None,
) -> str:
    """Write a value with its unit and its interval.

    Examples
    --------
    >>> format_figure(20.21, 19.34, 21.12, "%")
    '20.2 % (19.3 to 21.1)'
    >>> format_figure(20.21, None, None, "%")
    '20.2 % (no interval published)'
    """
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    places = decimals_for(unit, value, lower, upper) if decimals is None else decimals
    shown = format_value(value, unit, decimals=places)
    return f"{shown} ({format_interval(lower, upper, unit, decimals=places)})"


def difference_unit(unit: str) -> str:
    """Return the unit of a difference: percentages differ in percentage points, scores in points.

    Examples
    --------
    >>> difference_unit("%"), difference_unit("years"), difference_unit("score out of 10")
    ('percentage points', 'years', 'points')
    """
    if unit == "%":
        return PERCENTAGE_POINTS
    return "points" if unit.startswith("score") else unit


def format_difference(
    value: float | None,
    unit: str,
    lower: float | None = None,
    upper: float | None = None,
    *,
    decimals: int | None = None,
) -> str:
    """Write a difference with its sign; ``unit`` is the unit of the things compared.

    Examples
    --------
    >>> format_difference(-2.61, "%", -3.3, -1.9)
    '−2.6 percentage points (−3.3 to −1.9)'
    >>> format_difference(1.2, "years"), format_difference(0.46, "score out of 10", -0.2, 1.1)
    ('+1.2 years', '+0.46 points (−0.20 to 1.10)')
    """
    if value is None or is_missing(value):
        return NOT_AVAILABLE
    named = difference_unit(unit)
    places = decimals_for(unit, value, lower, upper) if decimals is None else decimals
    shown = f"{format_number(value, places, signed=True)} {named}".strip()
    if is_missing(lower) or is_missing(upper):
        return shown
    return f"{shown} ({format_interval(lower, upper, named, decimals=places)})"


def relative_luminance(colour: str) -> float:
    """Return the relative luminance of a ``#rrggbb`` colour (WCAG 2.2), 0 to 1.

    Examples
    --------
    >>> relative_luminance("#ffffff"), relative_luminance("#000000")
    (1.0, 0.0)
    """
    parts = [int(colour.lstrip("#")[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return math.fsum(w * x for w, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two ``#rrggbb`` colours, 1 to 21.

    Examples
    --------
    >>> round(contrast("#12436D", "#ffffff"), 1)
    10.2
    """
    light, dark = sorted((relative_luminance(one), relative_luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(fill: str) -> str:
    """Return ink or white, whichever reads better on the fill."""
    return INK if contrast(INK, fill) >= contrast(WHITE, fill) else WHITE
