"""Local figures as they may be shown: protected by the rule that their map names.

This is the way from a local file to anything that a reader sees. What was shown before is
taken into account; see :mod:`hwb_analysis.sources.local.published`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from hwb_analysis.disclosure.parents import known_parents
from hwb_analysis.disclosure.pieces import Structure
from hwb_analysis.disclosure.protect import Protected, protect
from hwb_analysis.disclosure.rules import Rule, read_rule, stricter
from hwb_analysis.errors import DataContractError, DisclosureError, HwbError
from hwb_analysis.sources.local.column_map import read_map
from hwb_analysis.sources.local.folder import SHOWN_VARIABLE
from hwb_analysis.sources.local.limits import STANDARD, Limits
from hwb_analysis.sources.local.load import LocalData, file_of, read_truth
from hwb_analysis.sources.local.marks import SENTENCES
from hwb_analysis.sources.local.published import Published
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Strategy

NOTHING_ADDED = "published"
NOT_PROTECTED = "Not protected: figures as they came, for the eyes of whoever may see the file."
Parents = tuple[tuple[str, str], ...]


def load_local(
    column_map: Path | str,
    file: Path | str | None = None,
    limits: Limits = STANDARD,
    *,
    protected: bool = True,
    parents: Mapping[str, str] | None = None,
) -> LocalData:
    """Return the figures of a local file, protected by the rule that its map names.

    Parameters
    ----------
    column_map
        The map, a YAML file.
    file
        The file of figures; without it the map names one, in the map's own folder.
    limits
        The largest file that is read.
    protected
        Whether small numbers are withheld, as in everything that others may see. ``False``
        gives the figures as they came; the frame then says so in
        ``attrs["unprotected"]``, and no report shows it.
    parents
        Area code to the code of the area around it, beyond those that the look-ups know;
        those of the registry in use when not given.

    Returns
    -------
    LocalData
        ``frame`` in order of its key; ``sentence`` says for readers what was withheld;
        ``origin`` without checksums of the file, from which a figure could be guessed.

    Raises
    ------
    MapError
        When the map breaks a rule, or names a file outside its folder.
    LocalFileError
        With every fault of the file: row, column, what was expected, what came, what to do.
    DisclosureError
        Exit code 13: a small number cannot be protected, or follows from a difference to
        what was shown before.
    DataContractError
        The figures cannot be protected, for instance because they have no counts.
    """
    if not protected:
        refuse_in_a_run()
        return replace(read_truth(column_map, file, limits), sentence=NOT_PROTECTED)
    place = Path(column_map)
    around = strategy_around() if parents is None else tuple(sorted(parents.items()))
    return shown_data(place, None if file is None else Path(file), limits, around)


def refuse_in_a_run() -> None:
    """Refuse figures as they came where a report is being made.

    Raises
    ------
    DisclosureError
        Exit code 13.
    """
    if SHOWN_VARIABLE in os.environ:
        raise DisclosureError(
            "a report asked for local figures that are not protected",
            remedy="leave out protected=False; an analyst may look at them in a notebook of "
            "their own",
        )


def shown_data(
    column_map: Path,
    file: Path | None = None,
    limits: Limits = STANDARD,
    parents: Parents = (),
    rule: str = NOTHING_ADDED,
) -> LocalData:
    """Return the figures of a local file as they may be shown.

    Parameters
    ----------
    column_map, file, limits
        As in :func:`load_local`.
    parents
        Pairs of area code and code of the area around it.
    rule
        A rule set that is applied besides the one that the map names.
    """
    path = file_of(read_map(column_map), column_map, file)
    earlier = Published(column_map.parent)
    known = (column_map, path, earlier.path(read_map(column_map).series.id))
    made = _made(column_map, path, limits, parents, rule, tuple(map(_state, known)))
    return replace(made, frame=made.frame.copy())


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=16)
def _made(
    column_map: Path,
    file: Path,
    limits: Limits,
    parents: Parents,
    rule: str,
    state: tuple[tuple[int, int], ...],
) -> LocalData:
    data = read_truth(column_map, file, limits)
    found = _protected(data, Published(column_map.parent), dict(parents), rule)
    frame, sentence = found.frame, found.report.public()
    origin = replace(
        data.origin,
        # With all figures but one at hand, the checksum of the file would tell that one.
        input_sha256={},
        sha256=frame_digest(frame),
    )
    frame.attrs = {
        "origins": (origin.origin_id,),
        SENTENCES: {data.series.id: sentence},
    }
    series = replace(data.series, notes=(*data.series.notes, sentence))
    return replace(data, frame=frame, series=series, origin=origin, sentence=sentence)


def _protected(
    data: LocalData, published: Published, parents: Mapping[str, str], rule: str
) -> Protected:
    series_id = data.series.id
    earlier = published.versions(series_id)
    structure = Structure(parents={**known_parents(), **parents})
    try:
        chosen = stricter(read_rule(data.disclosure), read_rule(rule))
        return protect(data.frame, chosen, structure=structure, previous=earlier)
    except DisclosureError as error:
        if not earlier:
            raise _named(error, series_id, error.remedy) from None
        remedy = "keep the figures that were shown before, or send larger changes together; "
        raise _named(error, series_id, remedy + published.withdrawal(series_id)) from None
    except DataContractError as error:
        raise _named(error, series_id, error.remedy) from None


def _named(error: HwbError, series_id: str, remedy: str | None) -> HwbError:
    where = f"{series_id}: {error.where}" if error.where else series_id
    return type(error)(error.message, where=where, remedy=remedy)


def frame_digest(frame: pd.DataFrame) -> str:
    """Return the sha256 of what a frame shows."""
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


def rule_words(rule: Rule) -> str:
    """Return what is said of a local series before its figures are read."""
    if not rule.withholds:
        return "Local figures that are published already."
    return f"Local figures under disclosure control: {rule.title}."


def strategy_around() -> Parents:
    """Return which area lies in which by the registry in use; nothing where there is none."""
    try:
        return strategy_parents(load_strategy())
    except HwbError:
        # The look-ups alone say it then.
        return ()


def strategy_parents(strategy: Strategy) -> Parents:
    """Return which area lies in which by a registry: districts, area, region, nation."""
    area = strategy.area
    found = {district.code: area.code for district in area.districts}
    found |= {area.code: area.region.code, area.region.code: area.nation.code}
    return tuple(sorted((one, other) for one, other in found.items() if one != other))
