"""The explorer: three choices, one picture, and static HTML where nothing can be chosen."""

from __future__ import annotations

import sys

import pytest

from hwb_analysis.errors import UsageError
from hwb_analysis.explorer import WIDGET, Explorer, explore
from hwb_analysis.reports.engine import FIGURES_VARIABLE


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return explore("XCC-HPE-02")


def children(box: object) -> list[object]:
    return [c for child in box.children for c in getattr(child, "children", [child])]


def test_every_view_of_every_area_says_something(explorer: Explorer) -> None:
    """A district without figures gets the reason and no picture."""
    for area in (explorer.areas[0], explorer.areas[1]):
        for view in explorer.views:
            html = Explorer("XCC-HPE-02", area, view).html()
            assert "<p>" in html
            assert "nan" not in html.split("base64")[0].lower()
    assert "holds no figure for this area" in Explorer("XCC-HPE-02", explorer.areas[1]).html()


def test_views_differ() -> None:
    shown = {view: explore("SHW-EHC-06", view=view).html() for view in explore().views}
    assert "<figure>" in shown["over time"]
    assert "<figure>" in shown["districts"]
    assert "<figure>" not in shown["numbers"]
    assert "<caption>" in shown["numbers"]
    assert "national marker" in shown["tests"]
    assert len(set(shown.values())) == 4


def test_a_choice_in_a_list_redraws() -> None:
    explorer = explore("SHW-EHC-06")
    box = explorer.widget()
    measure, _area, view, picture = children(box)
    before = picture.value
    view.value = "numbers"
    assert picture.value != before
    assert "<caption>" in picture.value
    measure.value = "XCC-HPE-02"
    assert "MMR" in picture.value
    assert repr(explorer) == f"Explorer(XCC-HPE-02, {explorer.areas[0]}, numbers)"


def test_a_notebook_gets_both_the_widget_and_the_picture(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FIGURES_VARIABLE, raising=False)
    bundle = explorer._repr_mimebundle_()
    assert {"text/plain", "text/html", WIDGET} == set(bundle)
    assert "<figure>" in bundle["text/html"]


def test_a_report_gets_the_picture_alone(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv(FIGURES_VARIABLE, str(tmp_path))
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_without_ipywidgets_the_picture_stays(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FIGURES_VARIABLE, raising=False)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}


@pytest.mark.parametrize(
    ("choice", "near"),
    [({"measure": "XCC-HPE-2"}, "XCC-HPE-02"), ({"view": "number"}, "numbers")],
)
def test_an_unknown_choice_names_the_nearest(choice: dict[str, str], near: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        explore(**choice)


def test_an_area_may_be_given_by_its_code(explorer: Explorer) -> None:
    name, code = list(explorer.codes.items())[2]
    assert explore(area=code).area == name
