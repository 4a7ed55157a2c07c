"""The worked example of the page is run as it stands there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from hwb_analysis.disclosure import rules

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods" / "disclosure.md"


def test_the_example_gives_what_the_page_prints() -> None:
    found = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert found.attempted >= 8
    assert found.failed == 0


def test_the_page_lists_every_rule_and_every_field() -> None:
    text = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w-]+)`", text))
    assert set(rules()) <= named
    fields = {"lowest", "highest", "zeros", "round_to", "denominators", "complements", "uncounted"}
    assert fields <= named
