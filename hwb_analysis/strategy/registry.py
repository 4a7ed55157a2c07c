"""Find, read and check the strategy registry.

The error names every fault at once: file, line, key, rule and what to do.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hwb_analysis.errors import RegistryError
from hwb_analysis.paths import data_dir
from hwb_analysis.strategy.document import Document, Fault, Path_, read_document
from hwb_analysis.strategy.model import Strategy
from hwb_analysis.strategy.rules import check_rules

SHOWN_VALUE = 60
PLAIN = {
    "missing": ("the field '{field}' is missing", "add it; docs/registry.md lists the fields"),
    "extra_forbidden": (
        "the field '{field}' is unknown",
        "remove it or mend its name; docs/registry.md lists the fields",
    ),
    "string_type": ("a text was expected, {value} came", "put it in quotes"),
    "date_from_datetime_parsing": ("{value} is not a date", "write a day such as 2024-03-31"),
    "enum": ("{value} is none of {expected}", "use one of these words"),
    "literal_error": ("{value} is none of {expected}", "use one of these words"),
    "string_pattern_mismatch": (
        "{value} does not have the form {pattern}",
        "write it as the other entries are written",
    ),
}


def load_strategy(path: Path | str | None = None) -> Strategy:
    """Return the strategy: all priorities, commitments, measures and indicators.

    Parameters
    ----------
    path
        The registry file. Without it ``HWB_STRATEGY`` decides, else the one YAML
        file in the folder ``strategy`` of the data.

    Raises
    ------
    RegistryError
        With one line for each fault: file, line, key, rule and remedy.

    Examples
    --------
    >>> strategy = load_strategy()
    >>> load_strategy() is strategy
    True
    """
    file = Path(path) if path is not None else find_registry()
    try:
        state = file.stat()
    except OSError as error:
        raise RegistryError(
            f"the registry cannot be read: {error.strerror or error}",
            where=str(file),
            remedy="name an existing YAML file, or unset HWB_STRATEGY",
        ) from error
    return _load(file.resolve(), state.st_mtime_ns, state.st_size)


def find_registry() -> Path:
    """Return the registry file that is used when none is named."""
    named = os.environ.get("HWB_STRATEGY")
    if named:
        return Path(named)
    folder = data_dir() / "strategy"
    found = sorted(p for p in folder.glob("*.y*ml") if p.is_file())
    if len(found) == 1:
        return found[0]
    names = ", ".join(p.name for p in found) or "none"
    raise RegistryError(
        f"one registry was expected, {len(found)} were found: {names}",
        where=str(folder),
        remedy="set HWB_STRATEGY to the file to use",
    )


# The state of the file is part of the key, so that an edit is seen at the next call.
@lru_cache(maxsize=8)
def _load(file: Path, mtime_ns: int, size: int) -> Strategy:
    document = read_document(file)
    faults = list(document.faults)
    strategy: Strategy | None = None
    try:
        strategy = Strategy.model_validate(_with_keys(document.data))
    except ValidationError as error:
        faults += [_plain(e) for e in error.errors(include_url=False)]
    faults += check_rules(document)
    if faults or strategy is None:
        raise _refusal(document, faults)
    return strategy


def _with_keys(data: Any) -> Any:
    """Give every indicator its key as a field: in the file it is the key of the mapping."""
    indicators = data.get("indicators") if isinstance(data, dict) else None
    if not isinstance(indicators, dict):
        return data
    keyed = {k: {"key": k, **v} if isinstance(v, dict) else v for k, v in indicators.items()}
    return {**data, "indicators": keyed}


def _plain(error: ErrorDetails) -> Fault:
    path: Path_ = tuple(step for step in error["loc"] if step != "[key]")
    context = error.get("ctx", {})
    words = {
        "field": path[-1] if path else "",
        "value": _short(error["input"]),
        "expected": context.get("expected", ""),
        "pattern": context.get("pattern", ""),
    }
    rule, remedy = PLAIN.get(
        error["type"], (f"{error['msg']}, {{value}} came", "docs/registry.md lists the fields")
    )
    return Fault(path, rule.format(**words), remedy)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN_VALUE else text[: SHOWN_VALUE - 3] + "..."


def _refusal(document: Document, faults: list[Fault]) -> RegistryError:
    placed = sorted(dict.fromkeys(faults), key=lambda fault: document.line(fault.path))
    if len(placed) == 1:
        (fault,) = placed
        return RegistryError(fault.rule, where=_place(document, fault), remedy=fault.remedy)
    lines = [f"- {_place(document, f)}: {f.rule}; {f.remedy}" for f in placed]
    return RegistryError(
        f"{len(placed)} rules of the registry are broken\n" + "\n".join(lines),
        where=document.file,
        remedy="mend each line; docs/registry.md lists the fields and rules",
    )


def _place(document: Document, fault: Fault) -> str:
    path = fault.path[:-1] if fault.path[-1:] == ("again",) else fault.path
    return f"{document.file} line {document.line(fault.path)}, {document.key(path)}"
