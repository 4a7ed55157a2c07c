"""A finished page made ready for pandoc: one reading order, nothing folded, no navigation.

The HTML page is the only source of the other formats, so that all say the same words in
the same order. What belongs to the screen alone is taken out here: menus, scripts,
scrolling frames, links to pages that do not travel with the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hwb_analysis.errors import OutputError
from hwb_analysis.reports.formats.grid import NUMBER_CLASSES, Grid, read_grid, turned, widths, words
from hwb_analysis.reports.formats.pictures import place_pictures
from hwb_analysis.reports.formats.remarks import number_remarks

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

SCREEN_ONLY = "script, style, nav, .skip, .screen-only, .squares, [data-only=screen], template"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
ABOUT = "About this document"
# What XML forbids, and the two marks that stand for no character at all.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Document:
    """A page without its chrome.

    ``html`` is the body for pandoc, its pictures files in ``folder``; ``grids`` are the
    tables in order; ``about`` are the facts of the footer as pairs of name and value;
    ``brief`` says that the page asks to be set close, to fit on one sheet or two.
    """

    title: str
    product: str
    html: str
    grids: tuple[Grid, ...]
    pictures: int
    about: tuple[tuple[str, str], ...]
    folder: Path
    page: Path
    brief: bool = False


def read_page(page: Path) -> BeautifulSoup:
    """Return a page as a tree, without characters that no document may hold.

    Raises
    ------
    OutputError
        When there is no page, or it has no main part.
    """
    from bs4 import BeautifulSoup

    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(
            f"the page cannot be read: {error}", where=str(page), remedy="make the report again"
        ) from error
    # Twice: a reference such as &#1; becomes a character only when the page is read.
    soup = BeautifulSoup(without_controls(text), "html.parser")
    if soup.find("main") is None:
        raise OutputError(
            "a finished page with a main part was expected, this one has none",
            where=str(page),
            remedy="give the page that the run has made",
        )
    for text_node in soup.find_all(string=_CONTROL):
        text_node.replace_with(without_controls(str(text_node)))
    return soup


def without_controls(text: str) -> str:
    r"""Return the text without control characters; tabs and line ends stay.

    Examples
    --------
    >>> without_controls("a\x00b\nc")
    'ab\nc'
    """
    return _CONTROL.sub("", text)


def prepare(page: Path, folder: Path, pictures: str, *, title: str = "") -> Document:
    """Make a page ready, its pictures as ``"svg"`` or ``"png"`` files in a folder.

    The title is the page's first heading unless another is given.

    Raises
    ------
    AccessibilityError
        When a picture has no alternative text.
    OutputError
        When the page cannot be read.
    """
    soup = read_page(page)
    product, about = words(soup.select_one(".masthead .name")), facts(soup)
    main = soup.find("main")
    assert main is not None
    for gone in main.select(SCREEN_ONLY):
        gone.decompose()
    # What stays off paper is not counted among its pictures.
    count = place_pictures(soup, page, folder, pictures)
    brief = main.select_one("[data-print=brief]") is not None
    heading = _take_title(main)
    for table in main.find_all("table"):
        _legend(soup, table)
    _shown_words(main)
    for table in main.find_all("table"):
        number_remarks(soup, table)
    grids = tuple(_table(soup, table) for table in main.find_all("table"))
    _unfold(soup, main)
    _figures(soup, main)
    _quiet_lines(soup, main)
    _turn(soup, main)
    _headings(main)
    _about(soup, main, about, brief)
    _links(main)
    html = str(main.decode_contents())
    return Document(title or heading, product, html, grids, count, about, folder, page, brief)


def facts(soup: BeautifulSoup) -> tuple[tuple[str, str], ...]:
    """Return what the footer says, as pairs; paragraphs have no name."""
    footer = soup.find("footer")
    if footer is None:
        return ()
    named = zip(footer.find_all("dt"), footer.find_all("dd"), strict=False)
    pairs = [(words(name), words(value)) for name, value in named]
    texts = [
        line
        for line in footer.find_all("p")
        if not line.select_one('a:not([href^="https://"])')
        and words(line)
        and line.find_parent(attrs={"data-only": True}) is None
    ]
    return (*pairs, *(("", _with_addresses(line)) for line in texts))


def _with_addresses(line: Tag) -> str:
    """Return a paragraph's words, on paper each link with the address that it leads to."""
    told = words(line)
    for link in line.find_all("a"):
        told = told.replace(words(link), f"{words(link)} ({link['href']})", 1)
    return told


def _take_title(main: Tag) -> str:
    heading = main.find("h1")
    title = words(heading)
    if heading is not None:
        heading.decompose()
    return title


def _table(soup: BeautifulSoup, table: Tag) -> Grid:
    grid = read_grid(table)
    _keep_places(soup, table)
    _column_widths(soup, table, grid)
    _align(table)
    framed = table.find_parent(class_=["box", "notice"]) or table.find_parent(["li", "td"])
    table["class"] = "turned" if turned(grid) and framed is None else "upright"
    region = table.find_parent(class_="table-scroll")
    if region is not None:
        region.unwrap()
    return grid


def _keep_places(soup: BeautifulSoup, table: Tag) -> None:
    # Rows cannot be linked to in every format; their first cell can.
    for row in table.find_all("tr", id=True):
        first = row.find(["th", "td"])
        if first is not None:
            first.insert(0, soup.new_tag("span", attrs={"id": str(row["id"]), "class": "place"}))
        del row["id"]


