"""Build the documentation site: `make docs` writes it to build/docs, without a network.

The pages of ``docs/`` and the documents of the top folder are laid side by side with the
pages that are made, links are turned to where the pages now stand, and Sphinx makes the
site. A warning is an error: a dead link or a broken docstring stops the build.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tools.site.pages import ROOT, made

# Documents that stand elsewhere in the repository, and where they stand in the site.
ELSEWHERE = {
    "README.md": "index.md",
    "GLOSSARY.md": "glossary.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "DATA_LICENCES.md": "data/licences.md",
    "data/README.md": "data/index.md",
    "LICENSE": "licence.md",
}
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)")


def lay_out(folder: Path) -> None:
    """Write the source of the site, all in one tree."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", folder)
    for name, there in ELSEWHERE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        _write(folder / there, text if text.startswith("#") else f"# {name}\n\n{text}")
    for there, text in made().items():
        _write(folder / there, text)
    for page in sorted(folder.rglob("*.md")):
        place = page.relative_to(folder)
        text = page.read_text(encoding="utf-8")
        page.write_text(_turned(text, place, folder), encoding="utf-8")
    index = folder / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + _contents(folder), encoding="utf-8")
    shutil.copy(Path(__file__).with_name("conf.py"), folder / "conf.py")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _turned(text: str, place: Path, folder: Path) -> str:
    """Turn links as they stand in the repository into links of the site."""
    source = next((ROOT / n for n, p in ELSEWHERE.items() if p == place.as_posix()), None)
    base = (source or ROOT / "docs" / place).parent
    up = "../" * (len(place.parts) - 1)

    def link(match: re.Match[str]) -> str:
        target = (base / match[3]).resolve()
        there = _place(target)
        if there is not None and (folder / there).is_file():
            return f"{match[1]}[{_said(match[2], folder / there)}]({up}{there}{match[4] or ''})"
        # A file of the repository that is no page of the site is named, not linked.
        return match[2] if target.exists() else match[0]

    return LINK.sub(link, text)


def _said(text: str, page: Path) -> str:
    """Return the text of a link: where it is the name of a file, the title of its page."""
    if page.suffix != ".md" or not text.strip("`").endswith(".md"):
        return text
    heading = next((s for s in page.read_text(encoding="utf-8").splitlines() if s[:2] == "# "), "")
    return heading.removeprefix("# ") or text


def _place(target: Path) -> str | None:
    if not target.is_relative_to(ROOT):
        return None
    name = target.relative_to(ROOT).as_posix()
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    return name.removeprefix("docs/") if name.startswith("docs/") else None


PARTS = {
    "Learn": ["tutorial", "from-r", "notebooks"],
    "How to": [
        "how-to/*",
        "registry",
        "running",
        "scheduling",
        "scaling",
        "live-data",
        "local-data",
        "texts",
    ],
    "Methods": ["methods/README", "methods/*", "deviations", "glossary"],
    "Data": ["data/index", "data/series", "data/licences", "qa/data_log"],
    "Library": ["api/index"],
    "Project": [
        "architecture",
        "decisions/README",
        "decisions/*",
        "qa/README",
        "qa/conformance",
        "qa/plan",
        "qa/*",
    ],
    "About": ["accessibility", "changelog", "versioning", "contributing", "licence"],
}


def _contents(folder: Path) -> str:
    """Return the contents of the site: every page once, in the order of the parts."""
    listed: set[str] = {"index"}
    blocks = []
    for caption, patterns in PARTS.items():
        names: list[str] = []
        for pattern in patterns:
            found = sorted(p.relative_to(folder) for p in folder.glob(f"{pattern}.md"))
            names += [n for f in found if (n := f.with_suffix("").as_posix()) not in listed]
            listed.update(names)
        lines = "\n".join(names)
        blocks.append(f"\n```{{toctree}}\n:caption: {caption}\n:hidden:\n\n{lines}\n```\n")
    return "".join(blocks)


def main() -> int:
    """Lay the pages out and build the site; return the builder's exit code."""
    from sphinx.cmd.build import build_main

    source, output = ROOT / "build" / "site", ROOT / "build" / "docs"
    lay_out(source)
    code = build_main(["-W", "--keep-going", "-q", "-b", "html", str(source), str(output)])
    if code == 0:
        print(f"open {(output / 'index.html').relative_to(ROOT)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
