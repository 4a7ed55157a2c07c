"""Drawings in a page lose what does not show, and nothing else."""

from __future__ import annotations

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.reports.embedded import address, content, lighten_pictures, lighter

POINT = st.tuples(*[st.floats(-900, 900).map(lambda n: round(n, 2))] * 2)


def points(outline: str) -> list[tuple[float, float]]:
    """Walk an outline of moves and straight lines, absolute or in steps."""
    found, at, start = [], (0.0, 0.0), (0.0, 0.0)
    for command, rest in re.findall(r"([MLlz])([^MLlz]*)", outline):
        if command == "z":
            at = start
            continue
        numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", rest)]
        # A letter rules every pair of numbers that follows it.
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            at = (at[0] + x, at[1] + y) if command == "l" else (x, y)
            start = at if command == "M" else start
            found.append(at)
    return found


@given(st.lists(st.lists(POINT, min_size=1, max_size=12), min_size=1, max_size=4))
def test_every_point_stays_within_a_twentieth(rings):
    outline = "".join(
        f"M {r[0][0]} {r[0][1]}" + "".join(f"L{x} {y}" for x, y in r[1:]) + "z" for r in rings
    )
    small = re.search(r' d="([^"]*)"', lighter(f'<svg><path d="{outline}"/></svg>'))[1]
    walked = points(small)
    wanted = [(round(x * 10) / 10, round(y * 10) / 10) for ring in rings for x, y in ring]
    kept = [p for p in wanted if any(abs(p[0] - x) + abs(p[1] - y) < 1e-6 for x, y in walked)]
    assert kept == wanted
    assert len(walked) <= len(wanted)


def test_curves_and_texts_stay():
    svg = '<svg><path d="M1.26 2Q 3.33 4.01 5 6"/><text>1.25 it\'s</text></svg>'
    assert lighter(svg) == '<svg><path d="M1.3 2Q 3.3 4 5 6"/><text>1.25 it\'s</text></svg>'


def test_an_address_holds_the_drawing_in_either_way():
    svg = '<svg a="#b"><text>50% &amp; it\'s é</text></svg>'
    shown = address(svg)
    assert '"' not in shown
    assert "&" not in shown
    assert "<" not in shown
    assert content(shown).decode() == svg
    packed = "data:image/svg+xml;base64," + base64.b64encode(b"<svg/>").decode()
    assert content(packed) == b"<svg/>"
    assert content("data:image/png;base64,AAAA") is None
    assert content("figure.svg") is None


def test_only_drawings_of_the_body_change():
    packed = base64.b64encode(b'<?xml version="1.0"?>\n<svg>\n</svg>').decode()
    body = f'<p>base64</p><img alt="A" src="data:image/svg+xml;base64,{packed}">'
    assert lighten_pictures(body) == (
        '<p>base64</p><img alt="A" src="data:image/svg+xml,%3Csvg%3E%3C/svg%3E">'
    )


def test_names_are_short_and_still_lead_to_what_they_named():
    svg = (
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><defs><path id="DejaVuSans-61" d="M0 0"/>'
        '<clipPath id="p123"><rect/></clipPath></defs><g id="text_1"><!-- a -->'
        '<use xlink:href="#DejaVuSans-61" clip-path="url(#p123)"/></g></svg>'
    )
    small = lighter(svg)
    assert small == (
        '<svg><defs><path id="a" d="M0 0"/><clipPath id="b"><rect/></clipPath></defs>'
        '<g><use href="#a" clip-path="url(#b)"/></g></svg>'
    )


@given(st.integers(1, 900))
def test_no_two_names_are_the_same(number):
    svg = "<svg>" + "".join(f'<path id="n{n}"/><use href="#n{n}"/>' for n in range(number))
    names = re.findall(r' id="([^"]*)"', lighter(f"{svg}</svg>"))
    assert len(set(names)) == number
    assert all(re.fullmatch("[a-z]+", name) for name in names)


def test_a_look_that_many_share_is_said_once_and_others_stay():
    many = '<path style="fill: #fff; stroke: none"/>' * 3
    small = lighter(f'<svg width="1">{many}<path style="fill: red"/></svg>')
    assert small.startswith('<svg width="1"><style>.a{fill:#fff;stroke:none}</style>')
    assert small.count('class="a"') == 3
    assert 'style="fill: red"' in small


def test_steps_after_the_first_need_no_letter():
    assert lighter('<svg><path d="M 1 1L 2 2L 1 3L 4 3z"/></svg>') == (
        '<svg><path d="M1 1l1 1-1 1 3 0z"/></svg>'
    )