def _column_widths(soup: BeautifulSoup, table: Tag, grid: Grid) -> None:
    group = soup.new_tag("colgroup")
    for share in widths(grid):
        group.append(soup.new_tag("col", attrs={"style": f"width: {share:.1%}"}))
    caption = table.find("caption")
    if caption is None:
        table.insert(0, group)
    else:
        caption.insert_after(group)


def _align(table: Tag) -> None:
    for part in table.find_all(["th", "td"]):
        numeric = NUMBER_CLASSES & set(part.get_attribute_list("class"))
        part["align"] = "right" if numeric else "left"


def _legend(soup: BeautifulSoup, table: Tag) -> None:
    """Say below a table what its short marks mean, which a screen tells on pointing at them."""
    meant: dict[str, str] = {}
    for mark in table.find_all("abbr", title=True):
        meant.setdefault(words(mark), str(mark["title"]))
    for hidden in table.select("td > .visually-hidden"):
        before = str(hidden.previous_sibling or "").strip()
        if before and not before.startswith("<"):
            meant.setdefault(before, words(hidden))
    if meant:
        note = soup.new_tag("div", attrs={"class": "table-note"})
        line = soup.new_tag("p")
        line.string = "; ".join(f"{mark}: {meant[mark]}" for mark in sorted(meant)) + "."
        note.append(line)
        table.insert_after(note)


def _shown_words(main: Tag) -> None:
    """Show the words behind a symbol and in row headings; drop other hidden words."""
    for hidden in main.select(".visually-hidden"):
        before = hidden.find_previous_sibling()
        of_symbol = before is not None and before.get("aria-hidden") == "true"
        if of_symbol or hidden.find_parent("th") is not None:
            hidden.unwrap()
        else:
            hidden.decompose()


def _unfold(soup: BeautifulSoup, main: Tag) -> None:
    for details in main.find_all("details"):
        summary = details.find("summary")
        if summary is not None:
            _unfold_summary(summary, captioned=len(details.find_all("table")) == 1)
        details.name = "div"
        details.attrs = {}


def _unfold_summary(summary: Tag, captioned: bool) -> None:
    if captioned:
        # The caption of the table says it again.
        summary.decompose()
    else:
        summary.name = "p"
        summary.attrs = {"class": "summary"}


def _figures(soup: BeautifulSoup, main: Tag) -> None:
    for figure in main.find_all("figure"):
        for title in figure.select(".figure-title"):
            title.name = "strong"
            title.wrap(soup.new_tag("p"))
        for part in reversed(figure.find_all("p", class_=["figure-note", "figure-source"])):
            frame = soup.new_tag("div", attrs={"class": "figure-note"})
            figure.insert_after(frame)
            part.attrs = {}
            frame.append(part.extract())


def _quiet_lines(soup: BeautifulSoup, main: Tag) -> None:
    # Pandoc keeps the class of a division, not that of a paragraph.
    for line in main.find_all("p", class_=["table-note", "small", "summary", "figure-note"]):
        frame = soup.new_tag("div", attrs={"class": line.get_attribute_list("class")[0]})
        line.attrs = {}
        line.wrap(frame)


def _turn(soup: BeautifulSoup, main: Tag) -> None:
    """Frame each table that stands on a page of its own, with the heading before it."""
    for table in main.select("table.turned"):
        before = table.find_previous_sibling()
        frame = soup.new_tag("div", attrs={"class": "turned"})
        table.wrap(frame)
        while before is not None and (before.name in HEADINGS or _is_note(before)):
            above = before.find_previous_sibling()
            frame.insert(0, before.extract())
            before = above


def _is_note(tag: Tag) -> bool:
    return "table-note" in tag.get_attribute_list("class")


def _headings(main: Tag) -> None:
    for heading in main.find_all(HEADINGS):
        heading.name = f"h{max(1, int(heading.name[1]) - 1)}"


def _about(soup: BeautifulSoup, main: Tag, about: tuple[tuple[str, str], ...], brief: bool) -> None:
    if not about:
        return
    if brief:
        note = soup.new_tag("div", attrs={"class": "table-note"})
        line = soup.new_tag("p")
        line.string = " ".join(f"{n}: {value}." if n else value for n, value in about)
        note.append(line)
        main.append(note)
        return
    heading = soup.new_tag("h1", attrs={"id": "about-this-document"})
    heading.string = ABOUT
    main.append(heading)
    for name, value in about:
        line = soup.new_tag("p")
        if name:
            strong = soup.new_tag("strong")
            strong.string = f"{name}: "
            line.append(strong)
        line.append(value)
        main.append(line)


def _links(main: Tag) -> None:
    known = {str(tag["id"]) for tag in main.find_all(id=True)}
    for link in main.find_all("a"):
        address = str(link.get("href") or "")
        inside = address.startswith("#") and address[1:] in known
        if not inside and not address.startswith(("https://", "http://", "mailto:")):
            _without_neighbour(link)
    for tag in _tags_with_style(main):
        del tag["style"]


def _without_neighbour(link: Tag) -> None:
    # A neighbouring page does not travel with the document; its name in a sentence may.
    line = link.parent
    alone = line is not None and line.name in ("p", "li") and words(line) == words(link)
    if line is not None and alone:
        line.decompose()
    else:
        link.unwrap()


def _tags_with_style(main: Tag) -> Iterator[Tag]:
    return (tag for tag in main.find_all(style=True) if tag.name != "col")
