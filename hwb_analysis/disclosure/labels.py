"""What a label covers: ages and days as intervals, areas by their parents, wholes by name.

Every label of a dimension is turned into the set of indivisible pieces it covers. A
label that covers several also has a piece of its own, the *rest*: what belongs to the
whole and to none of the parts that are listed (sex not stated, a district left out).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

Interval = tuple[float, float]
Contains = Callable[[Hashable, Hashable], bool]

WHOLE_SEX = {"persons", "all", "all persons", "people", "total", "both", "both sexes", ""}
WHOLE_AGE = {"all ages", "all", "total", "any age", ""}
WHOLE_CATEGORY = {"", "all", "total", "all categories", "persons"}
NOT_STATED = {"not known", "unknown", "not stated", "missing", "not recorded"}
EVERY = "(every one)"
ALL_AGES = (0.0, math.inf)

_UNITS = re.compile(r"\s*\b(?:years?|yrs?|aged?|of age|old)\b\s*")
_RANGE = re.compile(r"^(\d+)\s*(?:-|–|to)\s*(\d+)$")
_OPEN = re.compile(r"^(\d+)\s*(?:\+|plus|and over|and above|or over|or older|and older)$")
_UNDER = re.compile(r"^(?:under|below|less than|<)\s*(\d+)$")
_OVER = re.compile(r"^(?:over|above|>)\s*(\d+)$")
_SINGLE = re.compile(r"^(\d+)$")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of each label of a dimension, and which of the pieces are a rest.

    ``open`` rests are known to have somebody to hold: not all parts are listed.
    """

    covers: Mapping[Hashable, tuple[int, ...]]
    rest: frozenset[int]
    total: int
    open: frozenset[int] = frozenset()


def age_interval(text: str) -> Interval | None:
    """Return the ages a label covers, from the first to below the second.

    Examples
    --------
    >>> age_interval("15 to 24"), age_interval("under 18"), age_interval("90+ years")
    ((15.0, 25.0), (0.0, 18.0), (90.0, inf))
    >>> age_interval("at birth") is None
    True
    """
    label = _UNITS.sub(" ", text.strip().lower()).strip()
    if m := _RANGE.match(label):
        return float(m[1]), float(m[2]) + 1
    if m := _OPEN.match(label):
        return float(m[1]), math.inf
    if m := _UNDER.match(label):
        return 0.0, float(m[1])
    if m := _OVER.match(label):
        return float(m[1]) + 1, math.inf
    if m := _SINGLE.match(label):
        return float(m[1]), float(m[1]) + 1
    return None


def named(labels: Iterable[str], wholes: set[str]) -> Pieces:
    """Return the pieces of plain words, some of which mean all of the others.

    Examples
    --------
    >>> found = named(["Persons", "Male", "Female"], WHOLE_SEX)
    >>> found.covers["Male"], found.covers["Persons"], sorted(found.rest)
    ((1,), (0, 1, 2), [2])
    """
    ordered = sorted(set(labels))
    parts = [label for label in ordered if label.strip().lower() not in wholes]
    everything = frozenset(parts) or frozenset([EVERY])
    base: dict[Hashable, frozenset[Hashable]] = {
        label: frozenset([label]) if label in parts else everything for label in ordered
    }
    wholes_here = [label for label in ordered if label not in parts and parts]
    return with_rest(base, wholes_here, lambda label, inner: label in wholes_here)


def ages(labels: Iterable[str]) -> Pieces:
    """Return the pieces of age labels: the ages between all the ends that occur."""
    ordered = sorted(set(labels))
    read = {label: span for label in ordered if (span := age_interval(label))}
    wholes = [x for x in ordered if x.strip().lower() in WHOLE_AGE or read.get(x) == ALL_AGES]
    base = _segments({label: span for label, span in read.items() if label not in wholes})
    stray = {label for label in ordered if label.strip().lower() in NOT_STATED}
    parts = frozenset[Hashable]().union(*base.values()) | stray
    base |= {label: frozenset([label]) for label in ordered if label not in base}
    base |= {label: parts or frozenset([EVERY]) for label in wholes}

    def contains(label: Hashable, inner: Hashable) -> bool:
        return label in wholes or (inner not in wholes and base[inner] <= base[label])

    return with_rest(base, wholes if parts else [], contains)


