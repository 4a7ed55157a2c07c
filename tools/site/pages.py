"""Pages of the site that are made, not written: modules, agreement, conformance, decisions."""

from __future__ import annotations

import csv
import pkgutil
from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.metadata import version as _version
from typing import Any

import yaml

import hwb_analysis
from tools.site import data_pages
from tools.site.data_pages import suspected_faults
from tools.site.markdown import ROOT, UNLISTED, table

__all__ = ["PLAN", "ROOT", "agreement", "api", "conformance", "data", "decisions", "made"]
__all__ += ["modules", "suspected_faults"]
PLAN = ROOT / "tests" / "reference" / "plan.csv"
CONFORMANCE = ROOT / "docs" / "qa" / "conformance.yaml"
STATES = ("implemented", "partly", "not implemented")
STATUSES = ("ours", "option", "peer defect", "not offered", "not built")
FOLDERS = {
    "fingertips": "national profiles, published cases",
    "peers": "R, Python and others, method by method",
    "phe": "R, PHEindicatormethods 2.1.0 and base",
}


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
        f"# The library, version {_version('hwb-analysis')}\n\nMade from the docstrings. The names "
        "that a notebook needs are on the first page, [hwb_analysis](hwb_analysis.md): they are "
        "the public interface, and change only as [versions](../versioning.md) says. Modules "
        f"below may be imported, and may move between minor versions.\n\n{listed}\n"
        "```{toctree}\n:hidden:\n\nhwb_analysis\n```\n"
    )
    return pages


def _module(name: str) -> str:
    from importlib import import_module

    module = import_module(name)
    if not hasattr(module, "__path__"):
        directive = f".. automodule:: {name}"
        return f"{UNLISTED}# {_title(name)}\n\n```{{eval-rst}}\n{directive}\n```\n"
    # What a package hands on is described where it is made; here it is only listed.
    names = [n for n in getattr(module, "__all__", ()) if not n.startswith("_")]
    since = _since() if name == "hwb_analysis" else {}
    rows = [_listed(n, getattr(module, n), since) for n in names]
    head = ("name", "what it is", "described in", *(["since"] if since else []))
    listed = f"\n{table(head, rows)}" if rows else ""
    directive = f".. automodule:: {name}\n   :no-members:"
    start = "" if name == "hwb_analysis" else UNLISTED
    return f"{start}# {_title(name)}\n\n```{{eval-rst}}\n{directive}\n```\n{listed}"


def _listed(name: str, thing: object, since: Mapping[str, str]) -> tuple[str, ...]:
    said = (getattr(thing, "__doc__", "") or "").strip().split("\n", 1)[0].replace("``", "`")
    home = _home(thing)
    if home == "a constant":
        # The docstring of a number or a tuple is that of its type.
        said = ""
    row = (f"`{name}`", said, home)
    return (*row, since.get(name, "unreleased")) if since else row


def _since() -> dict[str, str]:
    """Return the version that brought each public name."""
    read = yaml.safe_load((ROOT / "docs" / "public_names.yaml").read_text(encoding="utf-8"))
    return {name: version for version, names in read["names"].items() for name in names}


def _title(name: str) -> str:
    return name.removeprefix("hwb_analysis.")


def _home(thing: object) -> str:
    home = getattr(thing, "__module__", "")
    return f"[{home}]({home}.md)" if home.startswith("hwb_analysis") else "a constant"


def _first(name: str) -> str:
    from importlib import import_module

    return (import_module(name).__doc__ or "").strip().split("\n", 1)[0]


def data() -> dict[str, str]:
    """Return the pages about the data: a page a source, the index of series, the data log."""
    return data_pages.pages()


