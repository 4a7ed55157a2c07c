"""The strategy on one page: vision, stages as columns, priorities, bands beneath.

Everything is read from the registry, so that the picture cannot disagree with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from hwb_analysis import style
from hwb_analysis.figures import parts
from hwb_analysis.figures.drawn import Drawn, Words, finish
from hwb_analysis.strategy.model import Priority, Stage, Strategy

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, EDGE, GAP, PAD = 7.6, 0.06, 0.1, 0.09
CROSSING = "cross-cutting"
LINE = style.TEXT_SIZE * 1.25 / style.POINTS_PER_INCH
# Average width of a letter as a share of its size: how many fit on a line.
LETTER = 0.56
PALE = "#e8eef4"


def strategy_on_a_page(
    strategy: Strategy, *, title: str = "", name: str = "strategy-on-a-page"
) -> Drawn:
    """Draw vision, stages, priorities and cross-cutting priorities of a registry.

    Returns
    -------
    Drawn
        Picture, and a table with one row a priority: its stage, and how many commitments
        and success measures it has. :func:`strategy_list` gives the same as a nested
        list.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy = load_strategy()
    >>> len(strategy_on_a_page(strategy).data) == len(strategy.priorities)
    True
    """
    about = strategy.strategy
    rows = _rows(strategy)
    said = title or _finding(strategy)
    with style.stylesheet():
        figure = _draw(strategy)
        words = Words(
            name=name,
            title=said,
            subtitle=f"{about.title}: vision, stages, priorities",
            alt=f"{parts.sentence(said)} Diagram: the vision on top, {_stages_words(strategy)}. "
            "The same stands in the list and the table beside it.",
            caption="Drawn from the registry of the strategy.",
            source=f"{about.publisher}, {about.title}",
        )
        return finish(figure, words, rows)


def strategy_list(strategy: Strategy) -> str:
    """Return the strategy as a nested HTML list: stages, then their priorities.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> strategy_list(load_strategy()).count("<ul>") > 1
    True
    """
    vision = f"<p><strong>Vision:</strong> {escape(strategy.strategy.vision)}</p>"
    items = "".join(
        f"<li>{escape(stage.title)}<ul>"
        + "".join(f"<li>{escape(p.title)} ({_counts(p)})</li>" for p in _of(strategy, stage))
        + "</ul></li>"
        for stage in strategy.stages
        if _of(strategy, stage)
    )
    return f"{vision}\n<ul>{items}</ul>"


def _of(strategy: Strategy, stage: Stage) -> list[Priority]:
    return [p for p in strategy.priorities if p.stage == stage.slug]


def _counts(priority: Priority) -> str:
    one = _many(len(priority.commitments), "commitment")
    return f"{one}, {_many(len(priority.measures), 'success measure')}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _finding(strategy: Strategy) -> str:
    columns = [s for s in strategy.stages if s.kind != CROSSING and _of(strategy, s)]
    crossing = sum(len(_of(strategy, s)) for s in strategy.stages if s.kind == CROSSING)
    priorities = len(strategy.priorities)
    most = "priority" if priorities == 1 else "priorities"
    text = f"{priorities} {most}: {priorities - crossing} in {_many(len(columns), 'stage')} of life"
    return f"{text}, {crossing} across all of them" if crossing else text


def _stages_words(strategy: Strategy) -> str:
    texts = []
    for stage in strategy.stages:
        names = [parts.plain(p.title) for p in _of(strategy, stage)]
        if names:
            texts.append(f"{parts.plain(stage.title)} with {', '.join(names)}")
    return "; ".join(texts)


def _rows(strategy: Strategy) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Priority": priority.title,
                "Stage": stage.title,
                "Number": priority.code,
                "Commitments": len(priority.commitments),
                "Success measures": len(priority.measures),
            }
            for stage in strategy.stages
            for priority in _of(strategy, stage)
        ]
    )


# -- the picture ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Box:
    """A box in inches from the left and from the top, with its words."""

    x: float
    y: float
    width: float
    height: float
    text: str
    fill: str
    note: str = ""
    bold: bool = False


def _lines(text: str, width: float) -> str:
    letters = int((width - 2 * PAD) * style.POINTS_PER_INCH / (style.TEXT_SIZE * LETTER))
    return parts.wrapped(text, max(letters, 6))


def _tall(text: str, note: str) -> float:
    return (text.count("\n") + 1 + bool(note)) * LINE + 2 * PAD


def _draw(strategy: Strategy) -> Figure:
    boxes = _boxes(strategy)
    height = max(b.y + b.height for b in boxes) + EDGE
    canvas = parts.canvas((WIDTH, height), 0.0, 0.0, 0.0, 0.0)
    canvas.axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    canvas.axes.set_axis_off()
    for box in boxes:
        _write(canvas, box)
    return canvas.figure


def _boxes(strategy: Strategy) -> list[_Box]:
    inner = WIDTH - 2 * EDGE
    vision = _lines(strategy.strategy.vision, inner)
    boxes = [_Box(EDGE, EDGE, inner, _tall(vision, ""), vision, style.DARK_BLUE, bold=True)]
    boxes += _columns(strategy, boxes[0].y + boxes[0].height + GAP)
    below = max(b.y + b.height for b in boxes) + GAP
    for stage in strategy.stages:
        if stage.kind == CROSSING and _of(strategy, stage):
            boxes += _bands(stage, _of(strategy, stage), below)
            below = max(b.y + b.height for b in boxes) + GAP
    return boxes


def _columns(strategy: Strategy, top: float) -> list[_Box]:
    stages = [s for s in strategy.stages if s.kind != CROSSING and _of(strategy, s)]
    if not stages:
        return []
    width = (WIDTH - 2 * EDGE - GAP * (len(stages) - 1)) / len(stages)
    heads = [_lines(stage.title, width) for stage in stages]
    tall = max(_tall(head, "") for head in heads)
    stacks = [_stack(_of(strategy, stage), width) for stage in stages]
    rooms = [sum(stack) + GAP * len(stack) for stack in stacks]
    boxes = []
    for place, (stage, head, stack) in enumerate(zip(stages, heads, stacks, strict=True)):
        x = EDGE + place * (width + GAP)
        boxes.append(_Box(x, top, width, tall, head, style.DARK_BLUE, bold=True))
        y = top + tall + GAP
        # Fewer priorities share the height of the fullest column.
        spare = (max(rooms) - rooms[place]) / len(stack)
        for priority, height in zip(_of(strategy, stage), stack, strict=True):
            text = _lines(priority.title, width)
            note = _many(len(priority.measures), "measure")
            boxes.append(_Box(x, y, width, height + spare, text, PALE, note))
            y += height + spare + GAP
    return boxes


def _stack(priorities: Sequence[Priority], width: float) -> list[float]:
    return [_tall(_lines(p.title, width), "note") for p in priorities]


def _bands(stage: Stage, priorities: Sequence[Priority], top: float) -> list[_Box]:
    inner = WIDTH - 2 * EDGE
    head = _lines(stage.title, inner)
    boxes = [_Box(EDGE, top, inner, _tall(head, ""), head, style.DARK_BLUE, bold=True)]
    y = top + boxes[0].height + GAP
    for priority in priorities:
        text = _lines(f"{priority.title} · {_many(len(priority.measures), 'measure')}", inner)
        boxes.append(_Box(EDGE, y, inner, _tall(text, ""), text, PALE))
        y += boxes[-1].height + GAP / 2
    return boxes


def _write(canvas: parts.Canvas, box: _Box) -> None:
    from matplotlib.patches import Rectangle

    patch = Rectangle((box.x, box.y), box.width, box.height, facecolor=box.fill, linewidth=0)
    canvas.axes.add_patch(patch)
    ink = style.text_on(box.fill)
    lines = box.text.count("\n") + 1 + bool(box.note)
    first = box.y + box.height / 2 - (lines - 1) * LINE / 2
    middle = first + (box.text.count("\n")) * LINE / 2
    canvas.axes.text(
        box.x + box.width / 2, middle, box.text, ha="center", va="center", color=ink,
        fontsize=style.TEXT_SIZE, fontweight="bold" if box.bold else "normal", linespacing=1.2,
    )  # fmt: skip
    if box.note:
        canvas.axes.text(
            box.x + box.width / 2, first + (lines - 1) * LINE, box.note, ha="center", va="center",
            color=style.GREY, fontsize=style.SMALL_SIZE,
        )  # fmt: skip
