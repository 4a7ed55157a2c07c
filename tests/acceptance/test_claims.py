"""Every statement of the strategy, derived again: outcomes and values, one by one."""

from __future__ import annotations

import re

import pytest

import hwb_analysis as hwb
from hwb_analysis.claims import (
    ClaimResult,
    Outcome,
    PartResult,
    check_claims,
    claims_table,
    outcome_counts,
)

R, C, D = Outcome.REPRODUCED, Outcome.CLOSE, Outcome.DIFFERS
WAY, VALUE, LACKS, NOT = (
    Outcome.DIRECTION_ONLY,
    Outcome.VALUE_ONLY,
    Outcome.LACKS,
    Outcome.NOT_DATA,
)

# Claim, part, outcome, recomputed figure, comparator's or earlier figure.
# Figures are typed from the publishers' prints and from the strategy's own text.
READ = [
    ("CLM-001", 1, R, 80.7, None),
    ("CLM-002", 1, R, 7, None),
    ("CLM-003", 1, R, 67.4, None),
    ("CLM-004", 1, R, 20.4, None),
    ("CLM-005", 1, R, 12.2, None),
    ("CLM-006", 1, R, 20.6, 19.8),
    ("CLM-008", 1, R, 79.4, None),
    ("CLM-009", 1, R, 2, None),
    ("CLM-009", 2, R, 2, None),
    ("CLM-010", 1, R, 2, None),
    ("CLM-010", 2, R, 1, None),
    ("CLM-011", 1, R, 13, 2),
    ("CLM-011", 2, R, 7, 2),
    ("CLM-012", 1, R, 18, 2),
    ("CLM-012", 2, R, 23, 2),
    ("CLM-015", 1, VALUE, 80.7, 79.6),
    ("CLM-016", 1, VALUE, 84.2, 83.2),
    ("CLM-017", 1, D, 62.9, None),
    ("CLM-018", 1, R, 64.6, 63.1),
    ("CLM-018", 2, R, 62.7, 61.5),
    ("CLM-019", 1, WAY, 62.7, 66.1),
    ("CLM-020", 1, R, 63.6, None),
    ("CLM-021", 1, R, 64.9, 64.0),
    ("CLM-021", 2, R, 62.6, 61.9),
    ("CLM-022", 1, WAY, 62.6, 66.4),
    ("CLM-023", 1, D, 6.8, None),
    ("CLM-024", 1, D, 6.1, None),
    ("CLM-025", 1, R, 1, None),
    ("CLM-025", 2, R, 1, None),
    ("CLM-026", 1, R, 7, None),
    ("CLM-026", 2, R, 7, None),
    ("CLM-033", 1, R, 94.8, 96.3),
    ("CLM-034", 1, R, 95.0, 95.9),
    ("CLM-036", 1, R, 1582, 994),
    ("CLM-037", 1, VALUE, 72.1, 71.8),
    ("CLM-037", 2, VALUE, 69.6, 67.7),
    ("CLM-040", 1, VALUE, 20.2, 22.1),
    ("CLM-041", 1, R, 20.2, 18.7),
    ("CLM-042", 1, VALUE, 32.4, 35.8),
    ("CLM-043", 1, R, 32.4, 31.9),
    ("CLM-050", 1, VALUE, 13.3, 15.7),
    ("CLM-050", 2, VALUE, 13.5, 13.9),
    ("CLM-076", 1, R, 81.6, 76.0),
    ("CLM-084", 1, R, 2, None),
    ("CLM-084", 2, R, 3, None),
    ("CLM-087", 1, R, 21.4, 22.3),
    ("CLM-087", 2, R, 18.9, 22.6),
    ("CLM-089", 1, R, 7.4, 10.4),
    ("CLM-092", 1, R, 32.1, 31.3),
    ("CLM-098", 1, R, 61309, None),
    ("CLM-100", 1, WAY, 30.0, 40.6),
    ("CLM-107", 1, D, 0.6, None),
    ("CLM-108", 1, D, 4.3, None),
    ("CLM-109", 1, R, 85.7, None),
    ("CLM-110", 1, D, 85.7, None),
    ("CLM-121", 1, VALUE, 261.1, 421.2),
    ("CLM-126", 1, R, 4, None),
    ("CLM-130", 1, R, 9.7, None),
    ("CLM-131", 1, R, 7.9, None),
    ("CLM-140", 1, VALUE, 44.3, 51.5),
    ("CLM-141", 1, R, 76, 92),
    ("CLM-142", 1, R, 14.7, 13.6),
    ("CLM-143", 1, VALUE, 77, 82),
    ("CLM-144", 1, R, 77, 90),
    ("CLM-145", 1, R, 17.8, None),
    ("CLM-146", 1, R, 4.8, None),
    ("CLM-151", 1, C, 91.8, None),
    ("CLM-152", 1, R, 91.8, 93.0),
    ("CLM-153", 1, R, 91.8, 84.1),
    ("CLM-154", 1, R, 91.8, 94.9),
    ("CLM-160", 1, R, 50.3, 54.9),
    ("CLM-160", 2, R, 55.9, 56.8),
    ("DER-01", 1, R, 5.9, None),
    ("DER-02", 1, R, 4.5, None),
    ("DER-03", 1, R, 6.8, None),
    ("DER-04", 1, R, 6.1, None),
    ("DER-05", 1, R, 81.3, None),
    ("DER-05", 2, R, 81.3, None),
    ("DER-06", 1, R, 100, None),
    ("DER-06", 2, R, 30, None),
    ("DER-06", 3, R, 40, None),
    ("DER-06", 4, R, 20, None),
    ("DER-06", 5, R, 10, None),
    ("DER-07", 1, R, 100, None),
]
# The count of figures moves with the registry's links; only its sense is held here.
COUNTED = ("CLM-125",)
NOT_ABOUT_DATA = [
    *(f"CLM-{n:03d}" for n in range(51, 68)),
    *("CLM-077", "CLM-111", "CLM-112", "CLM-128", "CLM-129", "CLM-161", "CLM-162"),
]
NOT_TESTABLE = {
    "CLM-007": "population projections",
    "CLM-013": "Community Insight Survey",
    "CLM-014": "Community Insight Survey",
    "CLM-027": "A&E",
    "CLM-028": "93584",
    "CLM-029": "92244",
    "CLM-030": "new birth visits",
    "CLM-031": "92240",
    "CLM-032": "breastfeeding at birth",
    "CLM-035": "93436",
    "CLM-038": "93570",
    "CLM-039": "90316",
    **{f"CLM-{n:03d}": "HPV" for n in range(44, 48)},
    "CLM-048": "90808",
    "CLM-049": "90777",
    **{f"CLM-{n:03d}": "population projections" for n in range(68, 71)},
    "CLM-071": "local plans",
    "CLM-072": "bus statistics",
    "CLM-073": "community transport",
    "CLM-074": "93439",
    "CLM-075": "93867",
    **{f"CLM-{n:03d}": "Business Register" for n in range(78, 83)},
    "CLM-083": "90287",
    "CLM-085": "93088",
    "CLM-086": "93014",
    "CLM-088": "93764",
    "CLM-090": "abortion rate",
    "CLM-091": "abortion rate",
    "CLM-093": "feedback",
    "CLM-094": "1194",
    "CLM-095": "22401",
    "CLM-096": "93241",
    "CLM-097": "93241",
    "CLM-099": "90638",
    "CLM-101": "integrated care board",
    "CLM-102": "integrated care board",
    "CLM-103": "241",
    "CLM-104": "212",
    "CLM-105": "integrated care board",
    "CLM-106": "integrated care board",
    "CLM-113": "93474",
    "CLM-114": "93476",
    "CLM-115": "care plans",
    "CLM-116": "care plans",
    "CLM-117": "ReSPECT",
    "CLM-118": "feedback",
    "CLM-119": "91871",
    "CLM-120": "91871",
    "CLM-121": "90813",
    "CLM-122": "92949",
    "CLM-123": "benchmarking",
    "CLM-124": "benchmarking",
    "CLM-127": "ethnic group",
    **{f"CLM-{n:03d}": "92901" for n in range(132, 136)},
    **{f"CLM-{n:03d}": "tenth of deprivation within the county" for n in range(136, 140)},
    **{f"CLM-{n:03d}": "learning disability" for n in range(147, 150)},
    "CLM-150": "90635",
    "CLM-155": "30314",
    "CLM-156": "93560",
    "CLM-157": "93561",
    "CLM-158": "93561",
    "CLM-159": "91720",
}
# Statements that were reproduced when the sources were first searched, with their claims.
REPRODUCED_BEFORE = {
    "slope index of England": ("CLM-130", "CLM-131"),
    "healthy life expectancy of women": ("CLM-020",),
    "healthy life expectancy similar to England": ("CLM-018", "CLM-021"),
    "MMR lowest, downward and above England": ("CLM-152", "CLM-153", "CLM-154"),
    "pupils with a plan": ("CLM-146",),
    "overweight up in 2023/24": ("CLM-041", "CLM-043"),
    "health checks of looked-after children": ("CLM-141",),
    "emotional health of looked-after children": ("CLM-142",),
    "immunisations of looked-after children fall": ("CLM-144",),
    "cancer stages worse, then similar": ("CLM-160",),
    "employment above England": ("CLM-076",),
}


