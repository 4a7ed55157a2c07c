"""Write the pages of the library from its docstrings: `make docs`."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pdoc
import pdoc.render

import hwb_analysis

OUTPUT = Path("build") / "docs"


def modules() -> list[str]:
    """Name the package and every module in it; private ones are left out."""
    found = pkgutil.walk_packages(hwb_analysis.__path__, "hwb_analysis.")
    public = [m.name for m in found if not any(p.startswith("_") for p in m.name.split("."))]
    return ["hwb_analysis", *public]


def main() -> None:
    """Write one page a module, and an index."""
    pdoc.render.configure(docformat="numpy", footer_text="hwb-analysis")
    pdoc.pdoc(*modules(), output_directory=OUTPUT)
    print(f"open {OUTPUT / 'index.html'}")


if __name__ == "__main__":
    main()
