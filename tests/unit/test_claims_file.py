"""The file of claims refuses what it cannot run, and says where."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from hwb_analysis.claims import OPERATIONS, check_claims, claims_of, has_claims, load_claims
from hwb_analysis.claims.model import Claim, Part
from hwb_analysis.claims.reader import recipes_of
from hwb_analysis.claims.recipes import Recipe
from hwb_analysis.errors import RegistryError, UsageError
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

HEAD = """schema_version: 1
area: E10000018
about: a strategy
sections: {'1': First}
claims:
  - id: A-1
    section: '1'
    line: 3
    priority: overview
    topic: A figure
    parts:
"""
GOOD = "      - {says: '8.0', recipe: {op: value, series: 'els:hle-birth', period: 2018 - 20}}\n"


def written(folder: Path, parts: str) -> Path:
    """Write a file with one claim and return its path."""
    path = folder / "claims.yaml"
    path.write_text(HEAD + parts, encoding="utf-8")
    return path


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (claim,) = load_claims(written(tmp_path, GOOD)).claims
    assert claim.parts[0].says == "8.0"


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (GOOD.replace("op: value", "op: guess"), "guess"),
        (GOOD.replace("period:", "year:"), "year"),
        (GOOD.replace("'els:hle-birth'", "hle"), "should match pattern"),
        (GOOD.replace("says: '8.0',", "says: '8.0', lacks: a series,"), "exactly one of"),
        ("      - {says: '8.0'}\n", "exactly one of"),
        (GOOD.replace("says: '8.0',", "says: '8.0', at_best: close,"), "needs a reason"),
        (GOOD.replace("says: '8.0',", "says: '8.0', bound: around,"), "over"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, parts: str, told: str) -> None:
    with pytest.raises(RegistryError, match=r"line 1\d") as refused:
        load_claims(written(tmp_path, parts))
    assert told in str(refused.value)
    assert "claims[A-1]" in str(refused.value)


def test_a_claim_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.partition("claims:\n")[2], encoding="utf-8")
    with pytest.raises(RegistryError, match="claims stand twice: A-1"):
        load_claims(path)


def test_a_section_without_a_title_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_text(path.read_text("utf-8").replace("section: '1'", "section: '2'"), "utf-8")
    with pytest.raises(RegistryError, match="sections without a title: 2"):
        load_claims(path)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(RegistryError, match="no such file"):
        load_claims("nowhere.yaml")


def test_an_unknown_series_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    file = load_claims(written(tmp_path, GOOD.replace("els:hle-birth", "els:hle-berth")))
    with pytest.raises(RegistryError, match="no series els:hle-berth") as refused:
        check_claims(load_strategy(), current_snapshot(), file)
    assert "did you mean 'els:hle-birth'" in str(refused.value)


def test_a_recipe_that_fits_two_figures_names_its_claim(tmp_path: Path) -> None:
    file = load_claims(written(tmp_path, GOOD))
    with pytest.raises(RegistryError, match="2 figures for 2018 - 20") as refused:
        check_claims(load_strategy(), current_snapshot(), file)
    assert "claim A-1, value" in str(refused.value)


def test_a_reference_to_no_claim_is_refused(tmp_path: Path) -> None:
    recipe = "      - {says: '8.0', recipe: {op: printed, formula: sum, of: [A-1, B-2]}}\n"
    file = load_claims(written(tmp_path, recipe))
    with pytest.raises(RegistryError, match="no claim 'B-2'"):
        check_claims(load_strategy(), current_snapshot(), file)


def test_a_period_that_is_not_held_is_lacking_not_an_error(tmp_path: Path) -> None:
    parts = GOOD.replace("2018 - 20", "2031 - 33, sex: Male")
    (result,) = check_claims(
        load_strategy(), current_snapshot(), load_claims(written(tmp_path, parts))
    )
    (one,) = result.parts
    assert one.words == (
        "not testable here: lacks els:hle-birth for 2031 - 33, its newest is of 2022 - 24"
    )


def test_every_operation_has_a_recipe_and_the_other_way_round() -> None:
    union, choice = get_args(Recipe)
    assert choice.discriminator == "op"
    names = {get_args(kind.model_fields["op"].annotation)[0] for kind in get_args(union)}
    assert names == set(OPERATIONS)


def test_another_area_has_no_claims_and_says_so() -> None:
    strategy = load_strategy()
    other = strategy.model_copy(update={"area": strategy.area.model_copy(update={"code": "X"})})
    with pytest.raises(UsageError, match="no claims are written down for"):
        claims_of(other)
    assert has_claims(strategy)
    assert not has_claims(other)


def test_the_committed_file_uses_every_kind_of_claim() -> None:
    file = claims_of(load_strategy())
    assert len(file.claims) == 169
    assert {recipe.op for recipe in recipes_of(file)} == set(OPERATIONS)
    assert all(isinstance(claim, Claim) for claim in file.claims)
    priorities = {p.slug for p in load_strategy().priorities} | {"overview", "staying-healthy"}
    assert {claim.priority for claim in file.claims} <= priorities
    lines = [claim.line for claim in file.claims if claim.origin == "strategy"]
    assert lines == sorted(lines)


def test_the_document_lists_every_operation_and_field() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/methods/claims.md").read_text("utf-8")
    missing = [name for name in OPERATIONS if f"| `{name}` |" not in text]
    fields = (*Claim.model_fields, *Part.model_fields)
    missing += [name for name in fields if f"`{name}`" not in text]
    assert missing == []
