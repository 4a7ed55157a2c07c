"""One whole run and one browser for every test of this folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run as the command line makes it, or take the one in HWB_BROWSER_RUN."""
    if given := os.environ.get("HWB_BROWSER_RUN"):
        return Path(given).resolve()
    out = tmp_path_factory.mktemp("whole run")
    done = subprocess.run(
        [sys.executable, "-m", "hwb_analysis", "run", "--out", str(out)],
        capture_output=True,
        text=True,
        env={**os.environ, "TERM": "dumb"},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return (out / "latest").resolve()


@pytest.fixture(scope="session")
def html_pages(run_folder: Path) -> list[Path]:
    """Return every HTML page of the run."""
    found = sorted(run_folder.rglob("*.html"))
    assert len(found) >= 12
    return found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give the browser that is installed on this machine, without a window."""
    where = next((found for name in NAMES if (found := shutil.which(name))), None)
    assert where, "these tests need Chromium on the path"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        browser.close()
