"""Packed workbooks: unpacked under a limit before anything else opens them.

The sizes that an archive states may be wrong on purpose, so the bytes are counted.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from hwb_analysis.sources.local.faults import Faults
from hwb_analysis.sources.local.limits import MIB, Limits

PIECE = 1 * MIB
HEADER = 30
MEMBERS = 10_000
SCANNED = 65_536
DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
BROKEN = "the file is damaged or was not copied whole"
AGAIN = "open it in a spreadsheet and save it again"


class TooLargeError(Exception):
    """A member unpacks to more than it may."""


def unpacked(path: Path, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """Yield the unpacked bytes of a member, and stop at the limit.

    Raises
    ------
    TooLargeError
        When more than ``most`` bytes come out.
    zipfile.BadZipFile
        When the member is not where the archive says, or is packed in another way.
    """
    with path.open("rb") as handle:
        handle.seek(info.header_offset)
        header = handle.read(HEADER)
        if len(header) < HEADER or header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile("no member where one is listed")
        skip = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        handle.seek(skip, 1)
        left, came = info.compress_size, 0
        unpack = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type else None
        while left > 0 and (piece := handle.read(min(PIECE, left))):
            left -= len(piece)
            while piece:
                out = unpack.decompress(piece, PIECE) if unpack else piece
                piece = unpack.unconsumed_tail if unpack else b""
                came += len(out)
                if came > most:
                    raise TooLargeError
                yield out
        if unpack:
            yield unpack.flush()


def check_archive(path: Path, limits: Limits, faults: Faults) -> bool:
    """Say whether an archive may be opened; if not, the reason is noted."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        if any(m.flag_bits & 1 or m.compress_type not in (0, 8) for m in members):
            faults.add("an open workbook was expected, it is packed with a password", AGAIN)
            return False
        if len(members) > MEMBERS:
            raise TooLargeError
        return _members(path, members, limits, faults)
    except TooLargeError:
        size = f"{limits.unpacked_bytes // MIB:,} MiB or {limits.ratio} times its size"
        faults.add(f"the file unpacks to more than {size}", "send the table alone, as CSV")
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError):
        faults.add(f"a workbook was expected: {BROKEN}", AGAIN)
    return False


def _members(path: Path, members: list[zipfile.ZipInfo], limits: Limits, faults: Faults) -> bool:
    most = min(limits.unpacked_bytes, max(10 * MIB, limits.ratio * path.stat().st_size))
    for info in members:
        xml = info.filename.endswith((".xml", ".rels"))
        for count, piece in enumerate(unpacked(path, info, most)):
            most -= len(piece)
            # Declarations stand at the head of a document, before its first element.
            if xml and count == 0 and any(word in piece[:SCANNED] for word in DECLARATIONS):
                faults.add(
                    f"the part {info.filename} declares entities, which no spreadsheet writes",
                    AGAIN,
                )
                return False
    return True
