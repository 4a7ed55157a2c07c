"""An installed wheel works without a checkout: it carries the data and the notebooks."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from hwb_analysis.reports.accessibility import page_faults
from hwb_analysis.reports.manifest import sha256

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("data/strategy", "data/snapshot", "data/lookups", "data/boundaries", "notebooks")
SLUG = "school-readiness"


def run(command: Sequence[object], cwd: Path, **settings: str) -> str:
    """Run a command without the settings of this process, and return what it prints."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", str(cwd))}
    # How packages are found on this machine is no part of the product, but needed here.
    environment |= {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "UV_", "SSL_"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    run(build, ROOT)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "site")
    return wheel.parent / "site"


def test_the_wheel_holds_the_product_and_nothing_else(unpacked: Path) -> None:
    tops = {path.name for path in unpacked.iterdir()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"hwb_analysis"}
    assert (unpacked / "hwb_analysis" / "py.typed").is_file()
    assert list((unpacked / "hwb_analysis" / "reports" / "assets").iterdir())
    inside = {p.name for p in (unpacked / "hwb_analysis" / "_bundled").iterdir()}
    assert inside == {"data", "notebooks"}


def test_data_and_notebooks_are_those_of_the_checkout(unpacked: Path, tracked: list[Path]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in tracked
        if path.relative_to(ROOT).as_posix().startswith(tuple(f"{f}/" for f in FOLDERS))
    }
    bundled = unpacked / "hwb_analysis" / "_bundled"
    found = {p.relative_to(bundled).as_posix(): p for p in bundled.rglob("*") if p.is_file()}
    assert wanted
    assert not wanted - set(found), "not in the wheel"
    assert {top for name in found for top in FOLDERS if name.startswith(top)} == set(FOLDERS)
    hidden = [name for name in found if re.search(r"(^|/)[._]", name)]
    assert not hidden


def test_the_wheel_states_what_it_needs(unpacked: Path) -> None:
    (folder,) = unpacked.glob("*.dist-info")
    stated = (folder / "METADATA").read_text(encoding="utf-8")
    assert "Requires-Python: >=3.11" in stated
    assert "Requires-Dist: papermill>=2.6" in stated
    assert "hwb = hwb_analysis.cli:main" in (folder / "entry_points.txt").read_text("utf-8")
    assert {"LICENSE", "DATA_LICENCES.md"} <= {p.name for p in (folder / "licenses").iterdir()}


def environment(folder: Path) -> Path:
    """Make an empty environment, with or without pip as the system allows, and return its bin."""
    uv = shutil.which("uv")
    made = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
    run([*made, *(["--python", sys.executable] if uv else []), folder / "venv"], folder)
    return folder / "venv" / "bin"


def install(bin_folder: Path, *what: object) -> None:
    uv = shutil.which("uv")
    python = bin_folder / "python"
    command = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    run([*command, *what], bin_folder)


def check_a_run(bin_folder: Path, empty: Path) -> None:
    """Run one priority in an empty folder and look at what stands there afterwards."""
    empty.mkdir()
    told = run([bin_folder / "hwb", "run", "--priority", SLUG], empty)
    assert "1 report made, 0 failed" in told
    latest = empty / "reports" / "latest"
    for page in (latest / SLUG / "report.html", latest / "index.html"):
        text = page.read_text(encoding="utf-8")
        assert page_faults(text) == []
        assert str(ROOT) not in text
    manifest = json.loads((latest / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["git"] == {}, "an installed package is no checkout"
    assert len(list((latest / SLUG / "figures").glob("*.csv"))) > 1
    assert "all as expected" in run([bin_folder / "hwb", "verify"], empty)
    code = "import hwb_analysis; print(hwb_analysis.__file__)"
    assert Path(run([bin_folder / "python", "-c", code], empty).strip()).is_relative_to(
        bin_folder.parent
    )


def test_an_installed_wheel_makes_reports_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    """Only the wheel is installed; its dependencies are lent by the environment of the tests."""
    bin_folder = environment(tmp_path)
    install(bin_folder, "--no-deps", wheel)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run([bin_folder / "python", "-c", asked], tmp_path).strip())
    # Site-packages that are lent like this come last, and their own .pth files do not count:
    # the editable install of the checkout stays out.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    check_a_run(bin_folder, tmp_path / "empty")
    same = site / "hwb_analysis" / "_bundled" / "notebooks" / "priority_report.ipynb"
    assert sha256(same) == sha256(ROOT / "notebooks" / "priority_report.ipynb")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_wheel_installed_with_all_it_needs(wheel: Path, tmp_path: Path) -> None:
    """The whole installation, from the package index that this machine uses."""
    bin_folder = environment(tmp_path)
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = [line.rstrip("\\ ") for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)]
    (tmp_path / "pins.txt").write_text("\n".join(pins), encoding="utf-8")
    install(bin_folder, "--constraint", tmp_path / "pins.txt", wheel)
    check_a_run(bin_folder, tmp_path / "empty")
    assert "fail" not in run([bin_folder / "hwb", "doctor"], tmp_path / "empty")
