"""Make the example reports that are kept in the repository: `make example`.

The Board page and one priority in every format, from the snapshot, as a reader would get
them. ``example.json`` says what they were made from, so that a test can tell when they
are stale.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from hwb_analysis.paths import data_dir
from hwb_analysis.reports.manifest import sha256
from hwb_analysis.reports.runner import run
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy.registry import find_registry

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "reports" / "example"
PRIORITY = "school-readiness"
FORMATS = ("html", "pdf", "docx", "xlsx")
BOARD = ("index.html", "board.csv", "board.json")
# Ages are counted to a day; a fixed one, so that the example changes only with what it shows.
AS_OF = date(2026, 11, 22)
FACTS = "example.json"


# The record of a run names the machine and the clock; it is not kept, nor is a link to it.
LEFT_OUT = re.compile(r'(?: · )?<a href="(?:\.\./)?(?:manifest\.json|notebook\.ipynb)">[^<]*</a>')


def without_dead_links(page: str) -> str:
    """Return a page without its links to files that the example leaves out.

    Examples
    --------
    >>> without_dead_links('<p><a href="manifest.json">Record</a> · <a href="a.csv">A</a></p>')
    '<p><a href="a.csv">A</a></p>'
    """
    return LEFT_OUT.sub("", page).replace("<p> · ", "<p>")


def facts() -> dict[str, Any]:
    """Return what the example rests on: the snapshot's list of files, and the registry."""
    snapshot = current_snapshot()
    origins = data_dir() / "snapshot" / snapshot.name / "origins.yaml"
    return {
        "snapshot": snapshot.name,
        "origins_sha256": sha256(origins),
        "registry_sha256": sha256(find_registry()),
        "as_of": AS_OF.isoformat(),
        "priority": PRIORITY,
    }


def make(folder: Path = EXAMPLE) -> list[Path]:
    """Write the example into a folder, in place of what stood there."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        cut = {"data_cut": AS_OF.isoformat()}
        record = run([PRIORITY], out=out, formats=FORMATS, parameters=cut)
        if record.failures:
            raise SystemExit(f"the example failed: {record.failures[0].error}")
        shutil.rmtree(folder, ignore_errors=True)
        return _keep((out / "latest").resolve(), folder)


def _keep(made: Path, folder: Path) -> list[Path]:
    wanted = [*BOARD, *(f"{PRIORITY}/report.{kind}" for kind in FORMATS)]
    for name in wanted:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".html"):
            text = (made / name).read_text(encoding="utf-8")
            place.write_text(without_dead_links(text), encoding="utf-8")
        else:
            shutil.copyfile(made / name, place)
    facts_text = json.dumps(facts(), indent=1) + "\n"
    (folder / FACTS).write_text(facts_text, encoding="utf-8")
    return [folder / name for name in (*wanted, FACTS)]


def main() -> int:
    """Make the example and say what it weighs."""
    written = make()
    size = sum(path.stat().st_size for path in written)
    print(f"{len(written)} files, {size / 1e6:.1f} MB, in {EXAMPLE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
