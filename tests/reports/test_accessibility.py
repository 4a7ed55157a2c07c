from __future__ import annotations

import pytest

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.accessibility import check_page, page_faults

TABLE = "<table><caption>c</caption><tr><th scope='col'>a</th></tr><tr><td>1</td></tr></table>"


def _page(body: str, head: str = "<title>T</title>", lang: str = ' lang="en-GB"') -> str:
    return f"<html{lang}><head>{head}</head><body><main>{body}</main></body></html>"


def test_a_sound_page_has_no_faults():
    body = (
        "<h1>A</h1><h2 id='b'>B</h2><h3>C</h3><h2>D</h2><a href='#b'>b</a>"
        f"<img alt='Smoking fell' src='data:image/svg+xml;base64,aa//aa'>{TABLE}"
        "<a href='https://example.org/'>elsewhere</a>"
    )
    assert page_faults(_page(body)) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (_page("<h1>A</h1>", lang=""), "the page does not name its language"),
        (_page("<h1>A</h1>", head=""), "the page has no title"),
        (_page("<p>x</p>"), "one first-level heading was expected, there are 0"),
        (_page("<h1>A</h1><h1>B</h1>"), "one first-level heading was expected, there are 2"),
        (_page("<h1>A</h1><h3>B</h3>"), "heading level 3 follows level 1"),
        (_page("<h1>A</h1><main></main>"), "one main landmark was expected, there are 2"),
        (
            _page("<h1 id='a'>A</h1><p id='a'>x</p><p id='b'>y</p>"),
            "ids used more than once: a",
        ),
        (
            _page("<h1>A</h1><a href='#b'>x</a>"),
            "links to places that are not on the page: b",
        ),
        (_page("<h1>A</h1><img src='data:,'>"), "image 1 has no alternative text"),
        (_page("<h1>A</h1><img alt=' ' src='data:,'>"), "image 1 has no alternative text"),
        (
            _page("<h1>A</h1><img alt='No description has been provided for this image'>"),
            "image 1 has a placeholder for its alternative text: "
            "'No description has been provided for this image'",
        ),
        (
            _page(f"<h1>A</h1>{TABLE}{TABLE.replace('<caption>c</caption>', '')}"),
            "table 2 has no caption",
        ),
        (
            _page(f"<h1>A</h1>{TABLE.replace(' scope=', ' title=')}"),
            "table 1 has header cells without scope",
        ),
        (
            _page("<h1>A</h1><script src='https://example.org/x.js'></script>"),
            "the page would fetch from elsewhere: https://example.org/x.js",
        ),
        (
            _page("<h1>A</h1><img alt='x y' src='//example.org/x.png'>"),
            "the page would fetch from elsewhere: //example.org/x.png",
        ),
        (
            _page("<h1>A</h1>", head="<title>T</title><link rel='stylesheet' href='x.css'>"),
            "the page would fetch from elsewhere: x.css",
        ),
    ],
)
def test_each_fault_is_told_alone(page, fault):
    assert page_faults(page) == [fault]


def test_all_faults_come_in_one_error():
    with pytest.raises(AccessibilityError) as caught:
        check_page(_page("<h2>A</h2><img src='data:,'>"), where="a page")
    assert caught.value.exit_code == 15
    assert "there are 0" in caught.value.message
    assert "image 1" in caught.value.message
    assert caught.value.where == "a page"
