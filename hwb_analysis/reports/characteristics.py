"""What is published by protected and other characteristics, one section for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import DataContractError
from hwb_analysis.figures.drawn import Drawn
from hwb_analysis.figures.inequality_chart import inequality_chart
from hwb_analysis.paths import data_dir
from hwb_analysis.reports.emit import show, show_html, show_markdown, show_table
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.stats import verbs
from hwb_analysis.vocabulary import AreaType

NOT_PUBLISHED = "not published here"
PEOPLE = ("Female", "Male")
# A life table by single band is no list of gaps.
MOST_AGES = 3
FIGURE = ("sex", "age", "category")

MISSING = "Missing because"


@dataclass(frozen=True, slots=True)
class Groups:
    """One figure for several groups, each from a series of its own."""

    title: str
    unit_words: str
    series: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A characteristic and the series that speak to it; ``absent`` says what none does."""

    id: str
    title: str
    protected: bool
    absent: str
    groups: tuple[Groups, ...] = ()
    about: tuple[str, ...] = ()
    by_sex: bool = False

    def series(self) -> Iterator[str]:
        """Yield every series named."""
        for one in self.groups:
            yield from one.series.values()
        yield from self.about


def load_characteristics(path: Path | None = None) -> tuple[Characteristic, ...]:
    """Read the list of characteristics; none where the data hold no such list.

    Raises
    ------
    DataContractError
        When an entry lacks a field, has an unknown one, or stands twice.
    """
    path = path or data_dir() / "strategy" / "chapter" / "characteristics.yaml"
    if not path.is_file():
        return ()
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        found = tuple(_read(dict(entry)) for entry in entries)
    except TypeError as error:
        raise DataContractError(
            f"an entry does not have the fields of a characteristic: {error}", where=path.name
        ) from error
    ids = [one.id for one in found]
    if len(set(ids)) < len(ids):
        raise DataContractError("a characteristic stands twice", where=path.name)
    return found


def _read(entry: dict[str, Any]) -> Characteristic:
    groups = tuple(Groups(**one) for one in entry.pop("groups", ()))
    return Characteristic(**entry | {"groups": groups, "about": tuple(entry.get("about", ()))})


