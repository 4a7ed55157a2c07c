"""The result of a life table: expectancy at every age, with limits and reasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwb_analysis.stats.arrays import Floats, Words
from hwb_analysis.stats.result import Result, between, figure, percent


@dataclass(frozen=True, slots=True)
class LifeTable(Result):
    """Life expectancy by age (last axis) for one or many populations.

    ``deaths`` and ``population`` are the sums from each age upwards. A value and its
    limits are given or withheld together; ``reason`` says why.
    """

    value: Floats
    se: Floats
    lower: Floats
    upper: Floats
    deaths: Floats
    population: Floats
    ages: Floats
    levels: tuple[float, ...]
    method: str
    reason: Words

    def at_birth(self) -> tuple[Floats, Floats]:
        """Return life expectancy at birth and its standard error."""
        return self.value[..., 0], self.se[..., 0]

    def explain(self) -> str:
        """Return one sentence on the first population, at its first age."""
        age, value = float(self.ages.flat[0]), float(self.value.flat[0])
        name = "Healthy life" if self.method.startswith("Sullivan") else "Life"
        if not np.isfinite(value):
            return f"{name} expectancy at {age:g} is withheld: {self.reason.flat[0]}."
        lower, upper = float(self.lower[0].flat[0]), float(self.upper[0].flat[0])
        return (
            f"{name} expectancy at {age:g} is {figure(value)} years "
            f"({percent(self.levels[0])} interval {between(lower, upper)})."
        )
