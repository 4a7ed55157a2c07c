"""The data notes of a page: one row a series, and each caution once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape

import pandas as pd

from hwb_analysis.assessment import Assessment
from hwb_analysis.origin import Origin
from hwb_analysis.sources.official import named_together, published_as
from hwb_analysis.sources.snapshot import Snapshot
from hwb_analysis.strategy.model import SeriesLink
from hwb_analysis.vocabulary import SeriesUse

NONE_KNOWN = "none known"


def notes_frame(
    drawn: Sequence[Assessment], others: Iterable[str], snapshot: Snapshot
) -> pd.DataFrame:
    """Return one row a series that a page uses: ``others`` are drawn without a measure."""
    used = {a.part.series.id: a for a in drawn if a.part}
    rows = [_note(series_id, a, snapshot) for series_id, a in used.items()]
    rows += [_note(one, None, snapshot) for one in dict.fromkeys(others) if one not in used]
    return pd.DataFrame(rows)


def _note(series_id: str, assessment: Assessment | None, snapshot: Snapshot) -> dict[str, str]:
    info = snapshot.series[series_id]
    origin = snapshot.origins[info.origin_id]
    link = assessment.part.series if assessment and assessment.part else None
    use = assessment.part.use if assessment and assessment.part else SeriesUse.CONTEXT
    return {
        "Series": f"{info.title} ({series_id})",
        "Use": use.value if not (link and link.sentence) else f"{use.value}: {link.sentence}",
        "Publisher": origin.publisher,
        "Release": f"{origin.title}, {origin.release}",
        "Published as": published_as(origin.origin_id).status.value,
        "Basis": info.basis.replace("_", " "),
        "Evidence": assessment.grade.value if assessment else _grades(series_id, snapshot),
        "Breaks, gaps and corrections": _remarks(link),
        "Licence": origin.licence,
        "Read": f"{read_day(origin)}, via {origin.obtained_via.split(', commit')[0]}",
    }


def cited(origins: Iterable[Origin]) -> str:
    """Return publisher, title and release of each origin, with a licence they share said once.

    A release that the title holds already is not said again.
    """
    found = list(dict.fromkeys((o.publisher, o.title, o.release, o.licence) for o in origins))
    licences = list(dict.fromkeys(licence for *_, licence in found))
    shared = len(licences) == 1 and len(found) > 1
    lines = [
        f"{publisher}, {title}{'' if release in title else f'; {release}'}."
        + ("" if shared else f" {licence}.")
        for publisher, title, release, licence in found
    ]
    return " ".join([*lines, f"All: {licences[0]}."] if shared else lines)


def _remarks(link: SeriesLink | None) -> str:
    """Return what the registry knows of a series: where it breaks, what is not there, mended."""
    if link is None:
        return NONE_KNOWN
    told = [f"Break after {_day(b.after)}: {b.reason}" for b in link.breaks]
    told += [f"No figures {_day(g.first)} to {_day(g.last)}: {g.reason}" for g in link.gaps]
    told += [f"Corrected on {_day(c.date)}: {c.reason}" for c in link.corrections]
    return " ".join(f"{text.rstrip('.')}." for text in told) or NONE_KNOWN


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def read_day(origin: Origin) -> str:
    """Return the day on which a source was read, as a reader writes it."""
    try:
        return _day(date.fromisoformat(origin.accessed))
    except ValueError:
        return origin.accessed


def official_words(series: Iterable[str], snapshot: Snapshot) -> str:
    """Return how many of the sources behind some series were published as official statistics."""
    used = dict.fromkeys(snapshot.series[one].origin_id for one in series)
    if not used:
        return ""
    many = "1 source" if len(used) == 1 else f"{len(used)} sources"
    return f"The figures come from {many}, published as: {named_together(used)}."


def _grades(series_id: str, snapshot: Snapshot) -> str:
    return ", ".join(sorted(set(snapshot.frame([series_id])["grade"])))


def cautions(drawn: Sequence[Assessment]) -> dict[str, list[str]]:
    """Return each caution once, by the figures that it belongs to.

    What is said of the comparator in the words that are said of the area is left out.
    """
    held: dict[str, list[str]] = {}
    for assessment in drawn:
        own = [note.strip() for note in assessment.notes]
        for note in filter(None, own):
            of_other = note.removeprefix(f"{assessment.comparator_area}: ")
            if of_other != note and of_other in own:
                continue
            headings = held.setdefault(_sentence(note), [])
            if assessment.heading not in headings:
                headings.append(assessment.heading)
    every = len({a.heading for a in drawn})
    grouped: dict[str, list[str]] = {}
    for note, headings in held.items():
        grouped.setdefault(_whose(headings, every), []).append(note)
    return grouped


def cautions_html(drawn: Sequence[Assessment]) -> str:
    """Return the cautions as a list in a list: the figures, then what is said of them."""
    items = "".join(
        f"<li><strong>{escape(whose)}</strong><ul>"
        + "".join(f"<li>{escape(note)}</li>" for note in notes)
        + "</ul></li>"
        for whose, notes in cautions(drawn).items()
    )
    return f"<ul>{items}</ul>" if items else ""


def _sentence(note: str) -> str:
    trimmed = note.rstrip(".")
    return f"{trimmed[:1].upper()}{trimmed[1:]}."


def _whose(headings: Sequence[str], every: int) -> str:
    if len(headings) == every > 1:
        return "All figures"
    return "; ".join(headings)
