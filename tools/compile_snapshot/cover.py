"""Childhood vaccine coverage: UKHSA COVER, quarters as published and years derived from them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import ENGLAND, area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    join_notes,
    read_csv,
    with_periods,
)

# The county, its neighbours and England, from which years are added up; all authorities.
FILE = "indicators/footprint/ukhsa_cover_quarterly_utla.csv"
EVERYWHERE = "indicators/england/ukhsa_cover_quarterly_utla.csv.gz"
COLUMNS = ("area_code", "financial_year", "quarter", "coverage_pct")
VINTAGE = "2025-09"
AGES = {"12m": "12 months", "24m": "24 months", "5y": "5 years"}
SERIES = {
    ("12m", "DTaP/IPV/Hib primary"): (
        "dtap-1y",
        "Primary diphtheria, tetanus, whooping cough, polio and Hib doses",
    ),
    ("12m", "MenB"): ("menb-1y", "MenB, two doses,"),
    ("12m", "PCV primary"): ("pcv-1y", "PCV primary course"),
    ("12m", "Rotavirus"): ("rotavirus-1y", "Rotavirus, two doses,"),
    ("24m", "DTaP/IPV/Hib primary"): (
        "dtap-2y",
        "Primary diphtheria, tetanus, whooping cough, polio and Hib doses",
    ),
    ("24m", "MMR1"): ("mmr1-2y", "MMR, first dose,"),
    ("24m", "Hib/MenC booster"): ("hibmenc-2y", "Hib and MenC booster"),
    ("24m", "PCV booster"): ("pcv-booster-2y", "PCV booster"),
    ("24m", "MenB booster"): ("menb-booster-2y", "MenB booster"),
    ("5y", "DTaP/IPV/Hib primary"): (
        "dtap-5y",
        "Primary diphtheria, tetanus, whooping cough, polio and Hib doses",
    ),
    ("5y", "DTaP/IPV booster"): ("dtap-booster-5y", "Pre-school 4-in-1 booster"),
    ("5y", "Hib/MenC booster"): ("hibmenc-5y", "Hib and MenC booster"),
    ("5y", "MMR1"): ("mmr1-5y", "MMR, first dose,"),
    ("5y", "MMR2"): ("mmr2-5y", "MMR, two doses,"),
}
WHOLE_YEAR, FEWEST_QUARTERS = 4, 3
# A percentage below this, of this many children or more, looks mis-keyed.
TOO_LOW, MANY = 40, 100
# Sums for England that hold an authority's value under 40 %, which looks mis-keyed and moves
# the sum by 0.2 points or more; smaller effects are left as they are.
MISKEYED = {
    ("dtap-booster-5y", "2013/14", 3),
    ("dtap-booster-5y", "2013/14", 4),
    ("dtap-booster-5y", "2016/17", 4),
    ("rotavirus-1y", "2015/16", 2),
    ("rotavirus-1y", "2015/16", 3),
}
# Children of authorities without a figure, against the quarters around: above the first share
# a quarter's sum for England is not comparable, above the second a year's.
THIN_QUARTER, THIN_YEAR, AROUND = 0.05, 0.03, 9
LOWERED = "an authority's value that looks mis-keyed lowers the sum"
LOOKS_WRONG = f"under {TOO_LOW} %, which looks mis-keyed: kept as published"
VIA = (
    "public repository aaliswalker/DASC500-Dissertation---Inequalities-in-Childhood-"
    "Pneumococcal-Vaccine-Uptake-in-England, commit 6d4dc28443c1c34b524608f5a356b09eee6c4c67 "
    "(the original UKHSA workbooks, one a quarter)"
)
ATTRIBUTION = (
    "Source: UK Health Security Agency, COVER. Contains public sector information "
    "licensed under the Open Government Licence v3.0."
)
NOTES = (
    "England is the sum of the authorities with figures in the quarter, not a published row. "
    "Where a value of an authority that looks mis-keyed (under 40 %) moves the sum by 0.2 points "
    "or more, the row is marked as not comparable; so is a quarter in which authorities with more "
    "than 5 % of the children have no figure, and a year with more than 3 %.",
    "Counts are recovered from the published number of eligible children and the published "
    "percentage. Where the workbook prints three decimals the count is exact; where it prints "
    "one (2014/15 to the first half of 2018/19, and most of 2024/25) it is right to within one "
    "child for an authority.",
    "The quarterly workbooks print Rutland in its own row. The official annual tables print "
    "it inside Leicestershire, so official annual figures differ a little from these years.",
    "2015/16 holds three quarters for the county; the first was not published.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the quarters of all authorities, and the years of the footprint derived from them."""
    path, everywhere = source_dir / FILE, source_dir / EVERYWHERE
    _, own = _read(path)
    ledger, quarters = _read(everywhere)
    return [_quarterly(quarters, everywhere, ledger), _annual(own, path)]


