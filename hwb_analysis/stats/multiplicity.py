"""Many tests at once: how many would be flagged by chance, and which flags stand.

Benjamini and Hochberg's step-up procedure controls the expected share of false flags
among the flags of one declared family: with p sorted upwards, ``q_i = min over j >= i of
m p_j / j``. Benjamini and Yekutieli's form multiplies by ``1 + 1/2 + ... + 1/m`` and
holds under any dependence. Exact p values of short series are discrete, which makes
the procedure cautious.

Sources: Benjamini and Hochberg 1995; Benjamini and Yekutieli 2001; Holm 1979.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from hwb_analysis.errors import StatisticsError
from hwb_analysis.stats.arrays import LARGEST, Flags, Floats, numbers, refuse
from hwb_analysis.stats.result import Result, figure

Method = Literal["bh", "by", "holm", "bonferroni"]
NAMES = {
    "bh": "Benjamini-Hochberg",
    "by": "Benjamini-Yekutieli",
    "holm": "Holm",
    "bonferroni": "Bonferroni",
}


@dataclass(frozen=True, slots=True)
class Family(Result):
    """The tests of one family: p values, adjusted values, and which are flagged.

    ``by_chance`` is how many flags the unadjusted p values would raise on average were
    nothing there, ``by_chance_most`` the number not passed in 95 of 100 such pages (for
    independent tests). Missing p values stay missing and do not count.
    """

    value: Floats
    p_value: Floats
    flagged: Flags
    flagged_unadjusted: int
    tests: int
    rate: float
    by_chance: float
    by_chance_most: int
    family: str
    method: str

    def explain(self) -> str:
        """Return one sentence on the flags of the family."""
        if not self.tests:
            return f"No test was made in {self.family}."
        kept = int(self.flagged.sum())
        return (
            f"Of {self.tests} tests in {self.family}, {self.flagged_unadjusted} have p below "
            f"{self.rate:g}, where chance alone would raise about {figure(self.by_chance, 2)} "
            f"(seldom more than {self.by_chance_most}); {kept} "
            f"{'stands' if kept == 1 else 'stand'} after {self.method}."
        )


def adjust(p_value: ArrayLike, method: Method = "bh") -> Floats:
    """Return p values adjusted for the number of tests; missing ones stay missing.

    Raises
    ------
    StatisticsError
        A p value outside 0 to 1, or an unknown method.

    Examples
    --------
    >>> adjust([0.01, 0.04, 0.03, None]).round(3)
    array([0.03, 0.04, 0.04,  nan])
    """
    p = _p_values(p_value)
    refuse((p < 0) | (p > 1), "a p value lies outside 0 to 1", "pass p values, not statistics")
    if method not in NAMES:
        raise StatisticsError(
            f"the method '{method}' is not known", remedy="known: " + ", ".join(NAMES)
        )
    out = np.full(p.shape, np.nan)
    known = ~np.isnan(p)
    out[known] = _adjusted(p[known], method)
    return out


def _p_values(given: ArrayLike) -> Floats:
    """Read p values as numbers; one that is tiny is a p value all the same.

    A test on a register of many people gives p far below the size of any figure, down to
    where a float ends, which the check against faulty figures would refuse.
    """
    raw = np.atleast_1d(np.asarray(given))
    if raw.dtype.kind != "f":
        return numbers("p_value", raw)
    tiny = (raw > 0) & (raw < 1 / LARGEST)
    return np.where(tiny, raw, numbers("p_value", np.where(tiny, 0.0, raw)))


def _adjusted(p: Floats, method: str) -> Floats:
    m = p.size
    order = np.argsort(p, kind="stable")
    place = np.arange(1.0, m + 1)
    if method == "bonferroni":
        return np.minimum(p * m, 1.0)
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (m - place + 1))
    else:
        harmonic = (1 / place).sum() if method == "by" else 1.0
        raised = p[order] * m * harmonic / place
        stepped = np.minimum.accumulate(raised[::-1])[::-1]
    out = np.empty(m)
    out[order] = np.minimum(stepped, 1.0)
    return out


def family(p_value: ArrayLike, *, name: str, method: Method = "bh", rate: float = 0.05) -> Family:
    """Adjust the p values of one declared family and say what chance alone would flag.

    Parameters
    ----------
    p_value
        One p value a test; missing where no test was made.
    name
        What the family is, for the sentence: "the measures of this page".
    method
        ``"bh"`` (default), ``"by"``, ``"holm"`` or ``"bonferroni"``.
    rate
        The false-discovery (or error) rate; a test is flagged below or at it.

    Raises
    ------
    StatisticsError
        As :func:`adjust`; a rate outside 0 to 1.

    Examples
    --------
    >>> family([0.001, 0.2, 0.03, 0.6], name="this page").explain()
    'Of 4 tests in this page, 2 have p below 0.05, where chance alone would raise about 0.20
     (seldom more than 1); 1 stands after Benjamini-Hochberg.'
    """
    if not 0 < rate < 1:
        raise StatisticsError(f"the rate lies between 0 and 1, got {rate}")
    p = _p_values(p_value)
    adjusted = adjust(p, method)
    tests = int((~np.isnan(p)).sum())
    return Family(
        value=adjusted,
        p_value=p,
        flagged=adjusted <= rate,
        flagged_unadjusted=int((p < rate).sum()),
        tests=tests,
        rate=rate,
        by_chance=tests * rate,
        by_chance_most=_most_by_chance(tests, rate),
        family=name,
        method=NAMES[method],
    )


def _most_by_chance(tests: int, rate: float) -> int:
    flags = np.arange(tests + 1)
    return int(flags[special.bdtr(flags, tests, rate) >= 0.95][0]) if tests else 0
