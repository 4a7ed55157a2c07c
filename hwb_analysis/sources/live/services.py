"""Addresses of the publishers' services, which are data, and the words they are quoted with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from hwb_analysis.errors import SourceError, UsageError, did_you_mean

FILE = Path(__file__).with_name("services.yaml")
LICENCE = "Open Government Licence v3.0"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Service:
    """One publisher's service; ``pause`` is the least time between two requests in seconds."""

    name: str
    base: str
    pause: float
    publisher: str
    attribution: str

    def url(self, path: str) -> str:
        """Return the address of a path below the base.

        Examples
        --------
        >>> Service("x", "https://example.org/api/", 1.0, "X", "Source: X").url("areas")
        'https://example.org/api/areas'
        """
        return self.base + path.lstrip("/")


def service(name: str) -> Service:
    """Return a service by its name, its address overridden by the environment where it is set.

    Raises
    ------
    UsageError
        When there is no such service.
    SourceError
        When the environment names an address that is not safe to ask.

    Examples
    --------
    >>> service("nomis").publisher
    'Office for National Statistics'
    """
    told = _told()
    if name not in told:
        raise UsageError(f"there is no live source '{name}'", remedy=did_you_mean(name, list(told)))
    entry = dict(told[name])
    variable = str(entry.pop("variable"))
    override = os.environ.get(variable, "")
    base = override or str(entry["base"])
    refuse_unsafe(base, variable if override else str(FILE.name))
    # A copy on this machine need not be spared.
    pause = 0.0 if is_loopback(base) else float(entry["pause"])
    return Service(
        name, base.rstrip("/") + "/", pause, str(entry["publisher"]), str(entry["attribution"])
    )


def is_loopback(url: str) -> bool:
    """Say whether an address is on this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def refuse_unsafe(url: str, where: str) -> None:
    """Refuse an address that is neither encrypted nor on this machine, or that holds a password.

    Raises
    ------
    SourceError
        Which of the two it is. The address is not repeated, as it may hold the password.
    """
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise SourceError(
            "an address of a service was expected, one with a user name or password came",
            where=where,
            remedy="the services are open: leave the user name and the password out",
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise SourceError(
            f"an address that starts with https:// was expected, '{parts.scheme}://' came",
            where=where,
            remedy="encryption is never switched off; http is for services on this machine only",
        )


@cache
def _told() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8")))
