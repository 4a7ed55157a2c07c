"""What every source of figures offers, so that a report does not care where they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import pandas as pd


class Source(Protocol):
    """A place that figures come from: the committed snapshot, a folder of files, a live service.

    Examples
    --------
    >>> class Empty:
    ...     name = "empty"
    ...     def list(self): return ()
    ...     def get(self, series_ids): return pd.DataFrame()
    >>> source: Source = Empty()
    >>> source.list()
    ()
    """

    @property
    def name(self) -> str:
        """Return the name that a manifest records, such as ``2026-11``."""
        ...

    def list(self) -> tuple[str, ...]:
        """Return the identifiers of all series, sorted."""
        ...

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return the tidy frame of the series, newest vintage of each.

        ``attrs["origins"]`` holds the identifiers of the origins of its rows.
        """
        ...
