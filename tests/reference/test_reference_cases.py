"""Every reference case, against the plan of what is expected of it.

``pytest tests/reference`` runs the cases kept here; ``--reference-dir DIR`` runs those of
another folder of the same layout.
"""

from __future__ import annotations

from pathlib import Path

import cases_fingertips
import cases_funnel
import cases_funnel_eb
import cases_gaps
import cases_inequality
import cases_rates
import cases_refusals
import cases_slope
import cases_standard
import cases_trends
import pytest
from reference_harness import CASES, Tally, case_files, judge, read, read_plan

FAMILIES = {
    f"phe/{name}.csv": getattr(module, name)
    for module, names in (
        (
            cases_rates,
            (
                "count_limits_outputs",
                "wilson_outputs",
                "phe_rate_outputs",
                "phe_proportion_outputs",
                "phe_mean_outputs",
                "phe_quantile_outputs",
            ),
        ),
        (
            cases_standard,
            (
                "calculate_dsr_outputs",
                "calculate_dsr_nonindependent_outputs",
                "phe_dsr_outputs",
                "calculate_ISRate_outputs",
                "calculate_ISRatio_outputs",
                "phe_life_expectancy_outputs",
                "esp2013",
            ),
        ),
        (
            cases_funnel,
            ("funnel_limits_outputs", "funnel_significance_outputs", "funnel_points_outputs"),
        ),
        (cases_slope, ("phe_sii_outputs", "phe_sii_reliability_outputs", "base_r_outputs")),
        (cases_refusals, ("cases_exact",)),
    )
    for name in names
}
FAMILIES["peers/gap_two_areas.csv"] = cases_gaps.gap_two_areas
FAMILIES["peers/joinpoint.csv"] = cases_trends.joinpoint_cases
FAMILIES["phe/trend_marker_outputs.csv"] = cases_trends.trend_marker_outputs
FAMILIES |= {
    f"fingertips/{name}.csv": getattr(cases_fingertips, name)
    for name in ("trend_cases", "benchmark_cases", "other_cases")
}
FAMILIES |= {
    f"peers/{name}.csv": getattr(cases_trends, name)
    for name in ("trend_mk", "trend_count", "trend_gap", "multiplicity", "spc_xmr")
}
FAMILIES["peers/funnel_eb.csv"] = cases_funnel_eb.funnel_eb
FAMILIES |= {
    f"peers/{name}.csv": getattr(cases_inequality, name)
    for name in ("ci_rineq", "ineq_healthequal", "ineq_pysal", "ineq_regression", "ineq_scotpho")
}
SHOWN_FAULTS = 10


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case_file" in metafunc.fixturenames:
        files = case_files(_root(metafunc.config))
        metafunc.parametrize("case_file", files, ids=["/".join(pair) for pair in files])


def _root(config: pytest.Config) -> Path:
    given = config.getoption("--reference-dir", default=None)
    return Path(given) if given else CASES


def test_the_cases_of_a_file_are_as_the_plan_says(case_file, request, tallies):
    folder, file = case_file
    plan = [row for row in read_plan() if (row.folder, row.file) == case_file]
    assert plan, f"{folder}/{file} is not in plan.csv: add it with its status"
    if {row.status for row in plan} == {"input"}:
        return
    root = _root(request.config) / folder
    if {row.status for row in plan} <= {"not built", "not offered"}:
        tally = Tally()
        tally.counts[plan[0].status] = len(read(root, file))
    else:
        tally = judge(folder, file, FAMILIES[f"{folder}/{file}"](root), plan)
    tallies[f"{folder}/{file}"] = tally
    listed = "\n".join(tally.faults[:SHOWN_FAULTS])
    assert not tally.faults, f"{len(tally.faults)} cells are not as the plan says\n{listed}"
    assert sum(tally.counts.values()), f"no case of {folder}/{file} was run"


def test_every_family_has_its_file_in_the_plan():
    planned = {f"{row.folder}/{row.file}" for row in read_plan()}
    assert set(FAMILIES) <= planned


def test_every_deviation_gives_its_reason():
    silent = [row for row in read_plan() if row.status == "peer defect" and not row.note]
    assert not silent


def test_an_unknown_file_is_not_passed_over(tmp_path):
    (tmp_path / "phe").mkdir()
    (tmp_path / "phe" / "new_outputs.csv").write_text("case\n", encoding="utf-8")
    (tmp_path / "phe" / "notes.md").write_text("ignored", encoding="utf-8")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "ignored.csv").write_text("case\n", encoding="utf-8")
    assert case_files(tmp_path) == [("phe", "new_outputs.csv")]
    assert not [row for row in read_plan() if row.file == "new_outputs.csv"]
