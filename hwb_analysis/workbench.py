"""The workbench: JupyterLab on the start page, and a small project to begin with.

``hwb lab`` and ``hwb new`` are these two functions.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from hwb_analysis.errors import OutputError, UsageError
from hwb_analysis.paths import PACKAGE, notebooks_dir
from hwb_analysis.strategy import load_strategy
from hwb_analysis.strategy.model import Priority, Strategy
from hwb_analysis.vocabulary import SeriesUse

START = "00_start_here.ipynb"
OWN_NOTEBOOKS = "hwb-notebooks"
TEMPLATES = PACKAGE / "project"
REGISTRY, NOTEBOOK, LOCAL = "strategy.yaml", "analysis.ipynb", "data/local"
FEWEST_PARTS = 2
# Made-up counts for the first districts; the third is small, so that a rule has work to do.
MADE_UP = ((31, 60), (84, 150), (3, 9), (45, 88), (26, 55), (52, 97), (19, 41), (38, 80))
HEADER = """\
# The strategy of this project: what was promised, and which published series speak to it.
# It was copied from the registry in use as an example; change titles, measures and series.
# Check it with:  HWB_STRATEGY={name} hwb list
"""


def notebooks_to_open(folder: Path | None = None) -> Path:
    """Return the folder that JupyterLab opens on.

    A checkout's own notebooks are opened as they stand. Those of an installed package are
    copied to ``hwb-notebooks`` in the working folder first, where changes are kept; files
    that are there already are left alone.

    Parameters
    ----------
    folder
        Another folder to open.

    Raises
    ------
    UsageError
        When the folder does not exist.
    """
    if folder is not None:
        if not folder.is_dir():
            raise UsageError(f"there is no folder '{folder}'", remedy="name an existing folder")
        return folder
    shipped = notebooks_dir()
    if PACKAGE not in shipped.parents:
        return shipped
    own = Path.cwd() / OWN_NOTEBOOKS
    own.mkdir(exist_ok=True)
    for path in shipped.glob("*.ipynb"):
        if not (own / path.name).exists():
            shutil.copyfile(path, own / path.name)
    return own


def lab_command(folder: Path, *, browser: bool = True, port: int | None = None) -> list[str]:
    """Return the command that starts JupyterLab with the start page open.

    Examples
    --------
    >>> command = lab_command(Path("/work"), browser=False, port=9999)
    >>> command[3:5], command[-1]
    (['--ServerApp.root_dir=/work', '--no-browser'], '--ServerApp.port=9999')
    """
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}"]
    if (folder / START).is_file():
        command.append(f"--LabApp.default_url=/lab/tree/{START}")
    if not browser:
        command.append("--no-browser")
    if os.geteuid() == 0:
        # In a container one is root, and JupyterLab would only refuse.
        command.append("--allow-root")
    return command if port is None else [*command, f"--ServerApp.port={port}"]


def lab_environment() -> dict[str, str]:
    """Return the environment of JupyterLab: this interpreter's kernel, and no calls for news."""
    given = os.environ.get("JUPYTER_CONFIG_PATH", "")
    settings = os.pathsep.join(filter(None, [given, str(TEMPLATES / "jupyter")]))
    return {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_CONFIG_PATH": settings}


def lab(folder: Path | None = None, *, browser: bool = True, port: int | None = None) -> None:
    """Put JupyterLab in the place of this process.

    Parameters
    ----------
    folder
        As in :func:`notebooks_to_open`.
    browser
        Whether a browser is opened; without one the address is printed.
    port
        The first port to try; JupyterLab's own choice when not given.
    """
    opened = notebooks_to_open(folder).absolute()
    command = lab_command(opened, browser=browser, port=port)
    os.execve(command[0], command, lab_environment())


def new_project(folder: Path, *, like: str = "", strategy: Strategy | None = None) -> list[Path]:
    """Write a small working project and return its files.

    Parameters
    ----------
    folder
        Where to write; it must be absent or empty.
    like
        Slug of the priority whose measures serve as the example; the first with at least
        two figures when empty.
    strategy
        The registry the example is copied from; the product's own when not given.

    Returns
    -------
    list of Path
        ``README.md``, ``strategy.yaml`` (a registry with one priority), ``analysis.ipynb``,
        ``data/local`` with a made-up file and its column map, ``.gitignore``.

    Raises
    ------
    UsageError
        When the folder holds something already, or there is no such priority.
    OutputError
        When it cannot be written.
    """
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise UsageError(
            f"'{folder}' holds something already, and nothing is overwritten",
            remedy="name a new folder",
        )
    registry = strategy or load_strategy()
    priority = registry.priority(like) if like else _example(registry)
    files = _files(folder.name, registry, priority)
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"the project cannot be written: {error.strerror}",
            where=str(folder),
            remedy="name a folder that can be written",
        ) from error
    return [folder / name for name in files]


