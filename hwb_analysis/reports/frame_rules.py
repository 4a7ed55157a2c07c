"""Rules of accessibility about the frame of a page: landmarks, links, colour, reflow.

They complete :mod:`hwb_analysis.reports.accessibility`, which asks about content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from hwb_analysis.style import contrast

WHITE, INK = "#ffffff", "#0b0c0c"
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
NARROWEST = 320
VAGUE = frozenset(
    ("here", "click here", "read more", "more", "link", "this", "this link", "this page")
) | {"see", "download", "open"}
SCOPES = frozenset(("row", "col", "rowgroup", "colgroup"))
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_NEED_TEXT = {"h1", "h2", "h3", "h4", "h5", "h6", "th", "caption", "figcaption", "summary"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_VARIABLE = re.compile(r"(--[\w-]+)\s*:\s*(#[0-9a-fA-F]{3,6})\b")
_NAMED = re.compile(r"var\((--[\w-]+)\)")
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*(#[0-9a-fA-F]{3,6})\b")
_GROUND = re.compile(r"(?<![\w-])background(?:-color)?\s*:\s*(#[0-9a-fA-F]{3,6})\b")
_OUTLINE = re.compile(r":focus-visible[^{]*\{[^}]*outline\s*:[^;}]*?(#[0-9a-fA-F]{3,6})")
_NO_OUTLINE = re.compile(r"outline\s*:\s*(?:none|0)\b")
_ZOOM = re.compile(r"user-scalable\s*=\s*no|maximum-scale\s*=\s*1\b")
_PIXELS = re.compile(r"(?<![\w-])(?:min-)?width\s*:\s*(\d+)px")


@dataclass
class _Open:
    """An element that is not closed yet, with what was said inside it."""

    tag: str
    attrs: dict[str, str]
    said: str = ""
    shown: str = ""
    coloured: bool = False


@dataclass
class _Seen:
    viewport: str = ""
    css: str = ""
    labels: dict[str, list[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    links: dict[str, set[str]] = field(default_factory=dict)
    skips: bool = False


class _Frame(HTMLParser):
    """Walks a page once, judging each element when it closes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = _Seen()
        self.stack: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = _Open(tag, {name: value or "" for name, value in attrs})
        self._note(one)
        if tag not in _VOID:
            self.stack.append(one)
        elif tag == "img" and self.stack:
            self._say(one.attrs.get("alt", ""), hidden=False)

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1].tag == "style":
            self.seen.css += data
        else:
            self._say(data, hidden=any(o.attrs.get("aria-hidden") == "true" for o in self.stack))

    def _say(self, text: str, hidden: bool) -> None:
        for one in self.stack:
            one.shown += text
            one.said += "" if hidden else text

    def handle_endtag(self, tag: str) -> None:
        while self.stack:
            one = self.stack.pop()
            self.seen.faults += _judged(one, self.seen)
            if self.stack and _has_colour(one):
                self.stack[-1].coloured = True
            if one.tag == tag:
                return

    def _note(self, one: _Open) -> None:
        inside_main = any(o.tag == "main" for o in self.stack)
        if one.tag == "meta" and one.attrs.get("name") == "viewport":
            self.seen.viewport = one.attrs.get("content", "")
        elif one.tag == "nav" or (one.tag in ("header", "footer", "main") and not inside_main):
            self.seen.labels.setdefault(one.tag, []).append(one.attrs.get("aria-label", ""))
        elif one.tag == "a" and one.attrs.get("href") == "#main":
            self.seen.skips = True


def _has_colour(one: _Open) -> bool:
    return bool(re.search(r"(?<![\w-])(?:color|background)", one.attrs.get("style", "")))


def _judged(one: _Open, seen: _Seen) -> Iterator[str]:
    said = " ".join((one.said or one.attrs.get("aria-label", "")).split())
    if one.tag in _NEED_TEXT and not said:
        yield f"an empty <{one.tag}>"
    if one.tag == "th" and one.attrs.get("scope", "col") not in SCOPES:
        yield f"a header cell has the unknown scope '{one.attrs['scope']}'"
    if one.tag == "a" and "href" in one.attrs:
        yield from _link(one.attrs["href"], said, seen)
    if one.coloured and not said:
        yield f"only colour tells what '{one.shown.strip() or one.tag}' means"
    if one.attrs.get("role") == "region":
        yield from _region(one, seen)
    wide = _PIXELS.search(one.attrs.get("style", ""))
    if wide and int(wide[1]) > NARROWEST:
        yield f"an element is {wide[1]} px wide whatever the screen: {NARROWEST} px must do"


