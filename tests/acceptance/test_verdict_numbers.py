"""Every tested change of the Board page against numbers that other code has worked out.

The numbers were got once from the parquet files of the snapshot 2026-11 with pandas and
scipy alone, without this package: the latest period that ended by 31 March 2022, the newest
that starts after it; for vaccinations the difference of two proportions of counts, each with
the error sqrt(m (1 - m) / n), m = (x + 1) / (n + 2); for the rest the errors (upper - lower)
/ (2 x 1.96) of the published limits; a two-sided normal p; Benjamini and Hochberg's q over
the nineteen. Two further columns give the comparison without the periods that touch March
2020 to March 2022, where there is one.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hwb_analysis.assessment import assess_all, judge, make_context
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.vocabulary import Verdict

WANTED, WRONG = Verdict.WANTED, Verdict.WRONG
STILL, PROXY = Verdict.NO_CLEAR_CHANGE, Verdict.NOT_MEASURABLE
Y21, Y24 = "2021/22", "2024/25"
NOV = "Nov {} to Nov {}".format
Key = tuple[str, str]
# difference, lower, upper, p, q
NUMBERS: dict[Key, tuple[float, ...]] = {
    ("cover:mmr1-2y", ""): (-1.0668, -1.8317, -0.3019, 0.006265, 0.0119),
    ("cover:dtap-1y", ""): (-0.9494, -1.6655, -0.2332, 0.009372, 0.01484),
    ("cover:pcv-1y", ""): (-1.1513, -1.7746, -0.5280, 0.0002941, 0.001397),
    ("cover:hibmenc-2y", ""): (-1.3565, -2.1167, -0.5963, 0.0004701, 0.001489),
    ("cover:pcv-booster-2y", ""): (-1.6523, -2.4239, -0.8806, 2.709e-05, 0.0001967),
    ("cover:menb-1y", ""): (-1.0882, -1.8050, -0.3715, 0.002922, 0.00694),
    ("cover:rotavirus-1y", ""): (-1.7892, -2.6311, -0.9474, 3.106e-05, 0.0001967),
    ("els:employment-rate", ""): (3.1000, -0.7897, 6.9897, 0.1183, 0.1405),
    ("els:adult-obesity", ""): (3.4999, 1.0900, 5.9098, 0.004421, 0.009333),
    ("fingertips:93015", ""): (-1.0837, -3.1370, 0.9696, 0.3009, 0.3009),
    ("fingertips:92443", ""): (-3.0355, -6.0153, -0.0557, 0.04587, 0.0581),
    ("els:wellbeing-satisfaction", ""): (-0.4600, -0.7147, -0.2053, 0.0003995, 0.001489),
    ("els:wellbeing-worthwhile", ""): (-0.3500, -0.5798, -0.1202, 0.002839, 0.00694),
    ("els:wellbeing-happiness", ""): (-0.3500, -0.6125, -0.0875, 0.008965, 0.01484),
    ("els:wellbeing-anxiety", ""): (0.4200, 0.0517, 0.7883, 0.02541, 0.03449),
    ("els:hle-birth", "Male"): (-1.8000, -5.1738, 1.5738, 0.2957, 0.3009),
    ("els:hle-birth", "Female"): (-2.4000, -6.1206, 1.3206, 0.2061, 0.2304),
    ("cover:mmr2-5y", ""): (-2.8633, -3.6842, -2.0423, 8.159e-12, 1.55e-10),
    ("els:cancer-stage-1-2", ""): (3.3517, 0.6442, 6.0592, 0.01525, 0.02229),
}
# baseline, latest, direction that stands, verdict of the part
STANDS: dict[Key, tuple[str, str, str, Verdict]] = {
    ("els:employment-rate", ""): ("2021", "2023", "no clear change", STILL),
    ("els:adult-obesity", ""): (NOV(2020, 2021), NOV(2024, 2025), "increase", PROXY),
    ("fingertips:93015", ""): (NOV(2020, 2021), NOV(2023, 2024), "no clear change", STILL),
    ("fingertips:92443", ""): ("2021", "2024", "no clear change", STILL),
    ("els:wellbeing-satisfaction", ""): (Y21, "2022/23", "decrease", PROXY),
    ("els:wellbeing-worthwhile", ""): (Y21, "2022/23", "decrease", PROXY),
    ("els:wellbeing-happiness", ""): (Y21, "2022/23", "decrease", PROXY),
    ("els:wellbeing-anxiety", ""): (Y21, "2022/23", "increase", PROXY),
    ("els:hle-birth", "Male"): ("2019 - 21", "2022 - 24", "no clear change", PROXY),
    ("els:hle-birth", "Female"): ("2019 - 21", "2022 - 24", "no clear change", PROXY),
    ("els:cancer-stage-1-2", ""): ("2021", "2022", "increase", WANTED),
}
# baseline, latest and difference without the periods of the pandemic
WITHOUT: dict[Key, tuple[str, str, float]] = {
    ("cover:mmr1-2y", ""): ("2018/19", Y24, -2.06138),
    ("cover:dtap-1y", ""): ("2018/19", Y24, -1.96064),
    ("cover:pcv-1y", ""): ("2018/19", Y24, -1.1826),
    ("cover:hibmenc-2y", ""): ("2018/19", Y24, -2.37046),
    ("cover:pcv-booster-2y", ""): ("2018/19", Y24, -2.73652),
    ("cover:menb-1y", ""): ("2018/19", Y24, -2.06726),
    ("cover:rotavirus-1y", ""): ("2018/19", Y24, -2.52775),
    ("els:employment-rate", ""): ("2019", "2023", 1.1),
    ("els:adult-obesity", ""): (NOV(2018, 2019), NOV(2024, 2025), 5.57224),
    ("fingertips:93015", ""): (NOV(2018, 2019), NOV(2023, 2024), 1.2944),
    ("fingertips:92443", ""): ("2019", "2024", -4.61768),
    ("els:wellbeing-satisfaction", ""): ("2018/19", "2022/23", -0.44),
    ("els:wellbeing-worthwhile", ""): ("2018/19", "2022/23", -0.4),
    ("els:wellbeing-happiness", ""): ("2018/19", "2022/23", -0.37),
    ("els:wellbeing-anxiety", ""): ("2018/19", "2022/23", 0.57),
    ("cover:mmr2-5y", ""): ("2018/19", Y24, -2.69139),
}
# Their newest period touches the pandemic as well, so only the baseline is another.
STILL_TOUCHED = {
    ("els:hle-birth", "Male"): ("2017 - 19", "2022 - 24"),
    ("els:hle-birth", "Female"): ("2017 - 19", "2022 - 24"),
    ("els:cancer-stage-1-2", ""): ("2019", "2022"),
}


@pytest.fixture(scope="module")
def judgement() -> Any:
    """Return the verdicts of the Board page."""
    strategy = load_strategy()
    context = make_context(strategy, current_snapshot(), as_of=date(2026, 11, 22))
    return judge(context, assess_all(context), page="the whole strategy")


@pytest.fixture(scope="module")
def parts(judgement: Any) -> Any:
    """Return the tested parts by series and sex; where one serves twice, its own use first."""
    found: dict[Key, Any] = {}
    for measure in judgement.measures.values():
        for part in measure.parts:
            if part.tested:
                key = (part.assessment.part.series.id, part.assessment.part.sex)
                if key not in found or part.counts:
                    found[key] = part
    return found


def test_these_nineteen_and_no_others_are_tested(judgement: Any, parts: Any) -> None:
    """The family of the page is what was recomputed."""
    assert judgement.tested == len(NUMBERS) == 19
    assert set(parts) == set(NUMBERS)
    assert judgement.flagged_unadjusted == 15
    assert judgement.flagged == 14
    assert judgement.expected_by_chance == pytest.approx(0.95)


@pytest.mark.parametrize("key", NUMBERS, ids=" ".join)
def test_difference_interval_and_p_values(parts: Any, key: Key) -> None:
    """To the digits that were typed."""
    part = parts[key]
    change = part.change
    found = (change.difference, change.lower_95, change.upper_95)
    assert found == pytest.approx(NUMBERS[key][:3], abs=6e-5)
    assert (change.p_value, part.q_value) == pytest.approx(NUMBERS[key][3:], rel=6e-4)
    assert change.evidence == ("counts" if key[0].startswith("cover:") else "limits")


@pytest.mark.parametrize("key", NUMBERS, ids=" ".join)
def test_periods_direction_and_verdict(parts: Any, key: Key) -> None:
    """Vaccinations all fell from 2021/22 to 2024/25; the others are named one by one."""
    part = parts[key]
    expected = STANDS.get(key, (Y21, Y24, "decrease", WRONG))
    periods = (part.change.baseline, part.change.latest)
    assert (*periods, part.direction, part.verdict) == expected
    assert not part.sustained


@pytest.mark.parametrize("key", WITHOUT, ids=" ".join)
def test_the_same_without_the_pandemic(parts: Any, key: Key) -> None:
    """Another baseline, the same newest period; the sign of smoking is beyond chance there."""
    again = parts[key].repeat
    baseline, latest, difference = WITHOUT[key]
    assert (again.baseline, again.latest) == (baseline, latest)
    assert again.difference == pytest.approx(difference, abs=6e-5)
    codes = {r.code: r for r in parts[key].reasons}
    differs = key == ("fingertips:92443", "")
    assert codes["pandemic-differs" if differs else "pandemic-agrees"].values["still"] is False


@pytest.mark.parametrize("key", STILL_TOUCHED, ids=" ".join)
def test_a_newest_period_in_the_pandemic_is_said_to_be(parts: Any, key: Key) -> None:
    """These cannot be compared without the pandemic, and the reason does not claim it."""
    again = parts[key].repeat
    assert (again.baseline, again.latest) == STILL_TOUCHED[key]
    told = next(r for r in parts[key].reasons if r.code == "pandemic-agrees")
    assert told.values["still"] is True
    assert "while the newest period touches it too" in told.text


def test_the_counts_of_the_page(judgement: Any) -> None:
    """How many measures have each verdict, added up by hand from the list of eighty-four."""
    assert {v.value: n for v, n in judgement.counts().items()} == {
        "achieved": 0,
        "moving the wanted way": 1,
        "no clear change": 3,
        "moving the wrong way": 2,
        "too early to say": 1,
        "no figure since the strategy began": 14,
        "not measurable here": 37,
        "local evidence due": 26,
    }
