"""Markdown that people wrote, made safe and fit for a page.

HTML is shown as text, pictures are refused, links lead to whole addresses only, tables get
what the accessibility rules ask for, and headings take the level of their place. Faults
are gathered with their lines and never mended in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

SCHEMES = ("https://", "http://", "mailto:")
VAGUE = frozenset({"", "here", "click here", "link", "this link", "more", "read more", "this"})
DEEPEST = 6
TABLE_WORD = "Table:"


@dataclass(frozen=True, slots=True)
class TextFault:
    """One fault: its line (0 where the whole file is meant), what is wrong, what to do."""

    line: int
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of blocks: HTML, or the cells of a table as they were written."""

    html: str
    cells: tuple[tuple[str, ...], ...] = ()
    line: int = 0


@cache
def parser() -> MarkdownIt:
    """Return the parser: no HTML, no code by indenting, tables and strikethrough."""
    from markdown_it import MarkdownIt

    # Eight spaces before a line are a slip of the hand, not a program.
    made = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return made.disable("code")


def inline(text: str) -> str:
    """Return one line of Markdown as HTML.

    Examples
    --------
    >>> inline("**More** <b>visits</b>")
    '<strong>More</strong> &lt;b&gt;visits&lt;/b&gt;'
    """
    return str(parser().renderInline(text))


def faults_of(text: str, first_line: int = 1) -> list[TextFault]:
    """Return every fault of a text; lines are counted from ``first_line``.

    Examples
    --------
    >>> [f.rule for f in faults_of("![a](b.png) and [here](https://example.org)")]
    ["a picture ('a')", "the words of a link ('here') do not say where it leads"]
    """
    tokens = parser().parse(text)
    return [fault for token in tokens for fault in _faults(token, first_line)]


def _faults(token: Token, first_line: int) -> Iterator[TextFault]:
    line = first_line + (token.map[0] if token.map else 0)
    inner = token.children or []
    for place, child in enumerate(inner):
        if child.type == "image":
            rule = f"a picture ('{child.content}')"
            yield TextFault(line, rule, "describe in words what it shows; pictures are not read")
        elif child.type == "link_open":
            yield from _link(child, inner[place + 1 :], line)


def _link(opened: Token, rest: Sequence[Token], line: int) -> Iterator[TextFault]:
    said = ""
    for child in rest:
        if child.type == "link_close":
            break
        said += child.content
    address = str(opened.attrGet("href") or "")
    if not address.lower().startswith(SCHEMES):
        rule = f"the link to '{address}' has no whole address"
        yield TextFault(line, rule, "start it with https://")
    if " ".join(said.lower().split()).rstrip(".") in VAGUE:
        rule = f"the words of a link ('{said}') do not say where it leads"
        yield TextFault(line, rule, "name the page that it leads to")


def pieces(text: str, *, level: int, title: str) -> list[Piece]:
    r"""Return a text as pieces, every table a piece of its own.

    Parameters
    ----------
    text
        Markdown without faults.
    level
        Level of its highest headings on the page.
    title
        Names tables without a line ``Table: ...`` before them.

    Examples
    --------
    >>> pieces("# A\n\nText", level=3, title="T")[0].html
    '<h3>A</h3>\n<p>Text</p>\n'
    """
    tokens = parser().parse(text)
    _shift(tokens, level)
    _wrap_code(tokens)
    out: list[Piece] = []
    start = count = 0
    for place, token in enumerate(tokens):
        if token.type != "table_open":
            continue
        end = next(i for i in range(place, len(tokens)) if tokens[i].type == "table_close")
        before, caption = _caption(tokens[start:place])
        count += 1
        out.append(Piece(_render(before)))
        out.append(_table(tokens[place : end + 1], caption or f"{title}, table {count}"))
        start = end + 1
    out.append(Piece(_render(tokens[start:])))
    return [piece for piece in out if piece.html]


def _render(tokens: Sequence[Token]) -> str:
    made = parser()
    return str(made.renderer.render(tokens, made.options, {}))


def _shift(tokens: Sequence[Token], level: int) -> None:
    """Give headings the levels of their place, without a jump."""
    opened = [t for t in tokens if t.type == "heading_open"]
    closed = [t for t in tokens if t.type == "heading_close"]
    highest = min((int(t.tag[1]) for t in opened), default=1)
    before = level - 1
    for first, last in zip(opened, closed, strict=True):
        wanted = level + int(first.tag[1]) - highest
        before = min(wanted, before + 1, DEEPEST)
        first.tag = last.tag = f"h{before}"


def _wrap_code(tokens: Sequence[Token]) -> None:
    # Long lines would scroll, and a frame that scrolls must be reachable by keyboard.
    for token in tokens:
        if token.type == "fence":
            token.type, token.tag, token.info = "html_block", "", ""
            token.content = f'<p style="white-space: pre-wrap">{escape(token.content)}</p>\n'


def _caption(before: Sequence[Token]) -> tuple[Sequence[Token], str]:
    """Take a last paragraph ``Table: ...`` as the caption of the table that follows."""
    if len(before) >= 3 and before[-1].type == "paragraph_close":
        said = before[-2].content
        if said.startswith(TABLE_WORD):
            return before[:-3], said.removeprefix(TABLE_WORD).strip()
    return before, ""


def _table(tokens: Sequence[Token], caption: str) -> Piece:
    rows: list[list[Any]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content)
    line = tokens[0].map[0] if tokens[0].map else 0
    return Piece(
        table_html([inline(head) for head in rows[0]], _body(rows[1:]), caption),
        tuple(tuple(str(cell).strip() for cell in row) for row in rows),
        line,
    )


def _body(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[inline(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """Return a table of cells that are HTML, with caption and scoped headings."""
    head = "".join(f'<th scope="col">{h.strip() or "(no heading)"}</th>' for h in heads)
    body = "\n".join(
        f'<tr><th scope="row">{row[0].strip() or "–"}</th>'
        + "".join(f"<td>{cell.strip() or '–'}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{label}">\n'
        f'<table class="hwb-table"><caption>{escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n</div>\n"
    )
