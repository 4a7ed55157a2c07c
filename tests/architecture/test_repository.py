"""The repository stays small, moves to any machine, and keeps its proportions."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import quantiles

import pytest

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1_000_000
LARGEST_FILE = 5 * MEGABYTE
LARGEST_DATA = 15 * MEGABYTE
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
NINE_IN_TEN_FUNCTIONS = 25
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".ipynb", ".lock", ".cfg", ".cff", ".sh", ".json"}
TEXT |= {".css", ".html", ".j2", ".txt", ".csv", ""}
# Spelt in parts, so that this file does not hold what it looks for.
HOMES = "|".join(("home", "Users", "root", "work", "opt", "tmp"))
MACHINE_PATH = re.compile(rf"(?<![\w.:~<>{{}}$/-])/(?:{HOMES})/[\w.]|[A-Z]:\\\\?Users")
REGISTRIES = (
    ".".join(("pypi", "org")),
    "python" + "hosted.org",
    ".".join(("anaconda", "com")),
    ".".join(("anaconda", "org")),
    ".".join(("npmjs", "org")),
    ".".join(("crates", "io")),
)
PLACEHOLDER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X{3})\b")


def _texts(paths: list[Path]) -> list[tuple[Path, str]]:
    return [
        (path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="replace"))
        for path in paths
        if path.suffix in TEXT and path.stat().st_size < MEGABYTE
    ]


def _found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for name, text in _texts(paths)
        for match in pattern.finditer(text)
    ]


def test_no_file_is_large(tracked: list[Path]) -> None:
    large = [p.relative_to(ROOT) for p in tracked if p.stat().st_size > LARGEST_FILE]
    assert not large


def test_the_data_stay_small(tracked: list[Path]) -> None:
    size = sum(p.stat().st_size for p in tracked if p.is_relative_to(ROOT / "data"))
    assert size < LARGEST_DATA


def test_no_path_of_one_machine(tracked: list[Path]) -> None:
    assert not _found(MACHINE_PATH, tracked)


def test_no_package_registry_is_named(tracked: list[Path]) -> None:
    names = re.compile("|".join(map(re.escape, REGISTRIES)))
    assert not _found(names, tracked)


def test_nothing_is_left_for_later(tracked: list[Path]) -> None:
    assert not _found(PLACEHOLDER, [p for p in tracked if p.suffix in {".py", ".ipynb", ".sh"}])


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("open('" + "/" + "home/ann/x.csv')", True),
        ("cd " + "/" + "work/main", True),
        ("https://example.gov.uk/" + "home/ann", False),
        ("see ../" + "work/main", False),
    ],
)
def test_the_pattern_for_paths_catches_paths_only(text: str, caught: bool) -> None:
    assert bool(MACHINE_PATH.search(text)) is caught


SOURCES = [
    path
    for folder in ("hwb_analysis", "tools", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "_bundled" not in path.parts
]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of what a function does; signature and docstring declare."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines < LONGEST_MODULE, f"{lines} lines; split the module"
    long = {f.name: _length(f) for f in _functions(path) if _length(f) > LONGEST_FUNCTION}
    assert not long, f"functions above {LONGEST_FUNCTION} lines: {long}"


def test_most_functions_are_short() -> None:
    lengths = [
        _length(f)
        for p in SOURCES
        if p.is_relative_to(ROOT / "hwb_analysis")
        for f in _functions(p)
    ]
    assert quantiles(lengths, n=10)[-1] <= NINE_IN_TEN_FUNCTIONS
