"""The client: polite, patient within limits, never without verification, and silent on secrets."""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from fake_fingertips import route
from fake_server import Fake

from hwb_analysis.errors import SourceError
from hwb_analysis.sources.live.answers import PassingError
from hwb_analysis.sources.live.client import Client, Policy, user_agent
from hwb_analysis.sources.live.services import service

FAST = Policy(
    connect=10, read=30, total=60, attempts=3, wait_initial=0.01, wait_max=0.02, wait_jitter=0.0
)
IMPATIENT = replace(FAST, read=0.5, total=0.6)


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client(0.0, FAST)
    yield made
    made.close()


@pytest.fixture
def hasty() -> Iterator[Client]:
    made = Client(0.0, IMPATIENT)
    yield made
    made.close()


def url(fake: Fake, path: str = "profiles") -> str:
    return fake.base + path


def test_it_says_who_asks(fake: Fake, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(url(fake))
    agent = fake.asked[0].headers["User-Agent"]
    assert agent.startswith("hwb-analysis/")
    assert "no contact set" in agent
    monkeypatch.setenv("HWB_CONTACT", "intelligence@example.gov.uk\r\nX-Evil: 1")
    assert user_agent().endswith("(intelligence@example.gov.uk X-Evil: 1)")


def test_answers_come_packed(fake: Fake, client: Client) -> None:
    reply = client.get(url(fake))
    assert "gzip" in fake.asked[0].headers["Accept-Encoding"]
    assert reply.content.startswith(b"[")
    assert reply.etag


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again(fake: Fake, client: Client, status: int) -> None:
    fake.break_with("status", status=status, times=2)
    assert client.get(url(fake)).status == 200
    assert len(fake.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_a_lasting_fault_is_not(fake: Fake, client: Client, status: int) -> None:
    fake.break_with("status", status=status)
    with pytest.raises(SourceError, match=f"200 was expected, {status}") as caught:
        client.get(url(fake))
    assert len(fake.asked) == 1
    assert caught.value.remedy
    assert caught.value.exit_code == 12


def test_a_service_that_stays_down_is_given_up(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=503)
    with pytest.raises(PassingError, match=r"503 \(service unavailable\) came, 3 times") as caught:
        client.get(url(fake), {"indicator_id": "90366"})
    assert caught.value.where is not None
    assert caught.value.where.endswith("/api/profiles?indicator_id=90366")
    assert len(fake.asked) == 3


def test_it_waits_as_long_as_it_is_asked_to(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=429, times=1, headers={"Retry-After": "1"})
    client.get(url(fake))
    assert fake.asked[1].when - fake.asked[0].when >= 0.95


def test_too_long_a_wait_ends_the_request(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(SourceError, match="asks to wait 3,600 seconds"):
        client.get(url(fake))
    assert len(fake.asked) == 1


def test_a_pause_lies_between_two_requests() -> None:
    slept: list[float] = []
    clock = iter([0.0, 0.0, 0.25, 1.0, 9.0, 9.0]).__next__
    made = Client(1.0, FAST, clock=clock, sleep=slept.append)
    made._wait_for_turn("a.example")
    made._wait_for_turn("a.example")
    made._wait_for_turn("b.example")
    made.close()
    assert slept == [0.75]


def test_a_slow_drip_is_cut_off_in_time(fake: Fake, hasty: Client) -> None:
    fake.break_with("drip")
    started = time.monotonic()
    with pytest.raises(SourceError, match="had dripped in by then"):
        hasty.get(url(fake, "areas/by_area_type"))
    assert time.monotonic() - started < 20


def test_silence_is_cut_off(fake: Fake, hasty: Client) -> None:
    fake.break_with("silence")
    with pytest.raises(SourceError, match="fell silent, 3 times"):
        hasty.get(url(fake))


def test_a_cut_off_answer_is_no_answer(fake: Fake, client: Client) -> None:
    fake.break_with("cut off")
    with pytest.raises(SourceError, match="connection ended before it"):
        client.get(url(fake, "areas/by_area_type"))
    fake.mend()
    fake.break_with("cut off", times=1)
    assert client.get(url(fake, "areas/by_area_type")).status == 200


def test_too_large_an_answer_is_refused(fake: Fake) -> None:
    small = Client(0.0, Policy(most_bytes=100, attempts=1))
    with pytest.raises(SourceError, match="a longer one came"):
        small.get(url(fake, "areas/by_area_type"))
    small.close()


def test_nobody_at_home(client: Client) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(SourceError, match="cannot be reached"):
            client.get(f"http://127.0.0.1:{port}/api/")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Fake]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost", "profiles.example").configure_cert(context)
    with Fake(route, context) as server:
        yield server


def test_an_unknown_certificate_is_refused(secure: Fake, client: Client) -> None:
    with pytest.raises(SourceError, match="a certificate that can be verified") as caught:
        client.get(url(secure))
    assert "HWB_CA_BUNDLE" in str(caught.value.remedy)
    assert not isinstance(caught.value, PassingError)


@pytest.mark.parametrize(
    "name", ["HWB_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"]
)
def test_a_bundle_of_the_environment_is_honoured(
    secure: Fake, bundle: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(bundle))
    made = Client(0.0, FAST)
    assert made.get(url(secure)).status == 200
    made.close()


def test_a_bundle_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "bundle.pem"
    monkeypatch.setenv("HWB_CA_BUNDLE", str(path))
    with pytest.raises(SourceError, match="was expected in HWB_CA_BUNDLE"):
        Client(0.0, FAST)
    path.write_text("no certificate")
    with pytest.raises(SourceError, match="was expected in HWB_CA_BUNDLE"):
        Client(0.0, FAST)


class Proxy:
    """A proxy that notes what it is asked for, and passes it to a port of this machine."""

    def __init__(self, target: int) -> None:
        self.target, self.heads = target, []
        self.heads: list[str]
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            head = near.recv(4000).decode()
            self.heads.append(head)
            far = socket.create_connection(("127.0.0.1", self.target))
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(one, other), daemon=True).start()

    def close(self) -> None:
        self._listening.close()


def _pump(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
    except OSError:
        pass
    finally:
        one.close()
        other.close()


def test_a_proxy_of_the_environment_is_honoured_and_its_password_never_logged(
    secure: Fake, bundle: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    proxy = Proxy(secure.port)
    monkeypatch.setenv("HTTPS_PROXY", f"http://clerk:hush-hush@127.0.0.1:{proxy.port}")
    monkeypatch.setenv("HWB_CA_BUNDLE", str(bundle))
    caplog.set_level(logging.DEBUG)
    made = Client(0.0, FAST)
    reply = made.get("https://profiles.example/api/profiles", {"uid": "0xsecret"})
    made.close()
    proxy.close()
    assert reply.status == 200
    assert proxy.heads[0].startswith("CONNECT profiles.example:443 ")
    token = base64.b64encode(b"clerk:hush-hush").decode()
    assert f"Basic {token}" in proxy.heads[0]
    for hidden in ("hush-hush", token):
        assert hidden not in caplog.text


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            near.recv(4000)
            near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            near.close()

    threading.Thread(target=refuse, daemon=True).start()
    port = listening.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://clerk:hush-hush@127.0.0.1:{port}")
    made = Client(0.0, FAST)
    with pytest.raises(SourceError, match="the proxy was expected to pass") as caught:
        made.get("https://profiles.example/api/profiles")
    made.close()
    listening.close()
    assert "HTTPS_PROXY" in str(caught.value.remedy)
    assert "hush" not in str(caught.value)


def test_no_unsafe_address_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWB_FINGERTIPS_URL", "http://profiles.example/api/")
    with pytest.raises(SourceError, match="starts with https"):
        service("fingertips")
    monkeypatch.setenv("HWB_FINGERTIPS_URL", "https://clerk:hush@profiles.example/api/")
    with pytest.raises(SourceError, match="a user name or password") as caught:
        service("fingertips")
    assert "hush" not in str(caught.value)


def test_no_redirect_leads_out_of_encryption(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=302, headers={"Location": "http://profiles.example/x"})
    with pytest.raises(SourceError, match="starts with https"):
        client.get(url(fake))


def test_circles_are_noticed(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=302, headers={"Location": url(fake)})
    with pytest.raises(SourceError, match="in circles"):
        client.get(url(fake))


def test_secrets_in_an_address_are_hidden(fake: Fake, client: Client) -> None:
    fake.break_with("status", status=404)
    with pytest.raises(SourceError) as caught:
        client.get(url(fake), {"uid": "0xsecret", "geography": "1"})
    assert "0xsecret" not in str(caught.value)
    assert "geography=1" in str(caught.value)


def test_the_policy_of_standing_is_patient() -> None:
    maker: Callable[[], Policy] = Policy
    assert maker().attempts >= 3
    assert maker().total >= maker().read