def spans(labels: Mapping[Hashable, Interval]) -> Pieces:
    """Return the pieces of intervals, such as periods of days."""
    base = _segments(labels)
    return with_rest(base, [], lambda label, inner: base[inner] <= base[label])


def hierarchy(codes: Iterable[str], parents: Mapping[str, str]) -> Pieces:
    """Return the pieces of areas, of which some lie in others.

    Examples
    --------
    >>> found = hierarchy(["C", "D1", "D2"], {"D1": "C", "D2": "C"})
    >>> found.covers["D1"], len(found.covers["C"]), len(found.rest)
    ((0,), 3, 1)
    """
    present = sorted(set(codes))
    inside: dict[str, set[str]] = {code: set() for code in present}
    for code in present:
        for above in _above(code, parents):
            if above in inside:
                inside[above].add(code)
    leaves = {code for code in present if not inside[code]}
    base: dict[Hashable, frozenset[Hashable]] = {
        code: frozenset(inside[code] & leaves) if inside[code] else frozenset([code])
        for code in present
    }
    holders = [code for code in present if inside[code]]
    found = with_rest(base, holders, lambda label, inner: inner in inside[str(label)])
    lacking = _lacking(set(present), parents)
    own = {code: found.covers[code][-1:] for code in holders if code in lacking}
    return replace(found, open=frozenset(x for rest in own.values() for x in rest))


def apart(labels: Iterable[Hashable]) -> Pieces:
    """Return the pieces of labels that have nothing to do with each other."""
    ordered = sorted(set(labels), key=str)
    return with_rest({label: frozenset([label]) for label in ordered}, [], lambda *_: False)


def _lacking(present: set[str], parents: Mapping[str, str]) -> set[str]:
    """Return the areas of which some part is neither listed nor made up of listed ones."""
    children: dict[str, list[str]] = {}
    for child, parent in parents.items():
        children.setdefault(parent, []).append(child)

    def whole(code: str) -> bool:
        inner = children.get(code, [])
        return bool(inner) and all(child in present or whole(child) for child in inner)

    return {code for code in present if code in children and not whole(code)}


def _above(code: str, parents: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while (code := parents.get(code, "")) and code not in found:
        found.append(code)
    return found


def _segments(
    labels: Mapping[str, Interval] | Mapping[Hashable, Interval],
) -> dict[Hashable, frozenset[Hashable]]:
    ends = sorted({end for span in labels.values() for end in span})
    pieces = list(pairwise(ends))
    return {
        label: frozenset(piece for piece in pieces if low <= piece[0] and piece[1] <= high)
        for label, (low, high) in labels.items()
    }


def with_rest(
    base: Mapping[Hashable, frozenset[Hashable]],
    wholes: Collection[Hashable],
    contains: Contains,
) -> Pieces:
    """Return numbered pieces, and give every label that has parts its rest.

    ``contains(label, inner)`` says whether all that ``inner`` covers, its rest included,
    lies in ``label``; equal pieces alone do not say so (a nation and its one listed county).
    """
    pieces = sorted({piece for covered in base.values() for piece in covered}, key=str)
    place: dict[Hashable, int] = {piece: i for i, piece in enumerate(pieces)}
    composite = [x for x in base if len(base[x]) > 1 or x in wholes]
    rest = {label: len(pieces) + i for i, label in enumerate(composite)}
    covers = {
        label: tuple(
            [place[p] for p in sorted(covered, key=str)]
            + [rest[inner] for inner in composite if label != inner and contains(label, inner)]
            + [rest[inner] for inner in composite if label == inner]
        )
        for label, covered in base.items()
    }
    return Pieces(covers, frozenset(rest.values()), len(pieces) + len(composite))
