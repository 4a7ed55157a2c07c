"""What must be written into the registry so that reports use a series that came new."""

from __future__ import annotations

from hwb_analysis.paths import data_dir
from hwb_analysis.sources.live.definitions import PREFIX
from hwb_analysis.strategy.model import Indicator, Strategy
from hwb_analysis.strategy.registry import find_registry
from hwb_analysis.vocabulary import SeriesUse

OWN = (SeriesUse.PRIMARY, SeriesUse.ALTERNATIVE, SeriesUse.INVERSE)


def link_line(series_id: str, strategy: Strategy) -> str:
    """Return the indicator and the line it needs; empty where the series is linked already.

    Examples
    --------
    >>> from hwb_analysis.strategy import load_strategy
    >>> link_line("fingertips:92443", load_strategy())
    ''
    >>> link_line("fingertips:93798", load_strategy())
    "smoking-adult: - {id: 'fingertips:93798', use: alternative}"
    """
    indicators = strategy.indicators.values()
    if any(link.id == series_id for one in indicators for link in one.series):
        return ""
    prefix, _, number = series_id.partition(":")
    own = [one for one in indicators if prefix == PREFIX and number in _numbers(one)]
    if not own:
        return f"(its indicator): - {{id: '{series_id}', use: alternative}}"
    served = any(link.use in OWN for link in own[0].series) or number != _numbers(own[0])[0]
    use = SeriesUse.ALTERNATIVE if served else SeriesUse.PRIMARY
    line = f"{own[0].key}: - {{id: '{series_id}', use: {use.value}}}"
    return f"{line}, in place of `missing`" if own[0].missing else line


def registry_file() -> str:
    """Return the registry's file as a person finds it."""
    file, near = find_registry(), data_dir().parent
    return str(file.relative_to(near) if file.is_relative_to(near) else file)


def _numbers(indicator: Indicator) -> list[str]:
    return [str(named.id) for named in indicator.fingertips]
