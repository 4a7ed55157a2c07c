"""The passages of a page: cells of tables, blocks of text, what is spoken, what is embedded."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

from hwb_analysis.disclosure.leak_passage import Passage, plain, png_text, table

# Alternative texts, and other words that a page carries without showing them.
SPOKEN = ("alt", "title", "content", "summary", "value", "label", "placeholder")
CARRIED = ("aria-", "data-")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CELLS, BLOCKS = ("td", "th"), ("p", "li", *HEADINGS, "figcaption", "text", "div", "desc", "title")


class Page(HTMLParser):
    """Collects tables as rows of cells, and all other text by block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Passage] = []
        self.rows: list[list[str]] = []
        self.buffer: list[str] = []
        self.above: dict[str, str] = {}
        self.caption = ""
        self.in_cell = False
        # A table may stand inside a cell of another, which goes on after it.
        self.around: list[tuple[list[list[str]], str, bool]] = []

    @property
    def section(self) -> str:
        """The headings above the place that is being read."""
        return " | ".join(self.above.values())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read what an element carries, and begin what it begins."""
        self._carried(attrs)
        if tag == "br" and self.in_cell:
            # A cell of several lines is one cell: its row says whose numbers they are.
            self.buffer.append(" ")
        elif tag == "table":
            self.flush()
            self.around.append((self.rows, self.caption, self.in_cell))
            self.rows, self.caption, self.in_cell = [], "", False
        elif tag == "tr":
            self.rows.append([])
        elif tag in (*CELLS, *BLOCKS, "caption", "br", "script", "style"):
            self.flush()
            self.in_cell = tag in CELLS or (self.in_cell and tag in BLOCKS)

    def _carried(self, attrs: list[tuple[str, str | None]]) -> None:
        spoken = dict(attrs).get("alt") or ""
        for name, value in attrs:
            if not value:
                continue
            if value.startswith("data:"):
                self.found += (replace(p, section=spoken) for p in _embedded(value))
            elif name in SPOKEN or name.startswith(CARRIED):
                self.found += plain(value, name, self.section)

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a table, a heading or a block."""
        if tag in CELLS and self.around and self.rows:
            self.rows[-1].append(self._taken())
            self.in_cell = False
        elif tag == "caption":
            self.caption = self._taken()
        elif tag == "table":
            self.found += table(self.rows, self.caption, "table row", self.section)
            outer = self.around.pop() if self.around else ([], "", False)
            self.rows, self.caption, self.in_cell = outer
        elif tag in HEADINGS:
            kept = HEADINGS[: HEADINGS.index(tag)]
            self.above = {h: text for h, text in self.above.items() if h in kept}
            self.above[tag] = self.flush()
        elif tag in (*BLOCKS, "script", "style"):
            self.flush()

    def handle_data(self, data: str) -> None:
        """Keep text until its block ends."""
        self.buffer.append(data)

    def handle_comment(self, data: str) -> None:
        """Read a comment: drawings keep the text of their letters there."""
        self.found += plain(data, "comment", self.section)

    def _taken(self) -> str:
        text = re.sub(r"\s+", " ", "".join(self.buffer)).strip()
        self.buffer = []
        return text

    def flush(self) -> str:
        """End the block that is being read and return its text."""
        text = self._taken()
        self.found += plain(text, "text", self.section)
        return text


def html(text: str) -> list[Passage]:
    """Return the passages of a page, or of a drawing."""
    page = Page()
    page.feed(text)
    page.close()
    page.flush()
    return page.found


def _embedded(address: str) -> Iterator[Passage]:
    """Yield the passages of what an address holds in itself."""
    head, _, rest = address.partition(",")
    data = base64.b64decode(rest) if head.endswith(";base64") else unquote_to_bytes(rest)
    if "png" in head:
        yield from png_text(data)
    elif "svg" in head or "html" in head:
        yield from html(data.decode("utf-8", errors="replace"))
    elif head.startswith(("data:text", "data:application/json")):
        yield from plain(data.decode("utf-8", errors="replace"), "line")
