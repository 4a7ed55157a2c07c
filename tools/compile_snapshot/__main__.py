"""Command line: ``python -m tools.compile_snapshot --from DIR [--out data] [--only cover,...]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from hwb_analysis.errors import HwbError, UsageError, did_you_mean
from tools.compile_snapshot.review import review
from tools.compile_snapshot.store import store

MODULES = (
    "cover",
    "lait",
    "lait_more",
    "els",
    "smoking_qof",
    "census2021",
    "adult_lifestyles",
    "fingertips_districts",
    "all_districts",
    "fingertips_2020",
    "fingertips_2019",
    "social_isolation",
    "alcohol_mortality",
    "suicide",
    "conceptions",
    "cover_official",
    "discharge",
    "ascof",
    "cycling",
    "chlamydia_2012",
    "deprivation",
    "geography",
    "life_expectancy",
    "deaths_by_decile",
    "deaths_2014",
    "fuel_poverty",
    "pm25",
    "populations",
    "census2021_more",
    "census2011",
    "iod_small_areas",
    "rural_urban",
    "small_area_lookups",
    "area_changes",
    "health_index",
    "adult_social_care",
    "subnational",
    "qof_modelled",
)
SNAPSHOT = "2026-11"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile the sources asked for, print the review and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        for name in _chosen(options.only):
            compiled = import_module(f"tools.compile_snapshot.{name}").compile(options.source_dir)
            store(compiled, options.out, options.snapshot)
            print(review(name, compiled))
    except HwbError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.compile_snapshot", description=__doc__)
    parser.add_argument("--from", dest="source_dir", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("data"))
    parser.add_argument("--only", default=",".join(MODULES), metavar="NAME,...")
    parser.add_argument("--snapshot", default=SNAPSHOT, metavar="YYYY-MM")
    return parser


def _chosen(only: str) -> list[str]:
    names = [name.strip() for name in only.split(",") if name.strip()]
    for name in names:
        if name not in MODULES:
            raise UsageError(
                f"there is no source '{name}' to compile",
                where="--only",
                remedy=did_you_mean(name, list(MODULES)),
            )
    return names


if __name__ == "__main__":
    raise SystemExit(main())
