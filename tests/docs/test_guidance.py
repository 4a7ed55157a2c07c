"""What guidance asks of the repository itself: README, build, changelog, logs, statement."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

from hwb_analysis.cli import app
from hwb_analysis.disclosure import read_rule, rules
from hwb_analysis.errors import DataContractError
from hwb_analysis.origin import Origin
from hwb_analysis.sources.snapshot import current_snapshot
from tools.site import pages

ROOT = Path(__file__).resolve().parents[2]
QA = ROOT / "docs" / "qa"
ROLES = ("commissioner", "analyst", "assurer", "approver")
RULES = yaml.safe_load((QA / "conformance.yaml").read_text(encoding="utf-8"))["rules"]
CITED = re.compile(r"\[(A\d\d)\]")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _rows(text: str, first: str) -> list[list[str]]:
    """Return the cells of every table row whose first cell matches."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if re.fullmatch(first, row[0])]


# -- reproducible pipelines ------------------------------------------------------


def test_the_readme_says_what_is_needed_and_the_one_command() -> None:
    text = _read("README.md")
    for told in ("make reports", "Python 3.1", "reports/latest"):
        assert told in text


def test_a_build_machine_checks_and_tests_every_change() -> None:
    lines = [line.strip() for line in _read(".ci/run").splitlines()]
    assert "set -euo pipefail" in lines
    assert lines.index("make check") < lines.index("make test")


def test_the_changelog_has_the_agreed_form() -> None:
    text = _read("CHANGELOG.md")
    version = tomllib.loads(_read("pyproject.toml"))["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    heads = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert heads[0] == "Unreleased" or heads[0] == version
    assert "### Numbers that changed" in text
    assert all(h == "Unreleased" or re.fullmatch(r"\d+\.\d+\.\d+", h) for h in heads)


def test_every_command_is_told_in_the_documents() -> None:
    group = typer.main.get_command(app)
    commands = list(getattr(group, "commands", {}))
    told = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    assert len(commands) > 10
    assert [c for c in commands if f"hwb {c}" not in told] == []


def test_each_rap_level_has_its_lines_each_with_proof_or_a_no() -> None:
    rows = _rows((QA / "rap.md").read_text(encoding="utf-8"), "Baseline|Silver|Gold")
    assert [sum(r[0] == level for r in rows) for level in ("Baseline", "Silver", "Gold")] == [
        5,
        9,
        4,
    ]
    for _, asked, met, proof in rows:
        assert met in {"yes", "no"}, asked
        named = re.findall(r"`((?:tests|hwb_analysis|docs)/[\w/.]+|README\.md|\.ci/run)`", proof)
        assert all((ROOT / name).exists() for name in named), proof


# -- the AQuA Book ---------------------------------------------------------------


def test_the_plan_has_four_roles_and_four_stages() -> None:
    text = (QA / "plan.md").read_text(encoding="utf-8")
    assert [r[0] for r in _rows(text, "|".join(ROLES))] == list(ROLES)
    stages = [r[0] for r in _rows(text, r"(engagement|design|analysis|delivery).*")]
    starts = [re.split(r"[ :]", s)[0] for s in stages]
    assert list(dict.fromkeys(starts)) == ["engagement", "design", "analysis", "delivery"]
    assert stages[-1].endswith("sign-off")


def test_each_assumption_has_all_its_fields() -> None:
    text = (QA / "assumptions.md").read_text(encoding="utf-8")
    (head,) = _rows(text, "id")
    assert head[1:] == [
        "statement",
        "why",
        "source",
        "impact if wrong",
        "quality of evidence",
        "owner",
        "review date",
    ]
    for row in _rows(text, r"A\d\d"):
        assert len(row) == len(head), row[0]
        assert all(row[1:6]), row[0]
        for grade in row[4:6]:
            assert re.match(r"(low|medium|high)\b", grade), (row[0], grade)


def test_every_assumption_that_is_cited_exists() -> None:
    known = {r[0] for r in _rows((QA / "assumptions.md").read_text(encoding="utf-8"), r"A\d\d")}
    places = [ROOT / "docs", ROOT / "data", ROOT / "notebooks", ROOT / "reports", ROOT / "text"]
    places.append(ROOT / "hwb_analysis")
    kinds = {".md", ".yaml", ".ipynb", ".html", ".py", ".jinja"}
    files = [p for place in places for p in place.rglob("*") if p.suffix in kinds]
    cited = {
        (p.name, name) for p in files for name in CITED.findall(p.read_text("utf-8", "replace"))
    }
    assert {(file, name) for file, name in cited if name not in known} == set()


def test_the_decision_log_lists_every_decision() -> None:
    log = pages.decisions()["qa/decision_log.md"]
    listed = _read("docs/decisions/README.md")
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        assert f"[{path.name[:4]}](../decisions/{path.name})" in log
        assert f"({path.name})" in listed, f"docs/decisions/README.md does not list {path.name}"


def test_the_data_log_has_every_origin_with_all_its_fields() -> None:
    snapshot = current_snapshot()
    rows = {r[0]: r for r in _rows(pages.data()["qa/data_log.md"], r"\[[\w-]+\]\(.*\)")}
    assert len(rows) == len(snapshot.origins)
    for key, origin in snapshot.origins.items():
        row = rows[f"[{key}](../data/sources/{key}.md)"]
        named = f"{origin.publisher}: {origin.title}"
        assert row[1:5] == [named, origin.release, origin.accessed, origin.licence], key
        assert row[5] == f"`{origin.sha256[:12]}`"


def test_each_origin_has_a_page_with_its_series_and_cautions() -> None:
    snapshot, made = current_snapshot(), pages.data()
    for series in snapshot.series.values():
        text = made[f"data/sources/{series.origin_id}.md"]
        assert f"`{series.id}`" in text
        assert all(note.replace("|", "\\|") in text for note in series.notes), series.id
    for key, origin in snapshot.origins.items():
        text = made[f"data/sources/{key}.md"]
        assert origin.attribution.replace("\n", " ") in text
        assert origin.sha256 in text
        assert all(note in text for note in origin.notes), key


def test_known_faults_stand_in_the_data_log() -> None:
    text = pages.data()["qa/data_log.md"]
    assert "## Known faults, kept as published" in text
    assert "## Corrections" in text
    assert "suspected error" in (QA / "jumps.csv").read_text(encoding="utf-8")
    faults = pages.suspected_faults()
    assert len(faults) > 5
    assert all(row["judgement"] in text for row in faults)


METHODS = ("limits", "standardisation", "life_expectancy", "funnels", "slope_index", "gaps")


@pytest.mark.parametrize("page", [*METHODS, "trend_tests", "dispersion"])
def test_each_method_has_formula_assumptions_when_not_to_and_an_example(page: str) -> None:
    text = _read(f"docs/methods/{page}.md")
    heads = re.findall(r"^## (.+)$", text, re.MULTILINE)
    for wanted in ("Formula", "Assumptions", "When not to use it", "Worked example"):
        assert wanted in heads, wanted
    example = text.partition("## Worked example")[2]
    assert "```python\n>>> " in example.partition("\n## ")[0]


# -- accessibility, licence ------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        "(No. 2) Accessibility Regulations 2018",
        "Web Content Accessibility Guidelines 2.2",
        "level AA",
        "find only part",
        "## What is not accessible",
        "## Feedback and contact",
        "## Enforcement",
        "Equality and Human Rights Commission",
        "Equality Advisory and Support Service",
        "## How this statement was made",
    ],
)
def test_the_accessibility_statement_has_its_parts(told: str) -> None:
    assert told in _read("docs/accessibility.md")


