"""Families of trend tests: Mann-Kendall, counts, adjustment for many tests, base R."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from reference_harness import Cell, read
from scipy import special

from hwb_analysis.stats.arrays import z_value
from hwb_analysis.stats.classic_tests import (
    durbin_watson,
    poisson_aic,
    share_explained,
    spearman,
)
from hwb_analysis.stats.control_chart import xmr_chart
from hwb_analysis.stats.count_trend import count_trend, negative_binomial_trend
from hwb_analysis.stats.gap_trend import gap_trend
from hwb_analysis.stats.irls import fit, likelihood_ratio
from hwb_analysis.stats.joinpoint import Joinpoint, joinpoint
from hwb_analysis.stats.joinpoint_grid import points_needed
from hwb_analysis.stats.line_trend import line_trend
from hwb_analysis.stats.mann_kendall import MannKendall, mann_kendall
from hwb_analysis.stats.multiplicity import adjust
from hwb_analysis.stats.national_rule import (
    LIMITS_PER_SE,
    RecentTrend,
    cochran_armitage,
    marked,
    proportion_test,
)
from hwb_analysis.stats.trend_result import Trend
from hwb_analysis.stats.trends import recent_trend
from hwb_analysis.vocabulary import Polarity, TrendMarker

LEVEL = 0.05
REFUSED, CALCULATED = "refused", "calculated"
REFUSALS = (
    "Not enough data points",
    "Missing values",
    "Missing at least one confidence interval value",
)


def trend_mk(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "trend_mk_inputs.csv"), read(folder, "trend_mk.csv")
    ours = {case: _series(group) for case, group in inputs.groupby("case_id")}
    for row in theirs.to_dict("records"):
        quantity = f"{row['peer']} | {row['quantity']}"
        found = ours[row["case_id"]]
        if str(row["quantity"]).startswith("trend_"):
            mine, value = found["word"], str(row["quantity"]).removeprefix("trend_")
            yield Cell(row["case_id"], f"{row['case_id']}|{quantity}", "word", mine, value)
            continue
        mine = found.get(quantity)
        yield Cell(row["case_id"], f"{row['case_id']}|{quantity}", quantity, mine, row["value"])


def _series(group: pd.DataFrame) -> dict[str, object]:
    t, y = (group[name].to_numpy(dtype=float) for name in ("t", "value"))
    exact, normal = mann_kendall(y, t), mann_kendall(y, t, method="normal")
    plain = mann_kendall(y, t, method="normal", continuity=False)
    places = mann_kendall(y, method="normal")
    line = line_trend(y, t, levels=0.95, fewest=3)
    tied = len(set(y)) < len(y)
    clear = normal.p_value < LEVEL
    word = ("increasing" if normal.score > 0 else "decreasing") if clear else "no trend"
    peers = _peers(exact, normal, plain, places, line, tied)
    fitted = float(line.intercept[0]) + float(line.value[0]) * t
    peers["R lmtest::dwtest | dw"] = durbin_watson(y - fitted) if np.ptp(y) > 0 else math.nan
    return {"word": word, **peers}


def _peers(
    exact: MannKendall,
    normal: MannKendall,
    plain: MannKendall,
    places: MannKendall,
    line: Trend,
    tied: bool,
) -> dict[str, object]:
    kendall, sens = "R Kendall::MannKendall", "R trend::sens.slope"
    py, scipy = "pymannkendall.original_test", "scipy.stats.theilslopes(separate)"
    trend = "R trend::mk.test"
    return {
        f"{trend} | S": normal.score,
        f"{trend} | varS": normal.score_variance,
        f"{trend} | tau": normal.tau_b,
        f"{trend} | z": normal.z,
        f"{trend} | p": normal.p_value,
        f"{sens} | slope": places.value,
        f"{sens} | lower": places.lower[0],
        f"{sens} | upper": places.upper[0],
        f"{kendall} | S": normal.score,
        f"{kendall} | tau": normal.tau_b,
        f"{kendall} | p": normal.p_value,
        "R cor.test kendall exact | p": exact.p_value,
        "R lm | slope": float(line.value[0]),
        "R lm | lower": float(line.lower[0][0]),
        "R lm | upper": float(line.upper[0][0]),
        "R lm | p": float(line.p_value[0]),
        f"{py} | s": normal.score,
        f"{py} | var_s": normal.score_variance,
        f"{py} | Tau": normal.tau_a,
        f"{py} | z": normal.z,
        f"{py} | p": normal.p_value,
        f"{py} | slope": places.value,
        f"{py} | intercept": places.intercept,
        f"{scipy} | slope": normal.value,
        f"{scipy} | low_slope": normal.lower[0],
        f"{scipy} | high_slope": normal.upper[0],
        f"{scipy} | intercept": normal.intercept,
        "scipy.stats.theilslopes(joint) | intercept": normal.intercept_joint,
        "scipy.stats.kendalltau(auto) | p": plain.p_value if tied else exact.p_value,
        "exact distribution of S with ties (generating function) | p": exact.p_value,
        "full enumeration of permutations | p": exact.p_value,
    }


def trend_count(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "trend_count_inputs.csv"), read(folder, "trend_count.csv")
    ours = {case: _counts(group) for case, group in inputs.groupby("case_id")}
    for row in theirs.to_dict("records"):
        mine = ours[row["case_id"]].get((row["model"], row["quantity"]))
        where = f"{row['case_id']}|{row['model']}"
        yield Cell(row["model"], where, row["quantity"], mine, row["value"])


def _counts(group: pd.DataFrame) -> dict[tuple[str, str], float]:
    t, x, n = (group[name].to_numpy(dtype=float) for name in ("t", "count", "population"))
    made = {
        "poisson_z": count_trend(x, n, t, kind="rate", variance="model", levels=0.95),
        "quasipoisson_t": count_trend(x, n, t, kind="rate", dispersion_floor=False, levels=0.95),
        "poisson_hc0_z": count_trend(x, n, t, kind="rate", variance="robust", levels=0.95),
        "loglinear_wls_count_t": line_trend(x / n, t, weights=x, scale="log", levels=0.95),
        "negbin2_z": negative_binomial_trend(x, n, t, levels=0.95),
    }
    out = {
        (name, key): float(value)
        for name, found in made.items()
        for key, value in _slope(found).items()
    }
    design = np.stack([np.ones_like(t), t], axis=-1)
    out["poisson_z", "deviance"] = float(fit(x[None], n[None], design, "poisson").deviance[0])
    out["poisson_z", "phi_pearson"] = float(made["poisson_z"].dispersion[0])
    out["negbin2_z", "alpha"] = float(made["negbin2_z"].dispersion[0])
    return out


def _slope(found: Trend) -> dict[str, float]:
    return {
        "beta": found.value[0],
        "se": found.se[0],
        "apc": found.change[0],
        "apc_lower": found.change_lower[0][0],
        "apc_upper": found.change_upper[0][0],
    }


def multiplicity(folder: Path) -> Iterator[Cell]:
    theirs = read(folder, "multiplicity.csv")
    for (case, method), group in theirs.groupby(["case_id", "method"]):
        mine = adjust(group["p"].to_numpy(dtype=float), method.lower())
        for place, (ours, value) in enumerate(zip(mine, group["adjusted"], strict=True)):
            yield Cell(method, f"{case}|{method}|{place}", "adjusted", float(ours), value)


def base_r_trends(inputs: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    """Return our figures for the trend rows of base R."""
    out: dict[tuple[str, str, str], float] = {}
    for case, group in inputs[inputs["method"] == "trend"].groupby("case"):
        t, x, n, y = (group[name].to_numpy(dtype=float) for name in ("t", "x", "n", "rate"))
        # R counted from the first year.
        t = t - t[0]
        made = {
            **_generalised(t, x, n),
            **_proportion_trends(x, n),
            **_lines(t, y),
            **_kendall(t, y),
            **_spearman(t, y),
        }
        out |= {(method, case, name): float(v) for (method, name), v in made.items()}
    for case, group in inputs[inputs["method"] == "tied"].groupby("case"):
        out |= _tied(case, group)
    return out


def _generalised(t: np.ndarray, x: np.ndarray, n: np.ndarray) -> dict[tuple[str, str], float]:
    out: dict[tuple[str, str], float] = {}
    one, line = (np.stack(c, axis=-1) for c in ([np.ones_like(t)], [np.ones_like(t), t - t.mean()]))
    for method, kind, model in (
        ("poisson_trend", "rate", "poisson"),
        ("logistic_trend", "proportion", "binomial"),
    ):
        found = count_trend(x, n, t, kind=kind, variance="model", levels=0.95)
        small, large = (fit(x[None], n[None], design, model) for design in (one, line))
        names = {
            "intercept": found.intercept[0],
            "slope": found.value[0],
            "se": found.se[0],
            "z": found.statistic[0],
            "p": found.p_value[0],
            "wald_lower": found.lower[0][0],
            "wald_upper": found.upper[0][0],
            "annual_percent_change": found.change[0],
            "deviance": large.deviance[0],
            "null_deviance": small.deviance[0],
            "df": large.freedom[0],
            "lr_p": likelihood_ratio(small, large)[0],
        }
        if model == "poisson":
            names["aic"] = poisson_aic(x, large.fitted[0], 2)
        out |= {(method, key): value for key, value in names.items()}
    quasi = count_trend(x, n, t, kind="rate", dispersion_floor=False)
    return out | {("quasipoisson_trend", key): v for key, v in _tested(quasi).items()}


def _tested(found: Trend) -> dict[str, float]:
    return {
        "slope": found.value[0],
        "se": found.se[0],
        "t": found.statistic[0],
        "p": found.p_value[0],
        "dispersion": found.dispersion[0],
    }


def _proportion_trends(x: np.ndarray, n: np.ndarray) -> dict[tuple[str, str], float]:
    out: dict[tuple[str, str], float] = {}
    for name, found in (
        ("default_scores", cochran_armitage(x, n)),
        ("last_5_years", cochran_armitage(x[-5:], n[-5:])),
        ("sqrt_scores", cochran_armitage(x, n, np.sqrt(np.arange(1.0, x.size + 1)))),
    ):
        out[f"prop_trend_test_{name}", "chi_squared"] = found
        out[f"prop_trend_test_{name}", "p"] = float(special.chdtrc(1, found))
    return out


def _lines(t: np.ndarray, y: np.ndarray) -> dict[tuple[str, str], float]:
    straight, log = line_trend(y, t, levels=0.95), line_trend(y, t, scale="log")
    limits = {"lower": straight.lower[0][0], "upper": straight.upper[0][0]}
    fitted = straight.intercept[0] + straight.value[0] * t
    names = {
        **_tested(straight),
        **limits,
        "intercept": straight.intercept[0],
        "r_squared": share_explained(y, fitted),
        "durbin_watson": durbin_watson(y - fitted),
    }
    return {("ols_trend", key): v for key, v in names.items()} | {
        ("log_linear_trend", key): v for key, v in _tested(log).items()
    }


def _kendall(t: np.ndarray, y: np.ndarray) -> dict[tuple[str, str], float]:
    exact, normal = mann_kendall(y, t), mann_kendall(y, t, method="normal")
    plain = mann_kendall(y, t, method="normal", continuity=False)
    pairs = y.size * (y.size - 1) / 2
    reach = special.ndtri(0.975) * np.sqrt(normal.score_variance)
    definition = "theil_sen_and_mann_kendall_from_definition"
    return {
        ("kendall_exact", "tau"): exact.tau_b,
        ("kendall_exact", "p"): exact.p_value,
        ("kendall_exact", "T"): (pairs + exact.score) / 2,
        ("kendall_normal", "tau"): plain.tau_b,
        ("kendall_normal", "z"): plain.z,
        ("kendall_normal", "p"): plain.p_value,
        ("kendall_normal_continuity", "z"): normal.z,
        ("kendall_normal_continuity", "p"): normal.p_value,
        (definition, "slope"): normal.value,
        (definition, "S"): normal.score,
        (definition, "var_S"): normal.score_variance,
        (definition, "z"): normal.z,
        (definition, "p"): normal.p_value,
        (definition, "rank_lower"): (pairs - reach) / 2,
        (definition, "rank_upper"): (pairs + reach) / 2 + 1,
    }


def _spearman(t: np.ndarray, y: np.ndarray) -> dict[tuple[str, str], float]:
    found = spearman(t, y)
    # R was told to take the t distribution; ours has no other.
    return {
        ("spearman", "rho"): found.rho,
        ("spearman", "S"): found.squares,
        ("spearman", "p"): found.p_value,
        ("spearman", "exact"): 0.0,
    }


def _tied(case: str, group: pd.DataFrame) -> dict[tuple[str, str, str], float]:
    t, v = (group[name].to_numpy(dtype=float) for name in ("t", "v"))
    normal = mann_kendall(v, t, method="normal")
    plain = mann_kendall(v, t, method="normal", continuity=False)
    found = {
        "tau_b": plain.tau_b,
        "z": plain.z,
        "p": plain.p_value,
        "S": normal.score,
        "var_S": normal.score_variance,
        "mann_kendall_p": normal.p_value,
    }
    ranks = spearman(t, v)
    return {("kendall_ties", case, key): float(value) for key, value in found.items()} | {
        ("spearman_ties", case, "rho"): ranks.rho,
        ("spearman_ties", case, "p"): ranks.p_value,
    }


def trend_marker_outputs(folder: Path) -> Iterator[Cell]:
    inputs, theirs = (
        read(folder, "trend_marker_inputs.csv"),
        read(folder, "trend_marker_outputs.csv"),
    )
    words = {
        TrendMarker.INCREASING: "Increasing",
        TrendMarker.DECREASING: "Decreasing",
        TrendMarker.NO_CHANGE: "No significant change",
        TrendMarker.NOT_CALCULATED: "Cannot be calculated",
    }
    for row in theirs.to_dict("records"):
        found = _recent(inputs[inputs["case"] == row["case"]].sort_values("year"))
        mine = {"beta": found.value, "chi_squared": found.chi_squared}
        mine["trend"] = words[found.marker]
        mine["reason"] = REFUSED if found.marker is TrendMarker.NOT_CALCULATED else CALCULATED
        # The reasons are put in our own words: both refuse, or both calculate.
        theirs_too = {**row, "reason": REFUSED if row["reason"] in REFUSALS else CALCULATED}
        for name, value in mine.items():
            yield Cell(row["case"], row["case"], name, value, theirs_too[name])


def _recent(series: pd.DataFrame) -> RecentTrend:
    kind = "proportion" if series["value_type"].iloc[0] == "proportion" else "other"
    latest = series.tail(5)
    # R takes calendar years for positions; ours refuses a missing year when dates are given.
    if kind == "proportion" and len(latest) == 5 and (np.diff(latest["year"]) > 1).any():
        x, n, t = (latest[c].to_numpy(dtype=float) for c in ("numerator", "denominator", "year"))
        slope, chi_squared, vote = (float(part) for part in proportion_test(x, n, t))
        return marked(slope, chi_squared, bool(vote), "B", Polarity.NONE, 5)
    if kind == "proportion":
        x, n = (series[c].to_numpy(dtype=float) for c in ("numerator", "denominator"))
        return recent_trend(x / n, count=x, denominator=n, kind=kind)
    value, low, high = (series[c].to_numpy(dtype=float) for c in ("value", "lower", "upper"))
    # Published limits are read at 3.92 standard errors; R's at exact quantiles of its level.
    widen = LIMITS_PER_SE / (2 * z_value(float(series["confidence"].iloc[0])))
    middle, half = (high + low) / 2, (high - low) / 2 * widen
    return recent_trend(value, lower=middle - half, upper=middle + half)


def trend_gap(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "trend_gap_inputs.csv"), read(folder, "trend_gap.csv")
    ours = {case: _gap(group) for case, group in inputs.groupby("case_id")}
    for row in theirs.to_dict("records"):
        mine = ours[row["case_id"]][row["quantity"]]
        yield Cell(row["case_id"], row["case_id"], row["quantity"], mine, row["value"])


def _gap(group: pd.DataFrame) -> dict[str, float]:
    names = ("count_most", "pop_most", "count_least", "pop_least", "t")
    found = gap_trend(
        *(group[name].to_numpy(dtype=float) for name in names), dispersion_floor=False
    )
    poisson = found.se / np.sqrt(found.dispersion)
    slope, error = found.difference_slope, found.difference_se_counts
    return {
        "interaction_beta": found.interaction,
        "interaction_se_poisson": poisson,
        "interaction_p_z": 2 * special.ndtr(-abs(found.interaction) / poisson),
        "phi": found.dispersion,
        "interaction_se_quasi": found.se,
        "interaction_p_t": found.p_value,
        "ratio_of_rate_ratios_per_period": found.value,
        "lrt_p": found.p_likelihood,
        "absolute_gap_slope_wls": slope,
        "absolute_gap_slope_se_known_variance": error,
        "absolute_gap_p_z": 2 * special.ndtr(-abs(slope) / error),
        "absolute_gap_slope_se_wls_resid": found.difference_se_years,
    }


def spc_xmr(folder: Path) -> Iterator[Cell]:
    theirs = read(folder, "spc_xmr.csv")
    theirs["fix_after"] = theirs["fix_after"].fillna(0)
    for (case, screen, fixed), group in theirs.groupby(["case_id", "screen_outliers", "fix_after"]):
        rows = group.sort_values("t")
        chart = xmr_chart(
            rows["value"].to_numpy(dtype=float),
            better="high",
            screen=bool(screen),
            baseline=int(fixed) or None,
        )
        for place, row in enumerate(rows.to_dict("records")):
            where = f"{case}|screen {screen}|fix {fixed:g}|{row['t']}"
            mine = {
                "mean": chart.centre[place],
                "lpl": chart.lower[place],
                "upl": chart.upper[place],
                "outside": float(chart.outside[place]),
                "close": float(chart.near[place]),
                "special_cause_type": CAUSES[chart.cause[place]],
                "point_type_if_increase_is_improvement": JUDGED[chart.judged[place]],
            }
            for name, value in mine.items():
                yield Cell(
                    f"{'screen' if screen else 'plain'} {case}", where, name, value, row[name]
                )


CAUSES = {
    "common cause": "Common Cause",
    "above the upper limit": "Above UCL",
    "below the lower limit": "Below LCL",
    "7 points rising": "7 Point Trend (Increasing)",
    "7 points falling": "7 Point Trend (Decreasing)",
    "two of three near the upper limit": "2 in 3 Above CL",
    "two of three near the lower limit": "2 in 3 Below CL",
    "7 points above the centre": "7 Points Above CL",
    "7 points below the centre": "7 Points Below CL",
}
JUDGED = {
    "common cause": "common_cause",
    "improvement": "special_cause_improvement",
    "concern": "special_cause_concern",
}


def joinpoint_cases(folder: Path) -> Iterator[Cell]:
    inputs, theirs = read(folder, "joinpoint_inputs.csv"), read(folder, "joinpoint.csv")
    ours: dict[tuple[str, int], dict[str, float]] = {}
    for case, group in inputs.groupby("case_id"):
        t, y = (group[name].to_numpy(dtype=float) for name in ("t", "rate"))
        for k in range(5):
            if points_needed(k) <= t.size:
                ours[case, k] = _joined(joinpoint(y, t, k=k), k)
    for row in theirs.to_dict("records"):
        found = ours.get((row["case_id"], int(row["n_joinpoints"])), {})
        where = f"{row['case_id']}|{row['peer']}|{row['n_joinpoints']}"
        mine = found.get(row["quantity"]) if row["peer"] == "grid_search" else None
        # Changes near zero are differences of larger numbers: digits count in absolute terms.
        slack = 1e-8 * max(1.0, abs(row["value"]))
        yield Cell(row["peer"], where, row["quantity"], mine, row["value"], slack)


def _joined(found: Joinpoint, k: int) -> dict[str, float]:
    model = found.models[k]
    out = {"sse": model.sse, "bic": model.bic, "bic3": model.bic3, "aapc": found.value}
    for place, segment in enumerate(found.segments, start=1):
        out[f"apc{place}"] = segment.apc
    for place, joint in enumerate(found.joinpoints, start=1):
        out[f"joinpoint{place}"] = joint
    return out
