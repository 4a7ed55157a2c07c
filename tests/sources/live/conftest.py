"""The fake services for tests of live sources."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

FAKE = str(Path(__file__).resolve().parents[1] / "fake")
if FAKE not in sys.path:
    sys.path.insert(0, FAKE)

from fake_fingertips import ONLY_OLD, route  # noqa: E402
from fake_server import Fake  # noqa: E402

from hwb_analysis.sources.live.cache import Cache  # noqa: E402
from hwb_analysis.sources.live.client import Policy  # noqa: E402
from hwb_analysis.sources.live.fetch import Fetcher  # noqa: E402
from hwb_analysis.sources.live.services import service  # noqa: E402

# Long enough for a busy machine; faults that are made of time have a policy of their own.
HURRIED = Policy(
    connect=10, read=30, total=60, attempts=3, wait_initial=0.01, wait_max=0.02, wait_jitter=0.0
)
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("HWB_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HWB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """Serve the national profiles on loopback."""
    with Fake(route) as server:
        monkeypatch.setenv("HWB_FINGERTIPS_URL", server.base)
        yield server
    ONLY_OLD.clear()


@pytest.fixture
def ask(fake: Fake, tmp_path: Path) -> Iterator[Callable[..., Fetcher]]:
    """Return a maker of fetchers of the fake that are in a hurry."""

    def make(
        *,
        offline: bool = False,
        max_age: timedelta = timedelta(days=1),
        now: datetime = NOW,
        policy: Policy = HURRIED,
    ) -> Fetcher:
        cache = Cache(tmp_path / "cache")
        made = Fetcher(service("fingertips"), cache, offline, max_age, policy, lambda: now)
        opened.append(made)
        return made

    opened: list[Fetcher] = []
    yield make
    for made in opened:
        made.close()
