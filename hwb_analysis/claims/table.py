"""The outcomes of claims as a table and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from hwb_analysis.claims.model import ClaimResult, Finding, Outcome, PartResult

# From agreement to difference, then what could not be read.
SHOWN = (
    Outcome.REPRODUCED,
    Outcome.CLOSE,
    Outcome.DIRECTION_ONLY,
    Outcome.VALUE_ONLY,
    Outcome.DIFFERS,
    Outcome.LACKS,
    Outcome.NOT_DATA,
)
COLUMNS = (
    "claim_id",
    "part",
    "origin",
    "section",
    "source_line",
    "priority",
    "topic",
    "area",
    "what",
    "says",
    "bound",
    "says_unit",
    "says_period",
    "operation",
    "outcome",
    "claim_outcome",
    "value",
    "lower_95",
    "upper_95",
    "unit",
    "period",
    "vintage",
    "series_id",
    "found",
    "comparator",
    "comparator_value",
    "method",
    "test",
    "reason",
    "lacks",
    "beside",
    "note",
)


def claims_table(results: Sequence[ClaimResult]) -> pd.DataFrame:
    """Return one row for each part of each claim.

    Parameters
    ----------
    results
        From :func:`~hwb_analysis.claims.check.check_claims`.

    Returns
    -------
    DataFrame
        Columns ``claim_id``, ``part`` (from 1), what is printed (``says`` with unit and
        period), ``outcome`` of the part and ``claim_outcome`` of the whole statement, the
        recomputed ``value`` with 95 per cent limits, unit, period, release (``vintage``) and
        series, ``found`` (the word the figures give), the comparator, method, test, reason,
        ``lacks`` and ``beside`` (nearest figures that are no test).

    Examples
    --------
    >>> claims_table([]).columns[0]
    'claim_id'
    """
    rows = [
        _row(result, number, part)
        for result in results
        for number, part in enumerate(result.parts, start=1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def outcome_counts(results: Sequence[ClaimResult]) -> Mapping[Outcome, int]:
    """Return how many claims have each outcome, all outcomes included."""
    counts = Counter(result.outcome for result in results)
    return {outcome: counts[outcome] for outcome in SHOWN}


def _row(result: ClaimResult, number: int, one: PartResult) -> dict[str, Any]:
    claim, part = result.claim, one.part
    found = one.finding or Finding()
    return {
        "claim_id": claim.id,
        "part": number,
        "origin": claim.origin,
        "section": claim.section,
        "source_line": claim.line,
        "priority": claim.priority,
        "topic": claim.topic,
        "area": claim.area,
        "what": part.what,
        "says": part.says,
        "bound": part.bound,
        "says_unit": part.unit,
        "says_period": part.period,
        "operation": part.recipe.op if part.recipe else "",
        "outcome": one.outcome.value,
        "claim_outcome": result.outcome.value,
        "value": found.value,
        "lower_95": found.lower_95,
        "upper_95": found.upper_95,
        "unit": found.unit,
        "period": found.period,
        "vintage": found.vintage,
        "series_id": found.series_id,
        "found": found.word,
        "comparator": found.comparator,
        "comparator_value": found.comparator_value,
        "method": found.method,
        "test": found.test,
        "reason": one.reason,
        "lacks": part.lacks or found.absent,
        "beside": "; ".join(f"{what}: {near_words(near)}" for what, near in result.beside),
        "note": claim.note,
    }


def near_words(found: Finding) -> str:
    """Return a finding in a few words: figure, interval, period, comparator and word.

    Examples
    --------
    >>> near_words(Finding(value=4.345, unit="%", period="2021", comparator="Nation",
    ...     comparator_value=5.154))
    '4.3 % (2021); Nation 5.2'
    """
    limits = f" ({found.lower_95:.1f} to {found.upper_95:.1f})" if found.has_interval else ""
    text = f"{_number(found.value)} {found.unit}".strip() + limits
    text += f" ({found.period})" if found.period else ""
    if found.comparator_value == found.comparator_value:
        text += f"; {found.comparator} {_number(found.comparator_value)}"
    return text + (f"; {found.told}" if found.told else "")


def _number(value: float) -> str:
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.{2 if abs(value) < 1 else 1}f}"
