"""Names that were public once stay, or go as the page on versions says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

import hwb_analysis as hwb
from tools.site import pages

ROOT = Path(__file__).resolve().parents[2]
LIST = yaml.safe_load((ROOT / "docs" / "public_names.yaml").read_text(encoding="utf-8"))
KNOWN = {name: version for version, names in LIST["names"].items() for name in names}


def test_no_public_name_is_lost() -> None:
    lost = set(KNOWN) - set(LIST["gone"]) - set(hwb.__all__)
    assert not lost, f"{lost} went without the steps of docs/versioning.md"
    assert all(hasattr(hwb, name) for name in hwb.__all__)


def test_what_went_says_since_when_and_what_took_its_place() -> None:
    for name, told in LIST["gone"].items():
        assert {"version", "instead"} <= set(told), name
        assert name not in hwb.__all__


def test_a_released_version_has_listed_its_names() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    heads = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    if f"## [{version}]" in heads:
        assert set(hwb.__all__) <= set(KNOWN), "add the new names to docs/public_names.yaml"


def test_the_page_of_the_library_says_which_version_it_describes() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]
    made = pages.api()
    assert f"version {version}" in made["api/index.md"]
    assert "[versions](../versioning.md)" in made["api/index.md"]
    first = made["api/hwb_analysis.md"]
    for name in hwb.__all__:
        assert f"| `{name}` |" in first
    assert "| since |" in first
