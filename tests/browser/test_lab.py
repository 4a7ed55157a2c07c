"""JupyterLab as `hwb lab` starts it: a notebook is opened and run, and its figure is seen."""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
TOKEN = "only-for-this-test"
START_SECONDS, RUN_MILLISECONDS = 90, 180_000
PICTURE = ".jp-OutputArea img.chart-image"


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab on copies of the notebooks, with settings of nobody's home."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(root / "notebooks", home / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "hwb_analysis", "lab", str(home / "notebooks")]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "IPYTHON"))}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [*program, "--no-browser", "--port", str(port)],
            env={
                **kept,
                "HOME": str(home),
                "JUPYTER_TOKEN": TOKEN,
                "JUPYTER_CONFIG_DIR": str(home / "config"),
                "PYTHONPATH": str(root),
            },
            stdout=log,
            stderr=log,
        )
        try:
            yield _ready(f"http://127.0.0.1:{port}", server, home / "log")
        finally:
            server.terminate()
            server.wait(30)


def _ready(base: str, server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/api/status?token={TOKEN}", timeout=5):
                return base
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()


def opened(tab: Page, address: str, notebook: str) -> Page:
    """Open a notebook and run all its cells by the menu, as a person does."""
    tab.goto(f"{address}/lab/tree/{notebook}?token={TOKEN}&reset")
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_MILLISECONDS)
    # The status bar says when the notebook's kernel is there and at rest.
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=RUN_MILLISECONDS)
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return tab


def seen(tab: Page, selector: str) -> np.ndarray:
    """Wait for a picture that has loaded, and return what the screen shows of it."""
    tab.wait_for_selector(selector, timeout=RUN_MILLISECONDS)
    picture = tab.locator(selector).last
    picture.scroll_into_view_if_needed()
    tab.wait_for_function(
        "s => [...document.querySelectorAll(s)].every(i => i.complete && i.naturalWidth > 100)",
        arg=selector,
    )
    return np.asarray(imread(io.BytesIO(picture.screenshot())))


def test_the_start_page_runs_and_its_figure_is_seen(
    tab: Page, address: str, tmp_path: Path
) -> None:
    """Not blank: the line, its labels and white paper are all on the screenshot."""
    opened(tab, address, "00_start_here.ipynb")
    pixels = seen(tab, PICTURE)[..., :3]
    assert pixels.shape[0] > 200
    assert pixels.shape[1] > 400
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20
    assert (pixels > 0.99).all(axis=-1).mean() > 0.5
    assert tab.locator(".jp-OutputArea [data-mime-type*='error']").count() == 0
    if folder := os.environ.get("HWB_SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/lab-start.png")


def test_nobody_is_asked_about_news(tab: Page, address: str) -> None:
    """The project works without a network, and so does its workbench."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{address}/lab?token={TOKEN}&reset")
    tab.get_by_role("menuitem", name="Run", exact=True).wait_for(timeout=RUN_MILLISECONDS)
    tab.wait_for_timeout(2000)
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:", "ws:"))]
    assert tab.get_by_text("Jupyter news").count() == 0


def test_the_start_page_is_what_lab_opens_on(tab: Page, address: str) -> None:
    tab.goto(f"{address}/?token={TOKEN}")
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_MILLISECONDS)
    assert tab.url.split("?")[0].endswith("/lab/tree/00_start_here.ipynb")
    tab.get_by_role("link", name="Find a measure").first.wait_for()


def test_the_lists_of_the_explorer_redraw(tab: Page, address: str) -> None:
    opened(tab, address, "10_find_a_measure.ipynb")
    seen(tab, PICTURE)
    view = tab.locator(".widget-dropdown select").nth(2)
    view.scroll_into_view_if_needed()
    view.select_option("numbers")
    tab.wait_for_selector(".widget-html-content caption", timeout=RUN_MILLISECONDS)
    assert "newest" in tab.locator(".widget-html-content caption").first.inner_text()
    if folder := os.environ.get("HWB_SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/lab-explorer.png")
