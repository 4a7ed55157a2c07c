"""Mistakes of officers in the folder of local files: told where they are, and no more stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hwb_analysis.errors import DataContractError, HwbError, OutputError
from hwb_analysis.sources.local.column_map import read_map
from hwb_analysis.sources.local.faults import MapError
from hwb_analysis.sources.local.folder import any_local
from hwb_analysis.sources.local.held import hold
from hwb_analysis.sources.local.source import LocalFiles

SERIES = "local:training"
WriteMap = Callable[..., Path]


def own_map(folder: Path) -> Path:
    return next(path for path in folder.glob("*.yaml"))


def test_a_broken_map_of_another_series_stops_no_run(local: Path) -> None:
    (local / "unfinished.yaml").write_text("schema_version: 1\n")
    assert hold([SERIES]).series == (SERIES,)
    assert SERIES in LocalFiles(local).series
    with pytest.raises(MapError, match=r"unfinished\.yaml line 1"):
        LocalFiles(local).list()


def test_a_broken_map_that_may_be_the_one_stops_it(local: Path) -> None:
    own_map(local).write_text("schema_version: 1\n")
    with pytest.raises(HwbError, match="series: the field 'series' is missing"):
        hold([SERIES])


def test_two_maps_of_one_series_stop_it_and_of_another_do_not(local: Path) -> None:
    text = own_map(local).read_text()
    for name in ("one.yaml", "two.yaml"):
        (local / name).write_text(text.replace(SERIES, "local:other"))
    assert hold([SERIES]).series == (SERIES,)
    (local / "again.yaml").write_text(text)
    with pytest.raises(DataContractError, match="two maps describe the series 'local:training'"):
        hold([SERIES])


def test_a_map_may_be_called_yml(local: Path) -> None:
    own_map(local).rename(local / "training.yml")
    assert any_local()
    assert hold([SERIES]).series == (SERIES,)


def test_a_map_in_the_making_of_an_editor_is_none(local: Path) -> None:
    (local / ".training.yaml").write_text("half a m")
    assert LocalFiles(local).list() == (SERIES,)


def test_what_could_not_be_noted_is_not_shown(local: Path) -> None:
    (local / ".published").write_text("somebody's notes")
    with pytest.raises(OutputError, match="cannot be noted") as caught:
        hold([SERIES])
    assert caught.value.exit_code == 17
    assert not (local / ".shown").exists()


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"rule": "under-10", "complement": "protected"}, "did you mean 'complements'"),
        ({"rule": "under-10", "highest": -3}, "highest must be a whole number"),
        ({"rule": "under-10", "zeros": "hidden"}, "zeros must be one of shown, protected"),
        ("under-ten", "did you mean 'under-5'"),
    ],
)
def test_a_rule_that_is_none_is_told_with_its_line(
    write_map: WriteMap, rule: object, said: str
) -> None:
    path = write_map({"series.disclosure": rule})
    with pytest.raises(MapError, match=r"map\.yaml line") as caught:
        read_map(path)
    assert said in str(caught.value)
    assert "series.disclosure" in str(caught.value)
