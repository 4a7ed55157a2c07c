"""Withheld numbers planted in every kind of output are found, and nothing else is."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from hwb_analysis.disclosure import Structure, find_leaks, protect, secrets_of
from hwb_analysis.disclosure.example import table
from hwb_analysis.disclosure.leaks import Secret
from hwb_analysis.errors import DisclosureError

ALONE = Structure(parents={})
SENTINEL = 7_654_321.0


def small() -> tuple[pd.DataFrame, pd.DataFrame]:
    truth = table({"North": [3, 12], "South": [20, 15]}, sexes=["Male", "Female"])
    return truth, protect(truth, "under-5", structure=ALONE).frame


@pytest.fixture
def secrets() -> list[Secret]:
    return secrets_of(*small())


@pytest.fixture
def sentinel() -> list[Secret]:
    """Return a withheld number that occurs nowhere by chance."""
    truth = table({"North": [3, SENTINEL]}, sexes=["Male", "Female"])
    found = secrets_of(truth, protect(truth, "under-5", structure=ALONE).frame)
    return [secret for secret in found if secret.telling]


def png(text: str) -> bytes:
    body = b"Comment\0" + text.encode()
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", zlib.crc32(b"tEXt" + body))


def write(folder: Path, name: str, text: str) -> None:
    """Write a text as the kind of file that the name says, as deep inside as it goes."""
    path = folder / name
    if path.suffix == ".ipynb":
        output = {"output_type": "display_data", "data": {"text/html": [f"<p>{text}</p>\n"]}}
        path.write_text(json.dumps({"cells": [{"outputs": [output]}], "metadata": {}}))
    elif path.suffix == ".png":
        path.write_bytes(png(text))
    elif path.suffix == ".parquet":
        pd.DataFrame({"words": ["a", text]}).to_parquet(path)
    elif path.suffix == ".xlsx":
        book = Workbook()
        book.active.append(["words"])
        book.active.append([text])
        book.save(path)
    elif path.suffix == ".docx":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", f"<w:p >{text}</w:p>")
    elif path.suffix == ".csv":
        path.write_text(f'words\n"{text}"\n')
    elif name == "alt.html":
        path.write_text(f'<img alt="{text}" src="x.png">')
    elif name == "metadata.ipynb.json":
        path.write_text(json.dumps({"metadata": {"papermill": {"parameters": {"x": text}}}}))
    else:
        path.write_text(text)


KINDS = ["page.html", "alt.html", "notebook.ipynb", "figure.csv", "chart.svg", "run.log"]
KINDS += ["manifest.json", "metadata.ipynb.json", "cache.parquet", "image.png", "data.xlsx"]
KINDS += ["report.docx", "notes.md", "no-suffix"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spelt", ["7654321", "7,654,321", "7654321.0"])
def test_a_planted_number_is_found_in_every_kind_of_file(
    kind: str, spelt: str, tmp_path: Path, sentinel: list[Secret]
) -> None:
    text = f"In North {spelt} women."
    write(tmp_path, kind, json.dumps({"x": text}) if kind == "manifest.json" else text)
    report = find_leaks(tmp_path, sentinel)
    assert [leak.file for leak in report.leaks] == [kind]
    assert not report.unread
    with pytest.raises(DisclosureError, match="1 withheld figures stand in the outputs") as caught:
        report.require_none()
    assert caught.value.exit_code == 13
    assert "7654321" not in str(caught.value)
    assert "7654321" not in repr(sentinel)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.csv", "area,sex,count\nNorth,Male,3\n", 1),
        ("a.csv", "area,sex,count\nNorth,Male,3.0\n", 1),
        ("a.csv", "area,sex,count\nSouth,Male,3\n", 0),
        ("a.csv", "area,sex,count\nNorth,Female,3\n", 0),
        ("a.csv", "area,sex,count\nNorth,Persons,3\n", 0),
        ("a.csv", "area,Male,Female\nNorth,3,x\n", 1),
        ("a.csv", "area,Male,Female\nNorth,x,3\n", 0),
        ("a.csv", "sex,North,South\nMale,3,20\n", 1),
        ("a.csv", "sex,North,South\nMale,x,3\n", 0),
        (
            "a.html",
            "<table><tr><th>Area</th><th>Male</th></tr><tr><td>North</td><td>3</td></tr></table>",
            1,
        ),
        (
            "a.html",
            "<table><caption>Male</caption><tr><th>Area</th><th>Count</th></tr>"
            "<tr><th>North</th><td>3</td></tr></table>",
            1,
        ),
        ("a.html", "<p>Of men in South 20, in all 35.</p>", 0),
        ("a.html", "<p>In North there were 3 men.</p>", 1),
        ("a.json", '{"rows": [{"area": "North", "sex": "Male", "count": 3}]}', 1),
        ("a.json", '{"rows": [{"area": "South", "sex": "Male", "count": 3}]}', 0),
        ("a.log", "3 files read\nNorth done in 12.5 s", 0),
    ],
)
def test_a_small_number_counts_only_beside_its_row(
    name: str, text: str, found: int, tmp_path: Path, secrets: list[Secret]
) -> None:
    (tmp_path / name).write_text(text)
    leaks = find_leaks(tmp_path, secrets).leaks
    assert len({leak.row for leak in leaks}) == found


def test_a_number_in_running_text_is_doubtful(tmp_path: Path, secrets: list[Secret]) -> None:
    (tmp_path / "a.html").write_text("<p>North is one of 3 areas.</p>")
    report = find_leaks(tmp_path, secrets)
    assert [leak.doubtful for leak in report.leaks] == [True]
    assert report.require_none(doubtful=False) is report
    with pytest.raises(DisclosureError):
        report.require_none()


def test_the_protected_frame_itself_leaks_nothing(tmp_path: Path, secrets: list[Secret]) -> None:
    truth, safe = small()
    safe.to_csv(tmp_path / "safe.csv", index=False)
    safe.to_parquet(tmp_path / "safe.parquet")
    assert find_leaks(tmp_path, secrets).require_none().files == 2
    truth.to_csv(tmp_path / "truth.csv", index=False)
    assert {leak.file for leak in find_leaks(tmp_path, secrets).leaks} == {"truth.csv"}


def test_rounded_away_numbers_are_secret_too() -> None:
    truth = table({"North": [33, 12]}, sexes=["Male", "Female"])
    found = secrets_of(truth, protect(truth, structure=ALONE).frame)
    assert {x for secret in found for x in secret.written} >= {"33", "12"}


def test_what_cannot_be_read_is_said(tmp_path: Path, secrets: list[Secret]) -> None:
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    (tmp_path / "image.bin").write_bytes(b"\0\1\2")
    (tmp_path / "broken.json").write_text("{")
    names = ("broken.json", "broken.xlsx", "image.bin", "page.pdf")
    assert find_leaks(tmp_path, secrets).unread == names
