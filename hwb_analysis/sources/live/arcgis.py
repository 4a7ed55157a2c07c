"""Look-ups of the ONS Open Geography portal, page by page until all rows are there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from hwb_analysis.errors import SourceError, UsageError, did_you_mean
from hwb_analysis.sources.live.bodies import json_value
from hwb_analysis.sources.live.fetch import Fetched, Fetcher

FILE = Path(__file__).with_name("layers.yaml")
PAGE = 2000
CHANGED = "names change without notice: look the layer up on the portal and mend layers.yaml"


@dataclass(frozen=True, slots=True)
class Layer:
    """One look-up: its service, the columns that are read, and those that identify a row.

    ``compare`` is the origin of the snapshot's own look-up, ``columns`` the names there,
    ``within`` the column of districts by which the layer can be narrowed.
    """

    service: str
    title: str
    fields: tuple[str, ...]
    key: tuple[str, ...]
    compare: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    within: str = ""


@dataclass(frozen=True, slots=True)
class ArcGis:
    """The portal as a source of look-ups.

    Parameters
    ----------
    fetcher
        Asks the service ``arcgis``, through the cache.
    page
        Rows asked for at once; the service may send fewer.
    """

    fetcher: Fetcher
    page: int = PAGE

    @property
    def name(self) -> str:
        """Return the name that a manifest records."""
        return "arcgis"

    def list(self) -> tuple[str, ...]:
        """Return the names of the layers, sorted."""
        return tuple(sorted(_layers()))

    def get(self, series_ids: Iterable[str]) -> pd.DataFrame:
        """Return one layer as text columns; ``attrs["inputs"]`` holds the checksums of its pages.

        Raises
        ------
        UsageError
            When not exactly one known layer is named.
        SourceError
            When rows are lost between pages, stand twice, or lack a column.
        """
        names = list(series_ids)
        if len(names) != 1 or names[0] not in _layers():
            raise UsageError(
                f"one layer was expected, {', '.join(names) or 'none'} came",
                remedy=did_you_mean(names[0] if names else "", list(self.list())),
            )
        with self.fetcher:
            return self.query(layer(names[0]))

    def query(self, layer: Layer, where: str = "1=1") -> pd.DataFrame:
        """Return all rows of a layer that fit a condition.

        Raises
        ------
        SourceError
            As :meth:`get`.
        """
        path = f"{layer.service}/FeatureServer/0/query"
        expected = self._count(path, where)
        pages = [*self._pages(path, layer, where, expected)]
        rows = [feature["attributes"] for _, found in pages for feature in found["features"]]
        frame = pd.DataFrame(rows, columns=layer.fields).astype("str")
        self._refuse(frame, rows, layer, expected)
        frame.attrs = {
            "inputs": {fetched.asked: fetched.sha256 for fetched, _ in pages},
            "accessed": min((fetched.accessed for fetched, _ in pages), default=""),
        }
        return frame

    def _count(self, path: str, where: str) -> int:
        asked = {"where": where, "returnCountOnly": "true", "f": "json"}
        told = self._asked(path, asked)[1]
        if "count" not in told:
            raise self._shape(path, "a count of rows")
        return int(told["count"])

    def _pages(
        self, path: str, layer: Layer, where: str, expected: int
    ) -> Iterable[tuple[Fetched, dict[str, Any]]]:
        done = 0
        while True:
            asked = {
                "where": where,
                "outFields": ",".join(layer.fields),
                "orderByFields": ",".join(layer.key),
                "returnGeometry": "false",
                "resultOffset": done,
                "resultRecordCount": self.page,
                "f": "json",
            }
            fetched, told = self._asked(path, asked)
            if not isinstance(told.get("features"), list):
                raise self._shape(path, "a page of features")
            yield fetched, told
            done += len(told["features"])
            if not told.get("exceededTransferLimit") or not told["features"] or done >= expected:
                return

    def _asked(self, path: str, asked: dict[str, Any]) -> tuple[Fetched, dict[str, Any]]:
        fetched = self.fetcher.get(path, asked, kind="json", check=_refuse_error)
        return fetched, json_value(fetched.content, fetched.asked)

    def _refuse(
        self, frame: pd.DataFrame, rows: Sequence[Any], layer: Layer, expected: int
    ) -> None:
        absent = [name for name in layer.fields if rows and name not in rows[0]]
        if absent:
            raise self._shape(layer.service, f"the columns {', '.join(absent)}")
        twice = frame.duplicated(list(layer.key))
        if len(frame) != expected or twice.any():
            raise SourceError(
                f"{expected:,} different rows were expected, {len(frame):,} came, "
                f"{int(twice.sum()):,} of them twice",
                where=f"{self.name}, {layer.service}",
                remedy="pages were lost or repeated on the way: try again later",
            )

    def _shape(self, where: str, expected: str) -> SourceError:
        return SourceError(
            f"{expected} was expected, something else came",
            where=f"{self.name}, {where}",
            remedy=CHANGED,
        )


def _refuse_error(content: bytes, where: str) -> None:
    # The service says 200 and puts its error into the answer.
    told = json_value(content, where)
    error = told.get("error") if isinstance(told, dict) else {"message": "no object"}
    if error:
        raise SourceError(
            f"rows were expected, the service refuses: {error.get('message', 'without a reason')}",
            where=where,
            remedy=CHANGED,
        )


def layer(name: str) -> Layer:
    """Return a layer by its name in layers.yaml."""
    return Layer(**_layers()[name])


@cache
def _layers() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
