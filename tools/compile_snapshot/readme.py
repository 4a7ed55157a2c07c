"""data/README.md: one row a file, written anew whenever a file is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tools.compile_snapshot.write import replace_whole

SHOWN_DIGITS = 12
HEAD = """# Data

Everything the reports show comes from the files of this folder. No file is written by hand but
the strategy registry; the others are compiled from publishers' figures with

    python -m tools.compile_snapshot --from DIR

where DIR holds the publishers' files. The same input gives the same bytes. The figures are public
sector information, passed on under the licence named in each row; the attribution lines stand in
[the data licences](../DATA_LICENCES.md). What each series means, where each file comes from
(publisher, release, copy it was read from, checksum of the input) and which rows were left out, and
why, stands in the `series.yaml` and `origins.yaml` beside the files. A file whose checksum differs
from the one in `origins.yaml` is refused when it is read.

| folder | what it holds |
| --- | --- |
| `strategy/` | the registry: priorities, success measures, indicators and their series |
| `snapshot/<yyyy-mm>/` | figures in the [tidy frame](../docs/architecture.md) |
| `lookups/` | areas, small areas and what they belong to |
| `boundaries/` | outlines for maps, British National Grid |
| `local/` | not in the repository: figures of your own |
"""
TABLE = """
## {title}

| file | what | publisher | licence | release | rows | SHA-256 |
| --- | --- | --- | --- | --- | ---: | --- |
"""


def write_readme(data: Path) -> None:
    """Write the page of the data folder from the origins that stand in it."""
    text = readme(data)
    replace_whole(data / "README.md", lambda target: target.write_text(text, encoding="utf-8"))


def readme(data: Path) -> str:
    """Return the page of the data folder."""
    return HEAD + "".join(_table(folder, data) for folder in _folders(data))


def _folders(data: Path) -> Iterator[Path]:
    yield from sorted(p.parent for p in data.glob("snapshot/*/origins.yaml"))
    yield from sorted(p.parent for p in data.glob("*/origins.yaml"))


def _table(folder: Path, data: Path) -> str:
    origins = yaml.safe_load((folder / "origins.yaml").read_text("utf-8"))
    rows = sorted((_row(origin) for origin in origins.values()), key=str.lower)
    return TABLE.format(title=folder.relative_to(data).as_posix()) + "".join(rows)


def _row(origin: dict[str, Any]) -> str:
    cells = (
        f"`{origin['file']}`",
        origin["title"],
        origin["publisher"],
        origin["licence"],
        origin["release"],
        f"{origin['rows_out']:,}",
        f"`{origin['sha256'][:SHOWN_DIGITS]}`",
    )
    return "| " + " | ".join(str(c).replace("|", "/") for c in cells) + " |\n"
