"""From outside: a whole run over unpublished figures, and a search of everything it leaves."""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from hwb_analysis.sources.returns.forms import COMMITMENTS, MEASURES
from hwb_analysis.strategy import load_strategy

STRATEGY = load_strategy()
PRIORITY = STRATEGY.priority("end-of-life")
# Six digits that nothing else has: withheld for want of a count, rounded away, withheld with
# a small count, in a local file; and one that may be read.
UNCOUNTED, ROUNDED, BASE, IN_FILE, SHOWN = 731_946, 418_293, 682_517, 271_643, 593_871
NAMES = ("DYW-EOL-01", "DYW-EOL-02", "DYW-EOL-03")
GIVEN: tuple[dict[str, object], ...] = (
    {"Value": UNCOUNTED, "Unit": "score"},
    {"Value": ROUNDED, "Unit": "count"},
    {"Unit": "%", "Count": 3, "Denominator": BASE},
)
MAP = """
schema_version: 1
file: visits.csv
series:
  id: local:visits
  title: Visits of the team
  unit: count
  value_type: count
  basis: register
  publisher: The team
  licence: not for publication before disclosure control
  release: 2026-10
  received: 2026-10-31
  disclosure: suppress-1-7-round-5
columns:
  area: {column: Where, by: code}
  period: {column: Year}
  count: {column: Visits}
  value: {column: Visits}
"""


@dataclass(frozen=True)
class Done:
    code: int
    told: str
    out: Path


def _fill(folder: Path, note: str) -> None:
    (folder / "returns").mkdir(parents=True, exist_ok=True)
    with (folder / "returns" / "measures.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, MEASURES.headings)
        writer.writeheader()
        for name, row in zip(NAMES, GIVEN, strict=True):
            measure = STRATEGY.measure(name)
            same = {
                "Measure id": name,
                "Measure": measure.title,
                "Wanted direction": "increase",
                "Period start": "2024-04-01",
                "Period end": "2025-03-31",
                "Published": "no",
                "Status": "final",
                "Who": "Team",
                "Date of return": "2025-05-05",
            }
            writer.writerow({**same, **row})
    with (folder / "returns" / "commitments.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, COMMITMENTS.headings)
        writer.writeheader()
        promise = PRIORITY.commitments[0]
        writer.writerow(
            {
                "Commitment id": promise.id,
                "Priority": PRIORITY.title,
                "Commitment": promise.text,
                "Measures served": NAMES[1],
                "Status": "under way",
                "Date of return": "2025-05-05",
                "Note": note,
                "Who": "Team",
            }
        )
    (folder / "visits.yaml").write_text(MAP, encoding="utf-8")
    text = f"Where,Year,Visits\n{STRATEGY.area.code},2024,{IN_FILE}\n"
    (folder / "visits.csv").write_text(text, encoding="utf-8")


def _run(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Done:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(folder / "local"))
    out = folder / "out"
    command = [sys.executable, "-m", "hwb_analysis", "run", "-p", PRIORITY.slug, "--out", str(out)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    return Done(done.returncode, done.stdout + done.stderr, out)


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield all that can be read below a folder, unpacked by means of this test's own."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        text = path.read_bytes().decode("utf-8", errors="replace")
        yield str(path), path.name + "\n" + unquote(text)
        for found in re.findall(r"base64,([A-Za-z0-9+/=]{40,})", text):
            yield f"{path}: base64", base64.b64decode(found).decode("utf-8", errors="replace")
        if path.suffix == ".ipynb":
            yield f"{path}: strings", "\n".join(_strings(json.loads(text)))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    inner = archive.read(name).decode("utf-8", errors="replace")
                    yield f"{path}:{name}", inner + re.sub(r"<[^>]+>", "", inner)
        if path.suffix == ".pdf" and shutil.which("pdftotext"):
            command = ["pdftotext", "-layout", str(path), "-"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            yield f"{path}: text", done.stdout


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    else:
        yield str(node)


def _where(folder: Path, number: int) -> set[str]:
    spelt = (f"{number}", f"{number:,}")
    return {name for name, text in _texts(folder) if any(s in text for s in spelt)}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    folder = tmp_path_factory.mktemp("attacker")
    _fill(folder / "local", note=f"Minute {SHOWN}")
    with pytest.MonkeyPatch.context() as patch:
        formats = [part for kind in ("pdf", "docx", "xlsx") for part in ("--format", kind)]
        yield _run(folder, patch, *formats)


def test_the_run_is_published(published: Done) -> None:
    assert published.code == 0, published.told
    made = {p.suffix for p in (published.out / "latest" / PRIORITY.slug).iterdir()}
    assert {".html", ".ipynb", ".pdf", ".docx", ".xlsx"} <= made


def test_the_search_finds_what_is_shown(published: Done) -> None:
    kinds = {Path(name.split(":")[0]).suffix for name in _where(published.out, SHOWN)}
    assert {".html", ".ipynb", ".docx"} <= kinds


@pytest.mark.parametrize("number", [UNCOUNTED, ROUNDED, BASE, IN_FILE])
def test_what_is_withheld_stands_nowhere(published: Done, number: int) -> None:
    assert _where(published.out, number) == set()


def test_a_note_that_repeats_the_figure_ends_the_command_with_13(
    published: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published.out.parent
    before = (published.out / "latest").resolve()
    _fill(folder / "local", note=f"There were {ROUNDED:,} in all")
    done = _run(folder, monkeypatch)
    assert done.code == 13
    assert "DYW-EOL-02 2024/25, measures.csv row 3" in done.told
    assert "report.html, table row" in done.told
    assert str(ROUNDED) not in done.told.replace(",", "")
    assert (published.out / "latest").resolve() == before
    assert _where(published.out, ROUNDED) == set()
    newest = max((published.out / "runs").iterdir())
    assert [path.name for path in newest.iterdir()] == ["manifest.json"]
    told = json.loads((newest / "manifest.json").read_text(encoding="utf-8"))
    assert "measures.csv row 3" in json.dumps(told["reports"])
