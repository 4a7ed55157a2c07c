"""Answers kept on disk: found by their content, whole or not there, usable without a network.

An answer lies once under its own checksum; a small entry says what was asked, when, and
which checksum came. The entry is written after the answer, so that a process killed at any
moment leaves old entries whole and at worst an answer that nobody asks for.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from hwb_analysis.errors import UsageError
from hwb_analysis.sources.live.disk import TEMPORARY, locked, unwritable, write_whole

MIB = 1024 * 1024
MOST_BYTES = 500 * MIB


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer in the cache: what was asked, what came, when.

    ``accessed`` is the ISO time at which the service last said that this is its answer.
    """

    asked: str
    sha256: str
    size: int
    accessed: str
    etag: str = ""
    content_type: str = ""

    @property
    def when(self) -> datetime:
        """Return ``accessed`` as a time."""
        return datetime.fromisoformat(self.accessed)


class Cache:
    """A folder of answers.

    Parameters
    ----------
    folder
        It is made when something is kept.
    most_bytes
        Answers beyond this go, the one accessed longest ago first.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> cache = Cache(Path(mkdtemp()))
    >>> kept = cache.put("areas?id=1", b"code,name", accessed="2026-11-02T10:00:00+00:00")
    >>> cache.find("areas?id=1") == kept, cache.content(kept)
    (True, b'code,name')
    >>> cache.find("areas?id=2") is None
    True
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        if most_bytes <= 0:
            raise UsageError(f"a positive size of the cache was expected, {most_bytes} came")
        self.folder, self.most_bytes = folder, most_bytes

    def find(self, asked: str) -> Kept | None:
        """Return the whole answer kept for a question; None when there is none, or a broken one."""
        kept = _read(self._entry(asked))
        if kept is None or kept.asked != asked or self.content(kept) is None:
            return None
        return kept

    def content(self, kept: Kept) -> bytes | None:
        """Return the bytes of an answer; None when they are not those that came."""
        try:
            content = self._object(kept.sha256).read_bytes()
        except OSError:
            return None
        return content if _sha256(content) == kept.sha256 else None

    def put(
        self, asked: str, content: bytes, *, accessed: str, etag: str = "", content_type: str = ""
    ) -> Kept:
        """Keep an answer in place of the one before and return its entry.

        Raises
        ------
        OutputError
            When the folder cannot be written; the answer kept before stays.
        """
        kept = Kept(asked, _sha256(content), len(content), accessed, etag, content_type)
        with locked(self.folder / ".lock"):
            path = self._object(kept.sha256)
            if self.content(kept) is None:
                write_whole(path, content)
            self._write(kept)
            self._make_room(keep=kept.sha256)
        return kept

    def confirm(self, kept: Kept, accessed: str) -> Kept:
        """Note that the service still gives this answer."""
        newer = replace(kept, accessed=accessed)
        with locked(self.folder / ".lock"):
            self._write(newer)
        return newer

    def entries(self) -> Iterator[Kept]:
        """Yield every readable entry."""
        for path in sorted((self.folder / "asked").glob("*.json")):
            kept = _read(path)
            if kept is not None:
                yield kept

    def _write(self, kept: Kept) -> None:
        text = json.dumps(asdict(kept), indent=1, sort_keys=True)
        write_whole(self._entry(kept.asked), text.encode())

    def _make_room(self, keep: str) -> None:
        entries = sorted(self.entries(), key=lambda kept: kept.accessed)
        sizes = {kept.sha256: kept.size for kept in entries}
        while sum(sizes.values()) > self.most_bytes and len(sizes) > 1:
            oldest = next(kept for kept in entries if kept.sha256 != keep)
            entries.remove(oldest)
            _remove(self._entry(oldest.asked))
            if all(kept.sha256 != oldest.sha256 for kept in entries):
                del sizes[oldest.sha256]
        self._sweep(set(sizes))

    def _sweep(self, wanted: set[str]) -> None:
        # Nobody else writes while the lock is held: what is unfinished was left by a dead process.
        for path in (self.folder / "answers").glob("*/*"):
            if path.name not in wanted or path.name.startswith(TEMPORARY):
                _remove(path)
        for path in (self.folder / "asked").glob(f"{TEMPORARY}*"):
            _remove(path)

    def _entry(self, asked: str) -> Path:
        return self.folder / "asked" / f"{_sha256(asked.encode())}.json"

    def _object(self, sha256: str) -> Path:
        return self.folder / "answers" / sha256[:2] / sha256


def cache_dir() -> Path:
    """Return the folder of the cache.

    ``HWB_CACHE_DIR`` decides; else ``hwb-analysis`` below the user's folder of caches.
    """
    override = os.environ.get("HWB_CACHE_DIR")
    if override:
        return Path(override)
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "hwb-analysis"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> Kept | None:
    try:
        kept = Kept(**json.loads(path.read_bytes()))
        _ = kept.when
    except (OSError, ValueError, TypeError):
        return None
    return kept


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error
