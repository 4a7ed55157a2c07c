"""From an executed notebook to one self-contained, semantic HTML page.

The page asks nothing of the network and needs no script. Code is left out; Markdown
cells and the HTML that the library's own figures and tables emit are kept. Anything
else a cell leaves behind (a bare value, a print, a warning) is dropped and counted.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.accessibility import check_page
from hwb_analysis.reports.embedded import lighten_pictures

HIDDEN_TAGS = frozenset({"hide", "parameters", "injected-parameters", "papermill-error-cell-tag"})
OGL = (
    "Contains public sector information licensed under the Open Government Licence v3.0; "
    "each source is named beside its figures."
)
LICENCE_NAME = "Open Government Licence v3.0"
LICENCE_ADDRESS = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
# Where the registry names no contact.
NOBODY_NAMED = "whoever published this page"
NOTICE = ("<!--notice-->", "<!--/notice-->")
_HEADING = re.compile(r"<h([1-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_REGION = re.compile(r'(role="region"[^>]*? aria-label=")([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')


@dataclass(frozen=True, slots=True)
class PageMeta:
    """What stands around the body of a page: masthead, footer facts and links.

    ``data`` says to which date the figures reach; ``facts`` are pairs of name and
    value; ``links`` are pairs of text and relative address. ``data_date`` is the same
    date for the documents made from the page, ``data`` when empty; ``content_key`` tells
    one content from another, a digest of the page's body when empty. ``contact`` is who
    hears of problems. Neither the clock nor the run belongs here: two runs over the same
    data give the same page.
    """

    product: str
    data: str = ""
    facts: Sequence[tuple[str, str]] = ()
    links: Sequence[tuple[str, str]] = ()
    licence: str = OGL
    version: str = ""
    data_date: str = ""
    content_key: str = ""
    contact: str = NOBODY_NAMED


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page and how many outputs of each kind were left out of it."""

    html: str
    title: str
    dropped: dict[str, int] = field(default_factory=dict)


def page(
    title: str,
    body_html: str,
    *,
    nav: str = "",
    meta: PageMeta,
    description: str = "",
    wide: bool = False,
    notice: str = "",
    extra_css: str = "",
    script: str = "",
) -> str:
    """Return a whole HTML page around a body.

    Parameters
    ----------
    title
        Text of the title element.
    body_html
        Content of the main landmark, trusted HTML.
    nav
        A ``<nav>`` element, for instance from :func:`contents`.
    meta
        Masthead and footer.
    description
        One sentence for the description of the page.
    wide
        Allow 1,200 px, for tables.
    notice
        A plain sentence in a frame above everything, such as "not updated".
    extra_css, script
        Further style and an optional script; the page must work without the script,
        whose checksum the page's security policy then names.

    Examples
    --------
    >>> text = page("Smoking", "<h1>Smoking</h1>", meta=PageMeta("A strategy"))
    >>> text.startswith('<!DOCTYPE html>') and 'lang="en-GB"' in text
    True
    """
    from markupsafe import Markup

    css = Markup(_asset("page.css") + _asset("measures.css"))
    template = _environment().get_template("page.html.jinja")
    return str(
        template.render(
            title=title,
            body=Markup(lighten_pictures(name_regions(body_html))),
            nav=Markup(nav),
            meta=meta,
            description=description,
            wide=wide,
            css=css,
            extra_css=Markup(extra_css),
            script=Markup(script),
            notice=Markup(_notice(notice)),
            policy=_policy(script),
            licence=Markup(linked_licence(meta.licence)),
            content_key=_key(meta, title, body_html),
        )
    )


def linked_licence(text: str) -> str:
    """Return the sentence on the licence as HTML, the licence's name a link to its text.

    A link asks nothing of the network until a reader follows it.

    Examples
    --------
    >>> linked_licence("Under the Open Government Licence v3.0.").count("<a href=")
    1
    """
    link = f'<a href="{LICENCE_ADDRESS}">{LICENCE_NAME}</a>'
    return html.escape(text, quote=False).replace(LICENCE_NAME, link, 1)


def name_regions(body: str) -> str:
    """Give each scrolling region a name of its own, for those who move from one to another.

    Examples
    --------
    >>> name_regions('<div role="region" aria-label="A"></div>' * 2)
    '<div role="region" aria-label="A"></div><div role="region" aria-label="A (2)"></div>'
    """
    seen: Counter[str] = Counter()

    def name(match: re.Match[str]) -> str:
        seen[match[2]] += 1
        number = seen[match[2]]
        return match[0] if number == 1 else f'{match[1]}{match[2]} ({number})"'

    return _REGION.sub(name, body)


def _key(meta: PageMeta, title: str, body: str) -> str:
    # The key of what the page was made from, where the run knows it; else of what it says.
    if any(name == "Content key" for name, _ in meta.facts):
        return ""
    return meta.content_key or digest(title, body)


def digest(*texts: str) -> str:
    """Return twelve letters that tell these texts from any others.

    Examples
    --------
    >>> digest("a", "b") == digest("a", "b") != digest("ab", "")
    True
    """
    whole = hashlib.sha256()
    for text in texts:
        whole.update(hashlib.sha256(text.encode()).digest())
    return whole.hexdigest()[:12]


def _policy(script: str) -> str:
    # Nothing may be fetched at all; a script runs only when it is the one we wrote.
    rules = ["default-src 'none'", "img-src data: 'self'", "style-src 'unsafe-inline'"]
    if script:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        rules.append(f"script-src 'sha256-{digest}'")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _notice(text: str) -> str:
    shown = f'<div class="notice" role="note"><p>{html.escape(text)}</p></div>' if text else ""
    return NOTICE[0] + shown + NOTICE[1]


