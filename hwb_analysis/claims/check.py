"""Run every recipe of a file of claims and judge what it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hwb_analysis.claims import operations as plain
from hwb_analysis.claims import operations_places as places
from hwb_analysis.claims import operations_time as time
from hwb_analysis.claims.judge import judge
from hwb_analysis.claims.load import claims_of
from hwb_analysis.claims.model import (
    Claim,
    ClaimResult,
    ClaimsFile,
    Finding,
    Outcome,
    Part,
    PartResult,
)
from hwb_analysis.claims.reader import NoFigureError, Reader
from hwb_analysis.errors import HwbError

if TYPE_CHECKING:
    from hwb_analysis.claims.recipes import Recipe
    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Strategy

OPERATIONS: dict[str, Callable[[Any, Reader], Finding]] = {
    "value": plain.value,
    "total": plain.total,
    "printed": plain.printed,
    "shared_time": plain.shared_time,
    "number_of_districts": plain.number_of_districts,
    "compare": plain.compare,
    "compare_every": plain.compare_every,
    "change": time.change,
    "every_period": time.every_period,
    "trend": time.trend,
    "share_of_ages": time.share_of_ages,
    "extreme": time.extreme,
    "position": places.position,
    "rank": places.rank,
    "count_small_areas": places.count_small_areas,
    "share_of_small_areas": places.share_of_small_areas,
    "more_than_some": places.more_than_some,
    "land_share": places.land_share,
    "gradients": places.gradients,
    "overall": places.overall,
}


def check_claims(
    strategy: Strategy, snapshot: Snapshot, claims: ClaimsFile | None = None
) -> tuple[ClaimResult, ...]:
    """Derive every statement of a strategy again from a snapshot.

    Parameters
    ----------
    strategy
        The registry; its area and nation are those that recipes mean.
    snapshot
        The figures.
    claims
        The statements with their recipes; those written down for the strategy's area by
        default.

    Returns
    -------
    tuple of ClaimResult
        One a claim, in the order of the file.

    Raises
    ------
    UsageError
        When no claims are written down for the area.
    RegistryError
        When a recipe names an unknown series, or is not unique in a period.

    Examples
    --------
    >>> from hwb_analysis.sources.snapshot import current_snapshot
    >>> from hwb_analysis.strategy import load_strategy
    >>> results = check_claims(load_strategy(), current_snapshot())
    >>> len(results) == len({result.claim.id for result in results})
    True
    """
    file = claims if claims is not None else claims_of(strategy)
    reader = Reader(strategy, snapshot, file)
    return tuple(_claim(claim, file.sections[claim.section], reader) for claim in file.claims)


def _claim(claim: Claim, section: str, reader: Reader) -> ClaimResult:
    beside = ((near.what, _run(near.recipe, reader, claim)) for near in claim.beside)
    return ClaimResult(
        claim=claim,
        section=section,
        parts=tuple(_part(part, reader, claim) for part in claim.parts),
        beside=tuple((what, found) for what, found in beside if not found.absent),
    )


def _part(part: Part, reader: Reader, claim: Claim) -> PartResult:
    if part.not_data:
        return PartResult(part, Outcome.NOT_DATA, reason=part.not_data)
    if part.recipe is None:
        return PartResult(part, Outcome.LACKS, reason=part.because)
    finding = _run(part.recipe, reader, claim)
    outcome, reason = judge(part, finding)
    return PartResult(part, outcome, finding, reason)


def _run(recipe: Recipe, reader: Reader, claim: Claim) -> Finding:
    try:
        return OPERATIONS[recipe.op](recipe, reader)
    except NoFigureError as gone:
        return Finding(absent=gone.message)
    except HwbError as error:
        error.where = f"claim {claim.id}, {recipe.op}"
        raise
