"""Every Python snippet of the documents is run; examples with a prompt must print what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import matplotlib as mpl
import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"^(?P<indent> *)```python(?P<mark>[^\n]*)\n(?P<code>.*?)^(?P=indent)```",
    re.DOTALL | re.MULTILINE,
)
PAGES = sorted(
    p
    for p in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "data" / "README.md"]
    # The page on local files brings its own files; tests/sources/local runs it with them.
    if p.name != "local-data.md" and BLOCK.search(p.read_text(encoding="utf-8"))
)


def _blocks(page: Path) -> list[str]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [
        "".join(line.removeprefix(m["indent"]) for line in m["code"].splitlines(keepends=True))
        for m in found
    ]


def test_there_are_snippets_to_run() -> None:
    assert ROOT / "README.md" in PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_snippets_run_in_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")
    # A snippet may read what the checkout holds, and writes below a folder of its own.
    for name in ("data", "notebooks", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "snippet"}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for number, code in enumerate(_blocks(page), 1):
        where = f"{page.name}, snippet {number}"
        if ">>>" not in code:
            exec(compile(code, where, "exec"), names)
            continue
        test = doctest.DocTestParser().get_doctest(code, names, where, str(page), 0)
        test.globs = names
        said: list[str] = []
        runner.run(test, out=said.append, clear_globs=False)
        assert not runner.failures, f"{where}:\n{''.join(said)}"