def _example(strategy: Strategy) -> Priority:
    served = (p for p in strategy.priorities if len(_served(strategy, p)) >= FEWEST_PARTS)
    return next(served, strategy.priorities[0])


def _served(strategy: Strategy, priority: Priority) -> list[Any]:
    """Return the measures with figures, those first whose figures are the thing itself."""
    parted = [(m, strategy.parts(m)) for m in priority.measures]
    served = [(m, parts[0].use != SeriesUse.PRIMARY) for m, parts in parted if parts]
    return [m for m, _ in sorted(served, key=lambda pair: pair[1])]


def _files(name: str, strategy: Strategy, priority: Priority) -> dict[str, str]:
    notebook = json.loads(_template("analysis.ipynb"))
    readme = _template("README.md").replace("{name}", name).replace("{slug}", priority.slug)
    return {
        "README.md": readme,
        REGISTRY: HEADER.format(name=REGISTRY) + _yaml(_registry(name, strategy, priority)),
        NOTEBOOK: json.dumps(notebook, indent=1, ensure_ascii=False) + "\n",
        f"{LOCAL}/visits.yaml": _template("visits.yaml"),
        f"{LOCAL}/visits.csv": _visits(strategy),
        ".gitignore": f"# Figures that are not published stay out of git.\n/{LOCAL}/\n/reports/\n",
    }


def _template(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _registry(name: str, strategy: Strategy, priority: Priority) -> dict[str, Any]:
    """Return a registry with one priority, its served measures and their indicators."""
    measures = _served(strategy, priority) or list(priority.measures)
    keys = {link.key for measure in measures for link in measure.indicators}
    plain = _plain(priority) | {"measures": [_plain(m) for m in measures]}
    return {
        "schema_version": 1,
        "strategy": {
            "title": name,
            "publisher": "Written by me",
            "starts": strategy.strategy.starts,
            "ends": strategy.strategy.ends,
            "vision": "Say here what it is for.",
            "baseline": strategy.strategy.baseline.isoformat(),
        },
        "area": _plain(strategy.area),
        "stages": [_plain(strategy.stage(priority.stage))],
        "priorities": [plain],
        "indicators": {key: _indicator(strategy, key) for key in sorted(keys)},
    }


def _indicator(strategy: Strategy, key: str) -> dict[str, Any]:
    return {k: v for k, v in _plain(strategy.indicator(key)).items() if k != "key"}


def _plain(entry: Any) -> dict[str, Any]:
    kept: dict[str, Any] = entry.model_dump(mode="json", exclude_defaults=True)
    return {k: v for k, v in kept.items() if k != "source_line"}


def _yaml(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=96)


def _visits(strategy: Strategy) -> str:
    lines: Sequence[str] = [
        f"{district.name},2024/25,{seen},{people}"
        for district, (seen, people) in zip(strategy.area.districts, MADE_UP, strict=False)
    ]
    return "\n".join(["Where,Year,Seen,Invited", *lines, ""])
