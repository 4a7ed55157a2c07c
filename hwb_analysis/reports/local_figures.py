"""Local figures in a run: protected once before it, remembered when it is published."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hwb_analysis.reports.plan import Plan
from hwb_analysis.reports.run_parts import seen
from hwb_analysis.sources.local.folder import SHOWN_VARIABLE, any_local, local_folder

if TYPE_CHECKING:
    from hwb_analysis.sources.local.held import Held
    from hwb_analysis.strategy.model import Strategy

LOCAL_VARIABLE, RULE = "HWB_LOCAL_DIR", "suppression"


class Remembered(Protocol):
    """Something that is noted when readers have been shown it."""

    def remember(self) -> None:
        """Note it."""


class _Nothing:
    def remember(self) -> None:
        pass


def hold_local(plan: Plan, strategy: Strategy) -> tuple[Plan, Remembered]:
    """Protect the local figures that a plan shows; return the plan that knows of them.

    What is shown of them is an input of the run and part of the content key of its reports,
    the files themselves are not: with all figures but one at hand, a checksum would tell
    that one.

    Raises
    ------
    DataContractError
        A map or a file that the registry names is faulty.
    DisclosureError
        The figures cannot be shown without telling a small number; nothing is written then.
    """
    told = dict(plan.environment)
    if os.environ.get(LOCAL_VARIABLE):
        told[LOCAL_VARIABLE] = str(local_folder().absolute())
    if not any_local():
        # A report of this run must not take up a file that comes while it is being made.
        return replace(plan, environment={**told, SHOWN_VARIABLE: ""}), _Nothing()
    held = _held(strategy, plan.shared.get(RULE, ""))
    told |= held.environment
    return replace(plan, environment=told, inputs={**plan.inputs, **held.files}), held


def _held(strategy: Strategy, rule: str) -> Held:
    from hwb_analysis.sources.local.held import hold
    from hwb_analysis.sources.local.shown import NOTHING_ADDED, strategy_parents

    return hold(_series(strategy), strategy_parents(strategy), rule or NOTHING_ADDED)


def _series(strategy: Strategy) -> list[str]:
    """Return every series that the pages of a strategy read."""
    from hwb_analysis.claims import claims_of, has_claims
    from hwb_analysis.claims.reader import recipes_of

    named = list(strategy.series_ids)
    if has_claims(strategy):
        named += [s for recipe in recipes_of(claims_of(strategy)) for s in recipe.series_ids]
    return named


@contextlib.contextmanager
def local_shown(parameters: dict[str, str]) -> Iterator[None]:
    """Let this process show local figures as a report does, and remember them at the end."""
    if not any_local():
        yield
        return
    from hwb_analysis.strategy import load_strategy

    held = _held(load_strategy(), parameters.get(RULE, ""))
    with seen(held.environment):
        yield
    held.remember()


def is_published(folder: Path, latest: Path | None) -> bool:
    """Say whether readers are shown a run."""
    return latest is not None and latest.resolve() == folder.resolve()
