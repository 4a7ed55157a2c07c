"""What the copies of the national profiles (Fingertips) share: definitions, years, words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from hwb_analysis.errors import SourceError
from hwb_analysis.periods import Period, parse_period
from hwb_analysis.vocabulary import PeriodKind
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import entry, join_notes, with_periods

SPECIFICATION = Path(__file__).with_name("fingertips.yaml")
PUBLISHER = "Office for Health Improvement and Disparities"
ATTRIBUTION = (
    "Source: Office for Health Improvement and Disparities, Fingertips public health profiles. "
    "Contains public sector information licensed under the Open Government Licence v3.0."
)
WORDS = {
    "Better": "better",
    "Better 95": "better",
    "Similar": "similar",
    "Worse": "worse",
    "Higher": "higher",
    "Lower": "lower",
    "Higher 99.8": "higher (99.8 %)",
    "Lower 99.8": "lower (99.8 %)",
    "Not compared": "",
}
SUPPRESSED, BLANK = "suppressed", "the source prints no value and no reason"
ACTIVE_LIVES = "11-16"


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator: what it counts, over what years, and how it is made."""

    title: str
    age: str
    years: str
    basis: str
    unit: str = "%"
    value_type: str = "proportion"
    sex: str = "Persons"
    note: str = ""

    def period(self, label: str) -> Period:
        """Return the days that a printed period of this indicator covers."""
        return fingertips_period(label, self.years)


@cache
def definitions() -> dict[str, Definition]:
    """Return the definitions of fingertips.yaml by number, read as text."""
    told = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
    return {str(key): Definition(**fields) for key, fields in told.items()}


def definition(number: object) -> Definition:
    """Return the definition of an indicator; refuse one that is not described."""
    if str(number) not in definitions():
        raise SourceError(
            f"the indicator '{number}' is not described",
            where=str(SPECIFICATION),
            remedy="describe it there, or leave it out with a reason",
        )
    return definitions()[str(number)]


def fingertips_period(label: str, years: str) -> Period:
    """Return the days behind a printed label under the indicator's kind of year.

    Examples
    --------
    >>> fingertips_period("2023/24", "active-lives").start.isoformat()
    '2023-11-16'
    >>> fingertips_period("2018", "at-31-march").label
    '31 Mar 2018'
    >>> fingertips_period("2015-17", "calendar").label
    '2015 - 17'
    """
    if years == "at-31-march":
        return parse_period(f"{label}-03-31")
    if years == "active-lives":
        return parse_period(f"{parse_period(label).start.year}-{ACTIVE_LIVES}/P1Y")
    return parse_period(label, PeriodKind(years))


def publishers_word(published: object) -> str:
    """Return the publisher's own comparison as a note, empty where none was made.

    Examples
    --------
    >>> publishers_word("Better")
    "publisher's comparison with England: better"
    """
    if not isinstance(published, str) or not published:
        return ""
    if published not in WORDS:
        raise SourceError(
            f"the profiles compare with a word that is not known: '{published}'",
            remedy="add it to WORDS after reading what it means",
        )
    word = WORDS[published]
    return f"publisher's comparison with England: {word}" if word else ""


def grades(frame: pd.DataFrame) -> list[str]:
    """Return A with limits, B with the publisher's word, D without a value, else C."""
    found = zip(frame["value"].notna(), frame["lower_95"].notna(), frame["word"], strict=True)
    return [
        "D" if not valued else "A" if limited else "B" if word else "C"
        for valued, limited, word in found
    ]


def statuses(frame: pd.DataFrame) -> list[str]:
    """Return ok, or why there is no value, read from the printed remark."""
    pairs = zip(frame["value"], frame["remark"], strict=True)
    return [
        "ok" if pd.notna(value) else "suppressed" if SUPPRESSED in remark else "missing"
        for value, remark in pairs
    ]


def tidy(frame: pd.DataFrame, *, prefix: str, vintage: str, origin_id: str) -> pd.DataFrame:
    """Return tidy rows from columns fingertips_id, area_code, label, sex, value, word, remark.

    Limits and counts are kept where the frame has them. Counts of surveys are weighted
    estimates, so they are left out: a test on them would promise too much.
    """
    told = [definition(number) for number in frame["fingertips_id"]]
    dated = zip(told, frame["label"], strict=True)
    frame = with_periods(frame, [d.period(str(label)) for d, label in dated])
    for column in ("lower_95", "upper_95", "count", "denominator"):
        frame[column] = frame[column] if column in frame else float("nan")
    surveyed = pd.Series([d.basis == "survey" for d in told], index=frame.index)
    frame[["count", "denominator"]] = frame[["count", "denominator"]].mask(surveyed)
    blank = frame["value"].isna() & (frame["remark"] == "")
    frame["remark"] = frame["remark"].mask(blank, BLANK)
    remarks = zip(frame["word"], frame["remark"], frame["lower_95"].notna(), strict=True)
    return frame.assign(
        series_id=[f"{prefix}:{number}" for number in frame["fingertips_id"]],
        area=frame["area"].str.replace(r" region( \(statistical\))?$", "", regex=True),
        area_type=area_types(frame["area_code"]),
        age=[d.age for d in told],
        unit=[d.unit for d in told],
        basis=[d.basis for d in told],
        method=frame["lower_95"].notna().map({True: "published", False: ""}),
        grade=grades(frame),
        status=statuses(frame),
        note=[join_notes("" if limited else word, said) for word, said, limited in remarks],
        vintage=vintage,
        origin_id=origin_id,
    )


def entries(numbers: Iterable[object], prefix: str, *more: str) -> dict[str, dict[str, object]]:
    """Return the entries of series.yaml for some indicators; ``more`` adds notes to each."""
    out: dict[str, dict[str, object]] = {}
    for number in sorted({str(n) for n in numbers}):
        told = definition(number)
        notes = [note for note in (told.note, _years_note(told), *more) if note]
        out[f"{prefix}:{number}"] = entry(
            told.title,
            told.unit,
            told.value_type,
            basis=told.basis,
            year_kind=told.years.replace("-", " "),
            notes=notes,
        )
    return out


def _years_note(told: Definition) -> str:
    if told.years != "active-lives":
        return ""
    return "Years of the survey run from mid-November; the publisher prints them as 2023/24."
