"""The part of accessibility that a build can check; the rest needs a person.

A page that passes here is not thereby accessible: reading order, plain words and the
use of a screen reader are not seen by these rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.frame_rules import frame_faults

# Tools put this in place of a missing description; it passes a check for "not empty".
PLACEHOLDERS = ("no description has been provided for this image", "image", "figure", "chart")
_FETCHING = {"src", "srcset", "poster", "data"}


class _Page(HTMLParser):
    """Collects what the rules ask about, in one pass."""

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.headings: list[int] = []
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self.alts: list[str | None] = []
        self.tables: list[dict[str, int]] = []
        self.outside: list[str] = []
        self.title = ""
        self._open_title = False
        self.mains = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.ids[values["id"] or ""] += 1
        self._note_address(tag, values)
        if tag == "html":
            self.lang = values.get("lang") or ""
        elif tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))
        elif tag == "img":
            self.alts.append(values.get("alt"))
        elif tag == "main":
            self.mains += 1
        elif tag == "title":
            self._open_title = True
        self._note_table(tag, values)

    def _note_address(self, tag: str, values: dict[str, str | None]) -> None:
        for name in _FETCHING & set(values):
            address = values[name] or ""
            if "//" in address.partition(",")[0] and not address.startswith("data:"):
                self.outside.append(address)
        href = values.get("href") or ""
        if tag == "link":
            self.outside.append(href)
        elif href.startswith("#") and len(href) > 1:
            self.targets.append(href[1:])

    def _note_table(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "table":
            self.tables.append({"caption": 0, "th": 0, "scoped": 0})
        elif tag in ("caption", "th") and self.tables:
            self.tables[-1][tag] += 1
            self.tables[-1]["scoped"] += tag == "th" and "scope" in values

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._open_title = False

    def handle_data(self, data: str) -> None:
        if self._open_title:
            self.title += data


def is_placeholder(alt: str) -> bool:
    """Say whether a tool or a hurried hand put this in place of a description.

    Examples
    --------
    >>> is_placeholder("Chart."), is_placeholder("Smoking fell to 11 %")
    (True, False)
    """
    return alt.strip().rstrip(".").lower() in PLACEHOLDERS


def page_faults(text: str) -> list[str]:
    """Return every fault of a page in plain words; an empty list when there is none.

    Examples
    --------
    >>> page_faults('<html lang="en-GB"><title>T</title><main><h1>A</h1><h3>B</h3></main></html>')
    ... # doctest: +ELLIPSIS
    ['heading level 3 follows level 1', ...]
    """
    seen = _Page()
    seen.feed(text)
    seen.close()
    return [*_structure(seen), *_images(seen), *_tables(seen), *frame_faults(text)]


def check_page(text: str, where: str = "") -> None:
    """Raise with every fault of a page at once.

    Raises
    ------
    AccessibilityError
        One line a fault.
    """
    faults = page_faults(text)
    if faults:
        raise AccessibilityError(
            "the page would not be accessible\n" + "\n".join(f"- {fault}" for fault in faults),
            where=where or None,
            remedy="mend the cell, or the figure or table function that made it",
        )


def _structure(seen: _Page) -> Iterator[str]:
    if not seen.lang.startswith("en"):
        yield "the page does not name its language"
    if not seen.title.strip():
        yield "the page has no title"
    if seen.mains != 1:
        yield f"one main landmark was expected, there are {seen.mains}"
    if seen.headings.count(1) != 1:
        yield f"one first-level heading was expected, there are {seen.headings.count(1)}"
    for before, after in zip(seen.headings, seen.headings[1:], strict=False):
        if after > before + 1:
            yield f"heading level {after} follows level {before}"
    doubled = sorted(name for name, count in seen.ids.items() if count > 1)
    if doubled:
        yield "ids used more than once: " + ", ".join(doubled)
    lost = sorted({name for name in seen.targets if name not in seen.ids})
    if lost:
        yield "links to places that are not on the page: " + ", ".join(lost)
    if seen.outside:
        yield "the page would fetch from elsewhere: " + ", ".join(seen.outside[:3])


def _images(seen: _Page) -> Iterator[str]:
    for number, alt in enumerate(seen.alts, start=1):
        if alt is None or not alt.strip():
            yield f"image {number} has no alternative text"
        elif is_placeholder(alt):
            yield f"image {number} has a placeholder for its alternative text: '{alt}'"


def _tables(seen: _Page) -> Iterator[str]:
    for number, table in enumerate(seen.tables, start=1):
        if table["caption"] != 1:
            yield f"table {number} has no caption"
        if not table["th"] or table["scoped"] != table["th"]:
            yield f"table {number} has header cells without scope"
