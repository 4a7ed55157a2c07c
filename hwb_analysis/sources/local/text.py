"""Separated text: CSV in the encodings and with the separators that offices use."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence

from hwb_analysis.sources.local.faults import Column, Faults, shorten
from hwb_analysis.sources.local.grid import Grid, Layout, same

SEPARATORS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
# UTF-32 starts as UTF-16 does, so it is asked first.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
STATED = re.compile(r"^sep=(.)$", re.IGNORECASE)
SAMPLE = 4096


def read_text(data: bytes, layout: Layout, faults: Faults) -> Grid:
    """Return the rows of a separated text; what cannot be decoded or split is noted.

    Without a statement in the map the encoding is that of the byte order mark, else UTF-8,
    else Windows-1252; the separator is the one that makes most of the wanted headings.
    """
    encoding = layout.encoding or _encoding(data)
    text, remarks = _decode(data, encoding, bool(layout.encoding), faults)
    if text is None:
        return Grid(None)
    text = text.removesuffix("\x1a")
    separator = layout.separator or _separator(text, layout)
    if stated := STATED.match(text.partition("\n")[0].strip()):
        # A spreadsheet reads this line as an order and does not count it as a row.
        text, separator = text.partition("\n")[2], layout.separator or stated[1]
    if bad := CONTROL.search(text):
        column, row = _place(text, bad.start(), separator)
        faults.add(
            f"readable text was expected, the character U+{ord(bad[0]):04X} came",
            "save the file again as CSV UTF-8",
            column,
            (row,),
        )
        return Grid(None)
    return Grid(_rows(text, separator, faults), ragged=True, remarks=remarks)


def _encoding(data: bytes) -> str:
    for mark, name in MARKS:
        if data.startswith(mark):
            return name
    sample = data[:SAMPLE]
    if sample.count(0) > len(sample) // 4:
        return "utf-16-le" if sample[1::2].count(0) >= sample[::2].count(0) else "utf-16-be"
    return ""


def _decode(
    data: bytes, encoding: str, stated: bool, faults: Faults
) -> tuple[str | None, list[str]]:
    tried = [encoding] if encoding else ["utf-8", "cp1252"]
    error: UnicodeDecodeError | None = None
    for name in tried:
        try:
            text = data.decode(name)
        except UnicodeDecodeError as caught:
            error = caught
        except LookupError:
            faults.add(f"there is no encoding '{encoding}'", "write utf-8, utf-16 or cp1252")
            return None, []
        else:
            remark = "read as Windows-1252, since it is not UTF-8"
            return text, [remark] if name == "cp1252" and not stated else []
    if error is not None:
        _undecoded(data, error, faults)
    return None, []


def _undecoded(data: bytes, error: UnicodeDecodeError, faults: Faults) -> None:
    before = data[: error.start].decode("latin-1")
    column, row = _place(before, len(before), _commonest(before))
    name = "UTF-8 or Windows-1252" if error.encoding == "charmap" else error.encoding.upper()
    faults.add(
        f"text in {name} was expected, the byte 0x{data[error.start]:02X} came",
        "save the file again as CSV UTF-8",
        column,
        (row,),
    )


def _place(text: str, index: int, separator: str) -> tuple[Column, int]:
    line = text[text.rfind("\n", 0, index) + 1 : index]
    return Column(line.count(separator)), text.count("\n", 0, index) + 1


def _commonest(text: str) -> str:
    return max(SEPARATORS, key=text[:SAMPLE].count)


def _separator(text: str, layout: Layout) -> str:
    wanted = {same(h) for h in layout.headings}
    lines = io.StringIO(text[: 16 * SAMPLE], newline="")
    heads = [line for _, line in zip(range(layout.header_row + 1), lines, strict=False)]

    def score(separator: str) -> tuple[int, int]:
        cells = {same(c) for line in heads for c in _lenient(line, separator)}
        return len(wanted & cells), len(heads[-1].split(separator)) if heads else 0

    return max(SEPARATORS, key=score)


def _lenient(line: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return []


def _rows(text: str, separator: str, faults: Faults) -> Iterator[Sequence[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    row, line = 0, 0
    while True:
        row, line = row + 1, reader.line_num
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            _unsplit(text, line, row, separator, str(error), faults)
            return


def _unsplit(text: str, line: int, row: int, separator: str, problem: str, faults: Faults) -> None:
    lines = io.StringIO(text, newline="")
    raw = next((s for i, s in enumerate(lines) if i == line), "").rstrip("\r\n")
    cells = raw.split(separator)
    quoted = next((i for i, cell in enumerate(cells) if '"' in cell), 0)
    open_ended = "unexpected end" in problem or "field larger" in problem
    faults.add(
        f"a quote opens at '{shorten(cells[quoted], 30)}' and is never closed"
        if open_ended
        else f"a quoted text does not end where its cell ends: '{shorten(cells[quoted], 30)}'",
        "write a quote inside a text twice, and close every quote; the rows below were not read",
        Column(quoted),
        (row,),
    )
