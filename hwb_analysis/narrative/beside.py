"""Sentences on the further comparators: the region, and published lists of similar areas."""

from __future__ import annotations

import pandas as pd

from hwb_analysis.assessment.comparators import REGION, PeerCount, peer_counts
from hwb_analysis.assessment.model import Assessment
from hwb_analysis.narrative.catalogue import phrases, say
from hwb_analysis.narrative.sentences import places
from hwb_analysis.style import format_number, format_value
from hwb_analysis.vocabulary import Comparison, Polarity


def beside(assessment: Assessment, table: pd.DataFrame, area_code: str) -> list[str]:
    """Return one sentence on the region and one on each list that holds figures.

    Parameters
    ----------
    assessment
        The part that is told.
    table
        From :func:`~hwb_analysis.assessment.comparators`.
    area_code
        The area whose lists are read.
    """
    figure = assessment.latest
    if figure is None:
        return []
    own = table.loc[(table["key"] == assessment.key) & (table["list"] == REGION)]
    out = [_region(assessment, row) for row in own.to_dict("records")]
    return out + [_peers(assessment, c) for c in peer_counts(table, assessment.key, area_code)]


def _region(assessment: Assessment, row: dict[object, object]) -> str:
    figure = assessment.latest
    places_of = places(figure) if figure else 1
    shown = format_value(float(str(row["value"])), str(row["unit"]), decimals=places_of)
    if row["comparison"] == Comparison.NOT_COMPARED.value:
        return say("region_plain", area=row["area"], value=shown, why=row["reason"])
    return say("region", area=row["area"], value=shown, word=row["comparison"])


def _peers(assessment: Assessment, found: PeerCount) -> str:
    figure, part = assessment.latest, assessment.part
    if figure is None or part is None:
        return ""
    decimals = places(figure)
    every = found.held == found.listed
    some = f"all {found.held}" if every else f"{found.held} of the {found.listed}"
    said = {
        "some": some,
        "Some": some.capitalize(),
        "have": "has" if found.held == 1 else "have",
        "list": phrases("lists").get(found.list, found.list),
        "low": format_number(found.lowest, decimals),
        "high": format_value(found.highest, figure.unit, decimals=decimals),
        "middle": format_number(found.middle, decimals),
    }
    if found.not_compared == found.held:
        return say("peers_plain", **said)
    words = {"better": found.better, "similar": found.similar, "worse": found.worse}
    key = "peers_no_end" if part.polarity is Polarity.NONE else "peers"
    return say(key, **said, **words)