def set_notice(page_html: str, text: str) -> str:
    """Return the page with its notice replaced; an empty text takes the notice away.

    Examples
    --------
    >>> old = page("T", "<h1>T</h1>", meta=PageMeta("P"))
    >>> "Not updated" in set_notice(old, "Not updated on 1 May 2026.")
    True
    """
    before, mark, rest = page_html.partition(NOTICE[0])
    _, _, after = rest.partition(NOTICE[1])
    if not mark:
        raise AccessibilityError(
            "the page has no place for a notice", remedy="build it with reports.render.page"
        )
    return before + _notice(text) + after


def render_notebook(
    notebook: Any, *, meta: PageMeta, title: str = "", description: str = "", back: str = ""
) -> Rendered:
    """Turn an executed notebook into a page.

    Parameters
    ----------
    notebook
        Executed notebook node (nbformat 4).
    meta
        Masthead and footer.
    title
        Used when the notebook has no first-level heading.
    description
        One sentence for the description of the page.
    back
        Relative address of the Board page, linked above the contents.

    Raises
    ------
    AccessibilityError
        Every fault of the finished page at once: heading order, an image without
        alternative text, a table without caption, an id used twice.
    """
    dropped: Counter[str] = Counter()
    parts = [part for cell in notebook.cells for part in _cell(cell, dropped)]
    body = "\n".join(parts)
    first = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    shown = _plain(first[1]) if first else title
    if not first:
        body = f"<h1>{html.escape(title)}</h1>\n{body}"
    body, headings = number_headings(body)
    nav = contents(headings, back=back)
    # The table of measures has nine columns: in a narrow page their words would break.
    wide = 'class="measures"' in body
    finished = page(shown, body, nav=nav, meta=meta, description=description, wide=wide)
    check_page(finished)
    return Rendered(finished, shown, dict(dropped))


def _cell(cell: Any, dropped: Counter[str]) -> list[str]:
    if HIDDEN_TAGS & set(cell.metadata.get("tags", [])):
        return []
    if cell.cell_type == "markdown":
        return [markdown(cell.source)]
    if cell.cell_type != "code":
        return []
    return [part for output in cell.get("outputs", []) if (part := _output(output, dropped))]


def _output(output: Any, dropped: Counter[str]) -> str:
    if output.output_type == "stream":
        dropped[output.name] += 1
        return ""
    data = output.get("data", {})
    if "text/html" in data:
        return _text(data["text/html"])
    if "text/markdown" in data:
        return markdown(_text(data["text/markdown"]))
    if any(kind.startswith("image/") for kind in data):
        raise AccessibilityError(
            "a cell shows a bare image, which has no alternative text",
            remedy="show figures with hwb_analysis.reports.emit.show",
        )
    dropped["plain text" if "text/plain" in data else output.output_type] += 1
    return ""


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def markdown(text: str) -> str:
    """Return Markdown as HTML; HTML written inside it is shown as text.

    Examples
    --------
    >>> markdown("Some **words**")
    '<p>Some <strong>words</strong></p>'
    """
    return str(_parser().render(text)).strip()


def number_headings(body: str) -> tuple[str, list[tuple[int, str, str]]]:
    """Give every heading without an id one, and return level, id and text of all.

    Examples
    --------
    >>> number_headings("<h2>What we see</h2><h2>What we see</h2>")[0]
    '<h2 id="what-we-see">What we see</h2><h2 id="what-we-see-2">What we see</h2>'
    """
    used = set(_ID.findall(body))
    found: list[tuple[int, str, str]] = []

    def give(match: re.Match[str]) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        text = _plain(inner)
        own = _ID.search(attributes)
        name = own[1] if own else _unused(slug(text), used)
        used.add(name)
        found.append((level, name, text))
        return match[0] if own else f'<h{level}{attributes} id="{name}">{inner}</h{level}>'

    return _HEADING.sub(give, body), found


def slug(text: str) -> str:
    """Return the text as an id: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


def _unused(name: str, used: set[str]) -> str:
    number, wanted = 2, name
    while wanted in used:
        wanted, number = f"{name}-{number}", number + 1
    return wanted


def _plain(inner: str) -> str:
    return html.unescape(_TAG.sub("", inner)).strip()


def contents(headings: Sequence[tuple[int, str, str]], *, back: str = "") -> str:
    """Return the table of contents: second-level headings with their third-level ones."""
    items: list[str] = []
    for level, name, text in headings:
        link = f'<li><a href="#{name}">{html.escape(text)}</a>'
        if level == 2:
            items.append(link)
        elif level == 3 and items:
            items[-1] += f"{'' if '<ol>' in items[-1] else '<ol>'}{link}</li>"
    closed = [item + ("</ol></li>" if "<ol>" in item else "</li>") for item in items]
    top = f'<p class="back"><a href="{html.escape(back)}">All priorities</a></p>' if back else ""
    if not closed:
        return f'<nav class="contents" aria-label="Pages">{top}</nav>' if top else ""
    listing = "<ol>" + "".join(closed) + "</ol>"
    return (
        f'<nav class="contents" aria-label="Contents">{top}'
        f"<details><summary>On this page</summary>{listing}</details></nav>"
    )


@cache
def _environment() -> Any:
    from jinja2 import DictLoader, Environment

    loader = DictLoader({"page.html.jinja": _asset("page.html.jinja")})
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _asset(name: str) -> str:
    return (files("hwb_analysis.reports") / "assets" / name).read_text(encoding="utf-8")
