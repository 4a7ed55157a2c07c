"""Deprivation of the county's small areas: index, domains and what they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.frame import conform
from hwb_analysis.periods import parse_period
from tools.compile_snapshot.compiled import (
    OGL,
    Compiled,
    Ledger,
    Source,
    entry,
    read_csv,
    with_periods,
)

SPECIFICATION = Path(__file__).with_name("iod_small_areas.yaml")
EVERYBODY = "All ages"
KINDS = {"score": "score", "rank": "rank", "decile": "decile"}
SUPPRESSED = "suppressed by the publisher: too few people"
PUBLISHER = "Ministry of Housing, Communities and Local Government"
HUMANIVERSE = "public repository humaniverse/IMD, commit 2f6c9050afee99a40041eb63b02b6b0c58850704"
MYSOCIETY = (
    "public repository mysociety/composite_uk_imd, commit af4866b06fe603b65beced39ec120b5217b1b754"
)
CC_BY = "Creative Commons Attribution 4.0 International (CC BY 4.0)"
NOTES = (
    "Rank 1 and decile 1 are the most deprived of all small areas of England.",
    "Editions are not one series: the make-up of the index and the small areas changed.",
    "Counts of people are rounded to 5 by the publisher. Indicators that make up the index only "
    "describe it: a gradient of one over the index proves nothing.",
)
NOTES_OF_SHARES = (
    *NOTES[1:],
    "The denominator is the publisher's own, residents at mid-2022. Shares of the rounded counts "
    "lie within 0.6 points of the printed score.",
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the Indices and where its figures for small areas are."""

    year: str
    code: str
    index: str
    underlying: str
    vintage: str
    vintage_of_areas: str
    via: str


EDITIONS = (
    Edition(
        "2015",
        "lsoa11",
        "geography/imd2015_lsoa11_leicestershire.csv",
        "",
        "2015-09",
        "small areas of 2011",
        HUMANIVERSE,
    ),
    Edition(
        "2019",
        "lsoa11",
        "geography/iod2019_lsoa11_leicestershire.csv",
        "smallarea/iod2019_underlying_indicators_lsoa11_leicestershire.csv",
        "2019-09",
        "small areas of 2011",
        "public repositories anetobradley/energy_flex, commit "
        "709f2f8b79a86e273a86f6c7324f4fc2b1aeeefd; humaniverse/IMD, commit "
        "2f6c9050afee99a40041eb63b02b6b0c58850704",
    ),
    Edition(
        "2025",
        "lsoa21",
        "geography/iod2025_lsoa21_leicestershire.csv",
        "smallarea/iod2025_underlying_indicators_lsoa21_leicestershire.csv",
        "2025-10",
        "small areas of 2021",
        HUMANIVERSE,
    ),
)
# The English score of 2019 was read from a composite index that asks for its own line.
BORROWED_SCORE = "2019"


def compile(source_dir: Path) -> list[Compiled]:
    """Return one file for each edition, and the scores of 2019 under their own licence."""
    told: dict[str, Any] = yaml.safe_load(SPECIFICATION.read_text("utf-8"))
    parts = [_edition(edition, source_dir, told) for edition in EDITIONS]
    borrowed = next(e for e in EDITIONS if e.year == BORROWED_SCORE)
    return [*parts, _scores_2019(borrowed, source_dir, told)]


def _edition(edition: Edition, source_dir: Path, told: dict[str, Any]) -> Compiled:
    path = source_dir / edition.index
    code = f"{edition.code}_code"
    raw = read_csv(path, [code, "imd_score", "imd_rank"])
    inputs = [path]
    origin_id = f"iod{edition.year}-lsoa"
    frames, series = [], {}
    for name, title, kind, column in _columns(raw, edition, told):
        slug = f"{name.replace('_', '-')}-{kind}"
        frames.append(_tidy(raw, raw[column], edition, f"{origin_id}:{slug}", kind))
        series[f"{origin_id}:{slug}"] = _entry(f"{title}, {kind}", kind, "score", edition)
    if edition.underlying:
        made, described = _underlying(edition, source_dir, told, raw)
        frames += made
        series |= described
        inputs.append(source_dir / edition.underlying)
    whole = pd.concat(frames, ignore_index=True)
    return Compiled(
        file=f"iod{edition.year}_lsoa.parquet",
        frame=conform(whole),
        source=_source(edition, origin_id, OGL, edition.via),
        inputs=inputs,
        ledger=Ledger(len(whole)),
        series=series,
        notes=(*NOTES, "Rows in are cells of the tables, one for each small area and indicator."),
    )


