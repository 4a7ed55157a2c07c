"""The documentation site builds without a warning and loads nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.site import build, pages

LOADED = re.compile(
    r"<(?:script|img|iframe)[^>]+src=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//"
)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_site_builds_with_warnings_as_errors() -> None:
    assert build.main() == 0
    out = build.ROOT / "build" / "docs"
    written = list(out.rglob("*.html"))
    assert len(written) > 100
    elsewhere = [p.name for p in written if LOADED.search(p.read_text(encoding="utf-8"))]
    assert not elsewhere


def test_links_of_the_repository_lead_to_pages_of_the_site(tmp_path: Path) -> None:
    build.lay_out(tmp_path / "site")
    dead = []
    for page in (tmp_path / "site").rglob("*.md"):
        for target in re.findall(r"\]\((?!\w+:|#)([^)\s#]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                dead.append(f"{page.name}: {target}")
    assert not dead


def test_every_page_of_the_docs_stands_in_the_contents(tmp_path: Path) -> None:
    build.lay_out(tmp_path / "site")
    index = (tmp_path / "site" / "index.md").read_text(encoding="utf-8")
    written = [p.relative_to(build.ROOT / "docs") for p in (build.ROOT / "docs").rglob("*.md")]
    left_out = [p.as_posix() for p in written if f"\n{p.with_suffix('').as_posix()}\n" not in index]
    assert not left_out


def test_the_page_of_agreement_counts_every_rule_of_the_plan() -> None:
    text = pages.agreement()["methods/agreement.md"]
    plan = pages.PLAN.read_text(encoding="utf-8")
    for name in {line.split(",")[1] for line in plan.splitlines()[1:] if ",input," not in line}:
        assert name in text


def test_a_module_that_does_not_exist_is_not_listed() -> None:
    assert all(not name.startswith("hwb_analysis._") for name in pages.modules())
    assert "hwb_analysis.stats.gaps" in pages.modules()
