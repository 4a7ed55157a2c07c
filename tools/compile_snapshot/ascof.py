"""Adult social care outcomes 2020-21, all councils, with numerators and denominators."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods

FILE = "figures/ascof_2020_21_all_councils.csv.gz"
PERIOD, VINTAGE, ORIGIN = "2020/21", "2021-12", "ascof"
PER_100K = "per 100,000"
MEASURES = {
    "2A1": (
        "care-home-admissions-18-64",
        "18 to 64",
        "Admissions to care homes for long-term support",
        PER_100K,
    ),
    "2A2": (
        "care-home-admissions-65",
        "65 and over",
        "Admissions to care homes for long-term support",
        PER_100K,
    ),
    "2B1": (
        "home-91-days",
        "65 and over",
        "Older people at home 91 days after leaving hospital into reablement",
        "%",
    ),
    "2B2": (
        "reablement-offered",
        "65 and over",
        "Older people leaving hospital who were offered reablement",
        "%",
    ),
    "2D": (
        "short-term-support",
        "18 and over",
        "People with no or less support after short-term support",
        "%",
    ),
    "1F": (
        "secondary-mental-health-work",
        "18 to 69",
        "Adults in contact with secondary mental health services in paid employment",
        "%",
    ),
    "1H": (
        "secondary-mental-health-home",
        "18 to 69",
        "Adults in contact with secondary mental health services who live independently",
        "%",
    ),
}
NOTES = (
    "2020-21 is a year of the pandemic; the measures that need a survey were not collected.",
    "Numerators and denominators are those published; some denominators are rounded to five. "
    "Employment and homes of people in contact with secondary mental health services are "
    "published without them.",
    "Measures of users' surveys, of direct payments and of learning disability are left out.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return seven measures for all councils, regions and England."""
    path = source_dir / FILE
    columns = ["ONS Code", "ASCOF Measure Code", "Disaggregation Level", "Measure Type"]
    raw = read_csv(path, [*columns, "Measure Value", "Geographical Description"], dtype="str")
    ledger = Ledger(len(raw))
    coded = raw["ONS Code"].fillna("").str.match(r"E\d{8}")
    raw = ledger.keep(raw, coded, "groups of councils, which are no areas")
    wanted = raw["ASCOF Measure Code"].isin(MEASURES) & (raw["Disaggregation Level"] == "Total")
    raw = ledger.keep(raw, wanted, "measures that no success measure needs, and parts of measures")
    wide = raw.pivot(
        index=["ASCOF Measure Code", "ONS Code", "Geographical Description"],
        columns="Measure Type",
        values="Measure Value",
    ).reset_index()
    ledger.dropped["numerator and denominator put beside their value"] = len(raw) - len(wide)
    return [
        Compiled(
            file="ascof.parquet",
            frame=conform(_tidy(wide)),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=_entries(),
            notes=NOTES,
        )
    ]


def _tidy(wide: pd.DataFrame) -> pd.DataFrame:
    told = [MEASURES[code] for code in wide["ASCOF Measure Code"]]
    value, count, denominator = (
        pd.to_numeric(wide[name], errors="coerce")
        for name in ("Outcome", "Numerator", "Denominator")
    )
    absent, counted = value.isna(), count.notna() & (denominator > 0)
    frame = with_periods(wide, [parse_period(PERIOD)] * len(wide))
    marks = wide["Outcome"].fillna("blank")
    return frame.assign(
        series_id=[f"{ORIGIN}:{slug}" for slug, *_ in told],
        area_code=wide["ONS Code"],
        area=wide["Geographical Description"],
        area_type=area_types(wide["ONS Code"]),
        sex="Persons",
        age=[age for _, age, _, _ in told],
        count=count.where(counted & ~absent),
        denominator=denominator.where(counted & ~absent),
        value=value,
        unit=[unit for *_, unit in told],
        basis="register",
        grade=[
            "D" if gone else "A" if known else "C"
            for gone, known in zip(absent, counted, strict=True)
        ],
        status=absent.map({True: "suppressed", False: "ok"}),
        note=("the table prints " + marks).where(absent, ""),
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _entries() -> dict[str, dict[str, object]]:
    return {
        f"{ORIGIN}:{slug}": entry(
            title,
            unit,
            "proportion" if unit == "%" else "rate",
            basis="register",
            year_kind="financial",
            notes=[NOTES[0]],
        )
        for slug, _, title, unit in MEASURES.values()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="NHS Digital",
        title="Measures from the Adult Social Care Outcomes Framework, England, 2020-21",
        release="2020-21, open data, version 2",
        attribution="Source: NHS Digital, Adult Social Care Outcomes Framework 2020-21. Contains "
        "public sector information licensed under the Open Government Licence v3.0.",
        obtained_via="public repository ericyang-almaeconomics/social_care_datahub, "
        "commit c481891bca2bca6dd78f79506204124a65e89186 (3 April 2022)",
    )
