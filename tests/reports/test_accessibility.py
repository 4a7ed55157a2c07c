from __future__ import annotations

import pytest

from hwb_analysis.errors import AccessibilityError
from hwb_analysis.reports.accessibility import check_page, page_faults

TABLE = "<table><caption>c</caption><tr><th scope='col'>a</th></tr><tr><td>1</td></tr></table>"


STYLE = "<style>a:focus-visible { outline: 3px solid #c04f10 }</style>"
VIEWPORT = "<meta name='viewport' content='width=device-width, initial-scale=1'>"
HEAD, SKIP = "<header><p>P</p></header>", "<a href='#main'>To the main part</a>"
FOOT = "<footer><p>F</p></footer>"


def _page(
    body: str,
    head: str = "<title>T</title>",
    lang: str = ' lang="en-GB"',
    frame: str = VIEWPORT + STYLE,
    before: str = SKIP + HEAD,
    after: str = FOOT,
) -> str:
    return (
        f"<html{lang}><head>{head}{frame}</head><body>{before}"
        f"<main id='main'>{body}</main>{after}</body></html>"
    )


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


REGION = "<div role='region' tabindex='0' aria-label='Shares'><p>wide</p></div>"


def test_signs_with_words_and_named_regions_are_sound():
    sign = "<p><span aria-hidden='true' style='color:#12436d'>●</span> better</p>"
    linked = "<a href='b.html'><img alt='Smoking fell' src='data:,'></a>"
    assert page_faults(_page(f"<h1>A</h1>{sign}{REGION}{linked}")) == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        (_page("<h1>A</h1><h2> </h2>"), "an empty <h2>"),
        (
            _page(f"<h1>A</h1>{TABLE.replace('>a<', '> <')}"),
            "an empty <th>",
        ),
        (
            _page(f"<h1>A</h1>{TABLE.replace('=' + repr('col'), '=' + repr('column'))}"),
            "a header cell has the unknown scope 'column'",
        ),
        (
            _page("<h1>A</h1><a href='b.html'>Click here</a>"),
            "the text of a link does not say where it leads: 'Click here'",
        ),
        (_page("<h1>A</h1><a href='b.html'></a>"), "the link to 'b.html' has no text"),
        (
            _page("<h1>A</h1><a href='b.html'>Smoking</a><a href='c.html'>Smoking</a>"),
            "links with the same text 'Smoking' lead to different places",
        ),
        (
            _page("<h1>A</h1><p><span style='background:#f46a25'></span></p>"),
            "only colour tells what 'p' means",
        ),
        (
            _page("<h1>A</h1><p><b aria-hidden='true' style='color:#12436d'>●</b></p>"),
            "only colour tells what '●' means",
        ),
        (
            _page(f"<h1>A</h1>{REGION.replace(' tabindex=' + repr('0'), '')}"),
            "a scrolling region cannot be reached by keyboard or has no name",
        ),
        (_page(f"<h1>A</h1>{REGION}{REGION}"), "two regions have the name 'Shares'"),
        (
            _page("<h1>A</h1><p style='width: 600px'>x</p>"),
            "an element is 600 px wide whatever the screen: 320 px must do",
        ),
        (
            _page("<h1>A</h1>", before=HEAD),
            "no link leads past the head of the page to its main part",
        ),
        (_page("<h1>A</h1>", after=""), "one foot (<footer>) was expected, there are 0"),
        (
            _page("<h1>A</h1>", before=SKIP + HEAD + "<nav><p>x</p></nav>"),
            "each navigation needs a name of its own",
        ),
        (
            _page("<h1>A</h1>", frame=STYLE),
            "the page does not fit itself to the width of the screen",
        ),
        (
            _page(
                "<h1>A</h1>", frame=STYLE + VIEWPORT.replace("scale=1", "scale=1, user-scalable=no")
            ),
            "the page forbids enlarging",
        ),
        (
            _page("<h1>A</h1>", frame=VIEWPORT),
            "the element in focus is not marked, or its mark is taken away",
        ),
        (
            _page("<h1>A</h1>", frame=VIEWPORT + STYLE.replace("c04f10", "ffd0b0")),
            "the mark of focus, #ffd0b0, does not stand out from white",
        ),
        (
            _page("<h1>A</h1>", frame=VIEWPORT + STYLE + "<style>p { color: #f46a25 }</style>"),
            "p: text #f46a25 on #ffffff has a contrast of 3.0, 4.5 was expected",
        ),
    ],
)
def test_each_fault_of_the_frame_is_told_alone(page, fault):
    assert page_faults(page) == [fault]


def test_all_faults_come_in_one_error():
    with pytest.raises(AccessibilityError) as caught:
        check_page(_page("<h2>A</h2><img src='data:,'>"), where="a page")
    assert caught.value.exit_code == 15
    assert "there are 0" in caught.value.message
    assert "image 1" in caught.value.message
    assert caught.value.where == "a page"
