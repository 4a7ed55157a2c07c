"""One polite client: says who asks, waits between requests, tries again, never trusts blindly.

Certificates are always verified. Proxies come from ``HTTPS_PROXY``, ``HTTP_PROXY``,
``ALL_PROXY`` and ``NO_PROXY``; the bundle of certificates from ``HWB_CA_BUNDLE``,
``SSL_CERT_FILE``, ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``.
"""

from __future__ import annotations

import logging
import os
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

import certifi
import httpx
import stamina

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.answers import PassingError, refuse_status, shown, unreachable
from hwb_analysis.sources.live.services import refuse_unsafe

BUNDLES = ("HWB_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
MIB = 1024 * 1024
NOT_MODIFIED = 304
# What is tried again is told by the refresh itself, not by lines of a library on the screen.
logging.getLogger("stamina").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient and how hungry the client is; times in seconds.

    ``read`` is the longest silence, ``total`` the longest time that one answer may take
    however steadily it drips. ``longest_wait`` is the longest wait that a service may
    ask for; a longer one ends the request.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 300.0
    attempts: int = 4
    wait_initial: float = 1.0
    wait_max: float = 30.0
    wait_jitter: float = 1.0
    longest_wait: float = 120.0
    most_bytes: int = 200 * MIB


STANDARD = Policy()


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer; ``status`` is 200, or 304 when nothing has changed."""

    status: int
    content: bytes
    content_type: str
    etag: str
    modified: str


class Client:
    """Ask one service at a time, in peace.

    Parameters
    ----------
    pause
        Least time between two requests to one host, in seconds.
    policy
        Patience and limits.
    clock, sleep
        Time; others only in tests.

    Raises
    ------
    SourceError
        When a bundle of certificates is named that cannot be read.
    """

    def __init__(
        self,
        pause: float = 1.0,
        policy: Policy = STANDARD,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.policy = policy
        self._pause, self._clock, self._sleep = pause, clock, sleep
        self._last: dict[str, float] = {}
        self._turn = threading.Lock()
        self._http = httpx.Client(
            headers={"User-Agent": user_agent(), "Accept-Encoding": "gzip, deflate"},
            verify=certificates(),
            timeout=httpx.Timeout(policy.read, connect=policy.connect),
            follow_redirects=True,
            max_redirects=3,
            event_hooks={"request": [_refuse_unsafe_redirect]},
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, url: str, params: Mapping[str, str] | None = None, *, etag: str = "") -> Reply:
        """Return a whole answer.

        Parameters
        ----------
        url, params
            What is asked.
        etag
            The mark of the copy at hand: the answer is then 304 if nothing has changed.

        Raises
        ------
        SourceError
            With the path, what came, and what to do; passing faults after several tries.
        """
        asked = dict(params or {})
        where = shown(url, asked)
        tries = 0
        policy = self.policy
        for attempt in stamina.retry_context(
            on=_again,
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.wait_initial,
            wait_max=policy.wait_max,
            wait_jitter=policy.wait_jitter,
        ):
            with attempt:
                tries += 1
                return self._once(url, asked, etag, where, tries)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, url: str, asked: dict[str, str], etag: str, where: str, tries: int) -> Reply:
        self._wait_for_turn(urlsplit(url).hostname or "")
        headers = {"If-None-Match": etag} if etag else {}
        try:
            with self._http.stream("GET", url, params=asked, headers=headers) as answer:
                if answer.status_code != NOT_MODIFIED:
                    refuse_status(answer, where, tries, self.policy.longest_wait)
                content = self._read(answer, where)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.TooManyRedirects) as error:
            raise unreachable(error, where, tries) from error
        told = answer.headers
        return Reply(
            answer.status_code,
            content,
            told.get("Content-Type", ""),
            told.get("ETag", ""),
            told.get("Last-Modified", ""),
        )

    def _read(self, answer: httpx.Response, where: str) -> bytes:
        until = self._clock() + self.policy.total
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > self.policy.most_bytes:
                raise SourceError(
                    f"an answer of at most {self.policy.most_bytes / MIB:,.0f} MiB was expected, "
                    "a longer one came",
                    where=where,
                    remedy="ask for fewer areas or indicators at once; nothing was kept of it",
                )
            if self._clock() > until:
                raise SourceError(
                    f"a whole answer within {self.policy.total:g} seconds was expected, "
                    f"{len(content):,} bytes had dripped in by then",
                    where=where,
                    remedy="the service is overloaded: try again at night, or use --offline for "
                    "what is in the cache",
                )
        return bytes(content)

    def _wait_for_turn(self, host: str) -> None:
        with self._turn:
            left = self._last.get(host, float("-inf")) + self._pause - self._clock()
            if left > 0:
                self._sleep(left)
            self._last[host] = self._clock()


def _again(error: Exception) -> bool | float:
    if not isinstance(error, PassingError):
        return False
    return True if error.wait is None else error.wait


def _refuse_unsafe_redirect(request: httpx.Request) -> None:
    refuse_unsafe(str(request.url), request.url.host)


def user_agent() -> str:
    """Return who asks; ``HWB_CONTACT`` adds how to reach the person who runs this."""
    try:
        number = version("hwb-analysis")
    except PackageNotFoundError:
        number = "unpacked"
    contact = " ".join(os.environ.get("HWB_CONTACT", "").split()).encode("ascii", "ignore")
    return f"hwb-analysis/{number} ({contact.decode() or 'public health reports; no contact set'})"


def certificates() -> ssl.SSLContext:
    """Return the settings of TLS: verified, with the bundle that the environment names.

    Raises
    ------
    SourceError
        When the named bundle is no readable file of certificates.
    """
    named = next((name for name in BUNDLES if os.environ.get(name)), "")
    path = os.environ.get(named, "") if named else certifi.where()
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise SourceError(
            f"a bundle of certificates was expected in {named}: {error.strerror or error}",
            where=path,
            remedy="name a PEM file that can be read, or unset the variable",
        ) from error
