"""A server on loopback that answers as a publisher does, or breaks in the ways publishers do."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

MESSAGE_PAGE = b"<!DOCTYPE html><html><head><title>We'll be back soon</title></head></html>"
DRIP = 0.05


@dataclass(frozen=True)
class Answer:
    """What a route answers."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200


Route = Callable[[str, Mapping[str, str]], Answer | None]


@dataclass
class Fault:
    """A fault for the questions that fit; ``times`` is how often, None for ever."""

    kind: str
    fits: str = ""
    times: int | None = None
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    change: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True)
class Asked:
    """One question as it arrived."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    when: float


class Fake:
    """The server: use it in a ``with`` block."""

    def __init__(self, route: Route, context: ssl.SSLContext | None = None) -> None:
        self.route, self.faults, self.asked = route, [], []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self.faults: list[Fault]
        self.asked: list[Asked]

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def base(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/api/"

    def __enter__(self) -> Fake:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def break_with(self, kind: str, fits: str = "", **more: Any) -> None:
        """Show a fault from now on."""
        self.faults.append(Fault(kind, fits, **more))

    def mend(self) -> None:
        """Show no fault any more."""
        self.faults.clear()

    def questions(self, fits: str = "") -> list[Asked]:
        return [a for a in self.asked if re.search(fits, _whole(a.path, a.query))]

    def fault_for(self, path: str, query: Mapping[str, str]) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.times != 0 and re.search(fault.fits, _whole(path, query)):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None


def _whole(path: str, query: Mapping[str, str]) -> str:
    return path + "?" + "&".join(f"{k}={v}" for k, v in query.items())


def rewrite(change: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[bytes], bytes]:
    """Return a change of a body that works on its rows, heading first."""

    def changed(body: bytes) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows(change(list(csv.reader(io.StringIO(body.decode())))))
        return out.getvalue().encode()

    return changed


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[-1] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            path = parts.path.removeprefix("/api")
            fake.asked.append(Asked(path, query, dict(self.headers), time.monotonic()))
            fault = fake.fault_for(path, query)
            answer = fake.route(path, query) or Answer(b"not found", "text/plain", 404)
            try:
                if fault is None:
                    self._send(answer)
                else:
                    self._break(fault, answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _break(self, fault: Fault, answer: Answer) -> None:
            if fault.kind == "status":
                said = Answer(b"An error has occurred", "text/plain", fault.status)
                self._send(said, fault.headers)
            elif fault.kind == "html":
                self._send(Answer(MESSAGE_PAGE, "text/html; charset=utf-8"))
            elif fault.kind == "html as csv":
                self._send(Answer(MESSAGE_PAGE, "text/csv"))
            elif fault.kind == "blank":
                self._send(Answer(b"", answer.content_type))
            elif fault.kind == "cut off":
                self._cut_off(answer)
            elif fault.kind == "drip":
                self._drip(answer)
            elif fault.kind == "silence":
                time.sleep(2)
            elif fault.change is not None:
                self._send(Answer(fault.change(answer.body), answer.content_type))
            else:
                raise AssertionError(fault.kind)

        def _send(self, answer: Answer, headers: Mapping[str, str] | None = None) -> None:
            etag = '"' + hashlib.sha256(answer.body).hexdigest()[:16] + '"'
            if answer.status == 200 and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = answer.body
            self.send_response(answer.status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body = gzip.compress(body, 1)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("ETag", etag)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _cut_off(self, answer: Answer) -> None:
            self.send_response(200)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()

        def _drip(self, answer: Answer) -> None:
            self.send_response(200)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            for place in range(min(len(answer.body), 400)):
                self.wfile.write(answer.body[place : place + 1])
                self.wfile.flush()
                time.sleep(DRIP)

    return Handler
