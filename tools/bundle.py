"""Put the data and the notebooks into the wheel, so that an installed package needs no checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = (
    "data/strategy",
    "data/snapshot",
    "data/lookups",
    "data/boundaries",
    "data/corrections.yaml",
    "notebooks",
)


def bundled_files(root: Path) -> list[Path]:
    """Return the files that an installed package needs, relative to the checkout.

    What an editor or Jupyter keeps beside them, in names that begin with a dot, stays out.
    """
    places = [root / name for name in BUNDLED]
    every = [p for place in places for p in ([place] if place.is_file() else place.rglob("*"))]
    found = (p.relative_to(root) for p in every)
    hidden = (".", "__")
    return sorted(p for p in found if not any(part.startswith(hidden) for part in p.parts))


class BundleHook(BuildHookInterface[Any]):
    """Copy the folders that ``hwb_analysis.paths`` looks for below ``_bundled``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to include; an editable install reads the checkout itself."""
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"].update(
            {
                str(root / path): f"hwb_analysis/_bundled/{path.as_posix()}"
                for path in bundled_files(root)
                if (root / path).is_file()
            }
        )
