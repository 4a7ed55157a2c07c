"""The strategy's own statements, derived again from published figures.

What each statement prints and how it is read again stands in a file below
``data/strategy/claims``; the operations are here. Nothing here decides what a difference
means: it is shown with its reason.
"""

from hwb_analysis.claims.check import OPERATIONS, check_claims
from hwb_analysis.claims.judge import bound_agrees, number_agrees, printed_number
from hwb_analysis.claims.load import claims_of, has_claims, load_claims
from hwb_analysis.claims.model import (
    Claim,
    ClaimResult,
    ClaimsFile,
    Finding,
    Outcome,
    Part,
    PartResult,
)
from hwb_analysis.claims.table import claims_table, near_words, outcome_counts

__all__ = [
    "OPERATIONS",
    "Claim",
    "ClaimResult",
    "ClaimsFile",
    "Finding",
    "Outcome",
    "Part",
    "PartResult",
    "bound_agrees",
    "check_claims",
    "claims_of",
    "claims_table",
    "has_claims",
    "load_claims",
    "near_words",
    "number_agrees",
    "outcome_counts",
    "printed_number",
]
