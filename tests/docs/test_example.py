"""The example reports in the repository are those that the product makes today."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

import hwb_analysis as hwb
from hwb_analysis.assessment import as_rows, judge
from tools import example

STALE = "the example is stale: make it again with `make example`"


def test_the_example_rests_on_the_snapshot_and_registry_of_today() -> None:
    kept = json.loads((example.EXAMPLE / example.FACTS).read_text(encoding="utf-8"))
    assert kept == example.facts(), STALE


def test_the_example_has_the_figures_and_verdicts_of_today() -> None:
    text = (example.EXAMPLE / "board.csv").read_text(encoding="utf-8")
    kept = list(csv.DictReader(io.StringIO(text)))
    context = hwb.make_context(hwb.load_strategy(), hwb.current_snapshot(), as_of=example.AS_OF)
    found = hwb.assess_all(context)
    now = as_rows(found, judge(context, found, page="the whole strategy"))
    assert len(kept) == len(now)
    for old, new in zip(kept, now, strict=True):
        said = {name: "" if value is None else str(value) for name, value in new.items()}
        assert old == said, STALE


@pytest.mark.parametrize("kind", example.FORMATS)
def test_every_format_is_there_and_small(kind: str) -> None:
    path = example.EXAMPLE / example.PRIORITY / f"report.{kind}"
    assert path.is_file()
    assert path.stat().st_size > 10_000


def test_the_example_is_small_as_a_whole() -> None:
    size = sum(p.stat().st_size for p in example.EXAMPLE.rglob("*") if p.is_file())
    assert size < 3_000_000


def test_no_link_of_the_example_is_dead() -> None:
    """Every page leads only to files that are kept, whatever a run links to."""
    for page in example.EXAMPLE.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for address in re.findall(r'<a [^>]*href="([^"#:]+)(?:#[^"]*)?"', text):
            assert (page.parent / address).is_file(), f"{page.name} leads to {address}. {STALE}"
