"""Which areas touch: neighbours from outlines, for maps and spatial statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwb_analysis.errors import DataContractError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def contiguity(outlines: GeoDataFrame, reach: float = 0.0) -> list[list[int]]:
    """Return for each outline the places of those that touch it, at a line or a point.

    Parameters
    ----------
    outlines
        Areas with geometry in metres.
    reach
        Areas within so many metres count as touching; generalised outlines may leave
        slivers between neighbours.

    Raises
    ------
    DataContractError
        When an outline is missing.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import box
    >>> strip = geopandas.GeoDataFrame(geometry=[box(i, 0, i + 1, 1) for i in range(3)])
    >>> contiguity(strip)
    [[1], [0, 2], [1]]
    """
    shapes = outlines.geometry
    if shapes.isna().any() or shapes.is_empty.any():
        raise DataContractError("an area has no outline", remedy="leave it out or mend the file")
    wide = shapes.buffer(reach) if reach else shapes
    one, two = shapes.sindex.query(wide, predicate="intersects")
    out: list[list[int]] = [[] for _ in range(len(shapes))]
    for first, second in zip(one.tolist(), two.tolist(), strict=True):
        if first != second:
            out[first].append(second)
    return [sorted(near) for near in out]
