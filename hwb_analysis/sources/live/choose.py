"""Which live source a word stands for, and which of its series a name stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hwb_analysis import paths
from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.sources.base import Source
from hwb_analysis.sources.corrections import FILE as CORRECTIONS
from hwb_analysis.sources.corrections import read_corrections
from hwb_analysis.sources.live.definitions import PREFIX
from hwb_analysis.sources.live.fetch import fetcher
from hwb_analysis.sources.live.fingertips import LiveFingertips
from hwb_analysis.sources.live.iod import Iod
from hwb_analysis.sources.live.nomis import Nomis
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import Strategy


def live_source(name: str, strategy: Strategy, known: Snapshot | None = None) -> Source:
    """Return a live source of figures by its name: ``fingertips``, ``nomis`` or ``iod``.

    Raises
    ------
    UsageError
        When there is no such source.
    """
    corrections = paths.data_dir() / CORRECTIONS
    makers: dict[str, Callable[[], Source]] = {
        "fingertips": lambda: LiveFingertips(
            fetcher("fingertips"), strategy, known, read_corrections(corrections)
        ),
        "nomis": lambda: Nomis(fetcher("nomis"), strategy),
        "iod": lambda: Iod(fetcher("iod"), strategy),
    }
    if name not in makers:
        raise UsageError(
            f"there is no source of figures '{name}'",
            remedy=did_you_mean(name, ["snapshot", *makers]),
        )
    return makers[name]()


def live_series(name: str, known: Sequence[str], strategy: Strategy) -> list[str]:
    """Return the series of a source that a name stands for.

    Parameters
    ----------
    name
        A series, or an indicator, a measure or a priority of the strategy, for those
        numbers of the national profiles that the registry names.
    known
        The series of the source.

    Raises
    ------
    UsageError
        When the source has none for the name.
    """
    if name in known:
        return [name]
    keys = [name] if name in strategy.indicators else _keys(name, strategy)
    numbers = [told.id for key in keys for told in strategy.indicator(key).fingertips]
    found = [s for s in dict.fromkeys(f"{PREFIX}:{n}" for n in numbers) if s in known]
    if not found:
        raise UsageError(
            f"the live source holds no series for '{name}'",
            remedy=did_you_mean(name, [*known, *strategy.indicators]),
        )
    return found


def _keys(name: str, strategy: Strategy) -> list[str]:
    priorities = [p for p in strategy.priorities if p.slug == name]
    measures = [m for p in priorities for m in p.measures]
    measures += [m for m in strategy.measures if m.id == name]
    return [link.key for measure in measures for link in measure.indicators]
