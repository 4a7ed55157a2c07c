"""The cache: whole or not there, bounded, shared by processes, and safe to kill at any moment."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_server import Fake

from hwb_analysis.errors import OutputError, SourceError, UsageError
from hwb_analysis.sources.live.cache import Cache, cache_dir
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.fetch import Fetcher

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
IMPATIENT = Policy(read=0.5, total=0.6, attempts=1)
WHEN = "2026-11-02T10:00:00+00:00"
WRITER = """
import sys
from pathlib import Path
from hwb_analysis.sources.live.cache import Cache
cache, name = Cache(Path(sys.argv[1]), int(sys.argv[3])), sys.argv[2]
print("ready", flush=True)
number = 0
while True:
    number += 1
    content = f"{name} {number} ".encode() * 4000
    cache.put(f"question {number % 5}", content, accessed=f"2026-11-02T10:00:{number % 60:02d}")
"""


def valid(folder: Path, most_bytes: int) -> int:
    """Check every entry of a cache and return how many there are."""
    cache = Cache(folder, most_bytes)
    entries = list(cache.entries())
    for path in (folder / "asked").glob("*.json"):
        json.loads(path.read_text())
    for kept in entries:
        content = cache.content(kept)
        assert content is not None, "an entry leads to a whole answer"
        words = content.split()
        assert len(words) == 8000, "an answer is never a part of one"
        assert len(set(words)) == 2, "nor of two"
    assert sum(p.stat().st_size for p in (folder / "answers").glob("*/*[!.]")) <= most_bytes * 3
    return len(entries)


def writer(folder: Path, name: str, most_bytes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(most_bytes)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def killed_often(folder: Path, times: int) -> None:
    chance = random.Random(7)
    for turn in range(times):
        process = writer(folder, f"run{turn}", 200_000)
        time.sleep(chance.uniform(0.02, 0.3))
        kill(process)
        valid(folder, 200_000)
    cache = Cache(folder, 200_000)
    cache.put("question 0", b"last words " * 4000, accessed=WHEN)
    assert not list(folder.rglob(".part-*")), "what dead processes left is swept"


def test_killed_five_times(tmp_path: Path) -> None:
    killed_often(tmp_path, 5)


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    killed_often(tmp_path, 50)


def test_two_processes_at_once(tmp_path: Path) -> None:
    both = [writer(tmp_path, name, 150_000) for name in ("one", "other")]
    until = time.monotonic() + 1.0
    while time.monotonic() < until:
        for kept in Cache(tmp_path).entries():
            content = Cache(tmp_path).content(kept)
            assert content is None or len(content.split()) == 8000
    for process in both:
        assert process.poll() is None, "neither has failed"
        kill(process)
    assert valid(tmp_path, 150_000)


def test_the_oldest_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=250)
    for day in (3, 1, 2, 4):
        cache.put(f"q{day}", bytes([day]) * 100, accessed=f"2026-11-0{day}T10:00:00+00:00")
    assert sorted(kept.asked for kept in cache.entries()) == ["q3", "q4"]
    assert len(list((tmp_path / "answers").glob("*/*"))) == 2


def test_one_large_answer_stays(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=10)
    kept = cache.put("q", b"x" * 100, accessed=WHEN)
    assert cache.find("q") == kept


def test_the_same_answer_lies_there_once(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for question in ("a", "b"):
        cache.put(question, b"same", accessed=WHEN)
    assert len(list((tmp_path / "answers").glob("*/*"))) == 1


def test_a_damaged_answer_is_not_returned(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    kept = cache.put("q", b"right", accessed=WHEN)
    (tmp_path / "answers" / kept.sha256[:2] / kept.sha256).write_bytes(b"wrong")
    assert cache.find("q") is None
    cache.put("q", b"right", accessed=WHEN)
    assert cache.content(kept) == b"right"


def test_a_damaged_entry_is_not_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("q", b"right", accessed=WHEN)
    entry = next((tmp_path / "asked").glob("*.json"))
    for text in ("", "{", '{"asked": "q"}', "[1]", entry.read_text().replace("2026", "soon")):
        entry.write_text(text)
        assert cache.find("q") is None


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        Cache(tmp_path / "file" / "cache").put("q", b"x", accessed=WHEN)
    with pytest.raises(UsageError, match="positive size"):
        Cache(tmp_path, 0)


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HWB_CACHE_DIR", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("HWB_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir() == tmp_path / "hwb-analysis"


def test_a_young_answer_is_not_asked_for_again(fake: Fake, ask: Callable[..., Fetcher]) -> None:
    ask().json("profiles")
    ask(now=NOW + timedelta(hours=23)).json("profiles")
    assert len(fake.asked) == 1


def test_an_old_answer_is_confirmed_without_being_sent(
    fake: Fake, ask: Callable[..., Fetcher]
) -> None:
    first = ask().get("profiles", kind="json")
    later = ask(now=NOW + timedelta(days=3))
    second = later.get("profiles", kind="json")
    assert fake.asked[1].headers["If-None-Match"]
    assert second.kept
    assert second.content == first.content
    assert (first.accessed, second.accessed) == ("2026-12-01", "2026-12-04")
    later.get("profiles", kind="json")
    assert len(fake.asked) == 2, "the confirmation counts as young"


def test_offline_takes_any_age_and_asks_nobody(fake: Fake, ask: Callable[..., Fetcher]) -> None:
    ask().json("profiles")
    ask(offline=True, now=NOW + timedelta(days=900)).json("profiles")
    with pytest.raises(SourceError, match="there is none"):
        ask(offline=True).json("area_types")
    assert len(fake.asked) == 1


@pytest.mark.parametrize("kind", ["html", "html as csv", "blank", "cut off", "drip", "silence"])
def test_a_bad_answer_never_replaces_a_good_one(
    fake: Fake, ask: Callable[..., Fetcher], kind: str
) -> None:
    good = ask().get("areas/by_area_type", kind="json")
    fake.break_with(kind)
    later = ask(now=NOW + timedelta(days=3), policy=IMPATIENT)
    with pytest.raises(SourceError, match=r"(was|were) expected") as caught:
        later.get("areas/by_area_type", kind="json")
    if kind in ("cut off", "drip", "silence"):
        assert "the cache holds the answer of 2026-12-01" in str(caught.value.remedy)
    assert ask(offline=True).get("areas/by_area_type", kind="json").content == good.content


def test_another_address_is_another_question(
    fake: Fake, ask: Callable[..., Fetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask().json("profiles")
    monkeypatch.setenv("HWB_FINGERTIPS_URL", fake.base.replace("127.0.0.1", "localhost"))
    with pytest.raises(SourceError, match="there is none"):
        ask(offline=True).json("profiles")


def test_without_the_libraries_the_cache_still_serves(
    fake: Fake, ask: Callable[..., Fetcher], tmp_path: Path
) -> None:
    ask().json("profiles")
    code = (
        "import sys; sys.modules['httpx'] = None; sys.modules['stamina'] = None\n"
        "from hwb_analysis.sources.live.fetch import fetcher\n"
        "print(len(fetcher('fingertips', offline=True).json('profiles')))\n"
        "from datetime import timedelta\n"
        "try: fetcher('fingertips', max_age=timedelta(0)).json('profiles')\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env=os.environ,
    )  # fmt: skip
    assert done.stdout.startswith("1\n")
    assert "pip install 'hwb-analysis[live]'" in done.stdout
