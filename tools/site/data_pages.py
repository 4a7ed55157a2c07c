"""Pages of the site about the data: a page a source, the index of series, the data log."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.origin import Origin
from hwb_analysis.sources.snapshot import SeriesInfo, Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import SeriesLink
from hwb_analysis.vocabulary import AreaType
from tools.site.markdown import ROOT, UNLISTED, table

SHOWN = 12
READ = ["series_id", "period", "period_start", "period_end", "area_type", "value"]
TIERS = {
    AreaType.ENGLAND: "England",
    AreaType.REGION: "regions",
    AreaType.COUNTY: "counties",
    AreaType.UNITARY: "unitary authorities",
    AreaType.UPPER_TIER: "upper tier",
    AreaType.DISTRICT: "districts",
    AreaType.MSOA: "MSOA",
    AreaType.LSOA: "LSOA",
    AreaType.SUB_ICB: "sub-ICB",
}
SERIES_HEAD = ("series", "title", "unit", "basis", "periods", "areas", "serves")


def pages() -> dict[str, str]:
    """Return the pages about the data, by their place in the site."""
    snapshot = current_snapshot()
    made = {f"data/sources/{key}.md": _source(snapshot, key) for key in sorted(snapshot.origins)}
    made["data/series.md"] = _index(snapshot)
    made["qa/data_log.md"] = _log(snapshot)
    return made


# -- a page a source -------------------------------------------------------------


def _source(snapshot: Snapshot, key: str) -> str:
    origin = snapshot.origins[key]
    held = [s for s in snapshot.series.values() if s.origin_id == key]
    parts = [
        f"{UNLISTED}# {origin.title}\n\n{origin.publisher}, {origin.release}. One of the files of "
        "[the snapshot](../series.md).\n",
        table(("", "what"), _facts(snapshot, origin)),
    ]
    if origin.notes:
        parts += ["\n## Cautions on the whole file\n", _bullets(origin.notes)]
    if held:
        parts += ["\n## Series\n", table(SERIES_HEAD, _series_rows(snapshot, key, held))]
        parts += _series_cautions(held)
    if origin.rows_dropped:
        parts += ["\n## Left out\n", table(("why", "rows"), _dropped(origin))]
    return "\n".join(parts)


def _facts(snapshot: Snapshot, origin: Origin) -> list[tuple[str, str]]:
    read = [f"`{name}` `{sha}`" for name, sha in origin.input_sha256.items()]
    facts = [
        ("publisher", origin.publisher),
        ("release", origin.release),
        ("licence", origin.licence),
        ("attribution", origin.attribution.replace("\n", " ")),
        ("read on", f"{origin.accessed}, via {origin.obtained_via}"),
        ("read from (sha256)", "<br>".join(read)),
        ("kept as (sha256)", f"`{snapshot.files[origin.origin_id].name}` `{origin.sha256}`"),
        ("rows", f"{origin.rows_in:,} read, {origin.rows_out:,} kept"),
    ]
    review = _review(origin)
    return [*facts, ("read by a person", review)] if review else facts


def _review(origin: Origin) -> str:
    stems = (Path(origin.file).stem, origin.origin_id.replace("-", "_"))
    found = [s for s in stems if (ROOT / "docs" / "qa" / f"review_{s}.md").is_file()]
    return f"[what was compared by eye](../../qa/review_{found[0]}.md)" if found else ""


def _dropped(origin: Origin) -> list[tuple[str, str]]:
    return [(why, f"{rows:,}") for why, rows in origin.rows_dropped.items()]


def _bullets(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def _series_cautions(held: Iterable[SeriesInfo]) -> list[str]:
    """Return what to know of each series; a remark of several stands once with all of them."""
    whose: dict[str, list[str]] = {}
    for info in held:
        links = _links().get(info.id, [])
        for note in dict.fromkeys((*info.notes, *(n for link in links for n in _told(link)))):
            whose.setdefault(note, []).append(f"`{info.id}`")
    if not whose:
        return []
    lines = (f"{note} ({_named(ids)})" for note, ids in whose.items())
    return ["\n## Cautions on the series\n", _bullets(lines)]


def _named(ids: list[str]) -> str:
    return ", ".join(ids) if len(ids) <= 4 else f"{len(ids)} series"


def _told(link: SeriesLink) -> list[str]:
    """Return what the registry knows of a series beside what the snapshot says."""
    breaks = [f"Break after {b.after:%d.%m.%Y}: {b.reason}" for b in link.breaks]
    gaps = [f"No figures {g.first:%d.%m.%Y} to {g.last:%d.%m.%Y}: {g.reason}" for g in link.gaps]
    return [n for n in (*breaks, *gaps, link.pandemic, link.note) if n]


def _series_rows(snapshot: Snapshot, key: str, held: Iterable[SeriesInfo]) -> list[tuple[str, ...]]:
    seen = _seen(snapshot.files[key])
    return [
        (
            f"`{s.id}`",
            s.title,
            s.unit,
            s.basis.replace("_", " "),
            *seen.get(s.id, ("no figure", "")),
            _serves(s.id),
        )
        for s in held
    ]


def _seen(path: Path) -> Mapping[str, tuple[str, str]]:
    """Return the periods and the kinds of area of each series that have a figure."""
    rows = pd.read_parquet(path, columns=READ).dropna(subset=["value"])
    found: dict[str, tuple[str, str]] = {}
    for series_id, part in rows.groupby("series_id", observed=True):
        periods = part.sort_values(["period_end", "period_start"])["period"]
        first, last = str(periods.iloc[0]), str(periods.iloc[-1])
        tiers = set(part["area_type"].astype(str))
        found[str(series_id)] = (
            first if first == last else f"{first} to {last}",
            ", ".join(name for tier, name in TIERS.items() if tier.value in tiers),
        )
    return found


# -- what the registry says ------------------------------------------------------


@cache
def _links() -> dict[str, list[SeriesLink]]:
    links: dict[str, list[SeriesLink]] = {}
    for indicator in load_strategy().indicators.values():
        for link in indicator.series:
            links.setdefault(link.id, []).append(link)
    return links


@cache
def _measures() -> dict[str, list[str]]:
    strategy = load_strategy()
    by_key: dict[str, list[str]] = {}
    for priority in strategy.priorities:
        for measure in priority.measures:
            for link in measure.indicators:
                by_key.setdefault(link.key, []).append(measure.id)
    found: dict[str, list[str]] = {}
    for key, indicator in strategy.indicators.items():
        for series in indicator.series:
            found.setdefault(series.id, []).extend(by_key.get(key, []))
    return {name: list(dict.fromkeys(ids)) for name, ids in found.items()}


def _serves(series_id: str) -> str:
    ids = _measures().get(series_id, [])
    if ids:
        return ", ".join(ids)
    strategy = load_strategy()
    if series_id in strategy.series_ids:
        return "pages, no measure"
    return strategy.why_unused(series_id) or ""


# -- the index and the log -------------------------------------------------------


def _index(snapshot: Snapshot) -> str:
    rows = [
        (f"`{s.id}`", s.title, s.unit, f"[{s.origin_id}](sources/{s.origin_id}.md)")
        for s in snapshot.series.values()
    ]
    head = ("series", "title", "unit", "source, with cautions")
    return (
        f"# Series of the snapshot {snapshot.name}\n\n{len(rows)} series from "
        f"{len({s.origin_id for s in snapshot.series.values()})} files. The page of each source "
        "has periods, areas, cautions, checksums and what was left out. In a notebook "
        '`hwb.find("smoking")` looks for words.\n\n' + table(head, rows)
    )


def _log(snapshot: Snapshot) -> str:
    rows = [
        (
            f"[{key}](../data/sources/{key}.md)",
            f"{o.publisher}: {o.title}",
            o.release,
            o.accessed,
            o.licence,
            f"`{o.sha256[:SHOWN]}`",
            len(o.notes) + sum(len(s.notes) for s in snapshot.series.values() if s.origin_id == key)
            or "",
        )
        for key, o in sorted(snapshot.origins.items())
    ]
    head = ("origin", "publisher and title", "release", "read on", "licence", "sha256", "cautions")
    return (
        "# Data log\n\nMade from the snapshot: every file that the reports read, where it is from "
        "and what to know of it. The copies, their commits and checksums, and the cautions in full "
        "stand on the page of each origin. What a person compared by eye stands in the "
        f"[reviews](README.md).\n\n{table(head, rows)}\n{_corrections()}\n{_faults()}"
    )


def _corrections() -> str:
    entries: list[dict[str, Any]] = (
        yaml.safe_load((ROOT / "data" / "corrections.yaml").read_text(encoding="utf-8")) or {}
    ).get("corrections", [])
    text = "## Corrections\n\nFaults of publishers' files that are mended when a refresh is made.\n"
    if not entries:
        return text + "\nNone at present.\n"
    fields = ("series", "field", "was", "value", "reason", "date", "source")
    rows = [[str(entry.get(name, "")) for name in fields] for entry in entries]
    return f"{text}\n{table(fields, rows)}"


def suspected_faults() -> list[dict[str, str]]:
    """Return the steps of the list of jumps that a person judged to be an error kept as it is."""
    with (ROOT / "docs" / "qa" / "jumps.csv").open(encoding="utf-8", newline="") as handle:
        return [r for r in csv.DictReader(handle) if r["kind"].startswith("suspected error")]


def _faults() -> str:
    rows = [
        (f"`{r['series_id']}`", r["area"], f"{r['before']} to {r['period']}", r["judgement"])
        for r in suspected_faults()
    ]
    return (
        "## Known faults, kept as published\n\nSteps in a series that do not fit those beside it; "
        "nothing was changed. The whole list of jumps is `docs/qa/jumps.csv`.\n\n"
        + table(("series", "area", "step", "judgement"), rows)
    )
