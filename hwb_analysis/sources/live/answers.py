"""What a service's refusal, silence or odd answer means, in words that a reader can act on."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from hwb_analysis.errors import SourceError

if TYPE_CHECKING:
    import httpx

PASSING = (429, 500, 502, 503, 504)
SECRET = ("uid", "token", "key", "api_key", "apikey", "password", "signature", "sig")
LATER = "try again later; --offline uses what is in the cache"
NOTES = {
    400: "the service does not take these parameters: compare them with its documentation",
    401: "the service asks for a password, which it did not before: read its announcements",
    403: "the service or a filter on the way refuses us: ask the network team whether the "
    "address is allowed, and set HWB_CONTACT so that the publisher knows who asks",
    404: "the address has moved, or the number is gone: look it up on the publisher's site and "
    "mend services.yaml or the registry",
    407: "the proxy asks for a password: put it into HTTPS_PROXY as your network team says",
}


class PassingError(SourceError):
    """A fault that may be gone in a moment; ``wait`` is how long the service asks to wait."""

    def __init__(self, message: str, *, where: str, remedy: str, wait: float | None = None) -> None:
        super().__init__(message, where=where, remedy=remedy)
        self.wait = wait


def shown(url: str, params: Mapping[str, str] | None = None) -> str:
    """Return an address as it may be shown: no user, no password, no secret parameter.

    Examples
    --------
    >>> shown("https://u:p@example.org/api/data", {"id": "1,2", "uid": "0xabc"})
    'example.org/api/data?id=1,2&uid=(hidden)'
    """
    parts = urlsplit(url)
    pairs = [(k, "(hidden)" if k.lower() in SECRET else v) for k, v in (params or {}).items()]
    query = "?" + urlencode(pairs, safe=",()*':/ ") if pairs else ""
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
    return f"{host}{parts.path}{query}"


def refuse_status(answer: httpx.Response, where: str, tries: int, longest: float) -> None:
    """Raise what an answer other than 200 means; do nothing for 200.

    Raises
    ------
    PassingError
        For 429 and the 500s, which are tried again.
    SourceError
        For all others.
    """
    code = answer.status_code
    if code == HTTPStatus.OK:
        return
    said = f"the answer 200 was expected, {code} ({_phrase(code)}) came{_after(tries)}"
    if code not in PASSING:
        raise SourceError(said, where=where, remedy=NOTES.get(code, LATER))
    wait = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
    if wait is not None and wait > longest:
        raise SourceError(
            f"{said}; the service asks to wait {wait:,.0f} seconds",
            where=where,
            remedy=f"run again after that time, or {LATER}",
        )
    slower = "the service limits how often it is asked: " if code == 429 else ""
    raise PassingError(said, where=where, remedy=f"{slower}{LATER}", wait=wait)


def retry_after(told: str, now: str = "") -> float | None:
    """Return the seconds that a ``Retry-After`` asks for, as a number or as a date.

    ``now`` is the service's own date, so that its clock and ours need not agree.

    Examples
    --------
    >>> retry_after("7"), retry_after("soon")
    (7.0, None)
    >>> retry_after("Mon, 02 Nov 2026 10:00:30 GMT", "Mon, 02 Nov 2026 10:00:00 GMT")
    30.0
    """
    if told.strip().isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):
        return None


def unreachable(error: Exception, where: str, tries: int) -> SourceError:
    """Return what a failed connection means."""
    import httpx

    if _is_certificate(error):
        return SourceError(
            "a certificate that can be verified was expected, another came",
            where=where,
            remedy="a proxy that reads encrypted traffic is the usual cause: ask the network team "
            "for its certificates and name the file in HWB_CA_BUNDLE; checks are never switched "
            "off",
        )
    if isinstance(error, httpx.ProxyError):
        return SourceError(
            f"the proxy was expected to pass the request on, it refused{_after(tries)}",
            where=where,
            remedy="check HTTPS_PROXY, HTTP_PROXY and NO_PROXY with your network team",
        )
    said, remedy = _in_words(error)
    made = f"{said}{_after(tries)}"
    if isinstance(error, httpx.TransportError) and not isinstance(error, httpx.UnsupportedProtocol):
        return PassingError(made, where=where, remedy=remedy)
    return SourceError(made, where=where, remedy=remedy)


def _in_words(error: Exception) -> tuple[str, str]:
    import httpx

    network = "check the network, and HTTPS_PROXY behind a proxy; --offline uses the cache"
    if isinstance(error, httpx.ConnectTimeout | httpx.ConnectError):
        return "an answer was expected, the service cannot be reached", network
    if isinstance(error, httpx.TimeoutException):
        return "an answer was expected, the service fell silent", LATER
    if isinstance(error, httpx.RemoteProtocolError):
        return "a whole answer was expected, the connection ended before it", (
            "the answer is cut off and nothing was kept of it: " + LATER
        )
    if isinstance(error, httpx.TooManyRedirects):
        return "an answer was expected, the service sends us in circles", NOTES[404]
    if isinstance(error, httpx.DecodingError):
        return "a packed answer was expected, it cannot be unpacked", LATER
    return f"an answer was expected, the connection failed ({type(error).__name__})", network


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase.lower()
    except ValueError:
        return "no known meaning"


def _after(tries: int) -> str:
    return f", {tries} times" if tries > 1 else ""
