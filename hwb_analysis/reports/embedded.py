"""Drawings inside a page, as small as they can be without looking otherwise.

A map of small areas is most of a page's weight. In base64 every three letters take four;
as plain text nearly each takes one, and a tenth of a point is finer than any screen. Names
inside a drawing are as short as can be, and a look that many shapes share is said once.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from urllib.parse import quote, unquote_to_bytes

PREFIX = "data:image/svg+xml"
XLINK = ' xmlns:xlink="http://www.w3.org/1999/xlink"'
# Letters that neither an address nor an attribute in double quotes gives a meaning to.
PLAIN = " =:/;,.-+()'!*@?_[]{}|~"
_PICTURE = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_PROLOGUE = re.compile(r"^\s*(?:<\?xml.*?\?>)?\s*(?:<!DOCTYPE.*?>)?\s*", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_BETWEEN = re.compile(r">\s+<")
_PATH = re.compile(r' d="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d+")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(href="#|url\(#)([^")]+)')
_LOOK = re.compile(r' style="([^"]*)"')
_HEAD = re.compile(r"<svg\b[^>]*>")
# A look is worth a name when at least so many shapes have it.
SHARED = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# A polygon: moves and straight lines between absolute points.
_STRAIGHT = re.compile(r"(?:[ML] ?-?[\d.]+ -?[\d.]+\s*|[zZ]\s*)+")
_COMMAND = re.compile(r"([MLzZ])([^MLzZ]*)")


def lighter(svg: str) -> str:
    r"""Return an SVG without what does not show, its outlines to a tenth of a point.

    Examples
    --------
    >>> lighter('<?xml version="1.0"?>\n<svg>\n <path d="M 1.26 3.0L2 2.04"/>\n</svg>')
    '<svg><path d="M1.3 3l.7-1"/></svg>'
    """
    shown = _METADATA.sub("", _PROLOGUE.sub("", svg, count=1))
    packed = _BETWEEN.sub("><", _COMMENT.sub("", shown)).strip()
    return _shared_looks(_short_names(_PATH.sub(_outline, packed)))


def _name(number: int) -> str:
    """Return the shortest name that no number before had: a ... z, aa, ab ..."""
    name = ""
    while number >= 0:
        number, letter = divmod(number, len(LETTERS))
        name, number = LETTERS[letter] + name, number - 1
    return name


def _short_names(svg: str) -> str:
    """Return the drawing with short names for what is used by name, and no other names."""
    used = dict.fromkeys(found[2] for found in _REFERENCE.finditer(svg))
    short = {name: _name(number) for number, name in enumerate(used)}
    named = _ID.sub(lambda m: f' id="{short[m[1]]}"' if m[1] in short else "", svg)
    linked = _REFERENCE.sub(lambda m: m[1] + short[m[2]], named)
    return linked.replace(" xlink:href=", " href=").replace(XLINK, "")


def _shared_looks(svg: str) -> str:
    """Return the drawing with each look that several shapes share as a class."""
    counts = Counter(_LOOK.findall(svg))
    shared = [look for look, number in counts.items() if number >= SHARED]
    head = _HEAD.match(svg)
    if not shared or head is None or " class=" in svg:
        return svg
    names = {look: _name(number) for number, look in enumerate(shared)}
    rules = "".join(f".{name}{{{_tight(look)}}}" for look, name in names.items())
    body = _LOOK.sub(
        lambda m: f' class="{names[m[1]]}"' if m[1] in names else m[0], svg[head.end() :]
    )
    return f"{head[0]}<style>{rules}</style>{body}"


def _tight(look: str) -> str:
    return look.replace(": ", ":").replace("; ", ";")


def _outline(path: re.Match[str]) -> str:
    if _STRAIGHT.fullmatch(path[1]):
        return f' d="{_steps(path[1])}"'
    return _NUMBER.sub(lambda number: _tenths(round(float(number[0]) * 10)), path[0])


def _steps(outline: str) -> str:
    """Return straight lines as steps from point to point: from rounded ends, so none drifts."""
    parts, at, start = [""], (0, 0), (0, 0)
    for command, rest in _COMMAND.findall(outline):
        if command in "zZ":
            parts.append("z")
            at = start
            continue
        x, y = (round(float(number) * 10) for number in rest.split())
        if command == "M":
            parts.append(_point(x, y, "M"))
            start = (x, y)
        elif (x, y) != at or parts[-1].startswith("M"):
            # After the first step its letter may be left out.
            first = parts[-1][:1] in ("", "M", "z")
            parts.append(_point(x - at[0], y - at[1], "l" if first else ""))
        at = (x, y)
    return "".join(parts)


def _point(x: int, y: int, command: str) -> str:
    first, second = _tenths(x), _tenths(y)
    before = command or ("" if first.startswith("-") else " ")
    return f"{before}{first}{'' if second.startswith('-') else ' '}{second}"


def _tenths(number: int) -> str:
    text = f"{abs(number) / 10:.1f}".removesuffix(".0")
    return ("-" if number < 0 else "") + (text.removeprefix("0") or "0")


def lighten_pictures(body: str) -> str:
    """Return the page's body with each embedded SVG made lighter."""
    return _PICTURE.sub(lambda found: address(base64.b64decode(found[1]).decode()), body)


def address(svg: str) -> str:
    """Return an SVG as an address that holds it.

    Examples
    --------
    >>> address('<svg width="9"/>')
    "data:image/svg+xml,%3Csvg width='9'/%3E"
    """
    small = lighter(svg)
    if "'" not in small:
        small = small.replace('"', "'")
    return f"{PREFIX},{quote(small, safe=PLAIN)}"


def content(source: str) -> bytes | None:
    """Return the SVG that an address holds, or nothing when it holds none.

    Examples
    --------
    >>> content(address("<svg/>"))
    b'<svg/>'
    """
    head, comma, rest = source.partition(",")
    if not comma or not head.startswith(PREFIX):
        return None
    return base64.b64decode(rest) if head.endswith(";base64") else unquote_to_bytes(rest)
