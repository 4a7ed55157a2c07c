"""Pages of the site that are made, not written: modules, data, agreement, conformance."""

from __future__ import annotations

import csv
import pkgutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

import hwb_analysis
from hwb_analysis.sources.snapshot import Snapshot, current_snapshot

ROOT = Path(__file__).resolve().parents[2]
PLAN = ROOT / "tests" / "reference" / "plan.csv"
CONFORMANCE = ROOT / "docs" / "qa" / "conformance.yaml"
STATUSES = ("ours", "option", "peer defect", "not offered", "not built")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    for row in rows:
        cells = (str(c).replace("|", "\\|").replace("\n", " ").strip() for c in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def modules() -> list[str]:
    """Name the package and every public module in it."""
    found = pkgutil.walk_packages(hwb_analysis.__path__, "hwb_analysis.")
    names = [m.name for m in found if not any(p.startswith("_") for p in m.name.split("."))]
    return ["hwb_analysis", *names]


def api() -> dict[str, str]:
    """Return one page a module, and an index by package."""
    pages = {f"api/{n}.md": _module(n) for n in modules()}
    listed = table(("module", "what it is for"), [(f"[{n}]({n}.md)", _first(n)) for n in modules()])
    pages["api/index.md"] = (
        "# The library, module by module\n\nMade from the docstrings. The names that a notebook "
        f"needs are on the first page, [hwb_analysis](hwb_analysis.md).\n\n{listed}\n"
        "```{toctree}\n:hidden:\n:glob:\n\n*\n```\n"
    )
    return pages


def _module(name: str) -> str:
    from importlib import import_module

    module = import_module(name)
    if not hasattr(module, "__path__"):
        return f"# {_title(name)}\n\n```{{eval-rst}}\n.. automodule:: {name}\n```\n"
    # What a package hands on is described where it is made; here it is only listed.
    names = [n for n in getattr(module, "__all__", ()) if not n.startswith("_")]
    homes = [(f"`{n}`", _home(getattr(module, n))) for n in names]
    listed = f"\n{table(('name', 'described in'), homes)}" if homes else ""
    directive = f".. automodule:: {name}\n   :no-members:"
    return f"# {_title(name)}\n\n```{{eval-rst}}\n{directive}\n```\n{listed}"


def _title(name: str) -> str:
    return name.removeprefix("hwb_analysis.")


def _home(thing: object) -> str:
    home = getattr(thing, "__module__", "")
    return f"[{home}]({home}.md)" if home.startswith("hwb_analysis") else "a constant"


def _first(name: str) -> str:
    from importlib import import_module

    return (import_module(name).__doc__ or "").strip().split("\n", 1)[0]


def data() -> dict[str, str]:
    """Return a page of all series with their cautions, and one of all origins."""
    snapshot = current_snapshot()
    return {"data/series.md": _series(snapshot), "data/origins.md": _origins(snapshot)}


def _series(snapshot: Snapshot) -> str:
    rows = [
        (f"`{s.id}`", s.title, s.unit, s.basis, s.origin_id, " ".join(s.notes))
        for s in snapshot.series.values()
    ]
    head = ("series", "title", "unit", "basis", "origin", "cautions")
    return (
        f"# Series of the snapshot\n\n{len(rows)} series. What the grades and bases mean stands in "
        "[the verdicts](../methods/README.md); who publishes them under [origins](origins.md).\n\n"
        + table(head, rows)
    )


def _origins(snapshot: Snapshot) -> str:
    rows = [
        (f"`{key}`", o.publisher, o.title, o.release, o.licence)
        for key, o in sorted(snapshot.origins.items())
    ]
    head = ("origin", "publisher", "title", "release", "licence")
    return "# Where the figures come from\n\n" + table(head, rows)


def agreement() -> dict[str, str]:
    """Return the table of agreement with other software, counted from the reference plan."""
    with PLAN.open(encoding="utf-8", newline="") as handle:
        rows = [r for r in csv.DictReader(handle) if r["status"] != "input"]
    by_file: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        by_file.setdefault((row["folder"], row["file"]), Counter())[row["status"]] += 1
    counts = [(*key, *(c.get(s, 0) or "" for s in STATUSES)) for key, c in sorted(by_file.items())]
    apart = [r for r in rows if r["status"] in ("peer defect", "not offered")]
    why = [(r["file"], r["case"], r["quantity"], r["status"], r["note"]) for r in apart]
    text = (
        "# Agreement with reference software\n\nEvery line of `tests/reference/plan.csv` is a rule "
        "that the tests hold: *ours* must be equal within the tolerance, *option* equal with the "
        "option named, *peer defect* different for the reason given. One line may cover thousands "
        "of figures; `pytest tests/reference` prints how many of each ran.\n\n## Rules by file\n\n"
        + table(("software", "file", *STATUSES), counts)
        + "\n## Where we differ, and why\n\n"
        + table(("file", "case", "quantity", "status", "reason"), why)
    )
    return {"methods/agreement.md": text}


def conformance() -> dict[str, str]:
    """Return the page of rules that the outputs follow, each with the test that proves it."""
    rules: list[dict[str, Any]] = yaml.safe_load(CONFORMANCE.read_text(encoding="utf-8"))["rules"]
    rows = [
        (r["id"], r["rule"], r["class"], _state(r), ", ".join(f"`{t}`" for t in r.get("tests", [])))
        for r in rules
    ]
    tally = Counter(_state(r) for r in rules)
    counted = ", ".join(f"{n} {state}" for state, n in tally.most_common())
    text = (
        f"# Conformance\n\n{len(rules)} rules of UK guidance: {counted}. M: law, licence or "
        "disclosure; S: official guidance; C: could. A rule without a test counts as not "
        "implemented, whatever is said elsewhere.\n\n"
        + table(("id", "rule", "class", "state", "test that proves it"), rows)
    )
    return {"qa/conformance.md": text}


def _state(rule: dict[str, Any]) -> str:
    if not rule.get("tests"):
        return "not implemented"
    return "partly" if rule.get("partly") else "implemented"


def made() -> dict[str, str]:
    """Return every page that is made, by its place in the site."""
    pages: dict[str, str] = {}
    for part in (api, data, agreement):
        pages |= part()
    if CONFORMANCE.is_file():
        pages |= conformance()
    return pages
