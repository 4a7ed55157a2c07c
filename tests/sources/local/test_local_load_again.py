"""What was shown before is taken into account: nothing follows from the difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.errors import DataContractError, DisclosureError
from hwb_analysis.sources.local.held import HeldFigures, hold
from hwb_analysis.sources.local.published import Published
from hwb_analysis.sources.local.source import LocalFiles

SERIES = "local:training"
WriteLocal = Callable[..., Path]


def _show(folder: Path) -> pd.DataFrame:
    """Show the series to readers once, as a run does at its end."""
    held = hold([SERIES])
    held.remember()
    assert held.folder is not None
    return HeldFigures(held.folder).get([SERIES])


def test_the_first_time_nothing_was_shown_before(local: Path) -> None:
    assert Published(local).read(SERIES) is None
    _show(local)
    assert Published(local).read(SERIES) is not None


def test_the_same_data_again_give_the_same_frame(local: Path) -> None:
    first = _show(local)
    assert hold([SERIES]).files == hold([SERIES]).files
    pd.testing.assert_frame_equal(first, _show(local))


def test_a_new_release_of_the_same_figures_gives_the_same_figures(
    local: Path, write_map: Callable[..., Path]
) -> None:
    first = _show(local)
    write_map(
        {
            "file": "training.csv",
            "series.disclosure": "under-10",
            "columns.value": None,
            "series.release": "2026-11",
        }
    )
    second = _show(local)
    assert set(second["vintage"]) == {"2026-11"}
    pd.testing.assert_frame_equal(
        first.drop(columns="vintage"), second.drop(columns="vintage"), check_like=True
    )


def test_a_count_that_changes_by_one_is_refused(local: Path, write_local: WriteLocal) -> None:
    shown = _show(local)
    write_local(counts={"Charnwood": (85, 150)})
    with pytest.raises(DisclosureError, match="differ from the previous run") as caught:
        LocalFiles(local).shown(SERIES)
    assert caught.value.exit_code == 13
    assert "delete .published/training.parquet" in str(caught.value.remedy)
    assert "84" not in str(caught.value)
    assert "85" not in str(caught.value)
    # What readers hold is not forgotten by a refusal.
    kept = Published(local).read(SERIES)
    pd.testing.assert_frame_equal(kept, shown, check_like=True)


def test_a_count_that_changes_by_many_is_shown(local: Path, write_local: WriteLocal) -> None:
    _show(local)
    write_local(counts={"Charnwood": (120, 190)})
    frame = LocalFiles(local).get([SERIES]).set_index("area")
    assert frame.loc["Charnwood", "count"] == 120
    assert frame.loc["Melton", "status"] == "suppressed"


def test_what_was_withdrawn_is_forgotten(local: Path, write_local: WriteLocal) -> None:
    _show(local)
    write_local(counts={"Charnwood": (85, 150)})
    Published(local).path(SERIES).unlink()
    assert LocalFiles(local).get([SERIES]).set_index("area").loc["Charnwood", "count"] == 85


def test_a_row_that_was_withheld_before_and_is_gone_stays_known(
    local: Path, write_local: WriteLocal
) -> None:
    _show(local)
    table = (local / "training.csv").read_text()
    (local / "training.csv").write_text(table.replace("2023/24", "2024/25"))
    _show(local)
    kept = Published(local).read(SERIES)
    assert kept is not None
    assert set(kept["period"]) == {"2023/24", "2024/25"}


def test_a_stricter_rule_after_figures_were_shown_is_refused(
    local: Path, write_local: WriteLocal
) -> None:
    counts = {"Harborough": (8, 60), "Melton": (30, 60)}
    write_local("under-5", counts)
    _show(local)
    write_local("under-10", counts)
    with pytest.raises(DisclosureError, match="stand in the previous run"):
        LocalFiles(local).shown(SERIES)


def test_a_damaged_memory_is_not_taken_for_none(local: Path) -> None:
    _show(local)
    Published(local).path(SERIES).write_bytes(b"no parquet")
    with pytest.raises(DataContractError, match="cannot be ruled out"):
        LocalFiles(local).shown(SERIES)


def test_only_what_is_shown_lies_beside_the_files(local: Path) -> None:
    _show(local)
    for path in local.rglob("*.parquet"):
        frame = pd.read_parquet(path)
        small = frame["count"].between(1, 9)
        assert not small.any(), path.name
        assert frame.loc[frame["area"] == "Melton", "count"].isna().all()


def test_held_figures_that_were_changed_are_refused(local: Path) -> None:
    held = hold([SERIES])
    assert held.folder is not None
    path = held.folder / "training.parquet"
    pd.read_parquet(path).assign(count=5.0).to_parquet(path, index=False)
    with pytest.raises(DataContractError, match="checksum"):
        HeldFigures(held.folder).get([SERIES])


def test_only_the_newest_held_figures_stay(local: Path, write_local: WriteLocal) -> None:
    for people in range(8):
        write_local(counts={"Charnwood": (100 + 20 * people, 400)})
        newest = hold([SERIES]).folder
    places = list((local / ".shown").iterdir())
    assert len(places) == 5
    assert newest in places


def test_nothing_is_held_for_a_registry_without_local_series(local: Path) -> None:
    held = hold(["cover:mmr2-5y", "local:unmapped"])
    assert held.folder is None
    assert held.files == {}
    assert not (local / ".shown").exists()