def _read(path: Path) -> tuple[Ledger, pd.DataFrame]:
    """Return the rows of the vaccines held, with their counts."""
    raw = read_csv(path, COLUMNS)
    ledger = Ledger(len(raw))
    named = pd.Series(list(zip(raw["age_cohort"], raw["vaccine"], strict=True)), index=raw.index)
    raw = raw.assign(slug=named.map(lambda k: SERIES.get(k, ("", ""))[0]))
    reason = "vaccine no longer given (MenC at 12 months ended in 2016)"
    kept = ledger.keep(raw, raw["slug"] != "", reason)
    told = ledger.keep(kept, kept["denominator"].notna(), "no number of children printed")
    return ledger, _recover(told)


def _recover(raw: pd.DataFrame) -> pd.DataFrame:
    """Add the count of vaccinated children and the most that it can be wrong by."""
    shown = raw["coverage_pct"].astype("str").str.partition(".")[2].str.rstrip("0").str.len()
    local = raw["area_code"] != ENGLAND
    # A value such as 93.1 in a workbook of three decimals is 93.100, so the workbook decides.
    decimals = shown.where(local).groupby(raw["source_file"]).transform("max")
    slack = 0.5 * 10.0**-decimals * raw["denominator"] / 100
    return raw.assign(
        count=(raw["coverage_pct"] * raw["denominator"] / 100).round(),
        exact=(slack < 0.5) | ~local,
        lacking=_lacking(raw),
        lowered=[
            not here and (slug, year, quarter) in MISKEYED
            for here, slug, year, quarter in zip(
                local, raw["slug"], raw["financial_year"], raw["quarter"], strict=True
            )
        ],
        area=raw["area_name"],
        area_type=area_types(raw["area_code"]),
        age=raw["age_cohort"].map(AGES),
        value=raw["coverage_pct"],
    )


def _lacking(raw: pd.DataFrame) -> pd.Series[float]:
    """Return how many of England's children no authority's figure covers, at least zero.

    The median of the nine quarters around stands for all children. Rows of single
    authorities lack nobody.
    """
    england = raw.loc[raw["area_code"] == ENGLAND].sort_values(["financial_year", "quarter"])
    around = england.groupby("slug")["denominator"].transform(
        lambda children: children.rolling(AROUND, center=True, min_periods=3).median()
    )
    short = (around - england["denominator"]).clip(lower=0)
    return short.where(short > THIN_QUARTER * around, 0.0).reindex(raw.index, fill_value=0.0)


def _thin_words(share: float) -> str:
    return f"authorities with about {share:.0%} of the children have no figure"


