"""Average deprivation score of every district of England, as published, 2019 and 2025."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.areas import area_types
from tools.compile_snapshot.compiled import (
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

TITLE = "Index of Multiple Deprivation, average score of the district"
NOTES = (
    "A higher score is a more deprived district. Scores of 2019 and 2025 are not one series: "
    "the make-up of the index changed.",
    "The official district summary has no counties, and none is made up from districts here.",
)


@dataclass(frozen=True, slots=True)
class Release:
    """One edition of the Indices: where its district summary is and what its columns are called."""

    year: str
    file: str
    code: str
    name: str
    score: str
    vintage: str
    publisher: str
    release: str
    commit: str
    note: str


VIA = "public repository humaniverse/IMD, commit "
RELEASES = (
    Release(
        year="2019",
        file="geography/imd2019_lad19_summary.csv",
        code="lad19_code",
        name="lad19_name",
        score="imd_avg_score_file10",
        vintage="2019-09",
        publisher="Ministry of Housing, Communities and Local Government",
        release="File 10 of September 2019, districts of 2019",
        commit="2f6c9050afee99a40041eb63b02b6b0c58850704",
        note="index of 2019; its data are mostly of 2015 and 2016",
    ),
    Release(
        year="2025",
        file="geography/iod2025_lad24_file10v2.csv",
        code="lad24_code",
        name="lad24_name",
        score="imd_average_score",
        vintage="2025-11",
        publisher="Ministry of Housing, Communities and Local Government",
        release="File 10, second issue (corrected), districts of 2024",
        commit="2f6c9050afee99a40041eb63b02b6b0c58850704",
        note="index of 2025",
    ),
)


def compile(source_dir: Path) -> list[Compiled]:
    """Return the two editions, one file each."""
    return [_edition(release, source_dir) for release in RELEASES]


def _edition(release: Release, source_dir: Path) -> Compiled:
    path = source_dir / release.file
    raw = read_csv(path, [release.code, release.name, release.score])
    ledger = Ledger(len(raw))
    scored = ledger.keep(raw, raw[release.score].notna(), "district without a score")
    origin_id = f"iod{release.year}"
    series_id = f"{origin_id}:imd-score"
    return Compiled(
        file=f"{origin_id}.parquet",
        frame=conform(_tidy(scored, release, series_id)),
        source=_source(release, origin_id),
        inputs=[path],
        ledger=ledger,
        series={series_id: _entry(release)},
        notes=(release.note, *NOTES),
    )


def _tidy(raw: pd.DataFrame, release: Release, series_id: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "area_code": raw[release.code],
            "area": raw[release.name],
            "value": raw[release.score],
        }
    ).assign(
        series_id=series_id,
        area_type=area_types(raw[release.code]),
        sex="Persons",
        age="All ages",
        unit="score",
        basis="derived",
        grade="C",
        status="ok",
        note=release.note,
        vintage=release.vintage,
        origin_id=series_id.partition(":")[0],
    )
    return with_periods(frame, [parse_period(release.year)] * len(frame))


def _entry(release: Release) -> dict[str, object]:
    return entry(
        f"{TITLE}, {release.year}",
        "score",
        "score",
        basis="derived",
        year_kind="calendar",
        notes=[release.note, *NOTES],
    )


def _source(release: Release, origin_id: str) -> Source:
    return Source(
        origin_id=origin_id,
        publisher=release.publisher,
        title=f"English Indices of Deprivation {release.year}, district summaries",
        release=release.release,
        attribution=f"Source: {release.publisher}, English Indices of Deprivation {release.year}. "
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        obtained_via=VIA + release.commit,
    )
