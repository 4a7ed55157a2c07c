"""Views: reports that gather measures of several priorities for one reader.

A view holds no figures and no definitions of its own. Its measures and gradients are
those of the priorities, so that a number can never differ between the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from hwb_analysis.errors import UsageError, did_you_mean
from hwb_analysis.strategy.remarks import Frozen
from hwb_analysis.strategy.words import MeasureId, SeriesId, Slug, Text
from hwb_analysis.vocabulary import Polarity

if TYPE_CHECKING:
    from hwb_analysis.strategy.model import Strategy


class MonthlyLink(Frozen):
    """A series by month that is drawn as a control chart, and its good end."""

    series: SeriesId
    polarity: Polarity


class View(Frozen):
    """A report over chosen measures.

    ``template`` is the notebook that makes it, by its file name without ending; ``about``
    says for whom it is. ``gradients`` are series that a priority draws already.
    """

    slug: Slug
    title: Text
    about: Text
    template: Text = Field(pattern=r"^[a-z0-9_]+$")
    measures: tuple[MeasureId, ...] = Field(min_length=1)
    gradients: tuple[SeriesId, ...] = ()
    monthly: tuple[MonthlyLink, ...] = ()


def find_view(strategy: Strategy, slug: str) -> View:
    """Return a view by its slug; else raise ``UsageError``."""
    for view in strategy.views:
        if view.slug == slug:
            return view
    known = [view.slug for view in strategy.views]
    raise UsageError(f"the registry has no view '{slug}'", remedy=did_you_mean(slug, known))
