"""The conformance page names tests that exist; the assurance pack is whole and unsigned."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
QA = ROOT / "docs" / "qa"
RULES = yaml.safe_load((QA / "conformance.yaml").read_text(encoding="utf-8"))["rules"]
EMPTY = re.compile(r"^\| (commissioner|analyst|assurer|approver) \|( \|)+$", re.MULTILINE)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r["id"])
def test_each_named_test_exists(rule: dict[str, object]) -> None:
    assert rule["class"] in {"M", "S", "C"}
    for name in rule.get("tests", []):
        file, _, test = name.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, f"{rule['id']}: {name}"


def test_ids_are_used_once() -> None:
    ids = [r["id"] for r in RULES]
    assert len(ids) == len(set(ids))


def test_the_pack_is_complete() -> None:
    for name in ("plan.md", "assumptions.md", "sign_off.md", "rap.md"):
        assert (QA / name).is_file()
    lines = (QA / "assumptions.md").read_text(encoding="utf-8").splitlines()
    numbers = [line.split("|")[1].strip() for line in lines if re.match(r"\| A\d", line)]
    assert numbers == [f"A{n:02}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= 10


def test_the_sign_off_sheet_is_empty() -> None:
    assert len(EMPTY.findall((QA / "sign_off.md").read_text(encoding="utf-8"))) == 4
