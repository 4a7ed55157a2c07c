"""What a frame with local figures says of itself in its attributes."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any

from hwb_analysis.errors import DisclosureError

if TYPE_CHECKING:
    import pandas as pd

# The sentence for readers, by series; and the series that no rule has been applied to.
SENTENCES, UNPROTECTED = "disclosure", "unprotected"


def marks_of(frames: Iterable[pd.DataFrame]) -> dict[Hashable, Any]:
    """Return the marks of several frames, as one frame of all their rows has to carry them.

    Examples
    --------
    >>> import pandas as pd
    >>> one, other = pd.DataFrame(), pd.DataFrame()
    >>> one.attrs = {"unprotected": ("local:a",), "snapshot": "2026-11"}
    >>> marks_of([one, other])
    {'unprotected': ('local:a',)}
    """
    sentences: dict[str, str] = {}
    unprotected: tuple[str, ...] = ()
    for frame in frames:
        sentences |= frame.attrs.get(SENTENCES, {})
        unprotected += frame.attrs.get(UNPROTECTED, ())
    marks = {SENTENCES: sentences, UNPROTECTED: unprotected}
    return {name: mark for name, mark in marks.items() if mark}


def refuse_unprotected(frame: pd.DataFrame) -> None:
    """Refuse a frame of figures as they came.

    Raises
    ------
    DisclosureError
        Exit code 13; the series are named.
    """
    if named := frame.attrs.get(UNPROTECTED):
        raise DisclosureError(
            f"the figures of {', '.join(named)} are not protected and may not be shown",
            remedy="load them without protected=False",
        )
