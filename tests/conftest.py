"""What every test may rely on: the checkout, a quiet machine, no network, its own reports."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")
# Two test processes share the cores; a numerical library that takes them all slows both.
for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ("127.", "::1", "localhost")

# The same examples on every machine, and no verdict that hangs on how busy it is.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("night", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def tracked(root: Path) -> list[Path]:
    """Return every file that git keeps; without git, every file outside the ignored folders."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True
        )
        paths = [root / name for name in listing.stdout.split("\0") if name]
        return [path for path in paths if path.is_file()]
    ignored = {".venv", "build", "dist", "runs", "latest", "local", "__pycache__"}
    return [
        path
        for path in root.rglob("*")
        if path.is_file() and not ignored & set(path.relative_to(root).parts)
    ]


@pytest.fixture(scope="session", autouse=True)
def _own_reports_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["HWB_REPORTS_DIR"] = str(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Any:
    """Refuse every connection that leaves this machine, in the test process."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        inside = self.family not in (socket.AF_INET, socket.AF_INET6)
        if inside or str(address[0]).startswith(LOCAL):
            return connect(self, address)
        raise AssertionError(f"a test tried to reach {address[0]}; tests run without a network")

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", refuse)
    yield
    patch.undo()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give what is slow the time it needs on a busy machine."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(1800))
