"""Parquet files: the wanted columns, under a limit of rows and bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from hwb_analysis.errors import did_you_mean
from hwb_analysis.sources.local.faults import Column, Faults
from hwb_analysis.sources.local.grid import Layout, Table, same
from hwb_analysis.sources.local.limits import MIB, Limits

NOTHING = Table(pd.DataFrame(), {})


def read_columns(path: Path, layout: Layout, limits: Limits, faults: Faults) -> Table:
    """Return the wanted columns of a Parquet file; rows are numbered from 1."""
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            if _too_large(file.metadata, limits, faults):
                return NOTHING
            columns = _find(file.schema_arrow, layout, faults)
            if len(columns) < len(layout.headings):
                return NOTHING
            names = [file.schema_arrow.names[c.position] for c in columns.values()]
            data = file.read(columns=names)
    except (ArrowException, OSError, ValueError) as error:
        first = str(error).partition("\n")[0]
        faults.add(f"a Parquet file was expected: {first}", "write the file again")
        return NOTHING
    index = pd.RangeIndex(1, data.num_rows + 1, name="row")
    cells = {
        heading: pd.Series(data.column(name).to_pylist(), index=index, dtype=object)
        for heading, name in zip(columns, names, strict=True)
    }
    return Table(pd.DataFrame(cells, index=index), columns)


def _too_large(metadata: Any, limits: Limits, faults: Faults) -> bool:
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    size = sum(group.total_byte_size for group in groups)
    if metadata.num_rows > limits.rows:
        faults.add(f"at most {limits.rows:,} rows were expected", "divide the file")
    if size > limits.unpacked_bytes:
        most = limits.unpacked_bytes // MIB
        faults.add(f"at most {most:,} MiB of unpacked columns were expected", "divide the file")
    return bool(metadata.num_rows > limits.rows or size > limits.unpacked_bytes)


def _find(schema: Any, layout: Layout, faults: Faults) -> dict[str, Column]:
    from pyarrow.types import is_nested

    places: dict[str, list[int]] = {}
    for place, name in enumerate(schema.names):
        places.setdefault(same(name), []).append(place)
    columns = {}
    for wanted in layout.headings:
        found = places.get(same(wanted), [])
        if len(found) != 1:
            rule = f"one column '{wanted}' was expected, {len(found)} came"
            faults.add(rule, did_you_mean(wanted, [str(n) for n in schema.names]))
            continue
        column = Column(found[0], wanted)
        if is_nested(schema.types[found[0]]):
            faults.add("plain cells were expected, lists came", "write one cell a row", column)
            continue
        columns[wanted] = column
    return columns
