"""What the inequality notebook shows: gaps over the life course, gradients, small areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from itertools import pairwise
from pathlib import Path

import pandas as pd

from hwb_analysis.assessment import Assessment, assess_all, make_context
from hwb_analysis.maps import lsoa_map
from hwb_analysis.narrative.catalogue import number_of
from hwb_analysis.paths import data_dir
from hwb_analysis.reports import board_parts, chapter_figures
from hwb_analysis.reports.area_gradients import NATIONAL, national_chart
from hwb_analysis.reports.characteristics import CharacteristicPages, sources_of
from hwb_analysis.reports.emit import show, show_html, show_markdown, show_table
from hwb_analysis.reports.small_area_patterns import (
    Pattern,
    concentration_chart,
    pattern_chart,
    pattern_of_scores,
    pattern_of_share,
)
from hwb_analysis.sources.snapshot import Snapshot, snapshot_at
from hwb_analysis.stats import verbs
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy
from hwb_analysis.tables import html_table
from hwb_analysis.vocabulary import Polarity

EDITIONS = ("2015", "2019", "2025")
DOMAINS = {
    "income": "Income",
    "employment": "Employment",
    "education": "Education, skills and training",
    "health": "Health and disability",
    "crime": "Crime",
    "barriers": "Barriers to housing and services",
    "living-env": "Living environment",
}
NEIGHBOURHOODS = 4
# A counted share whose pattern over small areas is shown beside that of deprivation.
PATTERN = "census2021:unpaid-care"


def open_inequality(data_cut: str = "") -> InequalityChapter:
    """Return the chapter for the registry's area and the snapshot of a data cut."""
    strategy = load_strategy()
    snapshot, as_of = snapshot_at(data_cut)
    context = make_context(strategy, snapshot, as_of=as_of)
    measures = [m for p in strategy.priorities for m in p.measures]
    return InequalityChapter(strategy, snapshot, assess_all(context, measures))


