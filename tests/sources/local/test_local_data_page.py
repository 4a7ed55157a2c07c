"""The page for officers is run: its map, its file and every example on it."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
import yaml

from hwb_analysis.sources.local.cells import day
from hwb_analysis.sources.local.column_map import MARKS, AboutSeries, ColumnMap, Columns
from hwb_analysis.sources.returns.forms import COMMITMENTS, MEASURES, STATUSES, UNITS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "local-data.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def blocks() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        found.setdefault(kind, []).append(text)
    return found


def test_the_examples_hold(
    blocks: dict[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "training.yaml").write_text(blocks["yaml"][0])
    (tmp_path / "training.csv").write_text(blocks["csv"][0])
    source = "\n".join(blocks["python"])
    test = doctest.DocTestParser().get_doctest(source, {}, PAGE.name, str(PAGE), 0)
    results = doctest.DocTestRunner().run(test)
    assert results.attempted >= 6
    assert results.failed == 0


def test_the_map_on_the_page_is_valid(blocks: dict[str, list[str]]) -> None:
    found = ColumnMap.model_validate(yaml.safe_load(blocks["yaml"][0]))
    assert found.series.received == day("2026-10-31")


def test_every_field_and_word_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    fields = [*ColumnMap.model_fields, *AboutSeries.model_fields, *Columns.model_fields]
    words = [*fields, *STATUSES, *UNITS, *(mark for mark in MARKS if mark)]
    assert not [word for word in words if f"`{word}`" not in text]
    headings = [*MEASURES.headings, *COMMITMENTS.headings]
    assert not [heading for heading in headings if heading.casefold() not in text.casefold()]
