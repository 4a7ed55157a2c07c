"""Find, read and check the file of claims that belongs to a strategy."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from hwb_analysis.claims.model import ClaimsFile
from hwb_analysis.errors import RegistryError, UsageError
from hwb_analysis.paths import data_dir
from hwb_analysis.strategy.document import Document, read_document
from hwb_analysis.strategy.model import Strategy

FOLDER = "claims"
FIELDS = "docs/methods/claims.md lists the fields and operations"
SHOWN = 40


def load_claims(path: Path | str) -> ClaimsFile:
    """Return the claims of one file.

    Raises
    ------
    RegistryError
        When the file cannot be read, or a claim has an unknown field or operation, with
        one line for each fault.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise RegistryError("the claims cannot be read: no such file", where=str(path))
    state = file.stat()
    return _load(file, state.st_mtime_ns, state.st_size)


def claims_of(strategy: Strategy) -> ClaimsFile:
    """Return the claims that were written down for the area of a strategy.

    Raises
    ------
    UsageError
        When there are none.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> claims_of(load_strategy()).area == load_strategy().area.code
    True
    """
    found = _found(strategy)
    if found is not None:
        return found
    raise UsageError(
        f"no claims are written down for {strategy.area.name} ({strategy.area.code})",
        where=str(_folder()),
        remedy="add a file with that area; " + FIELDS,
    )


def has_claims(strategy: Strategy) -> bool:
    """Say whether claims are written down for the area of a strategy."""
    return _found(strategy) is not None


def _folder() -> Path:
    return data_dir() / "strategy" / FOLDER


def _found(strategy: Strategy) -> ClaimsFile | None:
    files = (load_claims(file) for file in sorted(_folder().glob("*.yaml")))
    return next((file for file in files if file.area == strategy.area.code), None)


# The state of the file is part of the key, so that an edit is seen at the next call.
@lru_cache(maxsize=8)
def _load(file: Path, mtime_ns: int, size: int) -> ClaimsFile:
    document = read_document(file)
    if document.faults:
        first = document.faults[0]
        raise RegistryError(first.rule, where=_place(document, first.path), remedy=first.remedy)
    try:
        return ClaimsFile.model_validate(document.data)
    except ValidationError as error:
        raise _refusal(document, error) from None


def _refusal(document: Document, error: ValidationError) -> RegistryError:
    told = error.errors(include_url=False)
    lines = [f"- {_place(document, e['loc'])}: {_rule(e['msg'], e['input'])}" for e in told]
    return RegistryError(
        f"{len(lines)} rule{'s' if len(lines) > 1 else ''} of the claims broken\n"
        + "\n".join(lines),
        where=document.file,
        remedy=FIELDS,
    )


def _rule(message: str, value: object) -> str:
    shown = repr(value)
    return f"{message[:1].lower()}{message[1:]}; {shown[:SHOWN]} came"


def _place(document: Document, path: tuple[str | int, ...]) -> str:
    # The name of the operation is a step of pydantic's path and none of the file's.
    known = tuple(step for step in path if not isinstance(step, str) or step.isidentifier())
    return f"line {document.line(known)}, {document.key(known)}"