def _columns(
    raw: pd.DataFrame, edition: Edition, told: dict[str, Any]
) -> list[tuple[str, str, str, str]]:
    found = [
        (name, title, kind, f"{name}_{kind}")
        for name, title in told["domains"].items()
        for kind in KINDS
        if f"{name}_{kind}" in raw
    ]
    borrowed = ("imd_score",) if edition.year == BORROWED_SCORE else ()
    return [item for item in found if item[3] not in borrowed]


def _underlying(
    edition: Edition, source_dir: Path, told: dict[str, Any], names: pd.DataFrame
) -> tuple[list[pd.DataFrame], dict[str, dict[str, object]]]:
    code = f"{edition.code}_code"
    raw = read_csv(source_dir / edition.underlying, [code, "income_domain_numerator"])
    raw = raw.merge(names, on=code, validate="one_to_one")
    frames, series = [], {}
    for column, spec in told["underlying"].items():
        if column not in raw:
            continue
        series_id = f"iod{edition.year}-lsoa:{spec['slug']}"
        unit = spec.get("unit", "score")
        tidy = _tidy(raw, raw[column], edition, series_id, unit, spec.get("age", EVERYBODY))
        kind = spec.get("value_type", "score")
        series[series_id] = _entry(spec["title"], unit, kind, edition)
        if spec.get("denominator") in raw:
            tidy = _as_share(tidy, raw[spec["denominator"]])
            told_of = _entry(spec["title"], "%", "proportion", edition)
            series[series_id] = told_of | {"notes": list(NOTES_OF_SHARES)}
        frames.append(tidy)
    return frames, series


def _as_share(tidy: pd.DataFrame, people: pd.Series[int]) -> pd.DataFrame:
    """Return counts as percentages of the denominators that the publisher printed for them."""
    return tidy.assign(
        denominator=people.astype("float64"),
        value=100 * tidy["count"] / people,
        unit="%",
        status=tidy["status"].replace("ok", "derived"),
        note=tidy["note"].replace("", "share computed from the rounded count"),
    )


def _tidy(
    raw: pd.DataFrame,
    values: pd.Series[float],
    edition: Edition,
    series_id: str,
    unit: str,
    age: str = EVERYBODY,
) -> pd.DataFrame:
    people = unit == "people"
    frame = pd.DataFrame(
        {
            "area_code": raw[f"{edition.code}_code"],
            "area": raw[f"{edition.code}_name"],
            "value": values,
        }
    ).assign(
        series_id=series_id,
        area_type="LSOA",
        sex="Persons",
        age=age,
        count=values if people else float("nan"),
        unit=unit,
        basis="derived",
        grade="C",
        status=values.isna().map({True: "suppressed", False: "ok"}),
        note=values.isna().map({True: SUPPRESSED, False: ""}),
        vintage=edition.vintage,
        origin_id=series_id.partition(":")[0],
    )
    return with_periods(frame, [parse_period(edition.year)] * len(frame))


def _scores_2019(edition: Edition, source_dir: Path, told: dict[str, Any]) -> Compiled:
    path = source_dir / edition.index
    raw = read_csv(path, ["lsoa11_code", "imd_score"])
    series_id = "iod2019-lsoa-score:imd-score"
    title = f"{told['domains']['imd']}, score"
    return Compiled(
        file="iod2019_lsoa_score.parquet",
        frame=conform(_tidy(raw, raw["imd_score"], edition, series_id, "score")),
        source=_source(edition, "iod2019-lsoa-score", CC_BY, MYSOCIETY),
        inputs=[path],
        ledger=Ledger(len(raw)),
        series={series_id: _entry(title, "score", "score", edition)},
        notes=NOTES,
    )


def _entry(title: str, unit: str, value_type: str, edition: Edition) -> dict[str, object]:
    return entry(
        f"{title}, {edition.year}, {edition.vintage_of_areas}",
        unit,
        value_type,
        basis="derived",
        year_kind="calendar",
        notes=list(NOTES),
    )


def _source(edition: Edition, origin_id: str, licence: str, via: str) -> Source:
    borrowed = licence == CC_BY
    return Source(
        origin_id=origin_id,
        publisher=PUBLISHER + ("; mySociety" if borrowed else ""),
        title=f"English Indices of Deprivation {edition.year}, small areas of the county"
        + (", score read from the composite UK index" if borrowed else ""),
        release=f"edition of {edition.year}",
        attribution="Composite UK Index of Multiple Deprivation, mySociety, licensed under CC BY "
        "4.0; the English score is that of the Ministry of Housing, Communities and Local "
        "Government."
        if borrowed
        else f"Source: {PUBLISHER}, English Indices of Deprivation {edition.year}. Contains public "
        "sector information licensed under the Open Government Licence v3.0.",
        licence=licence,
        obtained_via=via,
    )
