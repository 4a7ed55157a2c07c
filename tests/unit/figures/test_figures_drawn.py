"""A finished figure: words are required, files are written, HTML is semantic."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from hwb_analysis.errors import AccessibilityError, DataContractError, OutputError
from hwb_analysis.figures import Drawn, trend_chart


def _drawn(**changes: Any) -> Drawn:
    given: dict[str, Any] = {
        "name": "demo",
        "title": "The share fell",
        "subtitle": "Share & people",
        "alt": 'The share fell. Line chart of "share".',
        "caption": "",
        "source": "A publisher",
        "data": pd.DataFrame({"Area": ["A"], "Value (%)": [1.25]}),
        "svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "png": b"png",
        "size": (6.5, 3.6),
    }
    return Drawn(**{**given, **changes})


@pytest.mark.parametrize("missing", ["alt", "title", "source"])
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_figure_without_words_is_refused(missing: str, empty: str) -> None:
    with pytest.raises(AccessibilityError, match=missing):
        _drawn(**{missing: empty})


@pytest.mark.parametrize("name", ["", "../up", "With Space", "a/b"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(DataContractError, match="name of a figure"):
        _drawn(name=name)


def test_a_figure_without_data_is_refused() -> None:
    with pytest.raises(DataContractError, match="no data"):
        _drawn(data=pd.DataFrame({"Area": []}))


def test_html_is_a_figure_with_image_caption_source_and_table() -> None:
    soup = BeautifulSoup(_drawn(caption="Band: limits.").to_html(), "html5lib")
    figure = soup.find("figure")
    image = figure.find("img")
    assert image["alt"] == 'The share fell. Line chart of "share".'
    assert (image["width"], image["height"]) == ("624", "346")
    assert figure.find("figcaption").get_text(" ") == "The share fell Share & people"
    assert "Source: A publisher" in figure.get_text()
    assert "Band: limits." in figure.get_text()
    table = soup.find("details").find("table")
    assert table.caption.get_text() == "Share & people"
    assert [cell.get_text() for cell in table.tbody.find_all(["th", "td"])] == ["A", "1.3"]


def test_the_image_is_the_svg_itself() -> None:
    drawn = _drawn()
    source = BeautifulSoup(drawn.to_html(), "html5lib").find("img")["src"]
    head, _, code = source.partition(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(code).decode() == drawn.svg


def test_the_page_shows_the_short_table_and_the_file_holds_all_rows(tmp_path: Path) -> None:
    drawn = _drawn(table=pd.DataFrame({"District": ["D"], "Areas": [7]}))
    assert "District" in drawn.to_html()
    assert "Value (%)" not in drawn.to_html()
    drawn.write(tmp_path)
    assert (tmp_path / "demo.csv").read_text() == "Area,Value (%)\nA,1.25\n"


def test_three_files_are_written_below_a_new_folder(tmp_path: Path) -> None:
    paths = _drawn().write(tmp_path / "new" / "figures")
    assert [p.name for p in paths] == ["demo.svg", "demo.png", "demo.csv"]
    assert all(p.is_file() for p in paths)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(OutputError) as caught:
        _drawn().write(taken)
    assert caught.value.where == str(taken)


def test_same_input_gives_the_same_bytes(
    series: Callable[..., pd.DataFrame], words: dict[str, str]
) -> None:
    frame = series(["2018", "2019", "2020", "2021"], [40.0, 41.0, 39.5, 38.0])
    first, second = (trend_chart(frame, unit="%", **words) for _ in range(2))
    assert first.svg == second.svg
    assert first.png == second.png


def test_the_svg_needs_no_font_no_network_and_no_date(
    series: Callable[..., pd.DataFrame], words: dict[str, str]
) -> None:
    drawn = trend_chart(series(["2018", "2019"], [40.0, 41.0]), unit="%", **words)
    root = ElementTree.fromstring(drawn.svg)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "path" in tags
    assert not tags & {"text", "image", "script", "date"}
    links = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert all(link.startswith("#") for link in links)
