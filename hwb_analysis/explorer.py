"""A measure, an area and a view to choose from; without a widget front end the picture alone.

``hwb.explore()`` ends a cell of a notebook. In JupyterLab three lists stand above the
picture. In a report, a printed notebook or another reader the same object is static HTML.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from hwb_analysis.assessment import Assessment, assess_all, make_context
from hwb_analysis.errors import HwbError, UsageError, did_you_mean
from hwb_analysis.narrative import finding
from hwb_analysis.reports.chapter_figures import dots_of, trend_of
from hwb_analysis.reports.engine import FIGURES_VARIABLE
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy
from hwb_analysis.tables import html_table

WIDGET = "application/vnd.jupyter.widget-view+json"
LAST_ROWS = 10
TABLE_COLUMNS = ("area", "period", "count", "denominator", "value", "lower_95", "upper_95")


class Explorer:
    """One choice of measure, area and view, which a reader may change.

    Examples
    --------
    >>> explorer = Explorer("XCC-HPE-02", view="numbers")
    >>> explorer.area == explorer.areas[0], "2024/25" in explorer.html()
    (True, True)
    """

    def __init__(
        self,
        measure: str = "",
        area: str = "",
        view: str = "",
        *,
        strategy: Strategy | None = None,
        snapshot: Snapshot | None = None,
    ) -> None:
        self.strategy = strategy or load_strategy()
        self.snapshot = snapshot or current_snapshot()
        home = self.strategy.area
        self.codes = {home.name: home.code, **{d.name: d.code for d in home.districts}}
        by_code = {code: name for name, code in self.codes.items()}
        self.measure = _one_of("measure", measure or self.measures[0], self.measures)
        self.area = _one_of("area", by_code.get(area, area) or self.areas[0], self.areas)
        self.view = _one_of("view", view or self.views[0], self.views)

    @property
    def measures(self) -> list[str]:
        """Ids of the measures that can be shown, those with figures first."""
        parted = [(not self.strategy.parts(m), m.id) for m in self.strategy.measures]
        return [name for _, name in sorted(parted, key=lambda pair: pair[0])]

    @property
    def areas(self) -> list[str]:
        """Names of the areas: the strategy's own, then its districts."""
        return list(self.codes)

    @property
    def views(self) -> list[str]:
        """Names of the views."""
        return list(VIEWS)

    def html(self) -> str:
        """Return the chosen view as static HTML."""
        context = make_context(self.strategy, self.snapshot, area=self.codes[self.area])
        found = assess_all(context, [self.strategy.measure(self.measure)])
        return "".join(self._part(one) for one in found)

    def _part(self, found: Assessment) -> str:
        head = f"<p>{escape(found.measure.title)}. {escape(finding(found))}</p>"
        try:
            return head + VIEWS[self.view](self, found)
        except HwbError as error:
            return f"{head}<p>{escape(str(error))}</p>"

    def widget(self) -> Any:
        """Return the three lists and the picture as an ipywidgets box."""
        # ipywidgets takes a while to load, and only a front end needs it.
        import ipywidgets as widgets

        picture = widgets.HTML(self.html())
        named = {f"{i} {self.strategy.measure(i).title}": i for i in self.measures}
        lists = [
            widgets.Dropdown(
                options=list(named.items()), value=self.measure, description="Measure"
            ),
            widgets.Dropdown(options=self.areas, value=self.area, description="Area"),
            widgets.Dropdown(options=self.views, value=self.view, description="View"),
        ]

        def redraw(_: object) -> None:
            self.measure, self.area, self.view = (chosen.value for chosen in lists)
            picture.value = self.html()

        for chosen in lists:
            chosen.observe(redraw, names="value")
        return widgets.VBox([widgets.HBox(lists), picture])

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        static = {"text/plain": repr(self), "text/html": self.html()}
        if os.environ.get(FIGURES_VARIABLE):
            return static
        try:
            shown = self.widget()._repr_mimebundle_()
        except ImportError:
            return static
        return static | ({WIDGET: shown[WIDGET]} if WIDGET in shown else {})

    def __repr__(self) -> str:
        return f"Explorer({self.measure}, {self.area}, {self.view})"


def _over_time(explorer: Explorer, found: Assessment) -> str:
    if found.history.empty or found.history["value"].isna().all():
        return f"<p>{escape(found.reason or 'There is no figure to draw.')}</p>"
    return trend_of(found, explorer.snapshot).to_html()


def _districts(explorer: Explorer, found: Assessment) -> str:
    if len(found.districts) < 2:
        return f"<p>{escape(found.gap_reason or 'No district has a figure.')}</p>"
    return dots_of(found, explorer.strategy, explorer.snapshot).to_html()


def _numbers(explorer: Explorer, found: Assessment) -> str:
    if found.history.empty:
        return f"<p>{escape(found.reason)}</p>"
    rows = found.history[list(TABLE_COLUMNS)].tail(LAST_ROWS)
    return html_table(rows, f"{found.heading}, {found.area}: the newest {len(rows)} periods")


def _tests(explorer: Explorer, found: Assessment) -> str:
    return found._repr_html_()


VIEWS: dict[str, Callable[[Explorer, Assessment], str]] = {
    "over time": _over_time,
    "districts": _districts,
    "numbers": _numbers,
    "tests": _tests,
}


def _one_of(kind: str, wanted: str, known: Sequence[str]) -> str:
    if wanted not in known:
        near = did_you_mean(wanted, list(known))
        more = f"; hwb.find('{wanted}') looks through titles" if kind == "measure" else ""
        raise UsageError(f"there is no {kind} '{wanted}' to explore", remedy=f"{near}{more}")
    return wanted


def explore(measure: str = "", area: str = "", view: str = "") -> Explorer:
    """Return a small explorer of measures, areas and views, for the end of a cell.

    Parameters
    ----------
    measure
        Id of a measure; the first with a figure when empty.
    area
        Name or code of the strategy's area or of one of its districts; the area when empty.
    view
        ``"over time"`` (when empty), ``"districts"``, ``"numbers"`` or ``"tests"``.

    Raises
    ------
    UsageError
        When there is no such measure, area or view; the nearest is named.

    Examples
    --------
    >>> explore(view="district")
    Traceback (most recent call last):
    ...
    hwb_analysis.errors.UsageError: there is no view 'district' to explore
      what to do: did you mean 'districts'? known: districts, numbers, over time, tests
    """
    return Explorer(measure, area, view)
