"""What holds for every kind of figure: words, data, same bytes, grey, awkward input."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from hwb_analysis import style
from hwb_analysis.errors import DataContractError
from hwb_analysis.figures import Drawn
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.funnel_result import funnel
from hwb_analysis.stats.joinpoint import joinpoint

PLACEHOLDER = re.compile(r"\b(nan|None|inf|to be written|lorem|placeholder|array\()", re.IGNORECASE)
HOSTILE = [
    "<script>alert(1)</script>",
    "$\\frac{1}{0}$ {{ jinja }}",
    "# = + @ * _ ` ~",
    "\u202eright to left\u202c\x00\x07",
    "line\nbreak\tand tab",
    "",
    "X",
    "Very Long Name of an Authority with Many Parts and Llanfairpwllgwyngyllgogerychwyrn",
]
COMPARED = ["better", "similar", "worse", "higher", "lower"]
WORDS = {"title": "The share in Thisshire is 12 %", "subtitle": "Share", "source": "A publisher"}


@dataclass(frozen=True)
class Kind:
    """One kind of figure: its module, function, and makers of its input."""

    module: str
    function: str
    make: Callable[[list[str], list[float]], dict[str, Any]]
    needs_words: bool = True

    def draw(self, names: list[str], values: list[float]) -> Drawn:
        given = self.make(names, values)
        call = getattr(import_module(f"hwb_analysis.figures.{self.module}"), self.function)
        drawn: Drawn = call(given.pop("first"), **(WORDS if self.needs_words else {}), **given)
        return drawn


def _pyramid(names: list[str], values: list[float]) -> dict[str, Any]:
    def rows(area: str) -> pd.DataFrame:
        pairs = [
            (sex, f"{5 * i}-{5 * i + 4}") for i in range(len(values)) for sex in ("Male", "Female")
        ]
        return pd.DataFrame(
            {
                "area": area,
                "sex": [sex for sex, _ in pairs],
                "age": [age for _, age in pairs],
                "value": np.repeat(values, 2),
                "status": ["suppressed" if np.isnan(v) else "ok" for v in np.repeat(values, 2)],
            }
        )

    return {"first": rows(names[0]), "comparator": rows(names[-1])}


def _limits(values: list[float]) -> dict[str, Any]:
    return {
        "value": values,
        "lower_95": [v - 1 for v in values],
        "upper_95": [v + 1 for v in values],
        "status": ["suppressed" if np.isnan(v) else "ok" for v in values],
        "comparison_95": ["better", "similar", "worse", "higher", "lower", "", "", ""][
            : len(values)
        ],
    }


def _rug(names: list[str], values: list[float]) -> dict[str, Any]:
    measures = [f"{i} {name}" for i, name in enumerate(names)]
    cells = [
        pd.DataFrame({"measure": measures, "area": area, "unit": "%"}).assign(**_limits(values))
        for area in ("Thisshire", "Nation")
    ]
    return {"first": pd.concat(cells, ignore_index=True), "comparator": "Nation"}


def _spine(names: list[str], values: list[float]) -> dict[str, Any]:
    rows = pd.DataFrame({"label": [f"{i} {n}" for i, n in enumerate(names)], "unit": "%"})
    rows = rows.assign(**_limits(values), comparator=10.0, better="high")
    rows = rows.assign(range_low=2.0, range_high=30.0)
    return {"first": rows, "area": names[0] or "A", "comparator": "Nation"}


def _forest(names: list[str], values: list[float]) -> dict[str, Any]:
    return {"first": pd.DataFrame({"label": names}).assign(**_limits(values)), "unit": "points"}


def _bars(names: list[str], values: list[float]) -> dict[str, Any]:
    codes = [f"E{i}" for i in range(len(names))]
    rows = pd.DataFrame({"area_code": codes, "area": names}).assign(**_limits(values))
    line = pd.DataFrame({"area_code": ["N"], "area": ["Nation"], "value": [11.0]})
    return {"first": rows, "unit": "%", "own": ["E0"], "comparator": line}


def _funnel(names: list[str], values: list[float]) -> dict[str, Any]:
    counts = [max(1.0, float(np.nan_to_num(v))) for v in values]
    found = funnel(counts, [100.0 + i for i in range(len(values))], kind="proportions")
    return {"first": found, "names": names, "marked": names[:1]}


def _control(names: list[str], values: list[float]) -> dict[str, Any]:
    return {"first": xmr_chart(np.nan_to_num(values), better="low"), "periods": names}


def _joinpoint(names: list[str], values: list[float]) -> dict[str, Any]:
    rates = [max(1.0, float(np.nan_to_num(v))) for v in values]
    return {"first": joinpoint(rates, range(2000, 2000 + len(rates)))}


KINDS = {
    "pyramid": Kind("pyramid", "population_pyramid", _pyramid),
    "overview": Kind("rug", "overview", _rug),
    "spine": Kind("spine", "spine_chart", _spine),
    "forest": Kind("forest", "forest", _forest),
    "compare": Kind("compare_bars", "compare_bars", _bars),
    "funnel": Kind("funnels", "funnel_figure", _funnel, needs_words=False),
    "control": Kind("control", "control_figure", _control, needs_words=False),
    "joinpoint": Kind("joinpoints", "joinpoint_figure", _joinpoint, needs_words=False),
}
EVERY = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
# A result refuses missing values itself; these take rows of the tidy frame.
FRAMES = pytest.mark.parametrize(
    "kind", [KINDS[k] for k in ("pyramid", "overview", "spine", "forest", "compare")],
    ids=["pyramid", "overview", "spine", "forest", "compare"],
)  # fmt: skip
NAMES = ["Northam", "Southam", "Eastham", "Westham", "Midham", "Oldham"]
VALUES = [12.0, 9.5, 14.0, 20.0, 11.0, 8.0]


@cache
def _plain(kind: Kind) -> Drawn:
    """Return the figure of plain input, drawn once for all the tests that only look at it."""
    return kind.draw(NAMES, VALUES)


def _grey(png: bytes) -> int:
    """Return how many clearly different greys the picture has."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    return len(np.unique(pixels // 16))