@pytest.fixture(scope="module")
def results() -> dict[str, ClaimResult]:
    found = check_claims(hwb.load_strategy(), hwb.current_snapshot())
    return {result.claim.id: result for result in found}


def part(results: dict[str, ClaimResult], claim: str, number: int) -> PartResult:
    """Return one part of a claim, counted from 1."""
    return results[claim].parts[number - 1]


def test_all_statements_are_there(results: dict[str, ClaimResult]) -> None:
    """162 of the strategy, 7 that follow from its printed figures."""
    assert {i for i in results if i.startswith("CLM")} == {f"CLM-{n:03d}" for n in range(1, 163)}
    assert {i for i in results if not i.startswith("CLM")} == {f"DER-{n:02d}" for n in range(1, 8)}
    assert all(r.claim.origin == "derived" for i, r in results.items() if i.startswith("DER"))


def test_every_statement_is_asserted_here(results: dict[str, ClaimResult]) -> None:
    """A recipe that is added or taken away has to be told to this test."""
    listed = {claim for claim, *_ in READ} | {*COUNTED, *NOT_ABOUT_DATA, *NOT_TESTABLE}
    assert listed == set(results)
    read = {(claim, number) for claim, number, *_ in READ}
    found = {
        (claim, number)
        for claim, result in results.items()
        for number, one in enumerate(result.parts, start=1)
        if one.finding is not None and claim not in COUNTED
    }
    assert read == found