def _quarterly(quarters: pd.DataFrame, path: Path, ledger: Ledger) -> Compiled:
    labels = quarters["financial_year"] + " Q" + quarters["quarter"].astype("str")
    frame = with_periods(quarters, [parse_period(label) for label in labels])
    note = frame["exact"].map(
        {True: "count recovered exactly", False: "count recovered to within one child"}
    )
    note = note.mask(frame["area_code"] == ENGLAND, "sum of the authorities with figures")
    note = note.mask(frame["lowered"], f"sum of the authorities with figures; {LOWERED}")
    share = frame["lacking"] / (frame["lacking"] + frame["denominator"])
    thin = share > 0
    words = "sum of the authorities with figures; " + share.map(_thin_words)
    note = note.mask(thin, words)
    odd = (frame["value"] < TOO_LOW) & (frame["denominator"] >= MANY)
    odd &= frame["area_code"] != ENGLAND
    note = note.mask(odd, note + f"; {LOOKS_WRONG}")
    frame = frame.assign(lowered=frame["lowered"] | thin | odd)
    frame = _common(frame, "cover-quarterly", "cover-quarterly:").assign(note=note)
    return Compiled(
        file="cover_quarterly.parquet",
        frame=conform(frame),
        source=_source("cover-quarterly", "quarterly, 2013/14 Q2 to 2024/25 Q4"),
        inputs=[path],
        ledger=ledger,
        series=_entries("cover-quarterly", "by quarter", "quarter"),
        notes=NOTES,
    )


def _annual(quarters: pd.DataFrame, path: Path) -> Compiled:
    ledger = Ledger(len(quarters))
    keys = ["slug", "area_code", "area", "area_type", "age", "financial_year"]
    held = quarters.groupby(keys)["quarter"].transform("count")
    reason = f"fewer than {FEWEST_QUARTERS} quarters of the year were published"
    kept = ledger.keep(quarters, held >= FEWEST_QUARTERS, reason)
    years = kept.groupby(keys, as_index=False).agg(
        count=("count", "sum"),
        denominator=("denominator", "sum"),
        quarters=("quarter", "count"),
        lowered=("lowered", "any"),
        lacking=("lacking", "sum"),
    )
    years["share"] = years["lacking"] / (years["lacking"] + years["denominator"])
    years["value"] = 100 * years["count"] / years["denominator"]
    years = with_periods(years, [parse_period(label) for label in years["financial_year"]])
    note = _annual_notes(years)
    years["lowered"] |= years["share"] > THIN_YEAR
    years = _common(years, "cover-annual", "cover:")
    folded = len(kept) - len(years)
    ledger.dropped["quarters added together into their year"] = folded
    return Compiled(
        file="cover.parquet",
        frame=conform(years.assign(note=note)),
        source=_source("cover-annual", "annual, derived here from the quarters to 2024/25"),
        inputs=[path],
        ledger=ledger,
        series=_entries("cover-annual", "derived from the four quarters", "financial"),
        notes=("Years are sums of the published quarters, not the official annual tables.", *NOTES),
    )


def _annual_notes(years: pd.DataFrame) -> list[str]:
    england = years["area_code"] == ENGLAND
    part = years["quarters"] < WHOLE_YEAR
    return [
        join_notes(
            f"derived from {q} of 4 quarters" if short else "derived from the four quarters",
            "sum of the authorities with figures" if total else "",
            LOWERED if low else "",
            _thin_words(share) if share > 0 else "",
        )
        for q, short, total, low, share in zip(
            years["quarters"], part, england, years["lowered"], years["share"], strict=True
        )
    ]


def _common(frame: pd.DataFrame, origin_id: str, prefix: str) -> pd.DataFrame:
    return frame.assign(
        series_id=prefix + frame["slug"],
        sex="Persons",
        unit="%",
        basis="register",
        grade="A",
        status=frame["lowered"].map({True: "not_comparable", False: "derived"}),
        vintage=VINTAGE,
        origin_id=origin_id,
    )


def _entries(origin_id: str, how: str, year_kind: str) -> dict[str, dict[str, object]]:
    prefix = origin_id.removesuffix("-annual")
    return {
        f"{prefix}:{slug}": entry(
            f"{name.rstrip(',')}{',' if name.endswith(',') else ''} by {AGES[age]} ({how})",
            "%",
            "proportion",
            basis="register",
            year_kind=year_kind,
            notes=list(NOTES[1:3]),
        )
        for (age, _), (slug, name) in SERIES.items()
    }


def _source(origin_id: str, release: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher="UK Health Security Agency",
        title="Cover of vaccination evaluated rapidly (COVER), children by upper-tier authority",
        release=release,
        attribution=ATTRIBUTION,
        obtained_via=VIA,
    )
