"""A page for residents: what was promised, what has moved, what nobody can see yet.

Short words and short sentences. A word such as "up" or "better" stands only where a test
says so, and the test of the page's own sentences keeps their reading age low.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from hwb_analysis.assessment import (
    Assessment,
    ChangeSince,
    Context,
    MeasureVerdict,
    PartVerdict,
    assess_all,
    judge,
    make_context,
)
from hwb_analysis.narrative.verdicts import MOVING, lead_part
from hwb_analysis.reports.emit import show_html, show_markdown
from hwb_analysis.reports.human import read_section, text_folder
from hwb_analysis.reports.human_slots import RESIDENTS, RESIDENTS_SLOTS
from hwb_analysis.sources.returns import Evidence, Returns, Unit, evidence, read_returns
from hwb_analysis.sources.snapshot import snapshot_at
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority, Stage
from hwb_analysis.style import format_number, format_value
from hwb_analysis.vocabulary import MeasureType, Verdict

# Every sentence of the page that is ours. Names, figures and dates fill the blanks.
SENTENCES = {
    "title": "How are we doing? A page for people who live in {area}",
    "what": "In {start} the council, the NHS and their partners made a plan for health. "
    "It runs to {end}.",
    "goals": "The plan has {goals} goals. We look at the facts for each goal.",
    "page": "This page tells you what was promised, what has moved, and what we cannot see yet.",
    "true": "We say that a thing has moved only when a test shows it is not just chance.",
    "moved_up": "Goal: {name}. The figure went up, from {old} ({old_date}) to {new} ({new_date}).",
    "moved_down": "Goal: {name}. The figure went down, from {old} ({old_date}) to {new} "
    "({new_date}).",
    "both": "Both figures for this goal went the same way. This one is the most clear.",
    "all": "All {count} figures for this goal went the same way. This one is the most clear.",
    "good": "That is what we want.",
    "bad": "That is not what we want.",
    "met": "Goal: {name}. We have met this goal.",
    "still_one": "For one goal we saw a small change. It may be just chance.",
    "still": "For {count} goals we saw small changes. They may be just chance.",
    "early_one": "For one goal it is too soon to tell.",
    "early": "For {count} goals it is too soon to tell.",
    "none": "We cannot show that any of these goals has moved.",
    "old_one": "For one goal the last figure is from before the plan began.",
    "old": "For {count} goals the last figure is from before the plan began.",
    "hidden_one": "For one goal we have no figure that we can test.",
    "hidden": "For {count} goals we have no figure that we can test.",
    "local_one": "For one goal only local staff can say. We wait for their report.",
    "local": "For {count} goals only local staff can say. We wait for their report.",
    "sent_figure": "{name}: local staff say {value} ({date}).",
    "sent_hidden": "{name}: local staff sent a figure. We do not show it, so that no one can "
    "be known from it.",
    "sent_status": "{name}: local staff say it is {status}.",
    "untested": "We have not tested what local staff sent.",
    "all_seen": "We have a figure to test for each of these goals.",
    "across": "At every age",
    "where": "You can see all the facts, with their sources, in the full reports.",
    "unsure": "Most figures come from a count or from asking some of us. "
    "So they are close to the truth, but not exact.",
}


# Short names that stand in titles of measures, and what they are.
SHORT_NAMES = {
    "MMR": "MMR is the jab for measles, mumps and rubella.",
    "HPV": "HPV is a virus. The jab helps to stop some cancers.",
    "RSV": "RSV is a virus that makes it hard to breathe.",
    "A&E": "A&E is the part of a hospital for urgent care.",
    "FSM": "FSM stands for free school meals.",
}


def say(key: str, **blanks: object) -> str:
    """Return one of the page's sentences with its blanks filled.

    Examples
    --------
    >>> say("early", count=3)
    'For 3 goals it is too soon to tell.'
    """
    return SENTENCES[key].format(**blanks)


def open_residents(area: str = "", data_cut: str = "") -> Residents:
    """Return the page for residents.

    Parameters
    ----------
    area
        Code; the registry's own area when empty.
    data_cut
        Name of a snapshot, or an ISO date; the newest when empty.
    """
    strategy = load_strategy()
    snapshot, as_of = snapshot_at(data_cut)
    context = make_context(strategy, snapshot, area=area, as_of=as_of)
    assessments = assess_all(context)
    returns = read_returns(strategy).until(as_of)
    judged = judge(context, assessments, evidence=evidence(returns), page="the whole strategy")
    return Residents(context, dict(judged.measures), returns, text_folder())


@dataclass(frozen=True)
class Residents:
    """The page; every method shows one part."""

    context: Context
    measures: dict[str, MeasureVerdict]
    returns: Returns
    folder: Path

    def show_title(self) -> None:
        """Show what the plan is and what this page tells."""
        about, strategy = self.context.strategy.strategy, self.context.strategy
        title = say("title", area=strategy.area.name)
        show_html(f"<h1>{escape(title)}</h1>")
        lines = [
            say("what", start=about.starts, end=about.ends),
            say("goals", goals=len(strategy.measures)),
            say("page"),
            say("true"),
            say("unsure"),
        ]
        show_html("".join(f"<p>{escape(line)}</p>" for line in lines))

    def show_stages(self) -> None:
        """Show each stage of life: promised, moved, not seen."""
        for stage in self.context.strategy.stages:
            show_html(self.stage_html(stage))

    def stage_html(self, stage: Stage) -> str:
        """Return one stage of the plan."""
        priorities = [p for p in self.context.strategy.priorities if p.stage == stage.slug]
        found = [self.measures[m.id] for p in priorities for m in p.measures]
        title = say("across") if stage.kind == "cross-cutting" else stage.title
        return (
            f'<h2 id="{stage.slug}">{escape(title)}</h2>'
            f"<h3>What was promised</h3>{_promises(priorities)}"
            f"<h3>What has moved</h3>{_bullets(moved(found))}"
            f"{_told_by_staff(found)}"
            f"<h3>What we cannot see yet</h3>{_bullets(unseen(found))}"
        )

    def show_end(self) -> None:
        """Show where more is told, and how people can have their say."""
        show_markdown(say("where"))
        slot = RESIDENTS_SLOTS[0]
        text = read_section(RESIDENTS, slot, folder=self.folder).to_html()
        show_html(f"<h2>{escape(slot.title)}</h2>{text}")


def _promises(priorities: Sequence[Priority]) -> str:
    items = "".join(
        f"<li><strong>{escape(p.title)}</strong><ul>"
        + "".join(f"<li>{escape(c.text)}</li>" for c in p.commitments)
        + "</ul></li>"
        for p in priorities
    )
    return f"<ul>{items}</ul>"


def _bullets(lines: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _told_by_staff(found: Sequence[MeasureVerdict]) -> str:
    """Return what local staff sent on some goals; nothing where they sent nothing."""
    lines = [_sent(one.measure.title, one.returned) for one in found if one.returned is not None]
    if not lines:
        return ""
    return f"<h3>What local staff told us</h3>{_bullets([*lines, say('untested')])}"


def _sent(name: str, sent: Evidence) -> str:
    if sent.value is not None:
        return say("sent_figure", name=name, value=_plain(sent.value, sent.unit), date=sent.period)
    if sent.withheld:
        return say("sent_hidden", name=name)
    return say("sent_status", name=name, status=sent.status)


def moved(found: Sequence[MeasureVerdict]) -> list[str]:
    """Return what moved, in plain words, then how many may have moved or not."""
    told = [text for one in found if (text := _moved(one))]
    lines = told or [say("none")]
    # A goal that only staff can speak of is told with what they sent.
    own = [m for m in found if m.returned is None or lead_part(m) is not None]
    for verdict, key in ((Verdict.NO_CLEAR_CHANGE, "still"), (Verdict.TOO_EARLY, "early")):
        lines += _count(sum(m.verdict is verdict for m in own), key)
    return lines


def _count(number: int, key: str) -> list[str]:
    if number == 0:
        return []
    return [say(f"{key}_one")] if number == 1 else [say(key, count=number)]


def _moved(found: MeasureVerdict) -> str:
    lead = lead_part(found)
    if found.verdict is Verdict.ACHIEVED:
        return say("met", name=found.measure.title)
    if found.verdict not in (Verdict.WANTED, Verdict.WRONG) or lead is None:
        return ""
    if lead.direction not in MOVING:
        return ""
    key = "moved_up" if lead.change.difference > 0 else "moved_down"
    wanted = say("good" if found.verdict is Verdict.WANTED else "bad")
    told = [_figures(key, found.measure.title, lead.assessment, lead.change), wanted]
    told += [_others(found, lead), *explained(found.measure.title)]
    return " ".join(text for text in told if text)


def _others(found: MeasureVerdict, lead: PartVerdict) -> str:
    """Return that all tested figures of a goal moved alike, where there are several."""
    tested = [p for p in found.parts if p.counts and p.tested]
    if len(tested) < 2 or any(p.verdict is not lead.verdict for p in tested):
        return ""
    return say("both") if len(tested) == 2 else say("all", count=len(tested))


def explained(title: str) -> list[str]:
    """Return what the short names in a title stand for.

    Examples
    --------
    >>> explained("Higher MMR uptake")
    ['MMR is the jab for measles, mumps and rubella.']
    """
    words = set(re.findall(r"[\w&]+", title))
    return [text for name, text in SHORT_NAMES.items() if name in words]


def _figures(key: str, title: str, assessment: Assessment, change: ChangeSince) -> str:
    unit = assessment.latest.unit if assessment.latest else ""
    return say(
        key,
        name=title,
        old=_plain(change.baseline_value, unit),
        old_date=change.baseline,
        new=_plain(change.latest_value, unit),
        new_date=change.latest,
    )


def _plain(value: float, unit: str) -> str:
    """Return a figure as people say it: of 100 rather than per cent."""
    if unit == "%":
        return f"{value:.0f} in 100"
    if unit == Unit.COUNT:
        return format_number(value, 0)
    return format_value(value, unit)


def unseen(found: Sequence[MeasureVerdict]) -> list[str]:
    """Return how many goals have no figure, an old one, or wait for local staff."""
    local = [m for m in found if m.verdict is Verdict.LOCAL_DUE]
    hidden = [m for m in found if m.verdict is Verdict.NOT_MEASURABLE]
    asked = [m for m in hidden if m.measure.type is not MeasureType.OPEN]
    waits = [m for m in asked if m.returned is None]
    lines = _count(sum(m.verdict is Verdict.NO_FIGURE_SINCE for m in found), "old")
    lines += _count(len(hidden) - len(asked), "hidden")
    lines += _count(len(local) + len(waits), "local")
    return lines or [say("all_seen")]
