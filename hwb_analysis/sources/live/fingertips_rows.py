"""From the rows of the national profiles to the tidy frame, one indicator at a time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from hwb_analysis.errors import DataContractError, SourceError
from hwb_analysis.frame import conform
from hwb_analysis.periods import Period
from hwb_analysis.sources.live.definitions import Definition, specification, words_of_age
from hwb_analysis.sources.live.notices import Notice
from hwb_analysis.vocabulary import AreaType, Basis, Grade, Status

TIERS = {
    "E92": AreaType.ENGLAND,
    "E12": AreaType.REGION,
    "E10": AreaType.COUNTY,
    "E06": AreaType.UNITARY,
    "E07": AreaType.DISTRICT,
    "E08": AreaType.UPPER_TIER,
    "E09": AreaType.UPPER_TIER,
}
BLANK = "the source prints no value and no reason"
WITHHELD = re.compile("suppress|disclos|small (count|number)", re.IGNORECASE)
PAIRS = (("lower_95", "upper_95"), ("lower_998", "upper_998"))
ALL_AGES = "All ages"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are kept: groups of people and other sexes only for the areas of ``home``.

    ``known`` are the codes of today; a code that is not among them is told.
    """

    home: frozenset[str]
    known: frozenset[str]


@dataclass(slots=True)
class Rows:
    """Tidy rows of one series, how many were read and left out, and remarks."""

    frame: pd.DataFrame
    rows_in: int
    dropped: dict[str, int] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def keep(self, wanted: pd.Series[bool], reason: str) -> None:
        """Keep the wanted rows and book the others under the reason."""
        lost = int((~wanted).sum())
        if lost:
            self.dropped[reason] = self.dropped.get(reason, 0) + lost
        self.frame = self.frame.loc[wanted].reset_index(drop=True)

    def note(self, kind: str, subject: str, text: str) -> None:
        """Add a remark."""
        self.notices.append(Notice(kind, subject, text))


def tidy_rows(
    raw: pd.DataFrame, told: Definition, wanted: Wanted, *, vintage: str, origin_id: str
) -> Rows:
    """Return the tidy rows of one indicator.

    Parameters
    ----------
    raw
        Rows as :func:`read_table` returns them, of one indicator.
    told
        What the indicator is.
    wanted
        Which rows are kept.
    vintage, origin_id
        Written into every row.

    Raises
    ------
    SourceError
        When sexes, ages or periods are not those that are known, or when no row is left.
    """
    rows = Rows(raw.reset_index(drop=True), len(raw))
    _areas(rows, told, wanted)
    _sexes(rows, told, wanted)
    age = _own_age(rows, told)
    _groups(rows, wanted)
    _refuse_nothing(rows, told)
    _limits(rows.frame)
    _words(rows, told)
    rows.frame = conform(
        _contract(rows.frame, told, age).assign(vintage=vintage, origin_id=origin_id)
    )
    return rows


def _areas(rows: Rows, told: Definition, wanted: Wanted) -> None:
    frame = rows.frame
    rows.keep(frame["area_code"].str[:3].isin(list(TIERS)), "areas of another kind")
    unknown = sorted(set(rows.frame["area_code"]) - wanted.known)
    if unknown:
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if unknown[5:] else "")
        rows.note("codes", told.series_id, f"codes that are not in the look-up of areas: {shown}")


def _sexes(rows: Rows, told: Definition, wanted: Wanted) -> None:
    known = specification()["sexes"]
    printed = set(rows.frame["sex"])
    strange = sorted(printed - set(known))
    if strange:
        raise SourceError(
            f"the sexes {', '.join(known)} were expected, '{strange[0]}' came",
            where=told.series_id,
            remedy="the publisher changed its words: add it to sexes in fingertips.yaml",
        )
    rows.frame["sex"] = rows.frame["sex"].map(known)
    own = {known.get(sex, sex) for sex in told.sexes}
    if not own & set(rows.frame["sex"]):
        raise SourceError(
            f"figures for {' and '.join(sorted(own))} were expected, only "
            f"{', '.join(sorted(set(rows.frame['sex']))) or 'none'} came",
            where=told.series_id,
            remedy="compare the sexes of the registry with those that are published",
        )
    near = rows.frame["area_code"].isin(wanted.home)
    rows.keep(near | rows.frame["sex"].isin(own), "other sexes outside the areas of home")


def _own_age(rows: Rows, told: Definition) -> str:
    printed = sorted(set(rows.frame["printed_age"]))
    if len(printed) == 1:
        return told.age or words_of_age(printed[0])
    same = [age for age in printed if _figures(age) == _figures(told.age)]
    choice = same[0] if len(same) == 1 else ALL_AGES
    if choice not in printed:
        raise SourceError(
            f"one age, '{told.age or ALL_AGES}', was expected, {len(printed)} came: "
            + ", ".join(printed[:6]),
            where=told.series_id,
            remedy="say in the registry which age is the indicator's own",
        )
    rows.keep(rows.frame["printed_age"] == choice, "other ages")
    return told.age or words_of_age(choice)


