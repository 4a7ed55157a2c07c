"""Ask the cache first, then the service; keep only answers that are whole and of the right kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.answers import PassingError, shown
from hwb_analysis.sources.live.bodies import check_body, json_value
from hwb_analysis.sources.live.cache import Cache, Kept, cache_dir
from hwb_analysis.sources.live.services import Service, service

if TYPE_CHECKING:
    from hwb_analysis.sources.live.client import Client, Policy, Reply

Check = Callable[[bytes, str], None]
MAX_AGE = timedelta(days=1)
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with its provenance; ``accessed`` is an ISO date, ``kept`` says it was at hand."""

    content: bytes = field(repr=False)
    sha256: str
    accessed: str
    asked: str
    kept: bool


@dataclass(slots=True)
class Fetcher:
    """Answers of one service, from the cache where they are young enough.

    Parameters
    ----------
    service
        The service that is asked.
    cache
        Where answers are kept.
    offline
        Never ask the service; an answer of any age will do.
    max_age
        Answers older than this are asked for again; the service is told which one is at
        hand, so that it need not be sent twice.
    policy
        Patience and limits of the client; None for the standard.
    now
        The time; another only in tests.
    """

    service: Service
    cache: Cache
    offline: bool = False
    max_age: timedelta = MAX_AGE
    policy: Policy | None = None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _client: Client | None = field(default=None, init=False)

    def get(
        self,
        path: str,
        params: Mapping[str, object] | None = None,
        kind: str = "csv",
        check: Check | None = None,
    ) -> Fetched:
        """Return an answer, from the cache where it is young enough.

        Parameters
        ----------
        path, params
            What is asked of the service.
        kind
            ``csv``, ``json`` or ``file``.
        check
            Takes content and address of a new answer and raises before it is kept.

        Raises
        ------
        SourceError
            When the answer cannot be had, is not whole or is not of the kind. An answer
            kept before stays as it is.
        """
        url = self.service.url(path)
        asked = {key: str(value) for key, value in (params or {}).items()}
        # The base is part of the question: a copy's answers are not the publisher's.
        question = url + "?" + "&".join(f"{k}={v}" for k, v in sorted(asked.items()))
        where = shown(url, asked)
        kept = self.cache.find(question)
        if kept is not None and (self.offline or self._young(kept)):
            return self._fetched(kept, where, at_hand=True)
        if self.offline:
            raise SourceError(
                "an answer in the cache was expected (--offline), there is none",
                where=where,
                remedy="run once with a network, then again with --offline",
            )
        fresh = self._ask(url, asked, kept, where)
        now = self.now().isoformat(timespec="seconds")
        if kept is not None and fresh.status == NOT_MODIFIED:
            return self._fetched(self.cache.confirm(kept, now), where, at_hand=True)
        check_body(fresh.content, fresh.content_type, kind, where)
        if check is not None:
            check(fresh.content, where)
        told = {"etag": fresh.etag, "content_type": fresh.content_type}
        new = self.cache.put(question, fresh.content, accessed=now, **told)
        return Fetched(fresh.content, new.sha256, now[:10], where, kept=False)

    def json(self, path: str, params: Mapping[str, object] | None = None) -> Any:
        """Return the value of a JSON answer.

        Raises
        ------
        SourceError
            As :meth:`get`.
        """
        fetched = self.get(path, params, kind="json")
        return json_value(fetched.content, fetched.asked)

    def _young(self, kept: Kept) -> bool:
        # An answer from the future was kept under a wrong clock: its age is not known.
        return timedelta(0) <= self.now() - kept.when < self.max_age

    def __enter__(self) -> Self:
        """Return itself; leaving the block closes the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the next question opens others."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _ask(self, url: str, asked: dict[str, str], kept: Kept | None, where: str) -> Reply:
        try:
            return self._http().get(url, asked, etag=kept.etag if kept else "")
        except SourceError as error:
            raise _with_hint(error, kept) from error

    def _fetched(self, kept: Kept, where: str, *, at_hand: bool) -> Fetched:
        content = self.cache.content(kept)
        if content is None:
            raise SourceError(
                "the answer in the cache was there a moment ago and is gone",
                where=where,
                remedy="another process made room: ask again, or enlarge the cache",
            )
        return Fetched(content, kept.sha256, kept.accessed[:10], where, kept=at_hand)

    def _http(self) -> Client:
        if self._client is None:
            try:
                from hwb_analysis.sources.live.client import STANDARD, Client
            except ImportError as error:
                raise SourceError(
                    f"the library {error.name} was expected and is not installed",
                    where=self.service.name,
                    remedy="install the extra: pip install 'hwb-analysis[live]'",
                ) from error
            self._client = Client(self.service.pause, self.policy or STANDARD)
        return self._client


def fetcher(
    name: str,
    *,
    offline: bool = False,
    max_age: timedelta = MAX_AGE,
    cache: Cache | None = None,
    policy: Policy | None = None,
) -> Fetcher:
    """Return the fetcher of a service, with the user's own cache by default."""
    return Fetcher(service(name), cache or Cache(cache_dir()), offline, max_age, policy)


def _with_hint(error: SourceError, kept: Kept | None) -> SourceError:
    if kept is None:
        return error
    kind = PassingError if isinstance(error, PassingError) else SourceError
    remedy = f"{error.remedy}; the cache holds the answer of {kept.accessed[:10]}"
    return kind(error.message, where=error.where or "", remedy=remedy)
