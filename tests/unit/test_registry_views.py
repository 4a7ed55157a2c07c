"""Views gather measures of priorities: what they name must be there, and once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hwb_analysis.errors import RegistryError, UsageError
from hwb_analysis.paths import data_dir
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.views import find_view

SMALL = Path(__file__).parent / "registry_files" / "northshire.yaml"


def _with(tmp_path: Path, **changed: Any) -> Path:
    registry = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    first = registry["priorities"][0]["measures"][0]["id"]
    view = {
        "slug": "winter",
        "title": "Winter",
        "about": "What matters in winter",
        "template": "winter_view",
        "measures": [first],
    }
    registry["views"] = [view | changed]
    path = tmp_path / "registry.yaml"
    path.write_text(yaml.safe_dump(registry, sort_keys=False), encoding="utf-8")
    return path


def test_a_view_is_read(tmp_path: Path) -> None:
    strategy = load_strategy(_with(tmp_path))
    assert find_view(strategy, "winter").title == "Winter"
    with pytest.raises(UsageError, match="summer"):
        find_view(strategy, "summer")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"measures": ["NONE-01"]}, "unknown measure 'NONE-01'"),
        ({"measures": []}, "at least 1"),
        ({"gradients": ["census2021:disability"]}, "unknown gradient of a priority"),
        ({"slug": "residents"}, "is that of another report"),
        ({"template": "../evil"}, "does not have the form"),
        ({"monthly": [{"series": "a:b", "polarity": "up"}]}, "'up' is none of"),
        ({"extra": 1}, "the field 'extra' is unknown"),
    ],
)
def test_a_broken_view_is_told(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        load_strategy(_with(tmp_path, **changed))


def test_a_measure_stands_once_in_a_view(tmp_path: Path) -> None:
    first = load_strategy(SMALL).measures[0].id
    with pytest.raises(RegistryError, match="stands twice"):
        load_strategy(_with(tmp_path, measures=[first, first]))


def test_a_priority_keeps_its_address(tmp_path: Path) -> None:
    slug = load_strategy(SMALL).priorities[0].slug
    with pytest.raises(RegistryError, match="that of another report"):
        load_strategy(_with(tmp_path, slug=slug))


def test_the_views_of_the_strategy_have_notebooks_and_figures() -> None:
    strategy = load_strategy()
    assert [v.slug for v in strategy.views] == ["better-care-fund", "health-protection-assurance"]
    for view in strategy.views:
        assert all(strategy.measure(m) for m in view.measures)
        assert all(link.series in strategy.series_ids for link in view.monthly)
        assert (data_dir().parent / "notebooks" / f"{view.template}.ipynb").is_file()
