"""What a page says of disclosure control: of published figures, and of local ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hwb_analysis.sources.series import SeriesInfo

PUBLISHED = "published"


def disclosure_words(
    used: Iterable[str], series: Mapping[str, SeriesInfo], suppression: str = PUBLISHED
) -> str:
    """Return the sentences on disclosure control for the data notes of a page.

    Parameters
    ----------
    used
        The series that the page shows.
    series
        What every series is; the last note of a local one says what was withheld.
    suppression
        The rule that the run applies to local figures besides that of their source.

    Examples
    --------
    >>> disclosure_words(["cover:mmr2-5y"], {})
    'Disclosure rule: published figures are shown as published; nothing is hidden again.'
    """
    told = "Disclosure rule: published figures are shown as published; nothing is hidden again."
    local = [series[one] for one in dict.fromkeys(used) if one.startswith("local:")]
    for info in local:
        told += f" Local figures ({info.title}): {info.notes[-1]}"
    if local and suppression != PUBLISHED:
        told += f" The rule '{suppression}' is applied to local figures besides their own."
    return told
