"""Sentences on verdicts, word by word: long and short names, nought, missing, suppressed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hwb_analysis.assessment import comparators, judge
from hwb_analysis.assessment.comparators import COLUMNS, PeerCount
from hwb_analysis.errors import UsageError
from hwb_analysis.narrative import board_summary, priority_summary, verdict_sentence
from hwb_analysis.narrative.beside import beside
from hwb_analysis.narrative.catalogue import listed, phrase, say
from hwb_analysis.narrative.summary import counts_sentence
from hwb_analysis.sources.returns import Evidence
from hwb_analysis.strategy.model import Target
from hwb_analysis.vocabulary import Direction, MeasureType, Polarity, SeriesUse

SINCE = [str(y) for y in range(2017, 2026)]
UP = [60.0] * 5 + [61.0, 66.0, 71.0, 75.0]
DOWN = [60.0] * 5 + [58.0, 54.0, 50.0, 46.0]


def told(made: Any, *assessments: Any, **options: Any) -> str:
    """Return the sentence on the one measure of the assessments."""
    (found,) = judge(made.context, assessments, **options).measures.values()
    return verdict_sentence(found)


def test_a_rise_and_a_fall(made: Any) -> None:
    """The verb has the way, the size has no sign, the figure has its interval."""
    own = made.figures("E06000001", SINCE, UP, half=2.0)
    size = "15.0 percentage points (95 % interval 12.2 to 17.8)"
    lead = f"People who demonstrate rose by {size} since 2021, "
    end = "to 75.0 % (95 % interval 73.0 to 77.0) in 2025"
    assert told(made, made.assessment(own)).startswith(f"{lead}{end}: moving the wanted way.")
    low = told(made, made.assessment(own, Polarity.LOW))
    assert low.startswith(f"{lead}{end}: moving the wrong way.")
    fall = told(made, made.assessment(made.figures("E06000001", SINCE, DOWN, half=2.0)))
    assert fall.startswith(
        "People who demonstrate fell by 14.0 percentage points (95 % interval 11.2 to 16.8)"
    )


def test_one_point_is_singular(made: Any) -> None:
    """A change of exactly 1 is one point where no decimals are written."""
    own = made.figures("E06000001", SINCE, [30.0] * 8 + [31.0], half=0.4, unit="days")
    text = told(made, made.assessment(own))
    assert "rose by 1.0 days" in text or "rose by 1 day (" in text


def test_a_score_keeps_the_decimals_of_its_figure(made: Any) -> None:
    """Scores move by hundredths: a change of 0.46 is not half a point."""
    own = made.figures(
        "E06000001", SINCE, [7.84] * 5 + [7.7, 7.6, 7.5, 7.38], half=0.15, unit="score out of 10"
    )
    assert "fell by 0.46 points (95 % interval 0.25 to 0.67)" in told(made, made.assessment(own))


def test_nought_is_a_number(made: Any) -> None:
    """A share of nought is voiced as nought."""
    own = made.figures("E06000001", SINCE, [9.0] * 5 + [4.0, 2.0, 1.0, 0.0])
    text = told(made, made.assessment(own, Polarity.LOW))
    assert "fell by 9.0 percentage points" in text
    assert "to 0.0 % (95 % interval 0.0 to 0.2) in 2025" in text


def test_missing_and_suppressed_give_the_reason(made: Any) -> None:
    """The newest value that is there is told with its own period; none at all gives the reason."""
    own = made.figures("E06000001", SINCE, [*UP[:-1], None])
    assert "in 2024" in told(made, made.assessment(own))
    none = made.assessment(made.figures("E06000001", SINCE, [None] * 9))
    assert told(made, none) == (
        "A measure of demonstration: not measurable here; the series holds no figure for this area."
    )


def test_states_before_any_test(made: Any) -> None:
    """Too early, no figure since, no interval: each in its own words, none with a direction."""
    short = made.assessment(made.figures("E06000001", SINCE[-4:], UP[-4:]))
    assert "it is too early to say whether it moved (4 usable points; five" in told(made, short)
    old = made.assessment(made.figures("E06000001", [str(y) for y in range(2010, 2019)], UP))
    assert told(made, old).endswith("in 2018; there is no figure since the strategy began.")
    plain = made.assessment(made.figures("E06000001", SINCE, UP, half=0.0))
    assert "whether it moved is not measurable here (no counts and no interval" in told(made, plain)


def test_a_target_met_and_an_award_reported(made: Any) -> None:
    """A target is told with its number; a return by whose word it stands."""
    aim = Target(kind="benchmark", op=">", value=90.0, unit="%")
    own = made.figures("E06000001", SINCE, [97.0] * 9)
    text = told(made, made.assessment(own, target=aim))
    assert "on the wanted side of the target (above 90.0 %): achieved." in text

    award = Target(kind="award", text="gold")
    measure = made.measure(Direction.ACHIEVE, award, MeasureType.QUALITATIVE)
    reported = told(made, made.without(measure), evidence={"DEM-ONE-01": Evidence("done")})
    assert reported == ("A measure of demonstration: achieved, as reported by the partners (done).")


def test_parts_are_counted(made: Any) -> None:
    """Both, all, or so many of so many."""
    same = made.measure(Direction.INCREASE)
    fall = made.assessment(made.figures("E06000001", SINCE, DOWN), measure=same)
    parts = [replace(fall, part=replace(fall.part, age=f"age {n}")) for n in range(3)]
    assert "both tested parts moved the wrong way. The clearest: " in told(made, *parts[:2])
    assert "all 3 tested parts moved the wrong way" in told(made, *parts)
    rise = made.assessment(made.figures("E06000001", SINCE, UP), measure=same, label="other")
    rise = replace(rise, part=replace(rise.part, age="other"))
    assert (
        "1 of 2 tested parts moved the wanted way and 1 of 2 tested parts moved the wrong way, "
        "so no clear change of the whole." in told(made, fall, rise)
    )


def test_the_summaries_have_an_order(made: Any) -> None:
    """What moved the wrong way comes first; three sentences, then four lists and chance."""
    measures = [made.measure(Direction.INCREASE, code=f"DEM-ONE-0{n}") for n in (1, 2)]
    rise = made.assessment(made.figures("E06000001", SINCE, UP), measure=measures[0])
    fall = made.assessment(made.figures("E06000001", SINCE, DOWN), measure=measures[1])
    fall = replace(fall, part=replace(fall.part, age="18+"))
    found = judge(made.context, [rise, fall])
    lines = priority_summary(found)
    assert lines[0] == "Of 2 measures, 1 moved the wanted way and 1 moved the wrong way."
    assert lines[1].startswith("Look first: People who demonstrate fell by ")
    assert lines[2] == "Every measure has a figure that can be tested."
    page = board_summary(found)
    assert page.first == page.worsened
    assert page.improved[0].startswith("People who demonstrate rose by ")
    assert page.chance.startswith("2 figures could be tested for change")


def test_what_moved_comes_before_what_only_compares_worse(made: Any) -> None:
    """A wrong way goes before a level that is worse and flat, whatever their order."""
    level, way = (made.measure(Direction.INCREASE, code=f"DEM-ONE-0{n}") for n in (1, 2))
    flat = made.assessment(
        made.figures("E06000001", SINCE, [60.0] * 9), measure=level, nation=90.0, name="Flat ones"
    )
    fall = made.assessment(made.figures("E06000001", SINCE, DOWN), measure=way)
    fall = replace(fall, part=replace(fall.part, age="18+"))
    first = board_summary(judge(made.context, [flat, fall])).first
    assert first[0].startswith("People who demonstrate fell by ")
    assert first[1].startswith("Flat ones: 60.0 % ")
    assert "worse than England (90.0 %)" in first[1]


def test_a_page_that_can_see_nothing(made: Any) -> None:
    """Nothing tested, nothing compared: said once, and never as good news."""
    found = judge(made.context, [made.without(made.measure(Direction.INCREASE))])
    lines = priority_summary(found)
    assert lines[0] == "Of 1 measure, 1 had no figure of its own that could be tested."
    assert lines[1] == (
        "No measure here could be tested for change or set against England by an interval."
    )
    assert board_summary(found).worsened == (
        "No measure can be shown to have moved the wrong way.",
    )


def test_all_of_several_is_said_as_all(made: Any) -> None:
    """Of 4 measures, all 4 wait; of 1 measure, 1 waits."""
    kinds = {"kind": MeasureType.LOCAL}
    many = [
        made.without(made.measure(Direction.INCREASE, code=f"DEM-ONE-0{n}", **kinds))
        for n in (1, 2)
    ]
    found = list(judge(made.context, many).measures.values())
    assert counts_sentence(found) == "Of 2 measures, all 2 wait for local evidence."
    assert counts_sentence(found[:1]) == "Of 1 measure, 1 waits for local evidence."


def test_a_moving_proxy_is_told_beside(made: Any) -> None:
    """The measure has no verdict of movement; the proxy has its own words."""
    own = made.figures("E06000001", SINCE, DOWN)
    text = told(made, made.assessment(own, use=SeriesUse.PROXY))
    assert text.startswith("A measure of demonstration: not measurable here; only a proxy")
    assert "People who demonstrate (proxy, no verdict on the measure) fell by " in text


@pytest.mark.parametrize(
    ("polarity", "words"),
    [(Polarity.LOW, "better than 4, similar to 5, worse than 0"), (Polarity.NONE, "higher than 4")],
)
def test_listed_areas_in_words(made: Any, polarity: Polarity, words: str, monkeypatch: Any) -> None:
    """Counts of the list, its range in the figure's decimals, and words without a good end."""
    import pandas as pd

    from hwb_analysis.narrative import beside as home

    assessment = made.assessment(made.figures("E06000001", SINCE, UP, half=2.0), polarity)
    count = PeerCount("a-list", 10, 9, 4, 5, 0, 0, 7.31, 8.68, 10.62)
    monkeypatch.setattr(home, "peer_counts", lambda *_: [count])
    (text,) = beside(assessment, pd.DataFrame(columns=list(COLUMNS)), "E06000001")
    assert text.startswith(f"Against 9 of the 10 a-list: {words}")
    assert text.endswith("theirs run from 7.3 to 10.6 %, the middle one 8.7.")