def _figures(age: str) -> tuple[str, ...]:
    """Return what tells ages apart, however they are worded.

    Examples
    --------
    >>> _figures("18+ yrs") == _figures("18 and over"), _figures("<75 yrs") == _figures("75+")
    (True, False)
    """
    below = "<" if "<" in age or "under" in age else ""
    above = "+" if "+" in age or "over" in age else ""
    return (below, above, *re.findall(r"\d+", age))


def _groups(rows: Rows, wanted: Wanted) -> None:
    frame = rows.frame
    nameless = (frame["category_type"] != "") & (frame["category"] == "")
    rows.keep(~nameless, "groups of people without a name")
    near = rows.frame["area_code"].isin(wanted.home)
    whole = rows.frame["category_type"] == ""
    rows.keep(near | whole, "groups of people outside the areas of home")


def _refuse_nothing(rows: Rows, told: Definition) -> None:
    if rows.frame.empty:
        left = "; ".join(f"{n:,} {reason}" for reason, n in rows.dropped.items())
        raise SourceError(
            f"rows were expected, none is left of {rows.rows_in:,} ({left})",
            where=told.series_id,
            remedy="the areas or the groups of the table changed: look at it in a browser",
        )


def refuse_absent_home(
    frame: pd.DataFrame, told: Definition, home: Collection[str], stories: Mapping[str, str]
) -> None:
    """Refuse a table that has areas of the tiers of home but none of home itself.

    Raises
    ------
    SourceError
        With what became of the codes of home, where it is known.
    """
    tiers = {code[:3] for code in home}
    peers = frame.loc[frame["area_code"].str[:3].isin(tiers), "area_code"]
    if peers.empty or set(peers) & set(home):
        return
    known = "; ".join(filter(None, (stories.get(code, "") for code in sorted(home))))
    raise SourceError(
        f"rows for the strategy's own areas were expected, {peers.nunique()} other areas came",
        where=told.series_id,
        remedy=known or "their codes may have changed: compare the registry's area with the table",
    )


def _limits(frame: pd.DataFrame) -> None:
    for low, high in PAIRS:
        # One limit alone is no interval.
        both = frame[low].notna() & frame[high].notna() & frame["value"].notna()
        frame[[low, high]] = frame[[low, high]].where(both)


def _words(rows: Rows, told: Definition) -> None:
    known = specification()["words"]
    strange = sorted(set(rows.frame["word"]) - set(known))
    if strange:
        rows.note(
            "words", told.series_id, f"a comparison in unknown words is left out: '{strange[0]}'"
        )
    rows.frame["word"] = [known.get(word, "") for word in rows.frame["word"]]


def _contract(frame: pd.DataFrame, told: Definition, age: str) -> pd.DataFrame:
    periods = [_period(label, told) for label in frame["label"]]
    limited = frame["lower_95"].notna()
    valued = frame["value"].notna()
    out = frame.assign(
        series_id=told.series_id,
        area=frame["area"].str.replace(r" region( \(statistical\))?$", "", regex=True),
        area_type=[TIERS[code[:3]].value for code in frame["area_code"]],
        period=[p.label for p in periods],
        period_start=[pd.Timestamp(p.start) for p in periods],
        period_end=[pd.Timestamp(p.end) for p in periods],
        period_kind=[p.kind.value for p in periods],
        age=age,
        unit=told.unit,
        basis=told.basis,
        method=limited.map({True: "published", False: ""}),
        grade=[_grade(v, n, w) for v, n, w in zip(valued, limited, frame["word"], strict=True)],
        status=[_status(v, r) for v, r in zip(valued, frame["remark"], strict=True)],
        note=list(_notes(frame)),
    )
    if told.basis == Basis.SURVEY.value:
        # Weighted estimates: a test on them would promise too much.
        out[["count", "denominator"]] = float("nan")
    # No denominator is printed as nought where there is none.
    out["denominator"] = out["denominator"].where(out["denominator"] > 0)
    return out


def _period(label: str, told: Definition) -> Period:
    try:
        return told.period(label)
    except DataContractError as error:
        raise SourceError(
            f"a period was expected, '{label}' came",
            where=told.series_id,
            remedy="the publisher prints periods in a new way: teach it to definitions.py",
        ) from error


def _grade(valued: bool, limited: bool, word: str) -> str:
    if not valued:
        return Grade.D.value
    if limited:
        return Grade.A.value
    return Grade.B.value if word else Grade.C.value


def _status(valued: bool, remark: str) -> str:
    if valued:
        return Status.OK.value
    return (Status.SUPPRESSED if WITHHELD.search(remark) else Status.MISSING).value


def _notes(frame: pd.DataFrame) -> Iterable[str]:
    rows = zip(frame["value"], frame["lower_95"], frame["word"], frame["remark"], strict=True)
    for value, low, word, remark in rows:
        said = remark or (BLANK if pd.isna(value) else "")
        shown = word and pd.isna(low)
        compared = f"publisher's comparison with England: {word}" if shown else ""
        yield "; ".join(filter(None, (compared, said)))