@dataclass(frozen=True)
class CharacteristicPages:
    """The sections of one area by characteristic; ``home`` are its rows of all series.

    A series that the snapshot does not hold is not published here: another area's data
    may have fewer.
    """

    snapshot: Snapshot
    area: str
    home: pd.DataFrame
    entries: tuple[Characteristic, ...] = field(default_factory=load_characteristics)

    def show(self) -> None:
        """Show the overview, then a section for every characteristic."""
        if not self.entries:
            show_markdown("The data hold no list of characteristics.")
            return
        show_table(
            self.overview(),
            f"Figures of {self.area} by protected and other characteristics",
            name="characteristics",
        )
        for entry in self.entries:
            show_html(f'<h3 id="by-{entry.id}">{escape(entry.title)}</h3>')
            self.show_one(entry)

    def show_one(self, entry: Characteristic) -> None:
        """Show the section of one characteristic: figures, tables, and what is absent."""
        for place, groups in enumerate(entry.groups):
            drawn = self.chart(groups, f"by-{entry.id}-{place + 1}")
            if drawn is not None:
                show(drawn)
        table = self.sexes() if entry.by_sex else self.figures(entry)
        if len(table):
            kind = "Gap between women and men" if entry.by_sex else entry.title
            show_table(table, f"{kind}: newest figures of {self.area}", name=f"about-{entry.id}")
            named = self.sexed_series() if entry.by_sex else entry.about
            sexed = [series for series in named if series in self.snapshot.series]
            show_markdown(f"Source: {sources_of(self.snapshot, sexed)}")
        said = "" if self.count(entry) else f"**{NOT_PUBLISHED.capitalize()}.** "
        show_markdown(said + entry.absent)

    def overview(self) -> pd.DataFrame:
        """Return how many figures there are for each characteristic."""
        rows = [
            {
                "Characteristic": entry.title,
                "Protected": "yes" if entry.protected else "no",
                "Figures": f"{self.count(entry)}" if self.count(entry) else NOT_PUBLISHED,
                "Not published": entry.absent,
            }
            for entry in self.entries
        ]
        return pd.DataFrame(rows)

    def count(self, entry: Characteristic) -> int:
        """Return the number of series with a value for the area."""
        with_value = self.home.loc[self.home["value"].notna(), "series_id"]
        named = {*entry.series(), *(self.sexed_series() if entry.by_sex else ())}
        return len(named & set(with_value))

    def figures(self, entry: Characteristic) -> pd.DataFrame:
        """Return the newest figure of each series about the characteristic."""
        rows = []
        for series in entry.about:
            of = self.home.loc[self.home["series_id"] == series]
            if of.empty:
                continue
            of = verbs.with_limits(of)
            whole = of.loc[~of["sex"].isin(PEOPLE)] if "Persons" in set(of["sex"]) else of
            newest = whole.loc[whole["period_end"] == whole["period_end"].max()]
            rows += [self._figure(row) for _, row in newest.iterrows()]
        table = pd.DataFrame(rows)
        # Nothing is missing: there is no reason to give.
        return table if table.empty or table[MISSING].any() else table.drop(columns=MISSING)

    def _figure(self, row: pd.Series[Any]) -> dict[str, object]:
        title = self.snapshot.series[row["series_id"]].title
        parts = [str(row[name]) for name in FIGURE if _tells(row[name])]
        absent = "" if pd.notna(row["value"]) else (row["note"] or row["status"])
        return {
            "Figure": f"{title} ({', '.join(parts)})" if parts else title,
            "Period": row["period"],
            "Unit": row["unit"],
            "Value": row["value"],
            "Lower 95%": row["lower_95"],
            "Upper 95%": row["upper_95"],
            "England": self._england(row),
            MISSING: absent,
        }

    def _england(self, row: pd.Series[Any]) -> float:
        frame = self.snapshot.frame([row["series_id"]])
        same = (frame["area_type"] == AreaType.ENGLAND) & (frame["period_end"] == row["period_end"])
        for name in FIGURE:
            same &= frame[name].astype("str") == str(row[name])
        found = frame.loc[same, "value"]
        return float(found.iloc[0]) if len(found) == 1 else float("nan")

    def group_rows(self, groups: Groups) -> pd.DataFrame:
        """Return one row a group, of the newest period that most groups have."""
        label = {series: group for group, series in groups.series.items()}
        rows = self.home.loc[self.home["series_id"].isin(label) & self.home["value"].notna()]
        if rows.empty:
            return rows
        counts = rows.groupby("period_end").size()
        newest = rows.loc[rows["period_end"] == counts.index[counts == counts.max()].max()]
        named: pd.DataFrame = newest.assign(
            category=newest["series_id"].map(label), category_type="group", series_id="groups",
            vintage="",
        )  # fmt: skip
        return named.reset_index(drop=True)

    def chart(self, groups: Groups, name: str) -> Drawn | None:
        """Return the groups as dots, with what they differ by and why nothing is tested."""
        rows = self.group_rows(groups)
        if len(rows) < 2:
            return None
        used = [groups.series[group] for group in rows["category"]]
        return inequality_chart(
            rows,
            title=f"{groups.title}: {_span(rows)}",
            subtitle=f"{rows['unit'].iloc[0]} of {groups.unit_words}, {self.area}, "
            f"{rows['period'].iloc[0]}",
            source=sources_of(self.snapshot, used),
            groups="category",
            name=name,
        )

    def sexed_series(self) -> list[str]:
        """Return the series that have values for women and for men."""
        both = self.home.loc[self.home["sex"].isin(PEOPLE) & self.home["value"].notna()]
        kinds = both.groupby("series_id")["sex"].nunique()
        return sorted(kinds.index[kinds == len(PEOPLE)])

    def sexes(self) -> pd.DataFrame:
        """Return the gap between women and men in the newest period of each series."""
        rows = self.home.loc[self.home["series_id"].isin(self.sexed_series())]
        rows = rows.loc[rows["category"].astype("string").fillna("") == ""]
        rows = rows.loc[rows.groupby("series_id")["age"].transform("nunique") <= MOST_AGES]
        rows = rows.loc[rows["unit"] != "people"]
        found = verbs.gap(rows, most=PEOPLE[0], least=PEOPLE[1], on="sex")
        found = found.loc[found["gap"].notna()]
        newest = found.loc[found.groupby(["series_id", "age"], dropna=False)["period_end"].idxmax()]
        shown = {
            "Age": "age", "Period": "period", "Unit": "unit", "Women": "value_most",
            "Men": "value_least", "Gap": "gap", "Lower 95%": "lower_95", "Upper 95%": "upper_95",
            "No interval": "gap_reason",
        }  # fmt: skip
        titles = [self.snapshot.series[s].title for s in newest["series_id"]]
        return pd.DataFrame(
            {"Figure": titles} | {head: newest[name].to_numpy() for head, name in shown.items()}
        )


def _tells(word: object) -> bool:
    text = "" if word is None or word is pd.NA or word != word else str(word)
    return text.lower() not in ("", "persons", "all ages", "not applicable")


def _span(rows: pd.DataFrame) -> str:
    ordered = rows.sort_values("value")
    told = [
        f"{row['value']:.1f} {row['unit']} ({row['category']})"
        for row in (ordered.iloc[0], ordered.iloc[-1])
    ]
    return " to ".join(told)


def sources_of(snapshot: Snapshot, series: list[str]) -> str:
    """Return publisher, title and licence of each origin of the series, once."""
    lines = {}
    for one in series:
        origin = snapshot.origins[snapshot.series[one].origin_id]
        lines[origin.origin_id] = f"{origin.publisher}, {origin.title} ({origin.licence})"
    return "; ".join(lines.values()) + "."