@EVERY
def test_alt_text_says_the_finding_and_is_no_placeholder(kind: Kind) -> None:
    drawn = _plain(kind)
    assert drawn.alt.startswith(drawn.title.rstrip("."))
    assert len(drawn.alt) > len(drawn.title) + 20
    for text in (drawn.title, drawn.subtitle, drawn.alt, drawn.caption):
        assert not PLACEHOLDER.search(text), text


@EVERY
def test_the_same_input_gives_the_same_bytes(kind: Kind) -> None:
    first, second = _plain(kind), kind.draw(NAMES, VALUES)
    assert first.svg == second.svg
    assert first.png == second.png


@EVERY
def test_ids_of_different_figures_never_meet_on_a_page(kind: Kind) -> None:
    one, other = _plain(kind), kind.draw(NAMES[::-1], VALUES[::-1])
    clips = [set(re.findall(r'id="(p[0-9a-f]{10})"', d.svg)) for d in (one, other)]
    assert one.svg != other.svg
    assert not clips[0] & clips[1]


@EVERY
def test_no_clock_and_no_program_is_written_into_a_picture(kind: Kind) -> None:
    drawn = _plain(kind)
    assert "dc:date" not in drawn.svg
    assert b"tEXt" not in drawn.png.split(b"IDAT")[0]


@EVERY
def test_it_reads_in_grey(kind: Kind) -> None:
    assert _grey(_plain(kind).png) >= 4


@EVERY
def test_a_png_for_word_has_two_hundred_dots_an_inch(kind: Kind) -> None:
    drawn = _plain(kind)
    image = Image.open(io.BytesIO(drawn.png))
    assert image.width == pytest.approx(drawn.size[0] * 200, abs=1)


@EVERY
def test_hostile_names_are_drawn_and_escaped(kind: Kind) -> None:
    drawn = kind.draw(HOSTILE, [12.0, 9.5, 14.0, 20.0, 11.0, 8.0, 13.0, 10.0])
    assert "<script>alert" not in drawn.to_html()
    assert "\u202e" not in drawn.svg
    ElementTree.fromstring(drawn.svg)


@EVERY
def test_one_point_is_enough(kind: Kind) -> None:
    assert not kind.draw(NAMES[:1], VALUES[:1]).data.empty


@FRAMES
def test_a_suppressed_value_is_shown_as_suppressed(kind: Kind) -> None:
    drawn = kind.draw(NAMES[:3], [12.0, float("nan"), 14.0])
    html = drawn.to_html()
    assert "[c]" in html or "[x]" in html
    assert "nan" not in html.split("base64")[0].lower()


@FRAMES
def test_nothing_to_draw_is_refused_with_a_remedy(kind: Kind) -> None:
    with pytest.raises(DataContractError, match="at least one value") as caught:
        kind.draw(NAMES[:2], [float("nan")] * 2)
    assert caught.value.remedy


@EVERY
@pytest.mark.parametrize("names", [NAMES, [f"{n} and Bosworth District Council" for n in NAMES]])
def test_words_stay_inside_and_off_each_other(
    kind: Kind,
    names: list[str],
    figure_of: Callable[..., Figure],
    check_words: Callable[[Figure], None],
) -> None:
    given = kind.make(names, VALUES)
    module = import_module(f"hwb_analysis.figures.{kind.module}")
    words = WORDS if kind.needs_words else {}
    check_words(figure_of(module, kind.function, given.pop("first"), **words, **given))


def test_symbols_of_the_comparisons_differ_in_shape_or_filling() -> None:
    looks = [(s.marker, s.filled) for s in style.SYMBOLS.values()]
    assert len(set(looks)) == len(looks)