def agreement() -> dict[str, str]:
    """Return the table of agreement with other software, counted from the reference plan."""
    with PLAN.open(encoding="utf-8", newline="") as handle:
        rows = [r for r in csv.DictReader(handle) if r["status"] != "input"]
    by_file: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        by_file.setdefault((row["folder"], row["file"]), Counter())[row["status"]] += 1
    used = [s for s in STATUSES if any(c[s] for c in by_file.values())]
    counts = [
        (
            FOLDERS.get(folder, folder),
            f"`{file}`",
            f"{_lines(folder, file):,}",
            *(c[s] or "" for s in used),
        )
        for (folder, file), c in sorted(by_file.items())
    ]
    apart = [r for r in rows if r["status"] in ("peer defect", "not offered")]
    why = [(f"`{r['file']}`", r["case"], r["quantity"], r["status"], r["note"]) for r in apart]
    text = (
        "# Agreement with reference software\n\nFigures that other programs gave for the same "
        "input are kept as files. `tests/reference/plan.csv` holds a rule for each file, case and "
        "quantity: *ours* must be equal within the tolerance, *option* equal with the option "
        "named, *peer defect* different for the reason given, *not offered* is not computed here. "
        "One rule may cover thousands of figures; `pytest tests/reference` compares them all and "
        "prints how many of each ran. Lines are those of the file of figures.\n\n"
        "## Rules by file\n\n"
        + table(("software", "file", "lines", *used), counts)
        + "\n## Where we differ, and why\n\n"
        + table(("file", "case", "quantity", "status", "reason"), why)
    )
    return {"methods/agreement.md": text}


def _lines(folder: str, file: str) -> int:
    path = PLAN.parent / "cases" / folder / file
    return path.read_text(encoding="utf-8").count("\n") - 1


def conformance() -> dict[str, str]:
    """Return the page of rules that the outputs follow, each with the test that proves it."""
    read: dict[str, Any] = yaml.safe_load(CONFORMANCE.read_text(encoding="utf-8"))
    rules: list[dict[str, Any]] = read["rules"]
    tally = Counter(_state(r) for r in rules)
    counted = ", ".join(f"{tally[state]} {state}" for state in STATES)
    text = (
        f"# Conformance with guidance\n\n{len(rules)} rules: {counted}. M: must, by law, licence "
        "or to protect people; S: should, official guidance; C: could. A rule without a test "
        "counts as not implemented, whatever is said elsewhere; *partly* says what is lacking. "
        "Guidance is put in our own short words, and is to be read again before each release.\n\n"
        + table(("part", "rules", *STATES), _tally(read))
    )
    for number, name in read["sections"].items():
        rows = [_rule_row(r) for r in rules if r["section"] == number]
        heading, _, source = name.rstrip(")").partition(" (")
        text += f"\n## {number} {heading}\n\nAfter: {source}.\n\n::::{{container}} rules\n"
        text += table(("id", "class", "rule", "state", "test that proves it"), rows) + "::::\n"
    return {"qa/conformance.md": text}


def _tally(read: dict[str, Any]) -> Iterable[tuple[object, ...]]:
    for number, name in read["sections"].items():
        states = Counter(_state(r) for r in read["rules"] if r["section"] == number)
        heading = name.partition(" (")[0]
        yield (f"{number} {heading}", states.total(), *(states[s] or "" for s in STATES))


def _rule_row(rule: dict[str, Any]) -> tuple[str, ...]:
    lacking = rule.get("partly") or rule.get("missing") or ""
    state = f"{_state(rule)}: {lacking}" if lacking else _state(rule)
    tests = "<br>".join(_named(t) for t in rule.get("tests", []))
    return (rule["id"], rule["class"], rule["rule"], state, tests)


def _named(test: str) -> str:
    """Name a test in the words of its function; the file stands below, small enough to wrap."""
    file, _, name = test.partition("::")
    said = name.removeprefix("test_").replace("_", " ")
    return f"{said} (`{file.removeprefix('tests/')}`)"


def _state(rule: dict[str, Any]) -> str:
    if not rule.get("tests"):
        return "not implemented"
    return "partly" if rule.get("partly") else "implemented"


def decisions() -> dict[str, str]:
    """Return the log of decisions, read from their pages."""
    rows = []
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        lines = path.read_text(encoding="utf-8").splitlines()
        status = next((s.partition(":")[2] for s in lines if s.startswith("Status:")), "in force")
        number = path.name[:4]
        title = lines[0].removeprefix("# ").removeprefix(number).strip()
        rows.append((f"[{number}](../decisions/{path.name})", title, status))
    text = "# Decision log\n\nMade from the pages of the decisions, in their order.\n\n"
    return {"qa/decision_log.md": text + table(("no.", "decision", "status"), rows)}


def made() -> dict[str, str]:
    """Return every page that is made, by its place in the site."""
    pages: dict[str, str] = {}
    for part in (api, data, agreement, conformance, decisions):
        pages |= part()
    return pages
