"""The list of characteristics: what it must hold, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwb_analysis.errors import DataContractError
from hwb_analysis.reports.characteristics import CharacteristicPages, load_characteristics
from hwb_analysis.sources.snapshot import current_snapshot

ENTRY = "- {id: age, title: Age, protected: true, absent: None.}\n"


def test_every_series_named_is_in_the_snapshot() -> None:
    """The page refuses a list that names one that is not."""
    snapshot = current_snapshot()
    for entry in load_characteristics():
        assert set(entry.series()) <= set(snapshot.series)
        assert entry.absent.endswith(".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ENTRY * 2, "stands twice"),
        ("- {id: age, title: Age}\n", "does not have the fields"),
        ("- {id: age, title: Age, protected: true, absent: No., colour: red}\n", "colour"),
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the field or the fault."""
    path = tmp_path / "characteristics.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataContractError, match=said):
        load_characteristics(path)


def test_a_series_that_the_data_lack_is_not_published_here(tmp_path: Path) -> None:
    """Another area's snapshot may hold fewer series."""
    path = tmp_path / "characteristics.yaml"
    path.write_text(ENTRY.replace("absent", "about: [none:such], absent"), encoding="utf-8")
    snapshot = current_snapshot()
    entries = load_characteristics(path)
    pages = CharacteristicPages(snapshot, "Area", snapshot.frame(["lait:gld"]), entries)
    assert pages.overview()["Figures"].tolist() == ["not published here"]
    assert pages.figures(entries[0]).empty
    assert load_characteristics(tmp_path / "none.yaml") == ()