@pytest.mark.parametrize(
    ("listed", "held", "start"),
    [(16, 16, "All 16 a-list have a figure"), (10, 1, "1 of the 10 a-list has a figure")],
)
def test_listed_areas_without_intervals_in_words(
    made: Any, listed: int, held: int, start: str, monkeypatch: Any
) -> None:
    """A whole list is called whole, and one area has its verb."""
    import pandas as pd

    from hwb_analysis.narrative import beside as home

    assessment = made.assessment(made.figures("E06000001", SINCE, UP, half=2.0), Polarity.LOW)
    count = PeerCount("a-list", listed, held, 0, 0, 0, held, 7.31, 8.68, 10.62)
    monkeypatch.setattr(home, "peer_counts", lambda *_: [count])
    (text,) = beside(assessment, pd.DataFrame(columns=list(COLUMNS)), "E06000001")
    assert text.startswith(f"{start}, not compared: they run from")


def test_comparators_of_nothing(made: Any) -> None:
    """Without a figure there is nothing to look up, and no snapshot is asked."""
    table = comparators(made.context, [made.without(made.measure(Direction.INCREASE))])
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def test_the_catalogue_refuses_what_it_lacks() -> None:
    """An unknown phrase, a blank without a value and a missing value are mistakes."""
    with pytest.raises(UsageError, match="no phrase"):
        phrase("no-such-phrase")
    with pytest.raises(UsageError, match="lacks"):
        say("source")
    with pytest.raises(UsageError, match="missing"):
        say("source", source=float("nan"))
    assert listed([]) == ""