@dataclass(frozen=True)
class InequalityChapter:
    """The inequality chapter; every method shows one section."""

    strategy: Strategy
    snapshot: Snapshot
    assessments: tuple[Assessment, ...]

    @cached_property
    def with_gap(self) -> dict[str, Assessment]:
        """Each figure with both districts at the ends, once, by its heading."""
        apart = board_parts.distinct(a for a in self.assessments if a.gap is not None)
        found: dict[str, Assessment] = {}
        for assessment in apart:
            found.setdefault(assessment.heading, assessment)
        return found

    def show_title(self) -> None:
        """Show the heading and what the page is."""
        ends = self.strategy.area.deprivation
        order = f" by the {ends.index} ({', '.join(ends.editions)})" if ends else ""
        show_markdown(f"# Inequality in {self.strategy.area.name}")
        show_markdown(
            f"Districts are ordered{order}. Gaps, ranks and gradients describe differences; "
            f"they do not say what brings them about. Not official statistics."
        )

    def show_life_course(self) -> None:
        """Show the most against the least deprived district at each stage of life."""
        stage_of = {m.id: p.stage for p in self.strategy.priorities for m in p.measures}
        for stage in self.strategy.stages:
            found = [a for a in self.with_gap.values() if stage_of[a.measure.id] == stage.slug]
            show_html(f"<h3>{escape(stage.title)}</h3>")
            if not found:
                show_markdown("No measure of this stage is published for both districts.")
                continue
            drawn = chapter_figures.dumbbell_of(found, self.strategy, self.snapshot)
            show(replace(drawn, name=f"gaps-{stage.slug}"))

    def show_ranks(self) -> None:
        """Show where the districts rank, how surely, and where the order says nothing."""
        rows = [self._rank_row(a) for a in self.with_gap.values()]
        if not rows:
            show_markdown("No measure is published for both districts at the ends.")
            return
        chapter_figures.write_rows(rows, "ranks")
        named = pd.DataFrame([row for row in rows if not row["Why not"]])
        if len(named):
            table = named.drop(columns="Why not")
            show_html(html_table(table, "Districts by rank, 1 the worst", wide=True))
        show_html("".join(f"<p>{escape(line)}</p>" for line in not_ranked(rows)))
        show_markdown(
            "A rank is drawn 10,000 times from what is known of each district. Where all "
            "intervals overlap the order says nothing and no district is named."
        )

    def _rank_row(self, assessment: Assessment) -> dict[str, object]:
        codes = assessment.districts["area_code"].tolist()
        better = _end_of(assessment)
        found = verbs.ranks(assessment.districts, areas=codes, better=better)
        row: dict[str, object] = {
            "Measure": assessment.heading,
            "Period": str(found["period"].iloc[0]),
            "First in rank": "",
            "Chance of that (%)": float("nan"),
            "Its ranks (95%)": "",
            "Why not": str(found["rank_reason"].iloc[0]),
        }
        if row["Why not"]:
            return row
        if not bool(found["league_table"].iloc[0]):
            return row | {"Why not": "all intervals overlap"}
        first = found.iloc[int(found["chance_first"].to_numpy().argmax())]
        return row | {
            "First in rank": f"{first['area']}{'' if better else ' (highest)'}",
            "Chance of that (%)": round(100 * float(first["chance_first"])),
            "Its ranks (95%)": _span(first["rank_lower"], first["rank_upper"]),
        }

    def show_gradients(self) -> None:
        """Show each small-area share across tenths of deprivation, with its cautions."""
        links = [link for p in self.strategy.priorities for link in p.gradients]
        for link in {one.series: one for one in links}.values():
            chapter_figures.show_gradient(link, self.strategy, self.snapshot)

    def show_concentration(self) -> None:
        """Show how much of each counted share falls on the more deprived people."""
        links = [link for p in self.strategy.priorities for link in p.gradients]
        drawn = concentration_chart(links, self.strategy, self.snapshot)
        if drawn is None:
            show_markdown("No counted share of small areas may be tested against deprivation.")
            return
        show(drawn)

    def show_national(self) -> None:
        """Show indicators of all districts of the nation on deprivation, the own ones named."""
        own = [d.code for d in self.strategy.area.districts]
        for chosen in NATIONAL:
            if chosen.series in self.snapshot.series:
                show(national_chart(chosen, self.snapshot, own))

    def _lacks_small_areas(self) -> bool:
        """Say on the page that there are no small areas, where there are none."""
        held = (data_dir() / "lookups" / "lsoa21.parquet").is_file()
        lacking = not held or self.small_areas.empty
        if lacking:
            show_markdown(f"Small areas of {self.strategy.area.name} are not in the data.")
        return lacking

    @cached_property
    def small_areas(self) -> pd.DataFrame:
        """One row a small area of today, with its deciles, residents and neighbourhood."""
        lookups = data_dir() / "lookups"
        areas = _own(pd.read_parquet(lookups / "lsoa21.parquet"), self.strategy.area.code)
        names = pd.read_csv(Path(lookups) / "msoa_names.csv").dropna(subset="msoa21_code")
        named = names.drop_duplicates("msoa21_code").set_index("msoa21_code")["name"]
        return areas.rename(columns={"lsoa21_code": "area_code"}).assign(
            neighbourhood=areas["msoa21_code"].map(named).fillna("")
        )

    def _towns(self) -> dict[str, pd.Series[str]]:
        """Return the small areas of each town that a map enlarges."""
        areas = self.small_areas
        return {
            town.name: areas.loc[areas["msoa21_code"].isin(town.msoas), "area_code"]
            for town in self.strategy.area.towns
        }

    def show_small_areas(self) -> None:
        """Show small areas by national tenth in two editions, and the most deprived by name."""
        if self._lacks_small_areas():
            return
        outlines = self.snapshot.boundaries("districts")
        own = outlines["area_code"].isin([d.code for d in self.strategy.area.districts])
        shapes = self.snapshot.boundaries("lsoa21")
        source = self.snapshot.origins["boundaries-districts"].attribution
        for edition in EDITIONS[1:]:
            groups = self.small_areas.assign(decile=self.small_areas[f"imd{edition}_decile"])
            groups = groups[["area_code", "district_code", "decile", "residents"]]
            show(
                lsoa_map(
                    shapes.loc[shapes["area_code"].isin(groups["area_code"])],
                    groups,
                    title=f"{int((groups['decile'] == 1).sum())} of {len(groups)} small areas in "
                    f"the most deprived tenth of {self.strategy.area.nation.name}, {edition}",
                    subtitle=f"Index of Multiple Deprivation {edition}; 1 = most deprived in "
                    f"England",
                    source=f"Indices of Deprivation {edition}. {source}",
                    districts=outlines.loc[own],
                    neighbours=outlines.loc[~own],
                    name=f"map-deprivation-{edition}",
                    insets=self._towns(),
                )
            )
        show_table(self.most_deprived(), "The most deprived small areas", name="most-deprived")

    def show_pattern(self) -> None:
        """Show whether small areas that touch are alike, and which stand out."""
        if self._lacks_small_areas():
            return
        found = self.pattern()
        newest = EDITIONS[-1]
        what, source = f"Deprivation scores of {newest}", f"Indices of Deprivation {newest}."
        show_markdown(f"{found.result.explain()} ({what}.)")
        show(pattern_chart(found, self.strategy, self.snapshot, what, source, "map-pattern-index"))
        if PATTERN in self.snapshot.series:
            self._show_pattern_of_share()

    def _show_pattern_of_share(self) -> None:
        what = self.snapshot.series[PATTERN].title
        found = pattern_of_share(self.small_areas, self.snapshot, PATTERN)
        source = sources_of(self.snapshot, [PATTERN])
        show_markdown(
            f"{found.result.explain()} ({what}; shares are pulled towards the mean by how little "
            f"they know.)"
        )
        show(pattern_chart(found, self.strategy, self.snapshot, what, source, "map-pattern-share"))

    def pattern(self) -> Pattern:
        """Return whether small areas that touch have like deprivation scores."""
        return pattern_of_scores(self.small_areas, self.snapshot, f"imd{EDITIONS[-1]}_score")

    def most_deprived(self) -> pd.DataFrame:
        """Return the most deprived small areas of the newest edition, with their names."""
        newest = EDITIONS[-1]
        first = self.small_areas.nsmallest(NEIGHBOURHOODS, f"imd{newest}_rank")
        return pd.DataFrame(
            {
                "Small area": first["lsoa21"],
                "Neighbourhood": first["neighbourhood"],
                f"Rank in England {newest}": first[f"imd{newest}_rank"],
                f"Tenth {newest}": first[f"imd{newest}_decile"],
                "Tenth 2019": first["imd2019_decile"],
                "Residents": first["residents"],
            }
        ).reset_index(drop=True)

    def show_quintiles(self) -> None:
        """Show how the residents spread over national fifths, in two editions."""
        if self._lacks_small_areas():
            return
        show_table(
            self.quintiles(),
            "Residents by national fifth of deprivation (per cent; even would be 20)",
            name="national-fifths",
        )

    def quintiles(self) -> pd.DataFrame:
        """Return small areas and share of residents in each national fifth, by edition."""
        areas = self.small_areas
        out = pd.DataFrame({"National fifth": range(1, 6)})
        for edition in EDITIONS[1:]:
            fifth = (areas[f"imd{edition}_decile"] + 1) // 2
            people = areas.groupby(fifth)["residents"].sum().reindex(range(1, 6), fill_value=0)
            count = fifth.value_counts().reindex(range(1, 6), fill_value=0)
            out[f"Small areas {edition}"] = count.to_numpy()
            out[f"Residents {edition} (%)"] = (100 * people / people.sum()).round(1).to_numpy()
        out["National fifth"] = out["National fifth"].astype(str)
        out.loc[0, "National fifth"] = "1 (most deprived)"
        return out

    def show_domains(self) -> None:
        """Show how many small areas stand in the most deprived tenth and fifth by domain."""
        if self._lacks_small_areas():
            return
        show_table(
            self.domains(),
            "Small areas in the most deprived national tenth and fifth, by domain",
            name="domains",
        )

    def domains(self) -> pd.DataFrame:
        """Return counts by domain and edition of the small areas at the deprived end."""
        rows = []
        for key, title in {"imd": "All domains together", **DOMAINS}.items():
            row: dict[str, object] = {"Domain": title}
            for edition in EDITIONS[1:]:
                decile = self._decile(edition, key)
                row[f"Tenth {edition}"] = int((decile == 1).sum())
                row[f"Fifth {edition}"] = int((decile <= 2).sum())
            rows.append(row)
        return pd.DataFrame(rows)

    def _decile(self, edition: str, domain: str) -> pd.Series:
        frame = self.snapshot.frame([f"iod{edition}-lsoa:{domain}-decile"])
        return frame.set_index("area_code")["value"]

    def show_change(self) -> None:
        """Show how the small areas moved between editions of the index."""
        if self._lacks_small_areas():
            return
        show_table(self.change(), "Small areas between editions of the index", name="change")
        show_markdown(
            "Only small areas whose code is the same in both editions are followed. A tenth "
            "is a place among all small areas of England: one may move without any change "
            "of its own, and the indicators of the index differ between editions."
        )

    def change(self) -> pd.DataFrame:
        """Return how many small areas moved at least one national tenth, edition by edition."""
        rows = []
        for before, after in pairwise(EDITIONS):
            both = pd.concat([self._decile(e, "imd") for e in (before, after)], axis=1).dropna()
            step = both.iloc[:, 1] - both.iloc[:, 0]
            rows.append(
                {
                    "Editions": f"{before} to {after}",
                    "Followed": len(both),
                    "More deprived tenth": int((step < 0).sum()),
                    "Same tenth": int((step == 0).sum()),
                    "Less deprived tenth": int((step > 0).sum()),
                    "Not followed": len(self._decile(after, "imd")) - len(both),
                }
            )
        return pd.DataFrame(rows)

    def show_characteristics(self) -> None:
        """Show a section for each protected and other characteristic."""
        self.characteristics.show()

    @cached_property
    def characteristics(self) -> CharacteristicPages:
        """The sections by protected and other characteristics."""
        frame = self.snapshot.frame(list(self.snapshot.series))
        home = frame.loc[frame["area_code"] == self.strategy.area.code]
        return CharacteristicPages(self.snapshot, self.strategy.area.name, home)


def _span(low: float, high: float) -> str:
    return f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"


def not_ranked(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the measures by which no district is named, one line a reason."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        if row["Why not"]:
            period = f"{row['Measure']} ({row['Period']})"
            by_reason.setdefault(str(row["Why not"]), []).append(period)
    return [
        f"No district is named for {number_of(len(named), 'measure')}, since {why}: "
        f"{'; '.join(named)}."
        for why, named in by_reason.items()
    ]


def _end_of(assessment: Assessment) -> str | None:
    """Return which end of the indicator is the good one, or nothing where neither is."""
    part = assessment.part
    return None if part is None or part.polarity is Polarity.NONE else part.polarity.value


def _own(areas: pd.DataFrame, county: str) -> pd.DataFrame:
    return areas.loc[areas["county_code"] == county].reset_index(drop=True)
