"""Put the data and the notebooks into the wheel, so that an installed package needs no checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLED = ("data/strategy", "data/snapshot", "data/lookups", "data/boundaries", "notebooks")


class BundleHook(BuildHookInterface[Any]):
    """Copy the folders that ``hwb_analysis.paths`` looks for below ``_bundled``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the folders to include; an editable install reads the checkout itself."""
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"].update(
            {
                str(root / folder): f"hwb_analysis/_bundled/{folder}"
                for folder in BUNDLED
                if (root / folder).is_dir()
            }
        )
