"""The same inputs give the same bytes, whatever made them: all formats, both engines, a cluster."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hwb_analysis.reports.manifest import checksums

ROOT = Path(__file__).resolve().parents[2]
WAYS = {
    "spawn": ["--engine", "spawn", "--jobs", "2"],
    "fork": ["--engine", "fork", "--jobs", "1"],
    "cluster": ["--cluster", "local:2"],
}
FORMATS = [word for name in ("pdf", "docx", "xlsx") for word in ("--format", name)]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make the reports of a small strategy in each way, hours apart by the clock's name."""
    registry = ROOT / "data" / "strategy" / "examples" / "rutland.yaml"
    found = {}
    for name, words in WAYS.items():
        out = tmp_path_factory.mktemp(name)
        subprocess.run(
            [sys.executable, "-m", "hwb_analysis", "run", "--out", str(out), *words, *FORMATS],
            env={**os.environ, "HWB_STRATEGY": str(registry), "TZ": f"Etc/GMT+{len(found) * 5}"},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        found[name] = (out / "latest").resolve()
    return found


ZIPPED = (".docx", ".xlsx")


@pytest.mark.parametrize("way", ["fork", "cluster"])
def test_every_file_is_the_same(made: dict[str, Path], way: str) -> None:
    one, other = (checksums(made[name], but={"manifest.json"}) for name in ("spawn", way))
    assert one.keys() == other.keys()
    kinds = {Path(name).suffix for name in one}
    assert {".html", ".csv", ".pdf", ".docx", ".xlsx", ".svg", ".png", ".ipynb"} <= kinds
    assert [n for n in one if one[n] != other[n] and not n.endswith(ZIPPED)] == []


@pytest.mark.parametrize("way", ["fork", "cluster"])
def test_zipped_documents_have_the_same_parts(made: dict[str, Path], way: str) -> None:
    for path in made["spawn"].rglob("*"):
        if path.suffix in ZIPPED:
            other = made[way] / path.relative_to(made["spawn"])
            assert _parts(path) == _parts(other), path.name


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in sorted(parts.namelist())}


def test_no_clock_and_no_run_on_a_page(made: dict[str, Path]) -> None:
    for folder in made.values():
        for path in folder.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert folder.name not in text
            assert not re.search(r"\d{8}T\d{6}Z", text)
            assert str(folder.parent.parent) not in text


def test_ids_in_pictures_stand_once_on_a_page(made: dict[str, Path]) -> None:
    pages = 0
    for folder in made["fork"].glob("*/figures"):
        ids: list[str] = []
        for path in folder.glob("*.svg"):
            ids += set(re.findall(r'<clipPath id="([^"]+)"', path.read_text(encoding="utf-8")))
        assert len(ids) == len(set(ids)), folder.parent.name
        pages += bool(ids)
    assert pages
