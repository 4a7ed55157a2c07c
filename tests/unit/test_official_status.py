"""What sources were published as: only what a page says, and the rest is said to be unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwb_analysis.errors import DataContractError
from hwb_analysis.sources.official import FILE, OfficialStatus, named_together, published_as
from hwb_analysis.sources.snapshot import current_snapshot


def _data(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "lookups").mkdir()
    (folder / "lookups" / FILE).write_text(text, encoding="utf-8")
    monkeypatch.setenv("HWB_DATA_DIR", str(folder))


def test_the_census_is_accredited_and_the_reason_names_who_says_so() -> None:
    found = published_as("census2021")
    assert found.status is OfficialStatus.ACCREDITED
    assert "Office for Statistics Regulation" in found.because


def test_sums_of_quarters_are_not_called_accredited() -> None:
    """The annual table is accredited up to 2023/24; what is added up here is not that table."""
    assert published_as("cover-annual").status is OfficialStatus.OFFICIAL


def test_every_origin_that_is_listed_is_one_of_the_snapshot() -> None:
    known = set(current_snapshot().origins)
    told = named_together(known)
    assert sum(int(part.split(" ", 1)[0]) for part in told.split(", ")) == len(known)
    looked_up = [o for o in known if published_as(o).status is not OfficialStatus.UNKNOWN]
    assert len(looked_up) >= 20
    assert all(published_as(o).because for o in looked_up)


def test_a_data_folder_without_the_list_knows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWB_DATA_DIR", str(tmp_path))
    assert published_as("census2021").status is OfficialStatus.UNKNOWN


@pytest.mark.parametrize(
    "entry",
    [
        "{status: official statistics}",
        "{status: very official, because: a page}",
        "{status: not looked up, because: a page}",
        "official statistics",
    ],
)
def test_a_status_without_a_page_or_of_another_name_is_refused(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _data(tmp_path, f"census2021: {entry}\n", monkeypatch)
    with pytest.raises(DataContractError, match="census2021"):
        published_as("census2021")
