"""Where the data, the notebooks and the outputs are.

A checkout is used as it stands; an installed wheel carries the same folders
below ``hwb_analysis/_bundled``.
"""

from __future__ import annotations

import os
from pathlib import Path

from hwb_analysis.errors import DataContractError

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str, marker: str) -> Path:
    for root in (PACKAGE.parent, PACKAGE / "_bundled"):
        if (root / name / marker).exists():
            return root / name
    raise DataContractError(
        f"the folder {name}/ with {marker} was expected beside or inside the package",
        where=str(PACKAGE),
        remedy="reinstall the package, or run from a complete checkout",
    )


def data_dir() -> Path:
    """Return the folder that holds strategy, snapshot, lookups and boundaries.

    The environment variable ``HWB_DATA_DIR`` puts another folder in its place.
    """
    override = os.environ.get("HWB_DATA_DIR")
    return Path(override) if override else _folder("data", "strategy")


def notebooks_dir() -> Path:
    """Return the folder that holds the template notebooks."""
    return _folder("notebooks", "priority_report.ipynb")


def reports_dir() -> Path:
    """Return the folder that reports are written to.

    ``HWB_REPORTS_DIR`` decides; else reports/ of the checkout; else reports/
    below the working directory.
    """
    override = os.environ.get("HWB_REPORTS_DIR")
    if override:
        return Path(override)
    checkout = PACKAGE.parent / "reports"
    return checkout if checkout.is_dir() else Path.cwd() / "reports"
