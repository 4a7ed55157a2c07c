"""Chlamydia tests and infections found among people aged 15 to 24 in 2012."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import Compiled, Ledger, Source, entry, read_csv, with_periods
from tools.compile_snapshot.home import united

FILE = "figures/phe_chlamydia_tests_positives_2012_utla.csv"
PERIOD, VINTAGE, ORIGIN, AGE = "2012", "2013", "chlamydia-2012", "15 to 24"
WOMEN = ["population.female.15-19", "population.female.20-24"]
COLUMNS = {
    "tests-women": ("tests.female.total", WOMEN, "Female", "per 100", 100.0),
    "detection": ("positives.total", ["population.total"], "Persons", "per 100,000", 100_000.0),
}
TITLES = {
    "tests-women": "Chlamydia tests of women aged 15 to 24",
    "detection": "Chlamydia infections found among people aged 15 to 24",
}
COMPUTED = "computed from published counts and population"
NOTES = (
    "Tests, not people: a woman tested twice counts twice.",
    "Rates are computed here from the published tests, infections and population of 2012.",
    "England is not printed.",
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return tests of women and infections found, all upper-tier authorities."""
    path = source_dir / FILE
    needed = sorted({name for one in COLUMNS.values() for name in (one[0], *one[1])})
    raw = read_csv(path, ["la_code", "la", *needed])
    ledger = Ledger(len(raw))
    frame = united(_tidy(raw, slug) for slug in COLUMNS)
    ledger.rows_in += len(frame) - len(raw)
    return [
        Compiled(
            file="chlamydia_2012.parquet",
            frame=conform(frame),
            source=_source(),
            inputs=[path],
            ledger=ledger,
            series=_entries(),
            notes=(*NOTES, "Each row read gives two: tests and infections."),
        )
    ]


def _tidy(raw: pd.DataFrame, slug: str) -> pd.DataFrame:
    events, people, sex, unit, per = COLUMNS[slug]
    denominator = raw[people].sum(axis=1)
    return with_periods(raw, [parse_period(PERIOD)] * len(raw)).assign(
        series_id=f"{ORIGIN}:{slug}",
        area_code=raw["la_code"],
        area=raw["la"],
        area_type=area_types(raw["la_code"]),
        sex=sex,
        age=AGE,
        count=raw[events],
        denominator=denominator,
        value=per * raw[events] / denominator,
        unit=unit,
        basis="register",
        grade="A",
        status="derived",
        note=COMPUTED,
        vintage=VINTAGE,
        origin_id=ORIGIN,
    )


def _entries() -> dict[str, dict[str, object]]:
    return {
        f"{ORIGIN}:{slug}": {
            **entry(
                TITLES[slug],
                unit,
                "rate",
                basis="register",
                year_kind="calendar",
                notes=list(NOTES[:2]),
            ),
            "multiplier": int(per),
        }
        for slug, (_, _, _, unit, per) in COLUMNS.items()
    }


def _source() -> Source:
    return Source(
        origin_id=ORIGIN,
        publisher="Public Health England",
        title="National Chlamydia Screening Programme, tests and positives by authority",
        release="2012",
        attribution="Source: Public Health England, National Chlamydia Screening Programme. "
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        obtained_via="public repository joanna-lewis/ct_surveillance, "
        "commit d04a6bf883fa2f9398e7997dd75124fa6c6e2af2 (2 July 2018)",
    )
