"""What reports read besides the data: texts that people wrote, local files, the run before.

All of it is found before a report is made, is part of the content key of the
reports that read it, and is told to them by the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hwb_analysis.reports.content import data_of, file_digests
from hwb_analysis.reports.plan import Plan
from hwb_analysis.reports.reuse import earlier_runs

TEXT_VARIABLE, TEXT = "HWB_TEXT_DIR", "text"
EARLIER_VARIABLE = "HWB_EARLIER_RUN"
LOCAL_KINDS = ("returns", "plans")
COMPARABLE = ("area", "comparator")


def look_beside(plan: Plan, text: Path | None = None) -> Plan:
    """Return a plan that knows its texts, its local files and the run to compare with.

    Parameters
    ----------
    plan
        The plan of a run.
    text
        Folder of the texts; what ``HWB_TEXT_DIR`` says when not given, else ``text`` of the
        output folder.
    """
    named = os.environ.get(TEXT_VARIABLE)
    folder = (text or (Path(named) if named else plan.out / TEXT)).absolute()
    told = {TEXT_VARIABLE: str(folder)}
    known = replace(plan, inputs={**plan.inputs, **_texts(folder), **_local()})
    earlier = _earlier(known)
    if earlier is not None:
        told[EARLIER_VARIABLE] = str(earlier)
    return replace(known, environment={**told, **plan.environment})


def _texts(folder: Path) -> dict[str, Path]:
    found = sorted(folder.glob("*/*.md"))
    return {f"{TEXT}/{path.parent.name}/{path.name}": path for path in found}


def _local() -> dict[str, Path]:
    from hwb_analysis.sources.local.folder import local_folder

    place = local_folder()
    found = [p for kind in LOCAL_KINDS for p in sorted((place / kind).glob("*")) if p.is_file()]
    return {f"local/{path.relative_to(place).as_posix()}": path for path in found}


def _earlier(plan: Plan) -> Path | None:
    """Return the newest whole run over other data: what is new is counted from there.

    A second run over the same data finds the same run, and so makes the same report.
    """
    now = data_of(file_digests(plan.inputs))
    for folder, record in earlier_runs(plan.out):
        same_place = all(record.parameters.get(n) == plan.shared.get(n) for n in COMPARABLE)
        same_cut = record.parameters.get("data_cut") == plan.shared.get("data_cut")
        other = data_of(record.inputs) != now or not same_cut
        if record.finished and same_place and other:
            return folder
    return None


def earlier_digest(environment: Mapping[str, str], slug: str) -> str:
    """Return the checksum of what a report is compared with, or an empty text."""
    named = environment.get(EARLIER_VARIABLE)
    path = Path(named) / slug / "figures" / "measures.csv" if named else None
    return file_digests({"earlier": path})["earlier"] if path and path.is_file() else ""
