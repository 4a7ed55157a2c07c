"""The page of the strategy's own statements, with its tables for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwb_analysis.claims import (
    ClaimResult,
    Outcome,
    PartResult,
    claims_table,
    near_words,
    outcome_counts,
)
from hwb_analysis.reports import claims_parts as parts
from hwb_analysis.reports.accessibility import check_page
from hwb_analysis.reports.render import NOBODY_NAMED, PageMeta, contents, number_headings, page

if TYPE_CHECKING:
    import pandas as pd

    from hwb_analysis.sources.snapshot import Snapshot
    from hwb_analysis.strategy.model import Strategy

PAGE, CSV, JSON = "claims.html", "claims.csv", "claims.json"
TITLE = "What the strategy says, read again"
ASSET = "claims.css"


def write_claims(folder: Path, results: Sequence[ClaimResult], meta: PageMeta) -> list[Path]:
    """Write ``claims.html``, ``claims.csv`` and ``claims.json`` into a folder.

    Parameters
    ----------
    folder
        An existing folder, for instance that of a run.
    results
        From :func:`~hwb_analysis.claims.check_claims`.
    meta
        Masthead and footer of the page.

    Returns
    -------
    list of Path
        The page, the table and the data.

    Raises
    ------
    AccessibilityError
        When the page breaks a rule of accessibility.
    """
    frame = claims_table(results)
    texts = {
        PAGE: claims_page(results, meta),
        CSV: frame.to_csv(index=False, lineterminator="\n"),
        JSON: json.dumps(claims_data(results), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def claims_data(results: Sequence[ClaimResult]) -> dict[str, Any]:
    """Return the outcomes as plain data: counts by outcome, and one object a part.

    Missing numbers are null. The fields of a part are the columns of the table.

    Examples
    --------
    >>> claims_data([])["statements"]
    0
    """
    frame: pd.DataFrame = claims_table(results).astype(object)
    records = frame.where(frame.notna(), None).to_dict("records")
    return {
        "statements": len(results),
        "by_outcome": {outcome.value: n for outcome, n in outcome_counts(results).items()},
        "parts": [{str(k): v for k, v in record.items()} for record in records],
    }


def claims_lines(results: Sequence[ClaimResult]) -> list[str]:
    """Return the outcomes as lines for a terminal: counts, then every difference."""
    lines = [f"{n:>4}  {outcome.value}" for outcome, n in outcome_counts(results).items()]
    lines.append(f"{len(results):>4}  statements")
    for result in results:
        if result.outcome is Outcome.DIFFERS:
            lines += ["", f"{result.claim.id} {result.claim.topic}: differs"]
            lines += [_line(part) for part in result.parts]
    return lines


def _line(one: PartResult) -> str:
    found = near_words(one.finding) if one.finding is not None else "no figure"
    return f"  printed {one.part.says}, read again {found}. {one.reason}"


def run_claims(
    folder: Path, strategy: Strategy, snapshot: Snapshot, meta: PageMeta | None = None
) -> tuple[tuple[ClaimResult, ...], list[Path]]:
    """Check the claims of a strategy and write the page: what ``hwb claims`` does.

    Parameters
    ----------
    folder
        Where to write; it is made when it is not there.
    strategy, snapshot
        The registry and the figures.
    meta
        Masthead and footer; the strategy's title and the snapshot's name by default.
    """
    from hwb_analysis.claims import check_claims

    results = check_claims(strategy, snapshot)
    folder.mkdir(parents=True, exist_ok=True)
    around = meta or PageMeta(
        product=strategy.strategy.title,
        data=f"built from snapshot {snapshot.name}",
        facts=[("Snapshot", snapshot.name), ("Area", strategy.area.name)],
        contact=strategy.strategy.contact or NOBODY_NAMED,
    )
    return results, write_claims(folder, results, around)


def claims_page(results: Sequence[ClaimResult], meta: PageMeta) -> str:
    """Return the whole page: counts, differences, and every statement by section."""
    body = "\n".join(
        [
            f"<h1>{TITLE}</h1>",
            _opening(results),
            parts.counts(outcome_counts(results)),
            _differences(results),
            *_sections(results),
            _reading_guide(),
        ]
    )
    numbered, headings = number_headings(body)
    text = page(
        TITLE,
        numbered,
        nav=contents(headings),
        meta=meta,
        description="The statements of the strategy, derived again from published data.",
        wide=True,
        extra_css=_css(),
    )
    check_page(text, where=PAGE)
    return text


def _css() -> str:
    from importlib.resources import files

    return (files("hwb_analysis.reports") / "assets" / ASSET).read_text(encoding="utf-8")


def _opening(results: Sequence[ClaimResult]) -> str:
    found = outcome_counts(results)
    own = sum(result.claim.origin == "strategy" for result in results)
    tested = sum(n for o, n in found.items() if o not in (Outcome.LACKS, Outcome.NOT_DATA))
    return (
        '<div class="opening"><p>'
        f"{own} statements of the strategy, and {len(results) - own} that follow from its printed "
        f"figures, were derived again from published data. {tested} could be read against a "
        f"figure: {_listed(found)}. A statement with several parts has the outcome of the part "
        "that matters most. A difference is a finding for the strategy's authors, and may come "
        "of another release or another period than the strategy used.</p></div>"
    )


def _listed(found: Mapping[Outcome, int]) -> str:
    named = [
        parts.counted(o, n)
        for o, n in found.items()
        if n and o not in (Outcome.LACKS, Outcome.NOT_DATA)
    ]
    return escape(", ".join(named) or "none")


def _differences(results: Sequence[ClaimResult]) -> str:
    different = [result for result in results if result.outcome is Outcome.DIFFERS]
    if not different:
        return "<h2>What differs</h2><p>No statement differs from the figures held.</p>"
    shown = parts.table(different, "Statements that differ from the figures", anchors=False)
    return f"<h2>What differs</h2>{shown}"


def _sections(results: Sequence[ClaimResult]) -> list[str]:
    out = []
    for (number, title), group in groupby(results, key=lambda r: (r.claim.section, r.section)):
        own = list(group)
        heading = f"{number} {title}"
        caption = f"Statements of section {number}: {_listed_all(own)}"
        out.append(f"<h2>{escape(heading)}</h2>{parts.table(own, caption)}")
    return out


def _listed_all(results: Sequence[ClaimResult]) -> str:
    found = outcome_counts(results)
    return ", ".join(parts.counted(o, n) for o, n in found.items() if n)


def _reading_guide() -> str:
    return (
        "<h2>How to read this page</h2><ul>"
        "<li>Printed: the figure or word of the strategy, with the line of its text. Words are "
        "ours.</li>"
        "<li>Read again: the figure that the snapshot holds, with its 95 % interval where counts "
        "or limits are published, its series and release. One decimal more than is printed.</li>"
        "<li>Better, similar and worse: the comparator's value against the interval. Without an "
        "interval no category is given, whatever the values.</li>"
        "<li>A change between two named periods is reproduced when the published values show it; "
        "its test is told beside it. A trend is reproduced only when a test bears it out.</li>"
        "<li>Periods that share more than half of their time are not tested against each other."
        "</li>"
        "<li>Beside: the nearest figure that is held. It is no test of the statement.</li>"
        f'<li>The same as <a href="{CSV}">a table (CSV)</a> and <a href="{JSON}">data (JSON)</a>.'
        "</li></ul>"
    )
