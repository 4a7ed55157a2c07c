"""``hwb audit``: counts of what can be worked out, 13 when anything can, never a figure."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from hwb_analysis.audit_command import audit_files, audit_series
from hwb_analysis.cli import main
from hwb_analysis.disclosure import protect
from hwb_analysis.disclosure.example import table
from hwb_analysis.errors import DataContractError, UsageError

FIGURES = ["count", "value", "lower_95", "upper_95", "lower_998", "upper_998", "denominator"]
COUNTS = {"North": [3, 12], "South": [20, 15]}


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(list(arguments))
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.fixture
def truth() -> pd.DataFrame:
    return table(COUNTS, sexes=["Male", "Female"])


@pytest.fixture
def careless(tmp_path: Path, truth: pd.DataFrame) -> Path:
    """Write a table in which the small number alone is withheld."""
    small = truth["count"] == 3
    truth.loc[small, FIGURES] = float("nan")
    truth.loc[small, "status"] = "suppressed"
    path = tmp_path / "careless.csv"
    truth.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_protected_table_ends_well(
    tmp_path: Path, truth: pd.DataFrame, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    safe, path = protect(truth, "under-5").frame, tmp_path / f"safe.{kind}"
    safe.to_csv(path, index=False) if kind == "csv" else safe.to_parquet(path)
    assert ended("audit", str(path), "--rule", "under-5") == 0
    assert "\nsafe under the rule" in capsys.readouterr().out


def test_a_careless_table_ends_with_13(careless: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("audit", str(careless), "--rule", "under-5") == 13
    told = capsys.readouterr().out
    assert "worked out      1\n" in told
    assert "NOT safe" in told


def test_the_words_hold_no_figure_of_the_table(careless: Path) -> None:
    one = pd.read_csv(careless)
    bigger = one.assign(count=one["count"] + 40_000, value=one["value"] + 40_000)
    bigger.to_csv(careless, index=False)
    told = "\n".join(audit_files([careless], "under-5").lines())
    assert "40" not in told


def test_a_number_under_the_rule_is_a_fault(tmp_path: Path, truth: pd.DataFrame) -> None:
    path = tmp_path / "raw.csv"
    truth.to_csv(path, index=False)
    found = audit_files([path], "under-5")
    assert not found.safe
    assert any("a count stands there that the rule withholds" in fault for fault in found.faults)


def test_two_tables_are_taken_together(tmp_path: Path, truth: pd.DataFrame) -> None:
    safe = protect(truth, "under-5").frame
    hidden = safe["status"] == "suppressed"
    cover = truth.loc[truth["count"] > 4].merge(safe.loc[hidden, ["area_code", "sex"]])
    safe.to_csv(tmp_path / "one.csv", index=False)
    cover.to_csv(tmp_path / "two.csv", index=False)
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    assert audit_files(paths[:1], "under-5").safe
    assert audit_files(paths, "under-5").exact > 0


def test_json(careless: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended("audit", str(careless), "--rule", "under-5", "--json") == 13
    found = json.loads(capsys.readouterr().out)
    assert found["exact"] == 1
    assert found["withheld"] == 1
    assert found["safe"] is False


def test_a_local_series_as_a_report_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(tmp_path))
    lines = ["Where,Year,Seen", "Blaby,2023,3", "Charnwood,2023,40", "Leicestershire,2023,143"]
    (tmp_path / "seen.csv").write_text("\n".join([*lines, "Melton,2023,100", ""]))
    (tmp_path / "seen.yaml").write_text(
        "schema_version: 1\nfile: seen.csv\nseries: {id: 'local:seen', title: Seen, unit: people,"
        " value_type: count, basis: register, publisher: P, licence: L, release: '1',"
        " received: 2024-01-01, disclosure: under-5}\ncolumns: {area: {column: Where},"
        " period: {column: Year}, value: {column: Seen}, count: {column: Seen}}\n"
    )
    assert ended("audit", "--series", "local:seen") == 0
    assert "4 rows" in capsys.readouterr().out
    assert audit_series("local:seen").withheld >= 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("no-such.csv",),
        ("a.txt",),
        ("x.csv", "--series", "local:x"),
        ("--series", "local:x", "--rule", "under-5"),
    ],
)
def test_wrong_calls_end_with_2(arguments: tuple[str, ...]) -> None:
    assert ended("audit", *arguments) == 2


def test_an_unknown_series_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWB_LOCAL_DIR", str(tmp_path))
    with pytest.raises(UsageError, match="describes 'local:x'"):
        audit_series("local:x")


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "series_id,area_code,status\nx,y,z\n", "\x00"])
def test_a_table_that_is_not_tidy(tmp_path: Path, text: str) -> None:
    (tmp_path / "other.csv").write_text(text)
    with pytest.raises(DataContractError):
        audit_files([tmp_path / "other.csv"])


def test_an_unknown_rule_ends_with_10(careless: Path) -> None:
    assert ended("audit", str(careless), "--rule", "under-6") == 10
