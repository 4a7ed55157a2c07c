"""An installed wheel works without a checkout: it carries the data and the notebooks."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import hwb_analysis.paths as paths
from hwb_analysis.strategy import load_strategy
print(paths.data_dir())
print(paths.notebooks_dir())
print(len(load_strategy().measures))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_holds_the_product_and_nothing_else(unpacked: Path) -> None:
    tops = {path.name for path in unpacked.iterdir()}
    assert {name for name in tops if not name.endswith(".dist-info")} == {"hwb_analysis"}
    bundled = unpacked / "hwb_analysis" / "_bundled"
    for folder in ("strategy", "snapshot", "lookups", "boundaries"):
        assert [p for p in (bundled / "data" / folder).rglob("*") if p.is_file()], folder
    assert not (bundled / "data" / "local").exists()
    assert (unpacked / "hwb_analysis" / "py.typed").is_file()


def test_an_installed_package_finds_its_own_data(unpacked: Path, tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("HWB_")}
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=tmp_path,
        env=env | {"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    data, notebooks, measures = done.stdout.split()
    assert Path(data).is_relative_to(unpacked)
    assert Path(notebooks).is_relative_to(unpacked)
    assert int(measures) > 0
