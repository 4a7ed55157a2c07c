"""The Board page's filter by keyboard in a real browser, and the page without a script."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
ROWS = "table.measures > tbody > tr[data-measure]"


@pytest.fixture
def tab(chromium, run_folder):
    context = chromium.new_context(viewport={"width": 1240, "height": 900})
    page = context.new_page()
    page.goto((run_folder / "index.html").as_uri())
    yield page
    context.close()


def _ids(tab) -> list[str]:
    return tab.eval_on_selector_all(
        ROWS, "rows => rows.filter(r => !r.hidden).map(r => r.dataset.measure)"
    )


def test_without_a_script_every_row_is_there_and_no_filter(chromium, run_folder):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((run_folder / "index.html").as_uri())
    assert page.locator("#filter").is_hidden()
    assert page.locator(ROWS).count() == 84
    context.close()


def test_choosing_a_verdict_by_keyboard_leaves_its_rows(tab):
    everything = _ids(tab)
    assert len(everything) == 84
    tab.locator("#by-stage").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "by-verdict"
    tab.keyboard.type("moving the wrong")
    kept = _ids(tab)
    assert 0 < len(kept) < 84
    verdicts = tab.eval_on_selector_all(
        ROWS, "rows => [...new Set(rows.filter(r => !r.hidden).map(r => r.dataset.verdict))]"
    )
    assert verdicts == ["moving the wrong way"]
    assert tab.locator("#found").inner_text() == f"{len(kept)} of 84 measures are shown."
    # Stages that hold none of them fold away, and so do their headings.
    assert tab.locator("section.stage:not([hidden])").count() < 5


def test_words_are_looked_for_and_all_comes_back(tab):
    tab.locator("#find").focus()
    tab.keyboard.type("mmr doses")
    assert 0 < len(_ids(tab)) < 10
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.locator("#found", has_text="All 84 measures are shown.").wait_for()
    assert len(_ids(tab)) == 84


def test_order_by_age_puts_the_oldest_first_within_each_table(tab):
    before = _ids(tab)
    tab.select_option("#by-sort", "age")
    ages = tab.eval_on_selector_all(
        "table.measures",
        "all => all.map(t => [...t.tBodies[0].rows].filter(r => r.dataset.measure)"
        ".map(r => r.dataset.age).filter(a => a).map(Number))",
    )
    assert all(a == sorted(a, reverse=True) for a in ages)
    assert sorted(_ids(tab)) == sorted(before)
    tab.select_option("#by-sort", "")
    assert _ids(tab) == before


def test_rows_that_belong_together_stay_together(tab):
    tab.select_option("#by-sort", "verdict")
    apart = tab.eval_on_selector_all(
        "table.measures > tbody > tr.why",
        "rows => rows.filter(r => !(r.previousElementSibling.dataset.measure"
        " || r.previousElementSibling.classList.contains('more'))).length",
    )
    assert apart == 0


def test_a_square_leads_to_its_row_also_when_the_filter_hides_it(tab):
    tab.locator("#find").fill("mmr")
    first = tab.locator(".squares a").first
    target = first.get_attribute("href").removeprefix("#")
    assert not tab.locator(f"#{target}").is_visible()
    first.focus()
    tab.keyboard.press("Enter")
    tab.locator(f"#{target}").wait_for(state="visible")
