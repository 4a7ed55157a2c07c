"""All services on one server, each below its own word, as a refresh of everything needs them."""

from __future__ import annotations

from collections.abc import Mapping

import fake_arcgis
import fake_fingertips
import fake_iod
import fake_nomis
import pytest
from fake_server import Answer, Fake, Route

ROUTES: dict[str, Route] = {
    "fingertips": fake_fingertips.route,
    "nomis": fake_nomis.route,
    "arcgis": fake_arcgis.route,
    "iod": fake_iod.route,
}


def route(path: str, query: Mapping[str, str]) -> Answer | None:
    """Hand a question on to the service whose word its path starts with."""
    name, _, rest = path.lstrip("/").partition("/")
    return ROUTES[name](f"/{rest}", query) if name in ROUTES else None


def point_at(fake: Fake, patch: pytest.MonkeyPatch) -> None:
    """Let the product ask the fake for everything."""
    for name in ROUTES:
        patch.setenv(f"HWB_{name.upper()}_URL", f"{fake.base}{name}/")
