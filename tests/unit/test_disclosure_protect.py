"""Protection of frames: rules, known tables, rates, structure, earlier runs, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hwb_analysis.disclosure import Relation, Structure, audit, protect, read_rule, rules
from hwb_analysis.disclosure.example import table
from hwb_analysis.errors import DataContractError, DisclosureError, ParameterError, UsageError
from hwb_analysis.frame import conform

ALONE = Structure(parents={})


def counted(rows: list[dict[str, object]], **fixed: object) -> pd.DataFrame:
    """Return rows of counts as a frame; what is not said is everybody in 2024."""
    base: dict[str, object] = {
        "series_id": "local:x",
        "vintage": "1",
        "area_code": "A",
        "area_type": "District",
        "period": "2024",
        "period_start": "2024-01-01",
        "period_end": "2024-12-31",
        "period_kind": "calendar",
        "sex": "Persons",
        "age": "All ages",
        "unit": "people",
        "basis": "complete_count",
        "grade": "A",
        "status": "ok",
        "origin_id": "o",
    }
    frame = pd.DataFrame([{**base, **fixed, **row} for row in rows])
    frame["area"] = frame["area_code"]
    if "value" not in frame:
        frame["value"] = frame["count"]
    return conform(frame)


def grid(counts: list[list[int]], **fixed: object) -> tuple[pd.DataFrame, Structure]:
    """Return a table of areas by categories with all margins, and its structure."""
    inner = np.array(counts)
    full = np.vstack([inner, inner.sum(axis=0)])
    full = np.hstack([full, full.sum(axis=1, keepdims=True)])
    rows: list[dict[str, object]] = []
    for i, line in enumerate(full.tolist()):
        for j, number in enumerate(line):
            area = f"A{i + 1}" if i < len(counts) else "AA"
            kind = {"category_type": "kind", "category": f"K{j + 1}"} if j < inner.shape[1] else {}
            rows.append({"area_code": area, "count": number, **kind})
    parents = {f"A{i + 1}": "AA" for i in range(len(counts))}
    return counted(rows, **fixed), Structure(parents=parents)


def hidden(frame: pd.DataFrame) -> set[tuple[str, str]]:
    gone = frame.loc[frame["status"] == "suppressed"]
    return set(zip(gone["area_code"], gone["category"], strict=True))


def test_the_textbook_table_needs_three_more() -> None:
    """One secret of a 3 by 3 table needs a square of four: three further cells.

    After the table of Willenborg and de Waal (1996), its second line's first number small.
    """
    frame, structure = grid([[20, 50, 10], [4, 19, 22], [17, 32, 12]])
    safe = protect(frame, "under-5", structure=structure)
    assert (safe.report.small, safe.report.additional) == (1, 3)
    rows = {area for area, _ in hidden(safe.frame)}
    columns = {kind for _, kind in hidden(safe.frame)}
    assert len(rows) == len(columns) == 2
    assert ("A2", "K1") in hidden(safe.frame)


def test_two_secrets_on_a_diagonal_share_their_cover() -> None:
    frame, structure = grid([[3, 40, 50], [60, 2, 70], [80, 90, 30]])
    safe = protect(frame, "under-5", structure=structure)
    assert (safe.report.small, safe.report.additional, safe.report.optimal) == (2, 2, True)
    assert hidden(safe.frame) == {("A1", "K1"), ("A2", "K2"), ("A1", "K2"), ("A2", "K1")}


def test_a_pair_that_sums_to_a_known_total_is_not_enough() -> None:
    """1 and 1 of a shown total of 2 would both be known to be at most 2."""
    frame = table({"N": [1, 1], "S": [30, 40]}, sexes=["Male", "Female"])
    safe = protect(frame, "under-5", structure=ALONE)
    gone = safe.frame.loc[safe.frame["status"] == "suppressed", ["area_code", "sex"]]
    assert set(gone.itertuples(index=False, name=None)) == {
        ("N", "Male"),
        ("N", "Female"),
        ("N", "Persons"),
    }


def test_rounding_may_cover_by_itself() -> None:
    frame = table({"N": [3, 20]}, sexes=["Male", "Female"])
    exact = protect(frame, {"rule": "suppress-1-7-round-5", "round_to": 1}, structure=ALONE)
    rounded = protect(frame, structure=ALONE)
    assert (exact.report.additional, rounded.report.additional) == (1, 0)
    shown = rounded.frame.set_index("sex")["count"]
    assert (shown["Female"], shown["Persons"]) == (20, 25)
    assert audit(rounded.frame, structure=ALONE, truth=frame).safe


def test_a_withheld_figure_has_no_number_and_never_a_nought() -> None:
    frame = table({"N": [3, 12]}, sexes=["Male", "Female"])
    safe = protect(frame, "under-5", structure=ALONE).frame
    gone = safe.loc[safe["status"] == "suppressed"]
    numbers = ["count", "denominator", "value", "lower_95", "upper_95", "lower_998", "upper_998"]
    assert gone[numbers].isna().all(axis=None)
    # The small number and its cover are told apart by nothing.
    assert gone["note"].nunique() == gone["grade"].nunique() == gone["method"].nunique() == 1


def rates(counts: list[int], people: list[int], unit: str, scale: float) -> pd.DataFrame:
    rows = [
        {"area_code": f"A{i}", "count": x, "denominator": n, "value": scale * x / n}
        for i, (x, n) in enumerate(zip(counts, people, strict=True))
    ]
    return counted(rows, unit=unit)


def test_percentages_and_limits_are_made_from_rounded_numbers() -> None:
    frame = rates([3, 12, 33], [203, 98, 101], "%", 100)
    frame["lower_95"], frame["upper_95"] = frame["value"] - 1, frame["value"] + 1
    safe = protect(frame, structure=ALONE).frame
    assert safe["count"].tolist()[1:] == [10, 35]
    assert safe["denominator"].tolist()[1:] == [100, 100]
    assert safe["value"].tolist()[1:] == [10, 35]
    assert safe["lower_95"].tolist()[1] == pytest.approx(5.523, abs=1e-3)
    assert audit(safe, structure=ALONE, truth=frame).safe


def test_a_rate_without_its_count_is_read_from_the_denominator() -> None:
    frame = rates([3, 40], [20_000, 30_000], "per 100,000", 1e5)
    frame["count"] = np.nan
    safe = protect(frame, "under-5", structure=ALONE).frame
    assert safe["status"].tolist() == ["suppressed", "ok"]


def test_a_mean_of_few_people_is_withheld() -> None:
    rows = [{"area_code": "A1", "denominator": 6}, {"area_code": "A2", "denominator": 60}]
    frame = counted(rows, unit="days", value=4.5, count=np.nan)
    safe = protect(frame, structure=ALONE).frame
    assert safe["status"].tolist() == ["suppressed", "ok"]
    assert np.isnan(safe["denominator"].iloc[0])


def test_a_standardised_rate_stays_as_it_is_beside_its_rounded_count() -> None:
    frame = rates([42], [9_999], "per 100,000", 1e5)
    frame["value"], frame["lower_95"], frame["upper_95"] = 512.3, 400.0, 700.0
    safe = protect(frame, structure=ALONE).frame.iloc[0]
    assert (safe["count"], safe["value"], safe["lower_95"]) == (40, 512.3, 400.0)


def test_those_left_out_of_a_percentage_count_when_the_rule_says_so() -> None:
    frame = rates([48, 30], [50, 60], "%", 100)
    kept = protect(frame, "under-5", structure=ALONE)
    also = protect(frame, {"rule": "under-5", "complements": "protected"}, structure=ALONE)
    open_rule = {"rule": "under-5", "complements": "protected", "denominators": "shown"}
    shown = protect(frame, open_rule, structure=ALONE)
    assert kept.frame["status"].tolist() == ["ok", "ok"]
    assert also.frame["status"].tolist() == ["suppressed", "ok"]
    assert shown.frame["status"].tolist() == ["suppressed", "ok"]
    assert shown.frame["denominator"].tolist() == [50, 60]


def test_small_denominators_are_small_numbers() -> None:
    frame = rates([0, 30], [4, 60], "%", 100)
    safe = protect(frame, "under-5", structure=ALONE).frame
    assert safe["status"].tolist() == ["suppressed", "ok"]
    assert safe["denominator"].isna().tolist() == [True, False]


def test_merged_age_bands_are_differenced() -> None:
    ages = {"0-17": 30, "0-15": 27, "18 and over": 50, "All ages": 80}
    frame = counted([{"age": age, "count": n} for age, n in ages.items()])
    # 30 - 27 leaves three people of 16 and 17, whom no row shows: nothing is small here.
    assert protect(frame, "under-5", structure=ALONE).report.withheld == 0
    ages["16-17"] = 3
    frame = counted([{"age": age, "count": n} for age, n in ages.items()])
    safe = protect(frame, "under-5", structure=ALONE)
    assert (safe.report.small, safe.report.additional) == (1, 1)
    assert audit(safe.frame, "under-5", structure=ALONE, truth=frame).safe


def period(first: int, last: int, count: int) -> dict[str, object]:
    return {
        "period": f"{first} - {last}",
        "period_start": f"{first}-01-01",
        "period_end": f"{last}-12-31",
        "count": count,
    }


def test_overlapping_periods_are_differenced() -> None:
    years = [period(2020, 2020, 3), period(2021, 2021, 30), period(2020, 2021, 33)]
    frame = counted(years, period_kind="survey")
    safe = protect(frame, "under-5", structure=ALONE)
    assert safe.report.additional == 1
    assert audit(safe.frame, "under-5", structure=ALONE, truth=frame).safe
    apart = Structure(parents={}, independent=frozenset({"period"}))
    assert protect(frame, "under-5", structure=apart).report.additional == 0


def test_county_minus_districts_gives_nothing() -> None:
    counts = {"D1": 3, "D2": 40, "D3": 50, "C": 93}
    frame = counted([{"area_code": a, "count": n} for a, n in counts.items()])
    tree = Structure(parents={"D1": "C", "D2": "C", "D3": "C"})
    assert protect(frame, "under-5", structure=tree).report.additional == 1
    assert protect(frame, "under-5", structure=ALONE).report.additional == 0


def test_a_nation_with_one_listed_county_does_not_equal_it() -> None:
    frame = counted([{"area_code": "C", "count": 3}, {"area_code": "N", "count": 900}])
    safe = protect(frame, "under-5", structure=Structure(parents={"C": "N"}))
    assert safe.report.additional == 0


def test_a_part_that_is_not_listed_is_room_only_if_somebody_lives_there() -> None:
    tree = Structure(parents={"D1": "C", "D2": "C", "OLD": "C"})
    counts = {"D1": 3, "D2": 40, "C": 43}
    frame = counted([{"area_code": a, "count": n} for a, n in counts.items()])
    # The code of an area that is no more changes nothing: the two make up the county.
    assert protect(frame, "under-5", structure=tree).report.additional == 1
    frame.loc[frame["area_code"] == "C", ["count", "value"]] = 90
    safe = protect(frame, "under-5", structure=tree)
    assert safe.report.additional == 0
    # Without the truth, an audit takes the third for a part that may hold anybody.
    assert audit(safe.frame, "under-5", structure=tree).cells["upper"].tolist() == [50]
    assert audit(safe.frame, "under-5", structure=tree, truth=frame).safe


def test_small_areas_lie_in_their_district_by_the_look_ups() -> None:
    around = Structure().around()
    small = next(code for code in around if code.startswith("E01"))
    middle = around[small]
    assert middle.startswith("E02")
    assert around[middle].startswith("E07")
    assert around[around[middle]].startswith("E10")


def test_a_relation_across_series_is_kept() -> None:
    parts = [{"series_id": "local:a", "count": 3}, {"series_id": "local:b", "count": 40}]
    frame = counted([*parts, {"series_id": "local:all", "count": 43}])
    told = Relation(
        {"series_id": "local:all"}, ({"series_id": "local:a"}, {"series_id": "local:b"})
    )
    tree = Structure(parents={}, relations=(told,))
    assert protect(frame, "under-5", structure=ALONE).report.additional == 0
    safe = protect(frame, "under-5", structure=tree)
    assert safe.report.additional == 1
    assert audit(safe.frame, "under-5", structure=tree, truth=frame).safe
    assert not audit(
        protect(frame, "under-5", structure=ALONE).frame, "under-5", structure=tree
    ).safe


def test_three_margins_of_a_cube_without_its_inner_cells() -> None:
    """Pairs of dimensions are shown, never all three at once."""
    random = np.random.default_rng(4)
    cube = random.poisson(4, (3, 2, 3))
    rows: list[dict[str, object]] = []
    for i, area in enumerate(["D1", "D2", "D3", "C"]):
        for j, sex in enumerate(["Male", "Female", "Persons"]):
            for k, age in enumerate(["0-14", "15-64", "65+", "All ages"]):
                if i < 3 and j < 2 and k < 3:
                    continue
                pick = (slice(i, i + 1) if i < 3 else slice(None),)
                pick += (slice(j, j + 1) if j < 2 else slice(None),)
                pick += (slice(k, k + 1) if k < 3 else slice(None),)
                rows.append(
                    {"area_code": area, "sex": sex, "age": age, "count": int(cube[pick].sum())}
                )
    frame = counted(rows)
    tree = Structure(parents={"D1": "C", "D2": "C", "D3": "C"})
    safe = protect(frame, "under-10", structure=tree)
    assert safe.report.small > 0
    assert audit(safe.frame, "under-10", structure=tree, truth=frame).safe


def test_not_stated_people_are_room_but_no_excuse() -> None:
    """Persons exceed the sexes by two in one area; in the other they add up."""
    numbers = [("A", "Male", 3), ("A", "Female", 30), ("A", "Persons", 35)]
    numbers += [("B", "Male", 3), ("B", "Female", 30), ("B", "Persons", 33)]
    frame = counted([{"area_code": a, "sex": s, "count": n} for a, s, n in numbers])
    safe = protect(frame, "under-5", structure=ALONE)
    gone = safe.frame.loc[safe.frame["status"] == "suppressed", "area_code"]
    # In A, Male lies between 0 and 5 already, and so needs no cover.
    assert gone.tolist() == ["A", "B", "B"]


def test_a_figure_withheld_by_its_source_is_covered_too() -> None:
    frame = table({"N": [3, 20]}, sexes=["Male", "Female"])
    frame.loc[frame["sex"] == "Male", ["count", "value"]] = np.nan
    frame.loc[frame["sex"] == "Male", "status"] = "suppressed"
    safe = protect(frame, "under-5", structure=ALONE)
    assert safe.report.withheld == 2
    assert audit(safe.frame, "under-5", structure=ALONE).safe


def test_all_small_and_all_nought() -> None:
    frame = table({"N": [1, 2], "S": [0, 0]}, sexes=["Male", "Female"])
    safe = protect(frame, "under-5", structure=ALONE).frame.set_index(["area_code", "sex"])
    assert (safe.loc["N", "status"] == "suppressed").all()
    assert safe.loc["S", "count"].tolist() == [0, 0, 0]
    strict = protect(frame, {"rule": "under-5", "zeros": "protected"}, structure=ALONE)
    assert strict.report.withheld == 6


def test_missing_figures_stay_missing() -> None:
    frame = table({"N": [3, 12]}, sexes=["Male", "Female"])
    frame.loc[frame["sex"] == "Female", ["count", "value"]] = np.nan
    frame.loc[frame["sex"] == "Female", "status"] = "missing"
    safe = protect(frame, "under-5", structure=ALONE).frame.set_index("sex")
    assert safe.loc["Female", "status"] == "missing"
    assert safe.loc["Male", "status"] == "suppressed"


def test_published_figures_are_left_alone() -> None:
    frame = table({"N": [3, 12]}, sexes=["Male", "Female"])
    safe = protect(frame, "published")
    assert safe.frame["count"].tolist() == [12, 3, 15]
    assert "nothing is withheld" in safe.report.public()


def test_what_may_be_printed_does_not_say_how_many_are_small() -> None:
    frame = table({"N": [3, 12]}, sexes=["Male", "Female"])
    told = protect(frame, "under-5", structure=ALONE).report.public()
    assert told == "2 of 3 figures are withheld to protect small numbers (under 5 withheld)."


# Earlier runs


def test_what_was_shown_before_may_not_be_subtracted() -> None:
    """The county came without one district before, and comes with it now."""
    before = counted([{"area_code": "C", "count": 90}, {"area_code": "D2", "count": 40}])
    now = counted(
        [{"area_code": a, "count": n} for a, n in {"C": 90, "D1": 3, "D2": 40, "D3": 47}.items()]
    )
    tree = Structure(parents={"D1": "C", "D2": "C", "D3": "C"})
    safe = protect(now, "under-5", structure=tree, previous=before)
    assert audit([safe.frame, before], "under-5", structure=tree, truth=now).safe
    shown = set(safe.frame.loc[safe.frame["status"] == "ok", "area_code"])
    # County and second district are known; only the third can cover the first.
    assert shown == {"C", "D2"}


def test_a_cover_that_was_shown_before_is_no_cover() -> None:
    frame = table({"N": [3, 12, 20]}, sexes=["A", "B", "C"])
    first = protect(frame, "under-5", structure=ALONE).frame
    assert set(first.loc[first["status"] == "suppressed", "sex"]) == {"A", "B"}
    shown = frame.loc[frame["sex"] == "B"]
    second = protect(frame, "under-5", structure=ALONE, previous=shown).frame
    assert set(second.loc[second["status"] == "suppressed", "sex"]) == {"A", "C"}
    assert not audit([first, shown], "under-5", structure=ALONE).safe
    assert audit([second, shown], "under-5", structure=ALONE).safe


def test_a_small_number_that_was_shown_before_is_refused() -> None:
    frame = table({"N": [3, 12]}, sexes=["Male", "Female"])
    with pytest.raises(DisclosureError, match="stand in the previous run") as caught:
        protect(frame, "under-5", structure=ALONE, previous=frame)
    assert caught.value.exit_code == 13


def test_a_change_by_few_people_is_refused_or_reported() -> None:
    before = table({"N": [20, 30]}, sexes=["Male", "Female"])
    now = table({"N": [22, 30]}, sexes=["Male", "Female"])
    with pytest.raises(DisclosureError, match="differ from the previous run"):
        protect(now, "under-5", structure=ALONE, previous=before)
    safe = protect(now, "under-5", structure=ALONE, previous=before, changes="report")
    assert safe.report.changed
    assert all("N" in row for row in safe.report.changed)
    # Rounding hides so small a change: 20 and 20, 50 and 50.
    hidden_change = protect(now, structure=ALONE, previous=protect(before, structure=ALONE).frame)
    assert hidden_change.frame["count"].tolist() == [30, 20, 50]


def test_the_same_again_is_the_same() -> None:
    frame, structure = grid([[20, 50, 10], [4, 19, 22], [17, 32, 12]])
    first = protect(frame, "under-5", structure=structure).frame
    again = protect(frame, "under-5", structure=structure, previous=first).frame
    pd.testing.assert_frame_equal(first, again)


# Bad input


@pytest.mark.parametrize(
    ("count", "said"),
    [(-1, "count is negative"), (2.5, "whole numbers"), (np.inf, "infinite")],
)
def test_counts_that_are_none_are_refused(count: float, said: str) -> None:
    frame = table({"N": [12, 20]}, sexes=["Male", "Female"])
    frame.loc[0, ["count", "value"]] = count
    with pytest.raises(DataContractError, match=said):
        protect(frame, "under-5", structure=ALONE)


def test_values_without_count_are_refused_shown_or_withheld() -> None:
    frame = counted([{"count": np.nan, "value": 12.5}], unit="%")
    with pytest.raises(DataContractError, match="neither count nor denominator"):
        protect(frame, structure=ALONE)
    for word, status in (("shown", "ok"), ("withheld", "suppressed")):
        rule = {"rule": "under-5", "uncounted": word}
        assert protect(frame, rule, structure=ALONE).frame["status"].tolist() == [status]


def test_parts_above_their_whole_are_refused_and_named() -> None:
    frame = table({"N": [30, 20]}, sexes=["Male", "Female"])
    frame.loc[frame["sex"] == "Persons", ["count", "value"]] = 44
    with pytest.raises(DataContractError, match="add up to more than their whole") as caught:
        protect(frame, "under-5", structure=ALONE)
    assert "local:example N 2024" in str(caught.value)
    assert "44" not in str(caught.value)
    apart = Structure(parents={}, independent=frozenset({"sex"}))
    assert protect(frame, "under-5", structure=apart).report.withheld == 0


def test_two_vintages_are_refused() -> None:
    frame = table({"N": [30, 20]}, sexes=["Male", "Female"])
    both = pd.concat([frame, frame.assign(vintage="2026-02")], ignore_index=True)
    with pytest.raises(DataContractError, match="two vintages"):
        protect(both, "under-5", structure=ALONE)


def test_unknown_words_are_refused() -> None:
    with pytest.raises(UsageError, match="no dimension 'sexes'"):
        Structure(independent=frozenset({"sexes"}))
    lost = Structure(parents={}, relations=(Relation({"sex": "M"}, ({"sex": "F"},)),))
    with pytest.raises(UsageError, match="no row"):
        protect(table({"N": [30]}, sexes=["Male"]), "under-5", structure=lost)
    off = Structure(parents={}, relations=(Relation({"sex": "M"}, ({"colour": "F"},)),))
    with pytest.raises(UsageError, match="columns of the key"):
        protect(table({"N": [30]}, sexes=["Male"]), "under-5", structure=off)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("under-6", "no disclosure rule 'under-6'"),
        ({"rule": "under-5", "lowst": 1}, "has no 'lowst'"),
        ({"rule": "under-5", "zeros": "hidden"}, "one of shown, protected"),
        ({"rule": "under-5", "round_to": 0}, "a whole number from 1"),
        ({"rule": "under-5", "highest": 0}, "not below lowest"),
        ({"rule": "under-5", "highest": None}, "given exactly when lowest is"),
        ({"rule": "under-5", "round_to": 20}, "half of round_to"),
        ({"rule": "under-5", "lowest": 1.5}, "a whole number from 1"),
    ],
)
def test_rules_that_are_none_are_refused(named: object, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        read_rule(named)


def test_every_rule_says_what_stands_for_a_number() -> None:
    for rule in rules().values():
        for count in range(60):
            if rule.protects([count])[0]:
                continue
            low, high = rule.possible(float(rule.released([count])[0])) or (1, 0)
            assert low <= count <= high


# The audit


def test_the_audit_names_what_was_left_standing() -> None:
    frame = rates([3, 12], [203, 98], "%", 100)
    safe = protect(frame, structure=ALONE).frame
    left = safe.assign(denominator=[203.0, 100.0])
    left.loc[0, "value"] = 1.478
    unrounded = safe.assign(count=[np.nan, 12.0])
    exact = safe.assign(value=[np.nan, 12.0])
    for broken, said in (
        (left, "still has a number"),
        (left, "still has the denominator"),
        (unrounded, "not rounded to 5"),
        (exact, "made from the exact count"),
    ):
        report = audit(broken, structure=ALONE)
        assert any(said in fault for fault in report.faults)
        with pytest.raises(DisclosureError, match="the disclosure rule would be broken") as caught:
            report.require_safe()
        assert caught.value.exit_code == 13


def test_the_audit_of_careless_suppression_fails() -> None:
    frame, structure = grid([[20, 50, 10], [4, 19, 22], [17, 32, 12]])
    small = frame["count"].between(1, 4)
    frame.loc[small, ["count", "value"]] = np.nan
    frame.loc[small, "status"] = "suppressed"
    report = audit(frame, "under-5", structure=structure)
    assert report.cells[["lower", "upper", "possible"]].values.tolist() == [[4, 4, 1]]
    with pytest.raises(DisclosureError, match="1 withheld figures can be worked out"):
        report.require_safe()
