"""Rules that join one place of the registry to another.

They read the plain data, not the typed objects, so that a wrong enum in one place
does not hide a dangling key in another: every fault comes in one message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from hwb_analysis.errors import did_you_mean
from hwb_analysis.strategy.document import Document, Fault, Path_

Found = Iterator[Fault]
NEEDS_SENTENCE = {"proxy": "a proxy", "inverse": "an inverse"}
DIRECT = ("primary", "alternative", "inverse")
MATCH = {("increase", "high"), ("decrease", "low")}
# Shares are printed as whole per cent; anything beyond this is a slip, not rounding.
ROUNDING = 1e-6
# Addresses of reports that every strategy has.
RESERVED = ("board-annual", "residents", "inequality-chapter", "claims", "board", "figures")
NEEDED = {
    "threshold": ("op", "value", "unit"),
    "benchmark": ("op", "value", "unit"),
    "comparator": ("op", "comparator"),
    "milestone": ("text",),
    "award": ("text",),
    "feedback": ("text",),
}


def check_rules(document: Document) -> list[Fault]:
    """Return every broken rule, in the order of the file."""
    faults = [fault for rule in RULES for fault in rule(document)]
    return sorted(faults, key=lambda fault: document.line(fault.path))


def _measures(document: Document) -> Iterator[tuple[Path_, dict[str, Any]]]:
    for path, _ in document.items("priorities"):
        yield from document.items(*path, "measures")


def _links(document: Document) -> Iterator[tuple[Path_, dict[str, Any], dict[str, Any]]]:
    for path, measure in _measures(document):
        for inner, link in document.items(*path, "indicators"):
            yield inner, measure, link


def _series(document: Document) -> Iterator[tuple[Path_, dict[str, Any], dict[str, Any]]]:
    for path, indicator in document.items("indicators"):
        for inner, link in document.items(*path, "series"):
            yield inner, indicator, link


def _commitments(document: Document) -> Iterator[tuple[Path_, dict[str, Any]]]:
    for path, _ in document.items("priorities"):
        yield from document.items(*path, "commitments")


def _unique(document: Document) -> Found:
    lists = (
        (document.items("stages"), "slug"),
        (document.items("priorities"), "slug"),
        (document.items("priorities"), "code"),
        (_commitments(document), "id"),
        (_measures(document), "id"),
        (document.items("queries"), "id"),
        (document.items("views"), "slug"),
        (document.items("area", "districts"), "code"),
    )
    for items, name in lists:
        yield from _repeats(document, items, name)
    for path, _ in _measures(document):
        yield from _repeats(document, document.items(*path, "indicators"), "key")
    for path, _ in document.items("indicators"):
        yield from _repeats(document, document.items(*path, "series"), "id")


def _repeats(document: Document, items: Iterator[tuple[Path_, dict[str, Any]]], name: str) -> Found:
    first: dict[str, Path_] = {}
    for path, item in items:
        value = item.get(name)
        if value is None:
            continue
        if str(value) in first:
            line = document.line((*first[str(value)], name))
            rule = f"the {name} '{value}' is used twice (first in line {line})"
            yield Fault((*path, name), rule, f"give one of the two another {name}")
        first.setdefault(str(value), path)


def _gradients(document: Document) -> Found:
    for path, priority in document.items("priorities"):
        named = priority.get("gradients")
        seen: set[str] = set()
        for i, entry in enumerate(named if isinstance(named, list) else ()):
            series = str(entry.get("series") if isinstance(entry, dict) else entry)
            if series in seen:
                rule = f"the gradient '{series}' stands twice in the priority"
                yield Fault((*path, "gradients", i), rule, "remove one of the two")
            seen.add(series)


def _known(path: Path_, kind: str, value: Any, known: list[str]) -> Found:
    if value is not None and str(value) not in known:
        yield Fault(path, f"unknown {kind} '{value}'", did_you_mean(str(value), known))


def _references(document: Document) -> Found:
    stages = [str(s.get("slug")) for _, s in document.items("stages")]
    keys = [str(path[-1]) for path, _ in document.items("indicators")]
    measures = [str(m.get("id")) for _, m in _measures(document)]
    for path, priority in document.items("priorities"):
        yield from _known((*path, "stage"), "stage", priority.get("stage"), stages)
    for path, _, link in _links(document):
        yield from _known((*path, "key"), "indicator", link.get("key"), keys)
    for path, overlap in document.items("overlaps"):
        named = overlap.get("measures")
        for i, name in enumerate(named if isinstance(named, list) else ()):
            yield from _known((*path, "measures", i), "measure", name, measures)


def _districts(document: Document) -> Found:
    codes = [str(d.get("code")) for _, d in document.items("area", "districts")]
    for path, part in document.items("area"):
        for end in ("most", "least"):
            yield from _known((*path, end), "district", part.get(end), codes)


def _evidence(document: Document) -> Found:
    for path, measure in _measures(document):
        links = [link for _, link in document.items(*path, "indicators")]
        named = any(link.get("use", "primary") != "context" for link in links)
        if not named and not measure.get("reason"):
            yield Fault(
                path,
                "the measure has no indicator of its own and no reason",
                "add indicators: [{key: ...}] or reason: why there is no series",
            )
        if named and measure.get("reason"):
            yield Fault(
                (*path, "reason"),
                "the measure has an indicator and a reason for having none",
                "put the reason into the indicator's 'missing', or remove one of the two",
            )


def _sentences(document: Document) -> Found:
    links = [(p, link) for p, _, link in _links(document)]
    links += [(p, link) for p, _, link in _series(document)]
    for path, link in links:
        use = str(link.get("use"))
        if use in NEEDS_SENTENCE and not link.get("sentence"):
            yield Fault(
                path,
                f"{NEEDS_SENTENCE[use]} has no sentence",
                "add sentence: one plain sentence that says what it measures instead",
            )


def _missing(document: Document) -> Found:
    for path, indicator in document.items("indicators"):
        uses = [link.get("use") for _, link in document.items(*path, "series")]
        direct = any(use in DIRECT for use in uses)
        if not direct and not indicator.get("missing"):
            yield Fault(
                path,
                "the indicator has no series of its own and no reason",
                "add series: [{id: ..., use: primary}] or missing: why there is none",
            )
        if direct and indicator.get("missing"):
            yield Fault(
                (*path, "missing"),
                "the indicator has a series and a reason for having none",
                "remove 'missing', or call the series a proxy or context",
            )


def _directions(document: Document) -> Found:
    polarity = {str(path[-1]): i.get("polarity") for path, i in document.items("indicators")}
    for path, measure, link in _links(document):
        pair = (measure.get("direction"), polarity.get(str(link.get("key"))))
        if pair[0] not in ("increase", "decrease") or pair[1] not in ("high", "low"):
            continue
        use = link.get("use", "primary")
        wrong = (use == "primary" and pair not in MATCH) or (use == "inverse" and pair in MATCH)
        if wrong:
            yield Fault(
                path,
                f"the measure wants to {pair[0]} and the good end of '{link.get('key')}' "
                f"is {pair[1]}, which is not what use '{use}' means",
                "use primary where the two agree and inverse where they are opposite",
            )


def _targets(document: Document) -> Found:
    for path, measure in _measures(document):
        target = measure.get("target")
        if not isinstance(target, dict):
            continue
        needed = NEEDED.get(str(target.get("kind")), ())
        absent = [name for name in needed if target.get(name) is None]
        if absent:
            yield Fault(
                (*path, "target"),
                f"a target of kind '{target.get('kind')}' lacks {', '.join(absent)}",
                f"a {target.get('kind')} needs {', '.join(needed)}",
            )


def _keys(document: Document) -> Found:
    for path, indicator in document.items("indicators"):
        if "key" in indicator:
            rule = "an indicator's key is the word in front of it, not a field"
            yield Fault((*path, "key"), rule, "remove the field")


def _spans(document: Document) -> Found:
    for path, _, _ in _series(document):
        for inner, gap in document.items(*path, "gaps"):
            first, last = gap.get("first"), gap.get("last")
            days = isinstance(first, date) and isinstance(last, date)
            if days and str(last) < str(first):
                yield Fault(inner, "the gap ends before it starts", "exchange first and last")


def _shares(document: Document) -> Found:
    groups = list(document.items("contributors", "groups"))
    if groups:
        yield from _sum(("contributors", "groups"), [g for _, g in groups], 100.0)
    for path, group in groups:
        parts = [part for _, part in document.items(*path, "parts")]
        share = group.get("share")
        if parts and isinstance(share, int | float):
            yield from _sum((*path, "parts"), parts, float(share))


def _sum(path: Path_, entries: list[dict[str, Any]], wanted: float) -> Found:
    shares = [entry.get("share") for entry in entries]
    if not all(isinstance(share, int | float) for share in shares):
        return
    total = sum(float(share) for share in shares if share is not None)
    if abs(total - wanted) > ROUNDING:
        rule = f"the shares add up to {total:g}, not to {wanted:g}"
        yield Fault(path, rule, "mend the shares: parts add up to their group, groups to 100")


def _views(document: Document) -> Found:
    measures = [str(m.get("id")) for _, m in _measures(document)]
    drawn = [
        str(entry.get("series") if isinstance(entry, dict) else entry)
        for _, priority in document.items("priorities")
        for entry in _list(priority, "gradients")
    ]
    taken = [*RESERVED, *(str(p.get("slug")) for _, p in document.items("priorities"))]
    for path, view in document.items("views"):
        if str(view.get("slug")) in taken:
            rule = f"the slug '{view['slug']}' is that of another report"
            yield Fault((*path, "slug"), rule, "give the view another slug")
        for name, kind, known in (
            ("measures", "measure", measures),
            ("gradients", "gradient of a priority", drawn),
        ):
            yield from _members((*path, name), kind, _list(view, name), known)


def _list(entry: dict[str, Any], name: str) -> list[Any]:
    found = entry.get(name)
    return found if isinstance(found, list) else []


def _members(path: Path_, kind: str, named: list[Any], known: list[str]) -> Found:
    for i, name in enumerate(named):
        yield from _known((*path, i), kind, name, known)
        if name in named[:i]:
            yield Fault((*path, i), f"the {kind} '{name}' stands twice", "remove one of the two")


RULES: tuple[Callable[[Document], Found], ...] = (
    _unique,
    _references,
    _districts,
    _evidence,
    _sentences,
    _missing,
    _directions,
    _targets,
    _spans,
    _gradients,
    _keys,
    _shares,
    _views,
)