def _region(one: _Open, seen: _Seen) -> Iterator[str]:
    name = one.attrs.get("aria-label", "").strip()
    if one.attrs.get("tabindex") != "0" or not name:
        yield "a scrolling region cannot be reached by keyboard or has no name"
    elif name in seen.labels.setdefault("region", []):
        yield f"two regions have the name '{name}'"
    seen.labels.setdefault("region", []).append(name)


def _link(address: str, said: str, seen: _Seen) -> Iterator[str]:
    if not said:
        yield f"the link to '{address}' has no text"
    elif said.lower().strip(".:") in VAGUE or said.startswith(("http://", "https://")):
        yield f"the text of a link does not say where it leads: '{said}'"
    else:
        seen.links.setdefault(said, set()).add(address)


def frame_faults(text: str) -> list[str]:
    """Return every fault of a page's frame in plain words.

    Examples
    --------
    >>> frame_faults("<main><h1></h1><a href='a.html'>here</a></main>")[:2]
    ['an empty <h1>', "the text of a link does not say where it leads: 'here'"]
    """
    frame = _Frame()
    frame.feed(text)
    frame.close()
    seen = frame.seen
    return [*seen.faults, *_landmarks(seen), *_reflow(seen), *css_faults(seen.css)]


def _landmarks(seen: _Seen) -> Iterator[str]:
    for tag, name in (("header", "banner"), ("footer", "foot")):
        if len(seen.labels.get(tag, [])) != 1:
            yield f"one {name} (<{tag}>) was expected, there are {len(seen.labels.get(tag, []))}"
    names = seen.labels.get("nav", [])
    if "" in names or len(set(names)) != len(names):
        yield "each navigation needs a name of its own"
    if not seen.skips:
        yield "no link leads past the head of the page to its main part"
    for said, addresses in seen.links.items():
        if len(addresses) > 1 and not all(a.startswith("#") for a in addresses):
            yield f"links with the same text '{said}' lead to different places"


def _reflow(seen: _Seen) -> Iterator[str]:
    if "width=device-width" not in seen.viewport.replace(" ", ""):
        yield "the page does not fit itself to the width of the screen"
    if _ZOOM.search(seen.viewport):
        yield "the page forbids enlarging"


def css_faults(css: str) -> list[str]:
    """Return the faults of a stylesheet: contrast of its colours, and the mark of focus.

    A rule's text colour is held against its own background, else against white; the
    threshold is 4.5 for text and 3 for the outline of focus (WCAG 2.2, 1.4.3, 1.4.11).

    Examples
    --------
    >>> css_faults(":focus-visible { outline: 3px solid #000 } p { color: #999999 }")
    ['p: text #999999 on #ffffff has a contrast of 2.8, 4.5 was expected']
    """
    variables = dict(_VARIABLE.findall(css))
    plain = _NAMED.sub(lambda name: variables.get(name[1], name[0]), css)
    faults = [fault for rule in _RULE.findall(plain) for fault in _contrast(*rule)]
    outline = _OUTLINE.search(plain)
    if outline is None or _NO_OUTLINE.search(plain):
        faults.append("the element in focus is not marked, or its mark is taken away")
    elif contrast(_long(outline[1]), WHITE) < MARK_CONTRAST:
        faults.append(f"the mark of focus, {outline[1]}, does not stand out from white")
    return faults


def _contrast(selector: str, body: str) -> Iterator[str]:
    colour, ground = _COLOUR.search(body), _GROUND.search(body)
    if colour is None and ground is None:
        return
    text = _long(colour[1]) if colour else INK
    behind = _long(ground[1]) if ground else WHITE
    found = contrast(text, behind)
    if found < TEXT_CONTRAST:
        name = selector.split("}")[-1].strip()
        yield (
            f"{name}: text {text} on {behind} has a contrast of {found:.1f}, "
            f"{TEXT_CONTRAST} was expected"
        )


def _long(colour: str) -> str:
    digits = colour[1:]
    return "#" + "".join(d * 2 for d in digits) if len(digits) == 3 else colour
