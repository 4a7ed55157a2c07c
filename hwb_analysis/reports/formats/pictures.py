"""The pictures of a page as files: SVG for print, PNG for a word processor."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports import embedded
from hwb_analysis.reports.accessibility import is_placeholder
from hwb_analysis.style import PNG_DPI

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

CSS_PIXELS_PER_INCH = 96
PNG = "data:image/png;base64,"
# Set alone on a page of its own size, a drawing becomes a picture of the same size.
_ALONE = "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image(bytes(read({0!r}, encoding: none)), width: {1}in)\n"  # noqa: E501


def place_pictures(soup: BeautifulSoup, page: Path, folder: Path, kind: str) -> int:
    """Write every picture of a page into a folder, point at the files, return how many.

    Parameters
    ----------
    soup
        The page; its ``<img>`` elements are changed in place.
    page
        Where the page stands: beside it the folder ``figures`` may hold a PNG of each SVG.
    folder
        Receives the files.
    kind
        ``"svg"`` or ``"png"``.

    Raises
    ------
    AccessibilityError
        When a picture has no alternative text, or only a placeholder.
    """
    drawn = _drawn_beside(page) if kind == "png" else {}
    images = soup.find_all("img")
    for number, image in enumerate(images, start=1):
        _need_words(image, number, page)
        suffix, content = _content(image, number, page)
        if kind == "png" and suffix == "svg":
            suffix, content = "png", _as_png(content, _inches(image), drawn, folder)
        name = f"figure-{number}.{suffix}"
        (folder / name).write_bytes(content)
        image["src"] = name
        image["width"] = f"{_inches(image):g}in"
        for attribute in ("height", "class"):
            image.attrs.pop(attribute, None)
    return len(images)


def _need_words(image: Tag, number: int, page: Path) -> None:
    alt = str(image.get("alt") or "").strip()
    if not alt or is_placeholder(alt):
        raise AccessibilityError(
            f"picture {number} needs alternative text that says its finding, got '{alt}'",
            where=str(page.name),
            remedy="give the figure its alt text and make the page again",
        )


def _content(image: Tag, number: int, page: Path) -> tuple[str, bytes]:
    source = str(image.get("src") or "")
    if (svg := embedded.content(source)) is not None:
        return "svg", svg
    if source.startswith(PNG):
        return "png", base64.b64decode(source.removeprefix(PNG))
    beside = page.parent / source
    if source and "//" not in source and beside.suffix in (".svg", ".png") and beside.is_file():
        return beside.suffix[1:], beside.read_bytes()
    raise AccessibilityError(
        f"picture {number} stands neither in the page nor beside it: '{source[:60]}'",
        where=page.name,
        remedy="embed the picture in the page as SVG or PNG",
    )


def _inches(image: Tag) -> float:
    shown = str(image.get("width") or "")
    return round(float(shown) / CSS_PIXELS_PER_INCH, 3) if shown.isdigit() else 6.5


def _drawn_beside(page: Path) -> dict[str, Path]:
    # The same drawing has the same bytes, whatever name its files have.
    found = {}
    for svg in sorted((page.parent / "figures").glob("*.svg")):
        png = svg.with_suffix(".png")
        if png.is_file():
            found[_digest(svg.read_bytes())] = png
            # As it stands in the page.
            small = embedded.content(embedded.address(svg.read_text(encoding="utf-8")))
            found[_digest(small or b"")] = png
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _as_png(svg: bytes, inches: float, drawn: dict[str, Path], folder: Path) -> bytes:
    beside = drawn.get(_digest(svg))
    return beside.read_bytes() if beside else rasterise(svg, inches, folder)


def rasterise(svg: bytes, inches: float, folder: Path) -> bytes:
    """Return an SVG as PNG at 200 dots an inch, drawn by the typesetter of the PDF."""
    import typst

    (folder / "alone.svg").write_bytes(svg)
    source = folder / "alone.typ"
    source.write_text(_ALONE.format("alone.svg", inches).replace("'", '"'), encoding="utf-8")
    made: Any = typst.compile(source, root=folder, format="png", ppi=PNG_DPI)
    return bytes(made)
