"""Assessments that the processes of one run share, so that each is made once.

The Board page shows every measure, and each report has made those of its priority. They
are kept as files in the scratch folder of the run, which is gone at its end: nothing of
one run reaches the next.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwb_analysis.assessment import Assessment, Context
    from hwb_analysis.strategy.model import Measure


@dataclass(frozen=True, slots=True)
class Shared:
    """Files of assessments below a folder, one for each measure and context."""

    folder: Path

    def load(self, context: Context, measure: Measure) -> tuple[Assessment, ...] | None:
        """Return what another process has kept, or nothing."""
        try:
            kept: tuple[Assessment, ...] = pickle.loads(self._path(context, measure).read_bytes())
        except OSError:
            return None
        return kept

    def save(self, context: Context, measure: Measure, found: tuple[Assessment, ...]) -> None:
        """Keep the assessments of a measure, whole or not at all."""
        path = self._path(context, measure)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))
        os.replace(temporary, path)

    def _path(self, context: Context, measure: Measure) -> Path:
        about = (
            context.strategy.strategy.title,
            context.strategy.area.code,
            str(context.snapshot.folder),
            context.area_code,
            context.comparator_code,
            context.as_of.isoformat(),
            measure.id,
        )
        return self.folder / f"{hashlib.sha256(repr(about).encode()).hexdigest()[:32]}.pickle"