@pytest.mark.parametrize(("claim", "number", "outcome", "value", "other"), READ)
def test_outcome_and_value(
    results: dict[str, ClaimResult],
    claim: str,
    number: int,
    outcome: Outcome,
    value: float,
    other: float | None,
) -> None:
    one = part(results, claim, number)
    assert one.finding is not None
    assert (one.outcome, round(one.finding.value, 1)) == (outcome, value)
    if other is not None:
        assert round(one.finding.comparator_value, 1) == other
    assert one.finding.method
    assert one.finding.vintage


@pytest.mark.parametrize("claim", NOT_ABOUT_DATA)
def test_what_is_not_about_data_says_why(results: dict[str, ClaimResult], claim: str) -> None:
    assert results[claim].outcome is NOT
    assert all(one.reason for one in results[claim].parts)


@pytest.mark.parametrize(("claim", "word"), NOT_TESTABLE.items())
def test_what_is_not_testable_names_what_is_lacking(
    results: dict[str, ClaimResult], claim: str, word: str
) -> None:
    result = results[claim]
    assert result.outcome is LACKS
    lacking = [one.words for one in result.parts if one.outcome is LACKS]
    assert any(word in text for text in lacking)
    assert all(text.startswith("not testable here: lacks ") for text in lacking)


@pytest.mark.parametrize("statement", REPRODUCED_BEFORE)
def test_what_was_reproduced_before_is_reproduced(
    results: dict[str, ClaimResult], statement: str
) -> None:
    for claim in REPRODUCED_BEFORE[statement]:
        assert results[claim].outcome is R, claim


def test_the_county_overall(results: dict[str, ClaimResult]) -> None:
    """More of the registry's own figures are better than England than worse."""
    one = part(results, "CLM-125", 1)
    assert one.outcome is R
    assert one.finding is not None
    assert one.finding.value > one.finding.comparator_value >= 1


def test_the_strategy_contradicts_itself(results: dict[str, ClaimResult]) -> None:
    """Eight years in section 1.3, 6.8 from the tenths of section 4.2."""
    for claim, other in (("CLM-023", "DER-03"), ("CLM-024", "DER-04")):
        assert results[claim].outcome is D
        assert "contradicts itself" in part(results, claim, 1).reason
        first, second = part(results, claim, 1).finding, part(results, other, 1).finding
        assert first is not None
        assert second is not None
        assert first.value == pytest.approx(second.value)


def test_a_change_between_overlapping_periods_would_be_refused(
    results: dict[str, ClaimResult],
) -> None:
    """2017-19 and 2018-20 share two thirds of their time, above the half that is allowed."""
    for claim in ("CLM-133", "CLM-135"):
        ((_, shared),) = results[claim].beside
        assert round(shared.value, 2) == 0.67
        assert "would still not be tested" in part(results, claim, 1).reason


