"""A measure whose only series is a local one, from its file to the pages of a whole run."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from hwb_analysis.assessment import assess_all, make_context
from hwb_analysis.errors import DisclosureError, UsageError
from hwb_analysis.reports import runner
from hwb_analysis.reports.manifest import RunRecord, RunStatus
from hwb_analysis.reports.publish import latest_run
from hwb_analysis.sources.local.held import HeldFigures
from hwb_analysis.sources.local.published import Published
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

SERIES = "local:training"
# Six digits each, so that none can stand anywhere by accident; the small one is tiny.
COUNTS = {
    "Blaby": (314159, 612345),
    "Charnwood": (841237, 1512345),
    "Harborough": (231791, 491237),
    "Hinckley and Bosworth": (451279, 881237),
    "Melton": (3, 150001),
    "North West Leicestershire": (521279, 971237),
    "Oadby and Wigston": (191237, 411237),
}
WriteLocal = Callable[..., Path]


def run(out: Path, registry: Path, **more: Any) -> RunRecord:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HWB_STRATEGY", str(registry))
        strategy = load_strategy(registry)
        return runner.run(["training"], out=out, jobs=1, strategy=strategy, **more)


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every file of a folder as text; what lies in archives, part by part."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        yield path.name, content.decode("utf-8", errors="replace")
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield f"{path.name}/{name}", archive.read(name).decode("utf-8", "replace")


def test_a_run_shows_a_local_measure_and_nothing_that_is_withheld(
    tmp_path: Path, local: Path, write_local: WriteLocal, local_registry: Path
) -> None:
    write_local("under-10", COUNTS)
    formats = ("html", "docx", "xlsx")
    record = run(tmp_path / "out", local_registry, formats=formats)
    assert [r.status for r in record.reports if r.slug == "training"] == [RunStatus.OK]
    folder = latest_run(tmp_path / "out")
    assert folder is not None
    page = (folder / "training" / "report.html").read_text()
    # Of the county, and of a district that is shown.
    assert f"{sum(n for n, _ in COUNTS.values()):,}" in page
    assert "314,159" in page
    assert "withheld to protect small numbers (under 10 withheld)" in page
    assert "2 of 8 figures are withheld" in page
    assert re.search(r"Melton.{0,200}\[c\]", page, re.DOTALL)
    assert "Staff trained" in (folder / "index.html").read_text()
    shown = {row["area"]: row for row in _held_rows(record, local)}
    covers = [area for area in COUNTS if shown[area]["status"] == "suppressed"]
    assert "Melton" in covers
    assert len(covers) == 2
    hidden = [n for area in covers for n in COUNTS[area] if n > 9]
    hidden_texts = {f for n in hidden for f in (str(n), f"{n:,}", f"{n}.0")}
    found = [
        (name, number)
        for place in (folder, tmp_path / "out" / "logs")
        for name, text in texts(place)
        for number in hidden_texts
        if re.search(rf"(?<![\d,.]){re.escape(number)}(?![\d,])", text)
    ]
    assert found == []
    # With all figures but one at hand, a checksum of the file would tell that one.
    digests = {hashlib.sha256(p.read_bytes()).hexdigest() for p in local.glob("*.*") if p.is_file()}
    assert len([name for name in record.inputs if name.startswith("local/")]) == 2
    assert not digests & set(record.inputs.values())


def _held_rows(record: RunRecord, local: Path) -> list[dict[str, object]]:
    listed = next(name for name in record.inputs if name.endswith("shown.json"))
    folder = local / Path(listed).relative_to("local").parent
    frame = HeldFigures(folder).get([SERIES])
    return frame[["area", "status"]].to_dict("records")


def test_a_second_run_takes_reports_over_until_file_or_rule_change(
    tmp_path: Path, local: Path, write_local: WriteLocal, local_registry: Path
) -> None:
    out = tmp_path / "out"

    def made() -> RunStatus:
        return next(r.status for r in run(out, local_registry).reports if r.slug == "training")

    assert [made(), made()] == [RunStatus.OK, RunStatus.REUSED]
    write_local("under-10", {"Charnwood": (120, 190)})
    assert made() is RunStatus.OK
    write_local("suppress-1-7-round-5", {"Charnwood": (120, 190)})
    # Other figures than those that readers hold may follow from another rounding.
    Published(local).path(SERIES).unlink()
    assert made() is RunStatus.OK


def test_a_telling_change_ends_the_run_before_anything_is_written(
    tmp_path: Path, local: Path, write_local: WriteLocal, local_registry: Path
) -> None:
    out = tmp_path / "out"
    first = run(out, local_registry)
    write_local("under-10", {"Charnwood": (85, 150)})
    with pytest.raises(DisclosureError, match="differ from the previous run") as caught:
        run(out, local_registry)
    assert caught.value.exit_code == 13
    assert [p.name for p in (out / "runs").iterdir()] == [first.run_id]
    latest = latest_run(out)
    assert latest is not None
    assert latest.name == first.run_id


def test_a_run_that_is_not_published_is_not_remembered(
    tmp_path: Path, local: Path, local_registry: Path
) -> None:
    class Broken:
        name, inside = "broken", False

        def run_all(self, *_: object) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "out", local_registry, workers=Broken())
    assert Published(local).read(SERIES) is None


def test_a_report_reads_no_local_file_itself(
    tmp_path: Path, local: Path, local_registry: Path
) -> None:
    parameters = 'priority = area = comparator = data_cut = audience = suppression = ""'
    asks = (
        "import hwb_analysis as hwb",
        "from hwb_analysis.sources.local.held import HeldFigures",
        "snapshot = hwb.current_snapshot()",
        "assert isinstance(snapshot.local, HeldFigures), snapshot.local",
        f"frame = hwb.load('{SERIES}')",
        "assert (frame['status'] == 'suppressed').sum() == 2",
        f"hwb.load('{SERIES}', protected=False)",
    )
    cells = [nbformat.v4.new_code_cell(text) for text in (parameters, "\n".join(asks))]
    cells[0].metadata["tags"] = ["parameters"]
    notebook = tmp_path / "own.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), notebook)
    record = run(tmp_path / "out", local_registry, notebook=notebook)
    failed = next(r for r in record.reports if r.slug == "training")
    assert failed.status is RunStatus.FAILED
    assert "not protected" in failed.error


def test_a_series_that_the_registry_does_not_name_is_not_shown() -> None:
    held = HeldFigures(None)
    with pytest.raises(UsageError, match="shows no local series 'local:other'"):
        held.get(["local:other"])


def test_the_board_page_alone_shows_them_protected_and_remembers(
    tmp_path: Path, local: Path, local_registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWB_STRATEGY", str(local_registry))
    out = tmp_path / "out"
    run(out, local_registry)
    Published(local).path(SERIES).unlink()
    written = runner.rebuild_board(out)
    assert "Staff trained" in written.read_text()
    assert Published(local).read(SERIES) is not None


def test_without_the_file_a_measure_says_so(
    tmp_path: Path, local_registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(tmp_path / "none"))
    context = make_context(load_strategy(local_registry), current_snapshot())
    assert assess_all(context)[0].reason == "no local file holds the series local:training here"


def test_a_withheld_figure_of_the_area_itself_is_told(local: Path, local_registry: Path) -> None:
    lines = ["District,Year,Trained,Staff", "Leicestershire,2022/23,40,90"]
    (local / "training.csv").write_text("\n".join([*lines, "Leicestershire,2023/24,4,80", ""]))
    context = make_context(load_strategy(local_registry), current_snapshot())
    found = assess_all(context)[0]
    assert found.latest is not None
    assert found.latest.period.label == "2022/23"
    told = [note for note in found.notes if note.startswith("Leicestershire, 2023/24: withheld")]
    assert len(told) == 1


def test_withheld_districts_stand_beside_those_that_are_shown(
    local: Path, local_registry: Path
) -> None:
    context = make_context(load_strategy(local_registry), current_snapshot())
    found = assess_all(context)[0]
    assert found.districts["value"].notna().all()
    assert set(found.withheld["status"]) == {"suppressed"}
    assert len(found.all_districts) == len(COUNTS)
    assert any("Melton" in note and "withheld" in note for note in found.notes)
