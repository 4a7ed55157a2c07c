"""Imports point one way: the table in docs/architecture.md, section 1, is the rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "hwb_analysis"
TABLE_ROW = re.compile(r"^\| (\d) \| ([^|]+) \|")
NAME = re.compile(r"`([\w/]+)`")
# Which part alone may load a library: the columns "network" and "draws" of the table, and the
# promise that the runner is one adapter.
ONLY_IN = {
    "matplotlib": ("style", "figures", "maps"),
    "seaborn": ("style", "figures", "maps"),
    "geopandas": ("areas", "sources", "maps", "figures"),
    "esda": ("stats.neighbours",),
    "libpysal": ("stats.neighbours",),
    "papermill": ("reports.engine",),
    "requests": ("sources",),
    "httpx": ("sources",),
    "urllib.request": ("sources",),
    "http.client": ("sources",),
    "socket": ("sources",),
}
# The part of stats that takes frames; everything else in it is the array core.
FRAME_PART = re.compile(r"\.stats\.(verbs|frame_\w+|grouping)$")


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "_bundled" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = _modules()


def _rows() -> dict[str, int]:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("## 1.")[1].split("## 2.")[0]
    rows: dict[str, int] = {}
    for line in section.splitlines():
        if match := TABLE_ROW.match(line):
            for name in NAME.findall(match[2]):
                part = name.strip("/").replace("/__init__", "").replace("/", ".")
                rows[PACKAGE if part == PACKAGE else f"{PACKAGE}.{part}"] = int(match[1])
    return rows


ROWS = _rows()


def _row_of(module: str) -> int | None:
    """Return the row of the longest listed name that holds the module."""
    if module == PACKAGE:
        return ROWS.get(PACKAGE)
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        if (row := ROWS.get(".".join(parts[:length]))) is not None:
            return row
    return None


def _absolute(node: ast.ImportFrom, importer: str, path: Path) -> str:
    if not node.level:
        return node.module or ""
    package = importer.split(".") if path.name == "__init__.py" else importer.split(".")[:-1]
    base = package[: len(package) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def imported(importer: str, path: Path) -> Iterator[str]:
    """Yield every name a module imports, at any depth, functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, importer, path)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in MODULES else base


def imported_for_types(path: Path) -> set[str]:
    """Return what stands below `if TYPE_CHECKING`, which no run of the program imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = (n for n in ast.walk(tree) if isinstance(n, ast.If))
    return {
        inner.module
        for block in guarded
        if ast.unparse(block.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
        for inner in block.body
        if isinstance(inner, ast.ImportFrom) and inner.module
    }


EDGES = {name: set(imported(name, path)) for name, path in MODULES.items()}
OWN_EDGES = {name: {t for t in targets if t in MODULES} for name, targets in EDGES.items()}


def test_the_table_was_read() -> None:
    assert {0, 1, 2, 3, 4, 5, 6, 7} == set(ROWS.values())


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_row(module: str) -> None:
    assert _row_of(module) is not None, (
        f"{module} stands in no row: name it in docs/architecture.md, section 1"
    )


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_up(module: str) -> None:
    own = _row_of(module)
    wrong = [
        f"{module} (row {own}) imports {target} (row {_row_of(target)})"
        for target in sorted(OWN_EDGES[module])
        if (_row_of(target) or 0) > (own or 0)
    ]
    assert not wrong, (
        "; ".join(wrong) + "; rule: a module imports from its own row or from a row above it"
    )


def test_no_import_cycle() -> None:
    graph = {name: t - imported_for_types(MODULES[name]) for name, t in OWN_EDGES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        raise AssertionError("import cycle: " + " <- ".join(cycle.args[1])) from None


ARRAY_CORE = [m for m in MODULES if ".stats." in m and not FRAME_PART.search(m)]


@pytest.mark.parametrize("module", ARRAY_CORE)
def test_the_array_core_knows_only_row_0(module: str) -> None:
    wrong = [
        target
        for target in sorted(OWN_EDGES[module])
        if FRAME_PART.search(target)
        or (_row_of(target) != 0 and not target.startswith(f"{PACKAGE}.stats"))
    ]
    assert not wrong, (
        f"{module} imports {', '.join(wrong)}; "
        "rule: the array core of stats imports row 0 and itself, never the part that takes frames"
    )


@pytest.mark.parametrize("module", ARRAY_CORE)
def test_the_array_core_loads_without_pandas(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    loaded = [ast.unparse(n) for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    assert not [line for line in loaded if "pandas" in line]


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_loaded_only_where_it_belongs(library: str) -> None:
    allowed = tuple(f"{PACKAGE}.{part}" for part in ONLY_IN[library])
    wrong = [
        module
        for module, targets in EDGES.items()
        if any(t == library or t.startswith(f"{library}.") for t in targets)
        and not module.startswith(allowed)
    ]
    assert not wrong, f"{library} is imported by {', '.join(wrong)}; rule: only {allowed} may"
