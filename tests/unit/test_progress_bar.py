"""A bar appears for those who wait, and for nobody else."""

from __future__ import annotations

import io
import sys

import pytest

from hwb_analysis import progress
from hwb_analysis.progress import IN_A_REPORT, somebody_is_there, track


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal in place; not as a fixture, since pytest puts its own stream in later."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv(IN_A_REPORT, raising=False)
    return stream


def test_a_terminal_sees_a_bar_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_a_terminal(monkeypatch)
    assert list(track(["a", "b", "c"], "assessing", patience=-1)) == ["a", "b", "c"]
    assert "assessing" in terminal.getvalue()


def test_quick_work_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_a_terminal(monkeypatch)
    assert list(track(range(3), "assessing", patience=3600)) == [0, 1, 2]
    assert terminal.getvalue() == ""


def test_reports_and_logs_show_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setenv(IN_A_REPORT, "figures")
    assert not somebody_is_there()
    assert list(track(range(3), "assessing", patience=-1)) == [0, 1, 2]
    assert terminal.getvalue() == ""
    monkeypatch.delenv(IN_A_REPORT)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert not somebody_is_there()


def test_the_bar_goes_when_the_work_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_terminal(monkeypatch)
    stopped: list[bool] = []
    make = progress._bar

    def watched(*what: object) -> object:
        bar = make(*what)
        stop = bar.stop
        monkeypatch.setattr(bar, "stop", lambda: (stopped.append(True), stop()))
        return bar

    monkeypatch.setattr(progress, "_bar", watched)
    work = track(range(3), "assessing", patience=-1)
    assert next(work) == 0
    work.close()
    assert stopped == [True]


def test_a_notebook_sees_a_bar_and_keeps_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No widget: a saved notebook would hold its name where the bar was."""
    monkeypatch.delenv(IN_A_REPORT, raising=False)
    monkeypatch.setattr(progress, "in_a_kernel", lambda: True)
    monkeypatch.setattr(progress, "somebody_is_there", lambda: True)
    shown: list[dict[str, str]] = []

    class Handle:
        def update(self, content: dict[str, str], *, raw: bool) -> None:
            shown.append(content)

    def display(content: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        shown.append(content)
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    assert list(track(["a", "b"], "reading <all>", patience=-1)) == ["a", "b"]
    assert 'reading &lt;all&gt;: 1 of 2 <progress value="1" max="2">' in shown[-2]["text/html"]
    assert shown[-1] == {"text/plain": ""}
