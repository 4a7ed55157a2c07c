"""The column map: a YAML file that says what the columns of a local file are.

Fields and an example stand in docs/local-data.md.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic import field_validator as check_field
from pydantic import model_validator as check_model
from pydantic_core import ErrorDetails

from hwb_analysis.errors import HwbError, RegistryError
from hwb_analysis.sources.local.faults import MapError, shorten
from hwb_analysis.sources.local.limits import MIB
from hwb_analysis.sources.local.rules import DEFAULT, Named, rule_set
from hwb_analysis.strategy.document import Document, Fault, Path_, read_document
from hwb_analysis.vocabulary import Basis, PeriodKind, Status

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
LocalId = Annotated[str, StringConstraints(pattern=r"^local:[a-z0-9]+(-[a-z0-9]+)*$")]
ValueType = Literal["proportion", "rate", "mean", "score", "life_expectancy", "count", "ratio"]
LENGTH = r"^P[1-9]\d?[YMD]$"
HELP = "docs/local-data.md lists the fields"
# What offices write where there is no figure; a map may add to it.
MARKS: dict[str, Status] = {
    "": Status.MISSING,
    "-": Status.MISSING,
    "..": Status.MISSING,
    ":": Status.MISSING,
    "n/a": Status.MISSING,
    "na": Status.MISSING,
    "[x]": Status.MISSING,
    "*": Status.SUPPRESSED,
    "[c]": Status.SUPPRESSED,
}


def _read_altered(named: Named) -> None:
    # What keeps the rules loads a solver: only a rule that a map alters needs it here.
    from hwb_analysis.disclosure.rules import read_rule

    read_rule(named)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AboutSeries(_Frozen):
    """What the figures are, who answers for them, and which disclosure rules they need."""

    id: LocalId
    title: Text
    unit: Text
    value_type: ValueType
    multiplier: float = Field(default=0, ge=0)
    basis: Basis
    publisher: Text
    licence: Text
    release: Text
    received: date
    year_kind: PeriodKind = PeriodKind.CALENDAR
    disclosure: str | dict[str, str | int | None] = DEFAULT
    notes: tuple[Text, ...] = ()

    @check_field("disclosure")
    @classmethod
    def _known_rule(cls, named: Named) -> Named:
        try:
            rule_set(named)
            if not isinstance(named, str):
                _read_altered(named)
        except HwbError as error:
            raise ValueError("; ".join(filter(None, (error.message, error.remedy)))) from error
        return named

    @property
    def factor(self) -> float:
        """Return what count over denominator is multiplied by; 100 for per cent."""
        return self.multiplier or (100.0 if self.unit == "%" else 1.0)


class TextColumn(_Frozen):
    """A column of texts, or one text for all rows; ``words`` replaces what is written."""

    column: str = ""
    constant: str = ""
    words: dict[str, str] = {}

    @check_model(mode="after")
    def _one(self) -> TextColumn:
        if bool(self.column) == bool(self.constant):
            raise ValueError("write either column: or constant:")
        return self


class AreaColumn(TextColumn):
    """The area of each row, by code or by name; ``words`` gives codes for other spellings."""

    by: Literal["code", "name", "either"] = "either"


class NumberColumn(_Frozen):
    """A column of numbers; ``scale: fraction`` says that 0.25 means 25 per cent."""

    column: Text
    scale: Literal["as written", "fraction", ""] = ""


class PeriodColumn(_Frozen):
    """The period: labels, two columns of days, a first day and a length, or a constant."""

    column: str = ""
    constant: str = ""
    start: str = ""
    end: str = ""
    format: str = "label"
    length: Annotated[str, StringConstraints(pattern=LENGTH)] | None = None

    @check_model(mode="after")
    def _one(self) -> PeriodColumn:
        forms = [bool(self.column), bool(self.constant), bool(self.start and self.end)]
        if sum(forms) != 1 or bool(self.start) != bool(self.end):
            raise ValueError("write one of column:, constant:, or start: with end:")
        if self.length and not self.column:
            raise ValueError("length: goes with column:, the first day of each period")
        if self.format != "label" and "%" not in self.format and self.format != "spreadsheet":
            raise ValueError("format is label, spreadsheet, or a form of days such as %d/%m/%Y")
        return self


class Columns(_Frozen):
    """Which column of the file is which column of the tidy frame."""

    area: AreaColumn
    period: PeriodColumn
    sex: TextColumn | None = None
    age: TextColumn | None = None
    category_type: TextColumn | None = None
    category: TextColumn | None = None
    note: TextColumn | None = None
    value: NumberColumn | None = None
    count: NumberColumn | None = None
    denominator: NumberColumn | None = None
    lower_95: NumberColumn | None = None
    upper_95: NumberColumn | None = None

    @check_model(mode="after")
    def _complete(self) -> Columns:
        if self.value is None and (self.count is None or self.denominator is None):
            raise ValueError("write value:, or count: and denominator: to work it out from")
        if (self.lower_95 is None) != (self.upper_95 is None):
            raise ValueError("write both lower_95: and upper_95:, or none")
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """Return every heading that the map names, once each."""
        parts: list[Any] = [getattr(self, name) for name in type(self).model_fields]
        named = [getattr(p, n, "") for p in parts for n in ("column", "start", "end")]
        return tuple(dict.fromkeys(name for name in named if name))


class LeftOut(_Frozen):
    """Rows that are not wanted, such as a total: those with one of the texts in a column."""

    column: Text
    values: tuple[str, ...] = Field(min_length=1)


class ColumnMap(_Frozen):
    """One map: the file, its series, its columns, and the marks for figures that are not there."""

    schema_version: Literal[1]
    file: str = ""
    sheet: str = ""
    header_row: int = Field(default=1, ge=1, le=1000)
    encoding: str = ""
    separator: Annotated[str, StringConstraints(max_length=1)] = ""
    decimal: Literal[".", ","] = "."
    series: AboutSeries
    columns: Columns
    missing: dict[str, Literal["missing", "suppressed"]] = {}
    leave_out: tuple[LeftOut, ...] = ()
    plausible: tuple[float, float] | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """Return every heading that the map needs in the file."""
        left_out = [part.column for part in self.leave_out]
        return tuple(dict.fromkeys([*self.columns.headings, *left_out]))

    @property
    def marks(self) -> dict[str, Status]:
        """Return the texts that stand for no figure, in small letters, with their meaning."""
        own = {k.strip().casefold(): Status(v) for k, v in self.missing.items()}
        return {**MARKS, **own}


def read_map(path: Path | str) -> ColumnMap:
    """Read and check a column map.

    Raises
    ------
    MapError
        With one line for each fault: file, line, key, rule and remedy.
    """
    file = Path(path)
    document = _document(file)
    faults = list(document.faults)
    try:
        found = ColumnMap.model_validate(document.data)
    except ValidationError as error:
        faults += [_plain(detail) for detail in error.errors(include_url=False)]
    else:
        if not faults:
            return found
    placed = sorted(faults, key=lambda fault: document.line(fault.path))
    lines = [f"- {_place(document, f)}: {f.rule}; {f.remedy}" for f in placed]
    count = f"{len(lines)} rule{'s' if len(lines) > 1 else ''} of the map"
    raise MapError(
        f"{count} {'are' if len(lines) > 1 else 'is'} broken\n" + "\n".join(lines),
        where=str(file),
        remedy=f"mend each line; {HELP}",
    )


def _document(file: Path) -> Document:
    try:
        _refuse_trap(file)
        return read_document(file)
    except RegistryError as error:
        raise MapError(
            error.message.replace("the registry", "the map"),
            where=error.where,
            remedy=f"write a YAML file with spaces before keys, saved as UTF-8; {HELP}",
        ) from error


def _refuse_trap(file: Path) -> None:
    """Refuse a file that is no map of a few lines, or that unfolds to millions of them."""
    try:
        if file.stat().st_size > MIB:
            rule = "a map of a few lines was expected, it is larger than 1 MiB"
            raise MapError(rule, where=str(file), remedy=HELP)
        for token in yaml.scan(file.read_text(encoding="utf-8")):
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken)):
                raise MapError(
                    "a map without anchors was expected",
                    where=f"{file.name} line {token.start_mark.line + 1}",
                    remedy="write the value out in place of * and &",
                )
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        # What reads the file next says it with its line.
        return


def _plain(error: ErrorDetails) -> Fault:
    path: Path_ = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "missing":
        return Fault(path, f"the field '{path[-1]}' is missing", "add it")
    if error["type"] == "extra_forbidden":
        return Fault(path, f"the field '{path[-1]}' is unknown", "remove it or mend its name")
    words = error["msg"].removeprefix("Value error, ")
    came = "" if isinstance(error["input"], dict) else f", {shorten(repr(error['input']))} came"
    return Fault(path, words[:1].lower() + words[1:] + came, "mend it")


def _place(document: Document, fault: Fault) -> str:
    path = fault.path[:-1] if fault.path[-1:] == ("again",) else fault.path
    return f"{document.file} line {document.line(fault.path)}, {document.key(path)}"
