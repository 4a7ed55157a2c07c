from __future__ import annotations

import pandas as pd
import pytest

from hwb_analysis.errors import NotebookError
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.reports import emit


@pytest.fixture
def shown(monkeypatch):
    """Collect what a notebook would display."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(emit, "_display", lambda kind, text: found.append((kind, text)))
    return found


@pytest.fixture
def drawn() -> Drawn:
    return Drawn(
        name="trend",
        title="Coverage fell",
        subtitle="Share vaccinated",
        alt="Coverage fell: a line",
        caption="",
        source="UKHSA",
        data=pd.DataFrame({"Year": ["2023"], "%": [91.75]}),
        svg="<svg/>",
        png=b"png",
        size=(6.5, 3.6),
    )


def test_a_figure_is_shown_and_its_files_written(tmp_path, monkeypatch, shown, drawn):
    monkeypatch.setenv("HWB_FIGURES_DIR", str(tmp_path / "figures"))
    emit.show(drawn)
    assert shown == [("HTML", drawn.to_html())]
    names = sorted(p.name for p in (tmp_path / "figures").iterdir())
    assert names == ["trend.csv", "trend.png", "trend.svg"]


def test_a_table_is_written_with_its_numbers_unrounded(tmp_path, monkeypatch, shown):
    monkeypatch.setenv("HWB_FIGURES_DIR", str(tmp_path))
    data = pd.DataFrame({"Area": ["A"], "Share": [1.23456], "Link": ["<b>x</b>"]})
    emit.show_table(data, "Shares", "shares", html_columns=["Link"])
    assert (tmp_path / "shares.csv").read_text() == "Area,Share\nA,1.23456\n"
    assert 'role="region"' in shown[0][1]
    assert "<b>x</b>" in shown[0][1]


def test_opened_by_hand_nothing_is_written(tmp_path, monkeypatch, shown, drawn):
    monkeypatch.delenv("HWB_FIGURES_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    emit.show(drawn)
    emit.show(drawn)
    emit.show_table(drawn.data, "Shares", "shares")
    emit.show_markdown("# A")
    assert [kind for kind, _ in shown] == ["HTML", "HTML", "HTML", "Markdown"]
    assert not list(tmp_path.iterdir())


def test_two_of_one_name_are_refused(tmp_path, monkeypatch, shown, drawn):
    monkeypatch.setenv("HWB_FIGURES_DIR", str(tmp_path))
    emit.show(drawn)
    with pytest.raises(NotebookError, match="named 'trend'"):
        emit.show_table(drawn.data, "Shares", "trend")
    assert len(shown) == 1
