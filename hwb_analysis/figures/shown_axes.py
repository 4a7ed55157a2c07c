"""Axes that show themselves in a notebook, as they are at that moment."""

from __future__ import annotations

import base64
import io
from functools import cache
from html import escape
from typing import TYPE_CHECKING

from hwb_analysis.style import PNG_DPI, stylesheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def shown_axes(figure: Figure, alt: str) -> Axes | None:
    """Return the first axes of a figure, able to show the whole figure with its alt text.

    Figures of this package are unknown to pyplot, so that nothing outlives its notebook;
    without this a cell that ends with axes would show only their name.
    """
    axes = next(iter(figure.axes), None)
    if axes is not None and type(axes).__name__ == "Axes":
        axes.__class__ = _shown_class()
        axes.set_label(alt)
    return axes


@cache
def _shown_class() -> type[Axes]:
    # Made when it is first needed: matplotlib takes a while to load.
    from matplotlib.axes import Axes

    def show(axes: Axes) -> str:
        figure = axes.get_figure(root=True)
        return image_of(figure, str(axes.get_label())) if figure else ""

    return type("ShownAxes", (Axes,), {"_repr_html_": show})


def image_of(figure: Figure, alt: str) -> str:
    """Return an ``<img>`` of a figure as it is now."""
    out = io.BytesIO()
    with stylesheet():
        figure.savefig(out, format="png", dpi=PNG_DPI)
    width, height = (round(side * 96) for side in figure.get_size_inches())
    code = base64.b64encode(out.getvalue()).decode()
    return (
        f'<img alt="{escape(alt, quote=True)}" width="{width}" height="{height}" '
        f'src="data:image/png;base64,{code}">'
    )
