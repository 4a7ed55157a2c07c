"""Age bands by key, and the European Standard Population of 2013.

A band is known by its first and last age, whatever way its label is written. Weights
are joined to data by these ages, never by position.

Source of the weights: Eurostat 2013, Revision of the European Standard Population.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hwb_analysis.errors import StatisticsError

OPEN_END = 200
ESP2013: Mapping[str, float] = {
    "0": 1000,
    "1-4": 4000,
    "5-9": 5500,
    "10-14": 5500,
    "15-19": 5500,
    "20-24": 6000,
    "25-29": 6000,
    "30-34": 6500,
    "35-39": 7000,
    "40-44": 7000,
    "45-49": 7000,
    "50-54": 7000,
    "55-59": 6500,
    "60-64": 6000,
    "65-69": 5500,
    "70-74": 5000,
    "75-79": 4000,
    "80-84": 2500,
    "85-89": 1500,
    "90+": 1000,
}
_AGES = re.compile(r"^\D*?(\d{1,3})\s*(?:(\+|-|–|to|and over|plus|years)?\s*(\d{1,3})?)?\D*$")
_UNDER = re.compile(r"^(?:<|under)\s*(\d{1,3})\b")
_OPEN = ("+", "and over", "plus")


@dataclass(frozen=True, slots=True, order=True)
class Band:
    """A band of ages in completed years, both ends included."""

    first: int
    last: int

    @property
    def label(self) -> str:
        """The band as it is written here: 0, 5-9, 90+."""
        if self.last == OPEN_END:
            return f"{self.first}+"
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def holds(self, other: Band) -> bool:
        """Say whether the other band lies within this one."""
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Band) -> bool:
        """Say whether the two share an age."""
        return self.first <= other.last and other.first <= self.last


def parse_band(label: object) -> Band:
    """Read an age band: "5-9", "05 to 09", "Aged 5-9", "90+", "<1", "0", "Under 5".

    Raises
    ------
    StatisticsError
        When the label holds no ages, or ends before it starts.

    Examples
    --------
    >>> parse_band("05 to 09"), parse_band("90 and over").label, parse_band("<1").label
    (Band(first=5, last=9), '90+', '0')
    """
    text = str(label).strip().lower()
    if under := _UNDER.match(text):
        return Band(0, int(under[1]) - 1)
    found = _AGES.match(text)
    if not found:
        raise _unreadable(label)
    first = int(found[1])
    if found[3] is not None:
        last = int(found[3])
        if last < first:
            raise _unreadable(label)
        return Band(first, last)
    return Band(first, OPEN_END if any(mark in text for mark in _OPEN) else first)


def _unreadable(label: object) -> StatisticsError:
    return StatisticsError(
        f"an age band such as '5-9', '90+' or '<1' was expected, got {label!r}",
        remedy="write the first and the last age of the band",
    )


def check_bands(labels: Iterable[object], *, complete: bool = True) -> list[Band]:
    """Read the bands and refuse repeats, overlaps and, unless told otherwise, holes.

    Raises
    ------
    StatisticsError
        Naming the two bands that do not fit.

    Examples
    --------
    >>> [band.label for band in check_bands(["5+", "0-4"])]
    ['0-4', '5+']
    """
    bands = sorted(map(parse_band, labels))
    for one, other in itertools.pairwise(bands):
        if one.overlaps(other):
            raise StatisticsError(
                f"the age bands {one.label} and {other.label} overlap",
                remedy="each age belongs to one band; leave totals out",
            )
        if complete and other.first != one.last + 1:
            raise StatisticsError(
                f"there is no age band between {one.label} and {other.label}",
                remedy="add the missing band, or say complete=False",
            )
    return bands


def standard_weights(
    bands: Sequence[object], standard: Mapping[str, float] = ESP2013
) -> dict[str, float]:
    """Return the standard population of each band, matched by age.

    A band may join several bands of the standard (0-4, 85+); it may not cut one.

    Parameters
    ----------
    bands
        Labels of the bands in the data, in any order.
    standard
        Weights by band label; the European Standard Population 2013 unless given.

    Returns
    -------
    dict
        The weight of each label as it was given.

    Raises
    ------
    StatisticsError
        When bands overlap, or a band cuts a band of the standard.

    Examples
    --------
    >>> standard_weights(["85+", "0-4"])
    {'85+': 2500, '0-4': 5000}
    """
    check_bands(bands, complete=False)
    parts = {parse_band(label): weight for label, weight in standard.items()}
    return {str(label): _weight(parse_band(label), parts) for label in bands}


def _weight(band: Band, parts: Mapping[Band, float]) -> float:
    within = [part for part in parts if band.overlaps(part)]
    if not within or not all(band.holds(part) for part in within):
        raise StatisticsError(
            f"the age band {band.label} does not fit the standard population",
            remedy="join bands until they do: " + ", ".join(part.label for part in parts),
        )
    return sum(parts[part] for part in within)
