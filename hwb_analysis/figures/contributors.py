"""A quoted table of contributors to health as one stacked column, every part labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.strategy.contributors import ContributorGroup, Contributors

WHOLE = 100.0
TOP, BOTTOM, COLUMN, GAP = 0.12, 0.12, 1.7, 0.16
# Inches of height for one per cent, so that the smallest part holds a line of text.
PER_CENT, SMALLEST = 0.048, 0.17
NAME_CHARACTERS, PART_CHARACTERS = 18, 30


def contributors_chart(
    table: Contributors,
    *,
    title: str = "",
    name: str = "contributors",
    alt: str | None = None,
) -> Drawn:
    """Draw the groups of the table as a column of 100 per cent, their parts beside them.

    Parameters
    ----------
    table
        From the registry: it is drawn as it stands and nothing is computed.
    title
        What the picture says; the largest group and its share when left out.

    Returns
    -------
    Drawn
        Picture, and a table with one row a part. The caption is the table's caution.
    """
    rows = _rows(table)
    with style.stylesheet():
        canvas = _draw(table.groups)
        said = title or _finding(table)
        words = Words(
            name=name,
            title=said,
            subtitle=f"{table.title}: weights in per cent",
            alt=parts.alt_text(said, "Stacked column of groups and their parts", table.title)
            if alt is None
            else alt,
            caption=parts.sentence(table.caution),
            source=table.source,
        )
        return finish(canvas.figure, words, rows, {"Share (%)": 0, "Share of the group (%)": 0})


def _finding(table: Contributors) -> str:
    largest = max(table.groups, key=lambda group: group.share)
    return (
        f"{parts.plain(largest.name)} carry {_share(largest.share)} of the weight "
        "in a model made elsewhere"
    )


def _share(share: float) -> str:
    return style.format_value(share, "%", decimals=0 if share == round(share) else 1)


def _rows(table: Contributors) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Group": group.name,
                "Share of the group (%)": group.share,
                "Part": part.name,
                "Share (%)": part.share,
            }
            for group in table.groups
            for part in group.parts or (group,)
        ]
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the column: from where to where, in per cent from the top, and its words."""

    start: float
    share: float
    text: str

    @property
    def middle(self) -> float:
        return self.start + self.share / 2


def _draw(groups: Sequence[ContributorGroup]) -> parts.Canvas:
    smallest = min(p.share for g in groups for p in (g.parts or (g,)))
    height = WHOLE * max(PER_CENT, min(SMALLEST / smallest, 2 * PER_CENT))
    left = max(parts.widest(_names(groups), style.TEXT_SIZE, bold=True), 1.0) + 2 * GAP
    right = style.WIDTH - left - COLUMN
    size = (style.WIDTH, TOP + height + BOTTOM)
    canvas = parts.canvas(size, left, right, TOP, BOTTOM)
    canvas.axes.set(xlim=(0, 1), ylim=(WHOLE, 0), xticks=[], yticks=[])
    canvas.axes.spines[:].set_visible(False)
    start = 0.0
    for group, fill in zip(groups, cycle(style.CATEGORICAL), strict=False):
        _group(canvas, group, start, fill)
        start += group.share
    _part_names(canvas, groups)
    return canvas


def _names(groups: Sequence[ContributorGroup]) -> list[str]:
    return [line for g in groups for line in _name(g).split("\n")]


def _group(canvas: parts.Canvas, group: ContributorGroup, start: float, fill: str) -> None:
    axes = canvas.axes
    for block in _blocks(group, start):
        axes.bar(
            0.5, block.share, bottom=block.start, width=1.0, color=fill,
            edgecolor=style.WHITE, linewidth=1.6,
        )  # fmt: skip
    # A wider gap sets the groups apart where their colours print as one grey.
    axes.axhline(start, color=style.WHITE, linewidth=4.5 if start else 0.0)
    axes.text(
        -GAP / COLUMN, start + group.share / 2, _name(group), ha="right", va="center",
        fontsize=style.TEXT_SIZE, fontweight="bold", linespacing=1.15,
    )  # fmt: skip


def _name(group: ContributorGroup) -> str:
    return parts.wrapped(f"{group.name} {_share(group.share)}", NAME_CHARACTERS)


def _blocks(group: ContributorGroup, start: float) -> list[_Block]:
    found: list[_Block] = []
    for part in group.parts or (group,):
        text = f"{parts.wrapped(part.name, PART_CHARACTERS)} {_share(part.share)}"
        found.append(_Block(start, part.share, text))
        start += part.share
    return found


def _part_names(canvas: parts.Canvas, groups: Sequence[ContributorGroup]) -> None:
    """Write the parts right of the column, kept apart where they are many and small."""
    start, blocks = 0.0, list[_Block]()
    for group in groups:
        blocks += _blocks(group, start) if group.parts else []
        start += group.share
    if not blocks:
        return
    heights = [parts.text_size(b.text, style.SMALL_SIZE)[1] + 0.04 for b in blocks]
    per = canvas.height / WHOLE
    wanted = [canvas.height - b.middle * per for b in blocks]
    places = parts.spread(wanted, heights, 0.0, canvas.height)
    for block, target, place in zip(blocks, wanted, places, strict=True):
        ys = [WHOLE - target / per, WHOLE - place / per]
        canvas.axes.plot(
            [1.02, 1 + GAP / COLUMN], ys, color=style.RULE, linewidth=0.8, clip_on=False
        )
        canvas.axes.text(
            1 + (GAP + 0.06) / COLUMN, ys[1], block.text, ha="left", va="center",
            fontsize=style.SMALL_SIZE, linespacing=1.05,
        )  # fmt: skip
