"""Another authority is another registry: no name or code of this one stands in the package."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hwb_analysis"
REGISTRIES = sorted((ROOT / "data" / "strategy").glob("*.yaml"))
SUFFIXES = {".py", ".css", ".html", ".j2", ".yaml", ".json", ".md"}
FILES = [
    path
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in SUFFIXES and "_bundled" not in path.parts
]


def _own_areas() -> dict[str, str]:
    """Return code and name of the authority, its region, its districts and its neighbours."""
    own: dict[str, str] = {}
    for registry in REGISTRIES:
        area = yaml.safe_load(registry.read_text(encoding="utf-8"))["area"]
        own |= {a["code"]: a["name"] for a in (area, area["region"], *area["districts"])}
    with (ROOT / "data" / "lookups" / "areas.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return own | {r["area_code"]: r["area"] for r in rows if r["parent_code"] in own}


@cache
def _pattern() -> re.Pattern[str]:
    words = {word for pair in _own_areas().items() for word in pair}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})", re.IGNORECASE)


def test_the_authority_and_its_districts_are_looked_for() -> None:
    assert REGISTRIES
    assert len(_own_areas()) >= 9


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_name_or_code_of_the_authority(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [
        f"line {text.count(chr(10), 0, m.start()) + 1}: {m[0]}" for m in _pattern().finditer(text)
    ]
    assert not found, f"{path.name} names the authority ({'; '.join(found)}); put it into the data"
