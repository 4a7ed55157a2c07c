"""No series and no indicator is forgotten: each is used, or somebody has said why not."""

from __future__ import annotations

from fnmatch import fnmatchcase

import hwb_analysis as hwb

STRATEGY, SNAPSHOT = hwb.load_strategy(), hwb.current_snapshot()
UNUSED = [s for s in SNAPSHOT.list() if s not in STRATEGY.series_ids]


def test_every_unused_series_has_its_reason() -> None:
    """A series that no indicator names is explained by a pattern of the registry."""
    assert [s for s in UNUSED if not STRATEGY.why_unused(s)] == []


def test_every_pattern_fits_something() -> None:
    """A pattern that fits nothing is left over from an older snapshot."""
    idle = [u.match for u in STRATEGY.unused if not any(fnmatchcase(s, u.match) for s in UNUSED)]
    assert idle == []


def test_every_named_series_is_in_the_snapshot() -> None:
    """The registry promises no series that is not there."""
    assert [s for s in STRATEGY.series_ids if s not in SNAPSHOT.series] == []


def test_every_indicator_has_a_series_or_says_what_is_missing() -> None:
    """All 98: linked, or marked."""
    assert len(STRATEGY.indicators) == 98
    silent = [k for k, i in STRATEGY.indicators.items() if not i.series and not i.missing]
    assert silent == []


def test_every_measure_without_a_figure_has_its_reason() -> None:
    """The status page explains all of them."""
    for found in hwb.assess_all(hwb.make_context(STRATEGY, SNAPSHOT)):
        assert (found.latest is not None) or found.reason, found.measure.id
