"""The quoted table of contributors: its shares add up, and its caution is required."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hwb_analysis.errors import RegistryError
from hwb_analysis.strategy import Strategy, load_strategy

SMALL = Path(__file__).parent / "registry_files" / "northshire.yaml"
TABLE: dict[str, Any] = {
    "title": "Contributors to health",
    "caution": "Weights of a model made elsewhere",
    "source": "A model",
    "groups": [
        {
            "name": "Habits",
            "share": 60,
            "parts": [{"name": "Smoking", "share": 35}, {"name": "Diet", "share": 25}],
        },
        {"name": "Care", "share": 40},
    ],
}


def _load(folder: Path, table: dict[str, Any]) -> Strategy:
    path = folder / "strategy.yaml"
    written = yaml.safe_load(SMALL.read_text(encoding="utf-8")) | {"contributors": table}
    path.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
    return load_strategy(path)


def test_a_table_whose_shares_add_up_is_read(tmp_path: Path) -> None:
    table = _load(tmp_path, TABLE).contributors
    assert table is not None
    assert [(g.name, len(g.parts)) for g in table.groups] == [("Habits", 2), ("Care", 0)]


def test_a_strategy_may_quote_no_such_table() -> None:
    assert load_strategy(SMALL).contributors is None


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ({"name": "Care", "share": 30}, "add up to 90, not to 100"),
        ({"name": "Care", "share": 40, "parts": [{"name": "Access", "share": 39.5}]}, "39.5"),
        ({"name": "Care", "share": -40}, "share"),
        ({"name": "Care"}, "the field 'share' is missing"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(
    group: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(RegistryError, match=said):
        _load(tmp_path, {**TABLE, "groups": [TABLE["groups"][0], group]})


def test_the_caution_is_required(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="'caution' is missing"):
        _load(tmp_path, {k: v for k, v in TABLE.items() if k != "caution"})


def test_the_strategy_in_use_quotes_four_groups_of_thirteen_parts() -> None:
    table = load_strategy().contributors
    assert table is not None
    assert [g.share for g in table.groups] == [40, 30, 20, 10]
    assert sum(len(g.parts) for g in table.groups) == 13
    assert "United States" in table.caution


def test_towns_are_named_by_codes_of_their_small_areas() -> None:
    towns = load_strategy().area.towns
    assert len(towns) == len({t.name for t in towns}) == 4
    codes = [code for town in towns for code in town.msoas]
    assert len(codes) == len(set(codes))
