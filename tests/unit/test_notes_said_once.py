"""Notes of a table that stand in every row are said once, above it, and none is lost."""

from __future__ import annotations

import pandas as pd
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from hwb_analysis.tables import AS_ABOVE, NO_NOTE, html_table, without_repeats

PARTS = st.lists(st.sampled_from(["a sample", "cut short", "derived"]), unique=True, max_size=3)


def table(notes: list[str], areas: list[str] | None = None) -> pd.DataFrame:
    """Return rows with notes, of one area unless told."""
    frame = pd.DataFrame({"Area": areas or ["A"] * len(notes), "Value": 1.0, "Note": notes})
    return frame.reset_index(drop=True)


def test_what_every_row_says_goes_above_and_the_column_goes() -> None:
    left, said = without_repeats(table(["reformed in 2021/22"] * 4))
    assert "Note" not in left
    assert said == "Every row: reformed in 2021/22."


def test_a_row_keeps_what_it_alone_says() -> None:
    left, said = without_repeats(table(["reformed", "a dash; reformed", "reformed"]))
    assert left["Note"].tolist() == [NO_NOTE, "a dash", NO_NOTE]
    assert said == "Every row: reformed."


def test_what_one_area_says_is_not_said_of_the_other() -> None:
    notes = ["derived"] * 3 + [NO_NOTE] * 3
    left, said = without_repeats(table(notes, ["A"] * 3 + ["B"] * 3))
    assert said == "A: derived."
    assert "Note" not in left


def test_most_rows_point_above_where_a_few_say_otherwise() -> None:
    left, said = without_repeats(table(["four quarters"] * 4 + ["three quarters"]))
    assert said == "As above: four quarters."
    assert left["Note"].tolist() == [AS_ABOVE] * 4 + ["three quarters"]


def test_a_table_of_two_rows_or_without_notes_stays() -> None:
    short = table(["the same", "the same"])
    assert without_repeats(short)[0] is short
    bare = short.drop(columns="Note")
    assert without_repeats(bare)[1] == ""


@given(st.lists(st.tuples(st.sampled_from("AB"), PARTS), min_size=1, max_size=12))
def test_no_note_is_lost_and_none_is_given_to_another_row(
    rows: list[tuple[str, list[str]]],
) -> None:
    frame = table(["; ".join(p) or NO_NOTE for _, p in rows], [area for area, _ in rows])
    left, said = without_repeats(frame)
    told = dict(line.split(": ", 1) for line in said.removesuffix(".").split(". ") if line)
    cells = left["Note"].tolist() if "Note" in left else [NO_NOTE] * len(rows)
    for (area, parts), cell in zip(rows, cells, strict=True):
        own = [told.get("Every row", ""), told.get(area, "")]
        own.append(told["As above"] if cell == AS_ABOVE else cell.replace(NO_NOTE, ""))
        found = {p for text in own for p in text.split("; ") if p}
        assert found == set(parts)


def test_the_note_stands_above_the_table_beside_the_shorthand() -> None:
    frame = pd.DataFrame({"Area": ["A"], "Value": [float("nan")]})
    soup = BeautifulSoup(html_table(frame, "Shares", note="Every row: < 5."), "html.parser")
    (note,) = soup.select("p.table-note")
    assert note.get_text() == "[x] not available. Every row: < 5."
