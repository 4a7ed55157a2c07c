"""Column maps: every broken rule named with its line; no path leads out of the folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hwb_analysis.disclosure.rules import rules as published_rules
from hwb_analysis.errors import DataContractError, DisclosureError, UsageError
from hwb_analysis.frame import conform, validate
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.local import LocalFiles, MapError, load_check, read_map
from hwb_analysis.sources.local.folder import inside
from hwb_analysis.sources.local.load import read_truth
from hwb_analysis.sources.local.rules import rule_set, rule_sets

GOOD = "District,Year,Trained,Staff,Per cent\nBlaby,2023/24,12,120,10\n"
BROKEN: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no unit": ({"series.unit": None}, ("series", "'unit' is missing")),
    "no publisher": ({"series.publisher": None}, ("series", "'publisher' is missing")),
    "no licence": ({"series.licence": None}, ("series", "'licence' is missing")),
    "unknown field": ({"series.colour": "red"}, ("series.colour", "'colour' is unknown")),
    "id of another source": ({"series.id": "els:training"}, ("series.id", "local:")),
    "basis of no kind": ({"series.basis": "guess"}, ("series.basis", "'guess' came")),
    "rule of no name": ({"series.disclosure": "under-9"}, ("series.disclosure", "under-5")),
    "day of no form": ({"series.received": "soon"}, ("series.received", "'soon' came")),
    "neither column nor constant": ({"columns.area": {}}, ("columns.area", "either")),
    "both column and constant": ({"columns.area.constant": "E07000129"},
                                 ("columns.area", "either")),
    "no period": ({"columns.period": None}, ("columns", "'period' is missing")),
    "a start without an end": ({"columns.period": {"start": "From"}}, ("start: with end:",)),
    "length of no form": ({"columns.period.length": "1 year"}, ("columns.period.length",)),
    "format of no form": ({"columns.period.format": "dd/mm"}, ("columns.period", "%d/%m/%Y")),
    "no figures": ({"columns.value": None, "columns.count": None}, ("columns", "write value:")),
    "one limit": ({"columns.lower_95": {"column": "Low"}}, ("columns", "both lower_95:")),
    "scale of no word": ({"columns.value.scale": "per mille"}, ("columns.value.scale",)),
    "header row of nothing": ({"header_row": 0}, ("header_row", "0 came")),
    "mark of no meaning": ({"missing": {"z": "unknown"}}, ("missing.z", "suppressed")),
    "two decimal signs": ({"decimal": ".,"}, ("decimal",)),
    "another version": ({"schema_version": 2}, ("schema_version",)),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_map_names_its_line(name: str, write_map: Callable[..., Path]) -> None:
    changes, says = BROKEN[name]
    with pytest.raises(MapError) as caught:
        read_map(write_map(changes))
    text = str(caught.value)
    assert "map.yaml line " in text
    assert all(part in text for part in says), text
    assert caught.value.exit_code == 10


def test_every_fault_of_a_map_at_once(write_map: Callable[..., Path]) -> None:
    path = write_map({"series.unit": None, "series.basis": "guess", "header_row": 0})
    with pytest.raises(MapError, match="3 rules of the map are broken"):
        read_map(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("series: [", "not valid YAML"),
        ("a: 1\na: 2\n", "stands twice"),
        ("a: &x [1]\nb: *x\n", "without anchors"),
        ("- 1\n", "map"),
        ("", "map"),
        ("a: !!python/object/apply:os.system ['id']\n", "tag"),
        ("x" * 2_000_000, "larger than 1 MiB"),
    ],
    ids=["syntax", "doubled", "anchors", "list", "empty", "tag", "huge"],
)
def test_what_is_no_map(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MapError, match=says):
        read_map(path)


def test_a_map_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="the map cannot be read"):
        read_map(tmp_path / "none.yaml")


PATHS = (
    "../secret.csv",
    "a/../../secret.csv",
    "/etc/passwd",
    "~/secret.csv",
    "C:/secret.csv",
    "C:secret.csv",
    "\\\\server\\share\\secret.csv",
    "..\\secret.csv",
    "file:///etc/passwd",
    "http://example.org/a.csv",
    "a\x00.csv",
    "a\n.csv",
    "..",
)


@pytest.mark.parametrize("name", PATHS)
def test_paths_that_lead_out_are_refused(name: str, write_map: Callable[..., Path]) -> None:
    with pytest.raises(MapError, match="lies outside the folder") as caught:
        load_check(None, write_map({"file": name}))
    assert "\x00" not in str(caught.value)


def test_a_link_that_leads_out_is_refused(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text(GOOD)
    os.symlink(outside, tmp_path / "training.csv")
    with pytest.raises(MapError, match="lies outside the folder"):
        load_check(None, write_map({"file": "training.csv"}))


def test_a_folder_that_is_a_link_out_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    local = tmp_path / "local"
    local.mkdir()
    os.symlink(outside, local / "year")
    with pytest.raises(MapError, match="lies outside"):
        inside(local, "year/a.csv")


def test_a_file_below_the_folder_is_read(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "training.csv").write_text(GOOD)
    assert len(read_truth(write_map({"file": "2026/training.csv"})).frame) == 1


def test_a_map_without_a_file(write_map: Callable[..., Path]) -> None:
    with pytest.raises(MapError, match="names no file"):
        load_check(None, write_map())


def test_the_folder_is_a_source(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    (tmp_path / "training.csv").write_text(GOOD)
    write_map({"file": "training.csv"})
    source: Source = LocalFiles(tmp_path)
    assert source.list() == ("local:training",)
    frame = source.get(["local:training"])
    assert validate(frame) is frame
    assert "withheld" in frame.attrs["disclosure"]["local:training"]
    assert conform(source.get([])).empty
    with pytest.raises(UsageError, match="no map"):
        source.get(["local:trainin"])


def test_two_maps_for_one_series(tmp_path: Path, write_map: Callable[..., Path]) -> None:
    first = write_map()
    (tmp_path / "other.yaml").write_text(first.read_text())
    with pytest.raises(DataContractError, match="two maps describe"):
        LocalFiles(tmp_path).list()


@pytest.mark.parametrize("name", ["suppress-1-7-round-5", "under-10", "under-5", "published"])
def test_rule_sets_are_those_of_disclosure_control(name: str) -> None:
    ours, theirs = rule_set(name), published_rules()[name]
    counts = range(60)
    assert [ours.hides(n) for n in counts] == theirs.protects(list(counts)).tolist()
    assert [ours.rounded(n) for n in counts] == theirs.released(list(counts)).tolist()
    assert set(rule_sets()) == set(published_rules())


def test_a_rule_set_with_fields_of_its_own() -> None:
    assert rule_set({"rule": "under-10", "highest": 11}).hides(11)
    with pytest.raises(DisclosureError, match="no disclosure rule set 'under-9'"):
        rule_set("under-9")