@pytest.mark.parametrize("field", ["licence", "attribution", "publisher", "release"])
def test_an_origin_without_its_licence_or_attribution_is_refused(field: str) -> None:
    snapshot = current_snapshot()
    origin = next(iter(snapshot.origins.values()))
    data = {name: getattr(origin, name) for name in origin.__dataclass_fields__}
    assert Origin.from_mapping(data, "here") == origin
    with pytest.raises(DataContractError, match=field):
        Origin.from_mapping({**data, field: ""}, "here")


def test_outlines_name_the_owner_and_the_year_of_supply() -> None:
    for key, origin in current_snapshot().origins.items():
        if key.startswith("boundaries-"):
            assert re.search(
                r"Contains OS data © Crown copyright and database right 20\d\d", origin.attribution
            ), key


def test_attributions_are_the_providers_words_or_the_default() -> None:
    """Of the Office for National Statistics its own line, of others the default statement."""
    page = " ".join(_read("DATA_LICENCES.md").split())
    assert "nationalarchives.gov.uk/doc/open-government-licence/version/3" in page
    own = "Source: Office for National Statistics licensed under the Open Government Licence v3.0"
    default = "Contains public sector information licensed under the Open Government Licence v3.0"
    for key, origin in current_snapshot().origins.items():
        if origin.licence != "Open Government Licence v3.0":
            continue
        assert own in origin.attribution or default in origin.attribution, key


def test_our_own_work_is_permissive_and_holds_no_copyleft_text(tracked: list[Path]) -> None:
    assert _read("LICENSE").startswith("MIT License")
    words = re.compile("GNU (?:Affero )?General " + "Public License|SPDX[^\n]*\\b[AL]?GPL" + "-")
    code = [p for p in tracked if p.suffix in {".py", ".ipynb", ".css", ".js", ".jinja", ".sh"}]
    assert len(code) > 300
    assert [p.name for p in code if words.search(p.read_text("utf-8", "replace"))] == []


# -- disclosure ------------------------------------------------------------------


def test_the_strictest_rule_holds_where_none_is_named() -> None:
    """1 to 7 withheld and all others rounded to 5; no other rule set tells as little."""
    rule = read_rule(None)
    assert (rule.lowest, rule.highest, rule.round_to, rule.zeros) == (1, 7, 5, "shown")
    assert rule.uncounted == "refused"
    possible = [high - low for low, high in (rule.possible(n) for n in (10, 100))]
    for name in rules():
        other = read_rule(name)
        assert other.round_to <= rule.round_to
        assert [high - low for low, high in (other.possible(n) for n in (10, 100))] <= possible


# -- the list of rules itself ----------------------------------------------------


def test_rules_stand_in_the_order_of_their_sections() -> None:
    order = [r["section"] for r in RULES]
    assert order == sorted(order)
    assert set(order) == set(range(1, 10))
    assert len(RULES) >= 90


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["id"])
def test_a_rule_without_proof_or_in_part_says_what_is_missing(rule: dict[str, object]) -> None:
    assert set(rule) <= {"id", "section", "class", "rule", "tests", "partly", "missing"}
    if not rule.get("tests"):
        assert rule.get("missing"), "a rule without a test says why"
        assert not rule.get("partly")
    assert len(str(rule["rule"])) > 12
