"""What each success measure looks like now, with the reasons as data.

One :class:`Assessment` for each part of a measure: the latest figure with its limits,
the comparator in the same period, the comparison, the national recent-trend marker,
the gap between the most and the least deprived district, the grade and the age of the
evidence, or the reason why there is no figure. No page and no notebook computes any of
these again.
"""

from hwb_analysis.assessment.comparators import comparators, neighbour_lists, peer_counts
from hwb_analysis.assessment.evidence import gap_between
from hwb_analysis.assessment.gradients import Gradient, deprivation_groups, gradient_of
from hwb_analysis.assessment.judgement import (
    Judgement,
    MeasureVerdict,
    PartVerdict,
    Reason,
    TargetDistance,
)
from hwb_analysis.assessment.measures import assess_all, part_rows
from hwb_analysis.assessment.model import (
    Assessment,
    ChangeSince,
    Context,
    DistrictGap,
    Marker,
    Reading,
    make_context,
    reading,
    touches_pandemic,
)
from hwb_analysis.assessment.table import (
    as_rows,
    assess,
    returned_fields,
    verdict_rows,
    verdict_table,
)
from hwb_analysis.assessment.verdicts import judge

__all__ = [
    "Assessment",
    "ChangeSince",
    "Context",
    "DistrictGap",
    "Gradient",
    "Judgement",
    "Marker",
    "MeasureVerdict",
    "PartVerdict",
    "Reading",
    "Reason",
    "TargetDistance",
    "as_rows",
    "assess",
    "assess_all",
    "comparators",
    "deprivation_groups",
    "gap_between",
    "gradient_of",
    "judge",
    "make_context",
    "neighbour_lists",
    "part_rows",
    "peer_counts",
    "reading",
    "returned_fields",
    "touches_pandemic",
    "verdict_rows",
    "verdict_table",
]