def test_the_fifths_of_fuel_poverty_are_no_change(results: dict[str, ClaimResult]) -> None:
    """Rank 44 of 152 in 2018 and 79 of 153 in 2022, by two definitions."""
    first, second = results["CLM-084"].parts
    assert first.finding is not None
    assert second.finding is not None
    assert first.finding.method.startswith("place 44 of 152 areas")
    assert second.finding.method.startswith("place 79 of 153 areas")
    assert first.finding.series_id != second.finding.series_id
    assert "no change over time" in second.reason


def test_the_neighbourhoods_by_name(results: dict[str, ClaimResult]) -> None:
    """Two in Loughborough in both editions; two, then one in Coalville."""
    told = [
        one.finding.method.partition(": ")[2]
        for claim in ("CLM-009", "CLM-010")
        for one in results[claim].parts
        if one.finding is not None
    ]
    assert told == [
        "Charnwood 002A, Charnwood 003F",
        "Charnwood 002A, Charnwood 003F",
        "North West Leicestershire 009A, North West Leicestershire 009C",
        "North West Leicestershire 009A",
    ]


def test_what_is_said_of_the_months_of_discharge_is_so() -> None:
    """The reasons speak of months: none reaches 0.73 days, 3.55 to 4.93, none below 84.6 %."""
    months = hwb.load(
        [f"discharge-monthly:{s}" for s in ("days", "days-when-delayed", "same-day")], "home"
    )
    own = months.loc[months["area"] == "Leicestershire"].groupby("series_id")["value"]
    assert own.max()["discharge-monthly:days"] < 0.73
    assert round(own.min()["discharge-monthly:days-when-delayed"], 2) == 3.55
    assert round(own.max()["discharge-monthly:days-when-delayed"], 2) == 4.93
    assert own.min()["discharge-monthly:same-day"] >= 84.6


def test_no_direction_is_said_without_a_test(results: dict[str, ClaimResult]) -> None:
    """The values of two years are shown; a word for them needs a test that bears it out."""
    untested = part(results, "CLM-041", 1).finding
    tested = part(results, "CLM-154", 1).finding
    assert untested is not None
    assert tested is not None
    assert (untested.word, untested.told) == ("increase", "")
    assert "not tested" in untested.test
    assert tested.told == "decrease"


def test_no_category_is_given_without_an_interval(results: dict[str, ClaimResult]) -> None:
    parts = [one for result in results.values() for one in result.parts]
    compared = [p for p in parts if p.part.recipe and p.part.recipe.kind == "category"]
    for one in compared:
        assert one.finding is not None
        assert bool(one.finding.word) == one.finding.has_interval
        assert (one.outcome is VALUE) == (not one.finding.has_interval)


def test_the_table_has_a_row_a_part(results: dict[str, ClaimResult]) -> None:
    frame = claims_table(list(results.values()))
    assert len(frame) == sum(len(result.parts) for result in results.values())
    assert set(frame["claim_id"]) == set(results)
    assert not frame.duplicated(["claim_id", "part"]).any()
    assert frame.loc[frame["outcome"] == LACKS.value, "lacks"].ne("").all()


def test_the_document_counts_as_the_check_does(results: dict[str, ClaimResult]) -> None:
    """The sentence of docs/methods/claims.md is that of the snapshot."""
    found = outcome_counts(list(results.values()))
    assert {outcome: found[outcome] for outcome in (R, C, WAY, VALUE, D, LACKS, NOT)} == {
        R: 48,
        C: 1,
        WAY: 3,
        VALUE: 8,
        D: 6,
        LACKS: 79,
        NOT: 24,
    }


def test_how_a_figure_was_found_is_told_in_words(results: dict[str, ClaimResult]) -> None:
    """No name of a series or of a column stands where a reader is told how and by what test."""
    names = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)*:[a-z0-9]|_|\bat most at\b|decile\b")
    found = [part.finding for result in results.values() for part in result.parts]
    told = [text for one in found if one for text in (one.method, one.test)]
    assert len([text for text in told if text]) > 60
    assert [text for text in told if names.search(text)] == []


def test_a_count_of_domains_names_them(results: dict[str, ClaimResult]) -> None:
    first = results["CLM-011"].parts[0].finding
    assert first is not None
    assert first.method.startswith(
        "number of small areas in the most deprived tenth: "
        "Education, skills and training deprivation 13; "
    )
