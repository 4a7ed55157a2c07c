"""The six parameters of a report notebook, and which values they may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from hwb_analysis.errors import ParameterError, did_you_mean
from hwb_analysis.paths import data_dir

AUDIENCES = ("dashboard", "highlight", "annual", "chapter", "speaking")
DEFAULT_AUDIENCE = "chapter"


def suppression_rules() -> tuple[str, ...]:
    """Return the names of the disclosure rules, as the file of rules lists them.

    Figures of the snapshot are published, and no rule hides them a second time. A local
    series is shown under the rule of its map and the one that is named here: whatever
    either of them withholds is withheld. ``published`` adds nothing.

    Examples
    --------
    >>> suppression_rules()
    ('suppress-1-7-round-5', 'under-10', 'under-5', 'published')
    """
    from hwb_analysis.sources.local.rules import rule_sets

    return tuple(rule_sets())


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values a report notebook is run with; every one is plain text.

    ``area`` and ``comparator`` are codes; ``data_cut`` is the name of a snapshot or
    an ISO date.
    """

    priority: str
    area: str
    comparator: str
    data_cut: str
    audience: str = DEFAULT_AUDIENCE
    suppression: str = "published"

    def as_dict(self) -> dict[str, str]:
        """Return the parameters as papermill takes them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the parameters may say: slugs, area names by code, and snapshot names."""

    priorities: Sequence[str]
    areas: Mapping[str, str]
    snapshots: Sequence[str]

    def area_code(self, text: str) -> str | None:
        """Return the code of an area given by code or by name, or nothing when unknown."""
        if text in self.areas:
            return text
        codes = [code for code, name in self.areas.items() if name.casefold() == text.casefold()]
        return codes[0] if len(codes) == 1 else None


def read_parameters(given: Mapping[str, str], allowed: Allowed) -> Parameters:
    """Check the parameters of one report and return them with areas as codes.

    Parameters
    ----------
    given
        Name to text. ``audience`` and ``suppression`` may be left out.
    allowed
        The values that registry, areas and data know.

    Raises
    ------
    ParameterError
        One message with every fault: unknown name, missing name, value not allowed
        with the values that are.

    Examples
    --------
    >>> known = Allowed(["smoking"], {"E9": "Someshire", "E1": "England"}, ["2026-11"])
    >>> p = read_parameters({"priority": "smoking", "area": "Someshire", "comparator": "E1",
    ...                      "data_cut": "2026-11"}, known)
    >>> p.area, p.audience
    ('E9', 'chapter')
    """
    faults = [*_wrong_names(given), *_wrong_values(given, allowed)]
    if faults:
        raise ParameterError("\n".join(faults), where="notebook parameters")
    clean = {name: str(value) for name, value in given.items()}
    for name in ("area", "comparator"):
        clean[name] = allowed.area_code(clean[name]) or clean[name]
    return Parameters(**clean)


def _wrong_names(given: Mapping[str, str]) -> Iterator[str]:
    known = [f.name for f in fields(Parameters)]
    for name in given:
        if name not in known:
            yield f"there is no parameter '{name}': {did_you_mean(name, known)}"
    for name in known[:4]:
        if name not in given:
            yield f"the parameter '{name}' is missing"


def _wrong_values(given: Mapping[str, str], allowed: Allowed) -> Iterator[str]:
    closed = {
        "priority": allowed.priorities,
        "audience": AUDIENCES,
        "suppression": suppression_rules(),
    }
    for name, words in closed.items():
        if name in given and given[name] not in words:
            yield f"{name} '{given[name]}' is not allowed: {did_you_mean(given[name], list(words))}"
    for name in ("area", "comparator"):
        if name in given and allowed.area_code(given[name]) is None:
            yield f"{name} '{given[name]}' is no known area: " + _areas(given[name], allowed)
    cut = given.get("data_cut")
    if cut is not None and cut not in allowed.snapshots and not _is_date(cut):
        yield (
            f"data_cut '{cut}' is neither a snapshot nor an ISO date: "
            f"snapshots are {', '.join(allowed.snapshots) or 'none'}"
        )


def _areas(text: str, allowed: Allowed) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text, list(allowed.areas.values()), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return hint + "known: " + ", ".join(f"{name} ({code})" for code, name in allowed.areas.items())


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-11-30")


def snapshot_names(data: Path | None = None) -> list[str]:
    """Return the names of the snapshots at hand, oldest first."""
    folder = (data or data_dir()) / "snapshot"
    return sorted(p.name for p in folder.glob("*") if p.is_dir()) if folder.is_dir() else []
