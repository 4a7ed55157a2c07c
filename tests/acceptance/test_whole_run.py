"""The whole run, as `make reports` makes it: eleven reports and the Board page."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import hwb_analysis as hwb
from hwb_analysis.sources.official import OfficialStatus

# One process makes the run, and every test below reads it.
pytestmark = pytest.mark.timeout(600)
BREAKS = "Breaks, gaps and corrections"
LICENCE = "Open Government Licence v3.0"
CONTACT = "the public health team of Leicestershire County Council"
PRIORITIES = [p.slug for p in hwb.load_strategy().priorities]
OTHERS = [
    "inequality-chapter",
    "board-annual",
    "residents",
    "better-care-fund",
    "health-protection-assurance",
    "claims",
]


@pytest.fixture(scope="module")
def latest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the command line once, in a folder of its own, and return its newest run."""
    out = tmp_path_factory.mktemp("whole run")
    done = subprocess.run(
        [sys.executable, "-m", "hwb_analysis", "run", "--out", str(out)],
        capture_output=True,
        text=True,
        env={**os.environ, "TERM": "dumb"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(PRIORITIES) + len(OTHERS)} reports made, 0 failed" in done.stdout + done.stderr
    return out / "latest"


@pytest.fixture(scope="module")
def pages(latest: Path) -> dict[str, BeautifulSoup]:
    """Return every report as a tree, by priority."""
    return {slug: _tree(latest / slug / "report.html") for slug in PRIORITIES}


def _tree(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html5lib")


def test_eleven_reports_and_the_board_page(latest: Path) -> None:
    """Each priority has page, notebook and figures' data; the manifest says ok of every report."""
    assert len(PRIORITIES) == 11
    assert (latest / "index.html").is_file()
    for slug in PRIORITIES:
        assert (latest / slug / "report.html").is_file()
        assert (latest / slug / "notebook.ipynb").is_file()
        assert (latest / slug / "figures" / "measures.csv").is_file()
    record = json.loads((latest / "manifest.json").read_text(encoding="utf-8"))
    assert [r["slug"] for r in record["reports"]] == [*PRIORITIES, *OTHERS]
    assert {r["status"] for r in record["reports"]} == {"ok"}
    assert all((latest / slug / "report.html").is_file() for slug in OTHERS)
    assert record["board_error"] == ""


def test_every_measure_is_on_its_report_and_on_the_board(
    latest: Path, pages: dict[str, BeautifulSoup]
) -> None:
    """84 ids: on the Board page, and each on the page of its priority."""
    board = _tree(latest / "index.html").get_text()
    ids = [(p.slug, m.id) for p in hwb.load_strategy().priorities for m in p.measures]
    assert len(ids) == 84
    for slug, measure in ids:
        assert measure in board
        assert measure in pages[slug].get_text(), (slug, measure)


@pytest.mark.parametrize("slug", PRIORITIES)
def test_a_chart_or_the_reason_why_not(slug: str, pages: dict[str, BeautifulSoup]) -> None:
    """No report is silently without a picture."""
    text = pages[slug].get_text(" ", strip=True)
    assert pages[slug].select("figure img") or "There is no chart in this section" in text


@pytest.mark.parametrize("slug", PRIORITIES)
def test_each_figure_has_words_and_numbers(slug: str, pages: dict[str, BeautifulSoup]) -> None:
    """Alt text that says something, a title, a source, and a data table."""
    for figure in pages[slug].select("figure"):
        alt = figure.select_one("img")["alt"]
        assert len(alt) > 30
        assert "No description" not in alt
        assert figure.select_one(".figure-title").get_text(strip=True)
        assert figure.select_one(".figure-source").get_text(strip=True).startswith("Source: ")
        table = figure.find_next("table")
        assert table.select_one("caption").get_text(strip=True)
        assert len(table.select("tbody tr")) >= 1


@pytest.mark.parametrize("slug", PRIORITIES)
def test_nothing_is_fetched_and_no_code_is_shown(
    slug: str, pages: dict[str, BeautifulSoup]
) -> None:
    """No request leaves the page, no script runs, no source code stands on it."""
    text = str(pages[slug])
    assert not re.search(r'src="(https?:)?//', text)
    # A link asks for nothing until a reader follows it; the one there is leads to the licence.
    outside = pages[slug].select('[href^="http"], [href^="//"]')
    assert [(tag.name, tag.get_text()) for tag in outside] == [("a", LICENCE)]
    assert not pages[slug].select("script, link, iframe, object")
    assert "chapter.show_" not in text
    assert "import " not in pages[slug].select_one("main").get_text()


def test_every_picture_has_its_numbers_beside_it(latest: Path) -> None:
    """Each SVG in a report's folder has a PNG and a CSV of the same name."""
    drawn = list(latest.glob("*/figures/*.svg"))
    assert len(drawn) > 30
    for path in drawn:
        assert path.with_suffix(".csv").stat().st_size > 20, path.name
        assert path.with_suffix(".png").stat().st_size > 1000, path.name


def test_published_notebooks_carry_no_environment(latest: Path) -> None:
    """The executed notebooks keep outputs and lose whatever says where they ran."""
    for slug in PRIORITIES:
        text = (latest / slug / "notebook.ipynb").read_text(encoding="utf-8")
        assert "papermill" not in json.loads(text)["metadata"]
        assert "environment_variables" not in text
        assert str(Path.home()) not in text


def test_known_figures_on_the_rendered_pages(pages: dict[str, BeautifulSoup]) -> None:
    """Figures as the publishers print them, read from the pages."""
    expected = {
        "health-protection": ["91.4 %", "90.7 to 92.0", "55.9 %", "54.0 to 57.8"],
        "strong-foundations": ["81.6 %", "78.8 to 84.4", "76.0 %"],
        "health-inequalities": ["46.1 %", "51.3 %", "slope index of inequality"],
    }
    for slug, texts in expected.items():
        shown = pages[slug].get_text(" ", strip=True)
        for text in texts:
            assert text in shown, (slug, text)


def test_mmr_in_2023_24_is_in_the_data_table(pages: dict[str, BeautifulSoup]) -> None:
    """91.8 %, from the quarters, on the page that says it is derived."""
    page = pages["health-protection"]
    rows = [r.get_text(" ", strip=True) for r in page.select("details table tbody tr")]
    assert any("2023/24" in r and "91.8" in r for r in rows)
    assert "derived" in page.get_text()


@pytest.mark.parametrize("slug", PRIORITIES)
def test_data_notes_name_publisher_release_and_licence(
    slug: str, pages: dict[str, BeautifulSoup]
) -> None:
    """Every series on a page has a row with its origin, or the page says there is none."""
    notes = pages[slug].select_one("h2#data-notes")
    assert notes is not None
    table = notes.find_next("table")
    if table is None:
        assert "there is nothing to describe" in pages[slug].get_text()
        return
    heads = [th.get_text(strip=True) for th in table.select("thead th")]
    for wanted in ("Publisher", "Release", "Published as", "Licence", "Basis", "Read", BREAKS):
        assert wanted in heads
    for row in table.select("tbody tr"):
        assert all(cell.get_text(strip=True) for cell in row.select("th, td"))


@pytest.mark.parametrize("slug", PRIORITIES)
def test_sources_are_named_by_what_they_were_published_as(
    slug: str, pages: dict[str, BeautifulSoup]
) -> None:
    """Each source has its status as published, or is said not to have been looked up."""
    notes = pages[slug].select_one("h2#data-notes")
    table = notes.find_next("table")
    if table is None:
        return
    place = [th.get_text(strip=True) for th in table.select("thead th")].index("Published as")
    cells = [row.select("th, td")[place].get_text(strip=True) for row in table.select("tbody tr")]
    assert set(cells) <= {status.value for status in OfficialStatus}
    (told,) = [p.get_text() for p in notes.find_all_next("p") if "published as:" in p.get_text()]
    assert all(cell in told for cell in cells)


def test_each_foot_names_the_contact_and_links_the_licence(
    every: dict[str, BeautifulSoup],
) -> None:
    for name, page in every.items():
        foot = page.select_one("body > footer")
        assert f"please tell {CONTACT}." in foot.get_text(), name
        (link,) = foot.select('a[href^="https://"]')
        assert link.get_text() == LICENCE, name
        assert link["href"].endswith("/open-government-licence/version/3/"), name


def test_titles_and_tables_do_not_repeat_themselves(every: dict[str, BeautifulSoup]) -> None:
    """One period is named once; a note of every row stands above the table; maps say a finding."""
    for name, page in every.items():
        for line in page.select(".figure-subtitle, caption"):
            text = line.get_text()
            twice = re.search(r"(\d{4}(?:/\d\d)?) to \1\b|( to \w+ \d{4}){3}", text)
            assert not twice, (name, text)
        for title in page.select(".figure-title"):
            assert not title.get_text().endswith("map of the districts"), (name, title.get_text())
            assert ": map of the" not in title.get_text(), (name, title.get_text())
        for table in page.select("table.hwb-table"):
            heads = [th.get_text(strip=True) for th in table.select("thead th")]
            if "Note" not in heads:
                continue
            place = heads.index("Note")
            rows = [row.select("th, td")[place].get_text() for row in table.select("tbody tr")]
            assert len(set(rows)) > 1 or len(rows) < 3, (name, table.caption.get_text(), rows[0])


def test_differences_of_percentages_are_named_percentage_points(
    every: dict[str, BeautifulSoup],
) -> None:
    """Scores out of ten differ by points; nothing else does."""
    for name, page in every.items():
        for line in page.find_all(string=re.compile(r"[−+]\d[\d.,]* points\b")):
            row = line.find_parent(["tr", "li", "p"])
            told = row.get_text().replace("\u00a0", " ").replace("95 % interval", "")
            assert not re.search(r"\d %", told) or "out of 10" in told, (name, line)


# Rules of UK guidance, on every page that the run wrote


@pytest.fixture(scope="module")
def every(latest: Path) -> dict[str, BeautifulSoup]:
    """Return every page of the run as a tree, by its place."""
    found = {p.relative_to(latest).as_posix(): _tree(p) for p in sorted(latest.rglob("*.html"))}
    assert len(found) >= 1 + len(PRIORITIES) + len(OTHERS)
    return found


def test_each_page_says_that_it_is_not_official(every: dict[str, BeautifulSoup]) -> None:
    """The label, the licence and no word of endorsement stand in the foot of each page."""
    for name, page in every.items():
        foot = page.select_one("body > footer").get_text(" ", strip=True)
        assert "Not official statistics." in foot, name
        assert "Open Government Licence v3.0" in foot, name


def test_each_page_says_how_accessible_it_is_and_whom_to_tell(
    every: dict[str, BeautifulSoup],
) -> None:
    """The standard, that programs find only part, and that no test with people is recorded."""
    for name, page in every.items():
        assert page.html["lang"] == "en-GB", name
        foot = page.select_one("body > footer").get_text(" ", strip=True)
        for told in ("Guidelines 2.2", "level AA", "find only part", "please tell", "no test with"):
            assert told in foot, (name, told)


def test_each_foot_names_version_data_and_the_record_with_the_commit(
    latest: Path, every: dict[str, BeautifulSoup]
) -> None:
    """Snapshot, version, checksum of the inputs; the record of the run names commit and roles."""
    record = json.loads((latest / "manifest.json").read_text(encoding="utf-8"))
    for name, page in every.items():
        foot = page.select_one("body > footer")
        told = [term.get_text(strip=True) for term in foot.select("dt")]
        for fact in ("Snapshot", "Version", "Content key", "Checksum of the inputs"):
            assert fact in told, (name, fact)
        up = "../" * name.count("/")
        assert foot.select_one(f'a[href="{up}manifest.json"]'), name
    if (Path(__file__).parents[2] / ".git").exists():
        assert re.fullmatch(r"[0-9a-f]{40}", record["git"]["commit"])
    assert set(record["sign_off"].values()) == {"not signed off"}


def test_no_header_cell_is_merged_and_no_note_is_a_superscript(
    every: dict[str, BeautifulSoup],
) -> None:
    for name, page in every.items():
        merged = page.select("th[colspan], th[rowspan], thead [colspan], thead [rowspan]")
        assert not merged, (name, merged[:2])
        assert not page.select("sup"), name


def test_every_map_names_the_owner_of_its_outlines_and_has_a_table(
    every: dict[str, BeautifulSoup],
) -> None:
    maps = [
        figure
        for page in every.values()
        for figure in page.select("figure")
        if re.search(r"\. Map(s)?\b", figure.select_one("img")["alt"])
    ]
    assert len(maps) >= 8
    for figure in maps:
        source = figure.select_one(".figure-source").get_text(" ", strip=True)
        assert re.search(r"Contains OS data © Crown copyright and database right 20\d\d", source)
        assert figure.find_next("table").select("tbody tr")


# "No significant change" is the name of a category of the national marker.
UNWANTED = {
    "poorest": r"\bpoorest\b",
    "the same as": r"\bthe same as (England|Leicestershire|the (county|area|region))\b",
    "significant": r"(?<!statistically )(?<!no )\bsignificant(ly)?\b",
    "RII": r"\bRII\b",
    "people last": r"\b(diabetics|the elderly|the disabled|the homeless|the obese|sufferers?"
    r"|suffer(s|ing)? from|addicts|alcoholics|wheelchair[- ]bound|handicapped)\b",
}


@pytest.mark.parametrize("name", UNWANTED)
def test_words_that_guidance_asks_us_not_to_use(name: str, every: dict[str, BeautifulSoup]) -> None:
    pattern = re.compile(UNWANTED[name], re.IGNORECASE)
    found = {
        place: text[max(0, match.start() - 40) : match.end() + 20]
        for place, page in every.items()
        if (match := pattern.search(text := page.get_text(" ", strip=True)))
    }
    assert not found


def test_a_change_between_two_periods_is_never_called_a_trend(
    every: dict[str, BeautifulSoup],
) -> None:
    """The word stands only for the national marker of five points, and for tests of series."""
    allowed = re.compile(r"recent[- ]trend|trend tests?|no trend|trend marker", re.IGNORECASE)
    for name, page in every.items():
        if name.startswith("claims"):
            # The strategy's own sentences stand there, each judged.
            continue
        text = allowed.sub("", page.select_one("main").get_text(" ", strip=True))
        for match in re.finditer(r"\btrends?\b", text, re.IGNORECASE):
            around = text[max(0, match.start() - 60) : match.end() + 40]
            assert "since the baseline" not in around, (name, around)
            assert " against 20" not in around, (name, around)


def test_where_dozens_are_flagged_the_number_by_chance_is_said(
    every: dict[str, BeautifulSoup],
) -> None:
    """The Board page says it of comparisons and of changes; a chapter of its own tests."""
    board = every["index.html"].select_one("main").get_text(" ", strip=True)
    assert re.search(r"Of \d+ comparisons about \d+ would differ by chance alone", board)
    assert re.search(r"were nothing moving, about [\d.]+ would still show a change", board)
    annual = every["board-annual/report.html"].get_text(" ", strip=True)
    assert "by chance" in annual
