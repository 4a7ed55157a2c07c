"""What an indicator of the national profiles is: from the snapshot, else from its metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import SourceError
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot
from hwb_analysis.strategy.model import Indicator, Strategy
from hwb_analysis.vocabulary import Basis, PeriodKind

FILE = Path(__file__).with_name("fingertips.yaml")
PREFIX = "fingertips"
ACTIVE_LIVES = "11-16"
MULTIPLIERS = {"%": 100.0, "per 1,000": 1e3, "per 10,000": 1e4, "per 100,000": 1e5}
YEARS = ("calendar", "financial", "academic", "active-lives", "at-31-march")


@cache
def specification() -> dict[str, Any]:
    """Return what fingertips.yaml says."""
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator in our words; ``age`` is empty where the printed one is used."""

    number: int
    title: str
    unit: str
    value_type: str
    basis: str
    years: str
    age: str = ""
    sexes: tuple[str, ...] = ("Persons",)
    notes: tuple[str, ...] = ()

    @property
    def series_id(self) -> str:
        """Return the identifier of its series."""
        return f"{PREFIX}:{self.number}"

    def entry(self) -> dict[str, object]:
        """Return its entry of series.yaml, but for the file and the origin."""
        return {
            "title": self.title,
            "unit": self.unit,
            "value_type": self.value_type,
            "multiplier": MULTIPLIERS.get(self.unit, 1.0),
            "basis": self.basis,
            "year_kind": self.years.replace("-", " "),
            "notes": list(self.notes),
        }

    def period(self, label: str) -> Period:
        """Return the days behind a printed label.

        Examples
        --------
        >>> active = Definition(1, "Active", "%", "proportion", "survey", "active-lives")
        >>> active.period("2023/24").start.isoformat()
        '2023-11-16'
        """
        if self.years == "at-31-march":
            return parse_period(f"{label.strip()[:4]}-03-31")
        if self.years == "active-lives":
            return parse_period(f"{parse_period(label).start.year}-{ACTIVE_LIVES}/P1Y")
        return parse_period(label, PeriodKind(self.years))


def numbers_of(strategy: Strategy, known: Snapshot | None = None) -> dict[int, tuple[str, ...]]:
    """Return the numbers that the registry names, each with its indicators.

    With a snapshot also those whose series it holds, unless they are published for small
    areas only; a number that only the snapshot knows has no indicators.
    """
    held = (s.removeprefix(f"{PREFIX}:") for s in (known.series if known else ()))
    small = specification()["small_areas"]
    found: dict[int, list[str]] = {int(n): [] for n in held if n.isdigit() and int(n) not in small}
    for indicator in strategy.indicators.values():
        for named in indicator.fingertips:
            found.setdefault(named.id, []).append(indicator.key)
    return {number: tuple(keys) for number, keys in sorted(found.items())}


def define(
    number: int, metadata: Mapping[str, Any], strategy: Strategy, known: Snapshot | None
) -> Definition:
    """Return what an indicator is.

    Parameters
    ----------
    number
        Its number in the national profiles.
    metadata
        What the publisher says of it now.
    strategy
        Its indicator there gives name, sexes and age.
    known
        The snapshot before; a series that it holds keeps its definition.

    Raises
    ------
    SourceError
        When unit or kind of value are not what they were, or are not known.
    """
    keys = numbers_of(strategy).get(number, ())
    indicator = strategy.indicators[keys[0]] if keys else None
    before = known.series.get(f"{PREFIX}:{number}") if known else None
    unit = _named(metadata, "Unit", "Label", number)
    value_type = _named(metadata, "ValueType", "Name", number)
    unit = specification()["units"].get(unit, unit)
    if before is not None:
        return _as_before(number, before, unit, indicator, known)
    return Definition(
        number,
        _title(number, indicator, metadata),
        unit or "number",
        _value_type(value_type, number),
        _basis(number),
        _years(number, _named(metadata, "YearType", "Name", number)),
        _age(indicator),
        _sexes(indicator),
        _notes(number),
    )


