"""Every page in a real browser: rules of axe, what it fetches, how it reflows, its keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def tab(chromium):
    # The pages forbid foreign scripts; the checker is one.
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    yield page
    context.close()


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def test_axe_finds_nothing_on_any_page(tab, html_pages):
    axe, found = Axe(), {}
    for path in html_pages:
        tab.goto(path.as_uri())
        # What is folded must be sound as well.
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        told = axe.run(tab, options=OPTIONS).response["violations"]
        if told:
            found[_name(path)] = [(v["id"], v["nodes"][0]["html"][:120]) for v in told]
    assert found == {}


def test_no_page_asks_for_anything_outside_itself(tab, html_pages):
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for path in html_pages:
        asked.clear()
        tab.goto(path.as_uri())
        outside = [a for a in asked if not a.startswith("data:") and a != path.as_uri()]
        assert outside == [], _name(path)


def test_no_page_scrolls_sideways_at_320_pixels(chromium, html_pages):
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    too_wide = {}
    for path in html_pages:
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            too_wide[_name(path)] = width
    context.close()
    assert too_wide == {}


def test_text_may_be_twice_as_large(chromium, run_folder):
    context = chromium.new_context(viewport={"width": 640, "height": 800})
    page = context.new_page()
    page.goto((run_folder / "index.html").as_uri())
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    context.close()


def test_the_keyboard_reaches_main_part_and_unfolds_a_table(chromium, html_pages):
    context = chromium.new_context()
    page = context.new_page()
    report = next(p for p in html_pages if "<details><summary>Data" in p.read_text("utf-8"))
    page.goto(report.as_uri())
    page.keyboard.press("Tab")
    focused = "document.activeElement"
    assert page.evaluate(f"{focused}.getAttribute('href')") == "#main"
    assert page.evaluate(f"getComputedStyle({focused}).outlineStyle") == "solid"
    box = page.evaluate(f"{focused}.getBoundingClientRect().top")
    assert box >= 0
    page.keyboard.press("Enter")
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate(f"{focused}.tagName === 'SUMMARY'"):
            break
    page.keyboard.press("Enter")
    assert page.evaluate(f"{focused}.parentElement.open") is True
    context.close()
