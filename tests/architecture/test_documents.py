"""The pages of the repository hold together: links, licences, targets."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FENCED = re.compile(r"^(?:```.*?^```|    .*?$)", re.MULTILINE | re.DOTALL)
# Each of these allows passing on with attribution; a figure under any other stays out.
LICENCES = {
    "Open Government Licence v3.0",
    "Open Parliament Licence v3.0",
    "Creative Commons Attribution 4.0 International (CC BY 4.0)",
}
ORIGINS = sorted((ROOT / "data").rglob("origins.yaml"))
TARGETS = ["reports", "test", "test-full", "check", "fix", "bench", "nightly", "lab", "docs"]
TARGETS += ["example", "lock", "clean"]


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return kept.replace(" ", "-")


def _anchors(page: Path) -> list[str]:
    return [_anchor(h) for h in HEADING.findall(page.read_text(encoding="utf-8"))]


def _broken(page: Path) -> list[str]:
    broken = []
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        if not other.exists() or (anchor and anchor not in _anchors(other)):
            broken.append(target)
    return broken


def test_links_between_pages_lead_somewhere(tracked: list[Path]) -> None:
    pages = [path for path in tracked if path.suffix == ".md"]
    broken = {str(p.relative_to(ROOT)): found for p in pages if (found := _broken(p))}
    assert pages
    assert not broken


def test_glossary_terms_have_addresses_of_their_own() -> None:
    anchors = _anchors(ROOT / "GLOSSARY.md")
    assert len(anchors) == len(set(anchors)) > 40


@pytest.mark.parametrize("path", ORIGINS, ids=lambda p: p.parent.name)
def test_every_origin_stands_in_the_licences(path: Path) -> None:
    page = " ".join((ROOT / "DATA_LICENCES.md").read_text(encoding="utf-8").split())
    origins = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert origins
    for name, origin in origins.items():
        assert origin["licence"] in LICENCES, f"{name}: {origin['licence']}"
        named = [origin["licence"], *re.split(r"; |, as published by ", origin["publisher"])]
        missing = [words for words in named if words not in page]
        assert not missing, f"DATA_LICENCES.md does not name {missing} of {name}"


def _make(folder: Path, *arguments: str) -> list[str]:
    """Return the lines that make prints, whether or not these tests were themselves run by make."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_bare_make_lists_every_target() -> None:
    lines = _make(ROOT)
    assert [line.split()[1] for line in lines] == ["help", *TARGETS]
    assert all(len(line.split()) > 4 for line in lines)


@pytest.mark.parametrize("target", [t for t in TARGETS if t not in ("lock", "clean")])
def test_each_target_makes_the_environment_first(target: str, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8"))
    (tmp_path / "tools").mkdir()
    for name in ("pyproject.toml", "requirements.lock", "tools/environment.sh", "tools/bundle.py"):
        (tmp_path / name).touch()
    assert "tools/environment.sh" in _make(tmp_path, "--dry-run", target)[0]
