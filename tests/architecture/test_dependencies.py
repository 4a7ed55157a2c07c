"""pyproject.toml is the truth; requirements.lock and environment.yml must agree with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11.9", "3.12.7", "3.13.1", "3.14.0")
SYSTEMS = ("linux", "darwin")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
EXTRAS = [
    Requirement(line)
    for extra in PROJECT["project"]["optional-dependencies"].values()
    for line in extra
]
BUILD = [Requirement(line) for line in PROJECT["build-system"]["requires"]]


def _locked_lines() -> list[str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    joined = text.replace("\\\n", " ").splitlines()
    return [line.strip() for line in joined if line.strip() and not line.startswith("#")]


LOCKED = _locked_lines()


def _locked_for(python: str, system: str) -> dict[str, set[str]]:
    """Return the versions that the lock gives one Python on one system, by package name."""
    place = default_environment() | {
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "sys_platform": system,
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    versions: dict[str, set[str]] = {}
    for line in LOCKED:
        requirement = Requirement(line.split("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(place):
            name = canonicalize_name(requirement.name)
            versions.setdefault(name, set()).add(str(requirement.specifier))
    return versions


def test_every_locked_line_has_one_version_and_a_hash() -> None:
    loose = [
        line[:60]
        for line in LOCKED
        if not re.match(r"^[A-Za-z0-9._-]+==\S+", line) or not HASH.search(line)
    ]
    assert LOCKED
    assert not loose, f"not pinned or without a hash: {loose}"


def test_the_lock_names_no_place_to_download_from() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    options = {word.split("=")[0] for word in re.findall(r"(?:^|\s)(--\S+)", text)}
    assert options == {"--hash"}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_serves_every_dependency(python: str, system: str) -> None:
    locked = _locked_for(python, system)
    doubled = {name: found for name, found in locked.items() if len(found) > 1}
    assert not doubled, f"two versions for one environment: {doubled}"
    wrong = []
    for requirement in [*RUNTIME, *EXTRAS, *BUILD]:
        pins = locked.get(canonicalize_name(requirement.name), set())
        version = next(iter(pins), "").removeprefix("==")
        if not version or not requirement.specifier.contains(version, prereleases=True):
            wrong.append(f"{requirement} is locked as {version or 'nothing'}")
    assert not wrong, "; ".join(wrong) + "; run `make lock`"


def _conda() -> dict[str, object]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_conda_takes_everything_from_one_channel() -> None:
    assert _conda()["channels"] == ["conda-forge", "nodefaults"]


def test_conda_environment_has_the_same_dependencies() -> None:
    listed = [Requirement(line) for line in _conda()["dependencies"] if isinstance(line, str)]
    ranges = {canonicalize_name(r.name): r.specifier for r in listed}
    wanted = {canonicalize_name(r.name): r.specifier for r in RUNTIME}
    assert wanted.items() <= ranges.items()
    assert set(ranges) - set(wanted) == {"python", "pip"}


def test_conda_python_is_the_supported_range() -> None:
    python = next(Requirement(d) for d in _conda()["dependencies"] if str(d).startswith("python>"))
    assert all(python.specifier.contains(version) for version in PYTHONS)
    lowest = PROJECT["project"]["requires-python"]
    assert lowest in str(python.specifier)
    assert not python.specifier.contains("3.10.0")


def test_conda_environment_installs_the_package_itself() -> None:
    pip = next(d for d in _conda()["dependencies"] if isinstance(d, dict))["pip"]
    assert pip == ["-e .[dev,reports,live,distributed]"]


def test_classifiers_name_the_supported_pythons() -> None:
    prefix = "Programming Language :: Python :: 3."
    named = {
        c.removeprefix(prefix) for c in PROJECT["project"]["classifiers"] if c.startswith(prefix)
    }
    assert named == {p.split(".")[1] for p in PYTHONS}