def _as_before(
    number: int, before: SeriesInfo, unit: str, indicator: Indicator | None, known: Snapshot | None
) -> Definition:
    if unit and unit != before.unit:
        raise SourceError(
            f"the unit '{before.unit}' was expected, '{unit}' came",
            where=before.id,
            remedy="the definition changed: give the new one a series of its own; the old one "
            "stays as it is",
        )
    rows = known.frame([before.id]) if known else None
    ages = [] if rows is None else sorted(rows["age"].unique())
    sexes = () if rows is None else tuple(sorted(rows["sex"].unique()))
    return Definition(
        number,
        before.title,
        before.unit,
        before.value_type,
        before.basis,
        before.year_kind.replace(" ", "-").lower(),
        ages[0] if len(ages) == 1 else "",
        tuple(dict.fromkeys((*sexes, *_sexes(indicator)))),
        before.notes,
    )


def _title(number: int, indicator: Indicator | None, metadata: Mapping[str, Any]) -> str:
    if indicator is None:
        return str(metadata.get("Descriptive", {}).get("Name", number))
    roles = [told.role for told in indicator.fingertips if told.id == number and told.role]
    # Several numbers of one indicator must not look alike.
    several = len(indicator.fingertips) > 1 and bool(roles)
    return f"{indicator.name} ({roles[0]})" if several else indicator.name


def _named(metadata: Mapping[str, Any], group: str, field: str, number: int) -> str:
    found = metadata.get(group)
    if not isinstance(found, Mapping) or field not in found:
        raise SourceError(
            f"'{group}' with '{field}' was expected in the metadata and is missing",
            where=f"{PREFIX}:{number}",
            remedy="the publisher changed the metadata: compare them with docs/live-data.md",
        )
    return str(found[field]).strip()


def _value_type(printed: str, number: int) -> str:
    found = specification()["value_types"].get(printed)
    if found is None:
        raise SourceError(
            f"a known kind of value was expected, '{printed}' came",
            where=f"{PREFIX}:{number}",
            remedy="read what it means and add it to value_types in fingertips.yaml",
        )
    return str(found)


def _basis(number: int) -> str:
    for basis, numbers in specification()["basis"].items():
        if number in numbers:
            return str(basis)
    return Basis.SURVEY.value


def _years(number: int, printed: str) -> str:
    for years, numbers in specification()["years"].items():
        if number in numbers:
            return str(years)
    found = str(specification()["year_types"].get(printed, ""))
    if found not in YEARS:
        raise SourceError(
            f"a known kind of year was expected, '{printed}' came",
            where=f"{PREFIX}:{number}",
            remedy="read what it means and add it to year_types in fingertips.yaml",
        )
    return found


def _notes(number: int) -> tuple[str, ...]:
    told = any(number in numbers for numbers in specification()["basis"].values())
    return () if told else ("how it is made was not looked up: treated as a survey",)


def _sexes(indicator: Indicator | None) -> tuple[str, ...]:
    return indicator.sex if indicator and indicator.sex else ("Persons",)


def _age(indicator: Indicator | None) -> str:
    return words_of_age(indicator.age) if indicator and re.search(r"\d", indicator.age) else ""


def words_of_age(printed: str) -> str:
    """Return a printed age in our words.

    Examples
    --------
    >>> [words_of_age(a) for a in ("18+ yrs", "<75 yrs", "10-24 yrs", "All ages", "65+", "5 yrs")]
    ['18 and over', 'under 75', '10 to 24', 'All ages', '65 and over', '5 years']
    """
    bare = re.sub(r"\s*(yrs?|years)\.?$", "", printed.strip())
    if found := re.fullmatch(r"(\d+)\s*\+", bare):
        return f"{found[1]} and over"
    if found := re.fullmatch(r"<\s*(\d+)", bare):
        return f"under {found[1]}"
    if found := re.fullmatch(r"(\d+)\s*-\s*(\d+)", bare):
        return f"{found[1]} to {found[2]}"
    return f"{bare} years" if bare.isdigit() else printed.strip()
