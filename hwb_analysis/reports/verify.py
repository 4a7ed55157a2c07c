"""Whether the data and the newest reports are still those that were made.

Every file is read again: the files of every snapshot, look-ups and boundaries against
the checksum that their origin states, the newest run against its manifest, and the
inputs that the manifest lists against the data at hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import DataContractError, HwbError, UsageError
from hwb_analysis.paths import data_dir, notebooks_dir
from hwb_analysis.reports.content import local_digest
from hwb_analysis.reports.manifest import MANIFEST_NAME, checksums, sha256
from hwb_analysis.reports.parameters import snapshot_names
from hwb_analysis.reports.publish import latest_record
from hwb_analysis.sources.local.folder import local_folder
from hwb_analysis.sources.partitioned import is_index, part_files

LISTS = ("origins.yaml", "series.yaml")
REVIEW = ("review.csv", "review.txt")
# Written by people beside the look-ups that were compiled.
BY_HAND = ("official_status.yaml",)
REMEDIES = {
    "data": "restore the file from the repository, or compile the snapshot anew",
    "inputs": "the data are not those of the newest run: run `hwb run`, or restore the data",
    "run": "make the reports again with `hwb run`",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One file that is not as it was: ``missing``, ``changed``, ``extra`` or ``unreadable``.

    ``part`` is ``data``, ``inputs`` (as the newest run read them) or ``run`` (as it
    wrote them); ``expected`` and ``found`` are sha256, empty where there is none.
    """

    part: str
    path: str
    kind: str
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared and what differs."""

    snapshots: tuple[str, ...]
    run: str
    files: int
    differences: tuple[Difference, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """Return 0 when everything is as it was, else the code of broken data."""
        return DataContractError.exit_code if self.differences else 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a machine."""
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield what a person reads: what was compared, each difference, what to do."""
        run = f"run {self.run}" if self.run else "no run yet"
        yield f"{self.files} files compared: snapshot {', '.join(self.snapshots) or 'none'}; {run}"
        for one in self.differences:
            sums = f" (expected {_short(one.expected)}, is {_short(one.found)})"
            yield f"{one.kind}: {one.path}{sums if one.kind == 'changed' else ''}"
        for part, remedy in REMEDIES.items():
            if any(one.part == part for one in self.differences):
                yield f"  what to do ({part}): {remedy}"
        if not self.differences:
            yield "all as expected"


def _short(checksum: str) -> str:
    return f"{checksum[:12]}..." if checksum else "nothing"


def verify(out: Path) -> Verified:
    """Compare all data, and the newest run below an output folder, with their checksums.

    Nothing is written, and no difference raises: every one is listed.
    """
    data = data_dir()
    names = tuple(snapshot_names(data))
    folders = [*(f"snapshot/{name}" for name in names), "lookups", "boundaries"]
    files, differences = 0, list[Difference]()
    for folder in folders:
        expected, faults = _stated(data / folder)
        files += len(expected)
        differences += [
            Difference("data", f"data/{folder}/{name}", "unreadable") for name in faults
        ]
        found = _found(data / folder) if not faults else expected
        differences += _compare("data", f"data/{folder}/", expected, found)
    run, compared, more = _run(out)
    return Verified(names, run, files + compared, (*differences, *more))


def _stated(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Return file to checksum as the origins state it, and the lists that cannot be read."""
    path = folder / LISTS[0]
    if not path.is_file() and not folder.name[:1].isdigit():
        # Look-ups and boundaries are optional; a snapshot without origins is none.
        return {}, []
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        stated = {entry["file"]: entry["sha256"] for entry in listed.values()}
        return stated | _stated_parts(folder, stated), []
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return {}, [path.name]


def _stated_parts(folder: Path, stated: Mapping[str, str]) -> dict[str, str]:
    """Return the files of origins that lie in parts; a list that was changed states none."""
    found = dict[str, str]()
    for name, checksum in stated.items():
        index = folder / name
        if is_index(index) and index.is_file() and sha256(index) == checksum:
            parts = part_files(index).items()
            found |= {path.relative_to(folder).as_posix(): one for path, one in parts}
    return found


def _found(folder: Path) -> dict[str, str]:
    # A snapshot that a refresh built keeps its review.
    return checksums(folder, but=(*LISTS, *REVIEW, *BY_HAND)) if folder.is_dir() else {}


def _compare(
    part: str, prefix: str, expected: Mapping[str, str], found: Mapping[str, str]
) -> Iterator[Difference]:
    for name in sorted({*expected, *found}):
        before, now = expected.get(name, ""), found.get(name, "")
        if before != now:
            kind = "missing" if not now else "changed" if before else "extra"
            yield Difference(part, prefix + name, kind, before, now)


def _run(out: Path) -> tuple[str, int, list[Difference]]:
    try:
        folder, record = latest_record(out)
    except UsageError:
        return "", 0, []
    except HwbError:
        return "", 0, [Difference("run", f"latest/{MANIFEST_NAME}", "unreadable")]
    written = {f"{r.slug}/{name}": s for r in record.reports for name, s in r.outputs.items()}
    written |= record.outputs
    found = checksums(folder, but={MANIFEST_NAME})
    inputs = _inputs(record.inputs, out)
    differences = [
        *_compare("inputs", "", record.inputs, inputs),
        *_compare("run", f"runs/{record.run_id}/", written, found),
    ]
    return record.run_id, len(written) + len(record.inputs), differences


def _inputs(listed: Mapping[str, str], out: Path) -> dict[str, str]:
    """Return the checksums that the inputs of a run have now."""
    roots = {
        "data": data_dir(),
        "notebooks": notebooks_dir(),
        "local": local_folder(),
        "text": out / "text",
    }
    found = {}
    for name, stated in listed.items():
        top, _, rest = name.partition("/")
        path = roots[top] / rest
        if path.is_file():
            found[name] = local_digest(path) if top == "local" else sha256(path)
        elif top in ("notebooks", "text"):
            # Those of the user's own stand elsewhere; where, no manifest says.
            found[name] = stated
    return found
