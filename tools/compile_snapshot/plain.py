"""Areas a county is set beside, and names and tenths written the way people write them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from tools.compile_snapshot.areas import ENGLAND, Footprint, authorities

SMALL_WORDS = {"And": "and", "The": "the", "Of": "of", "Upon": "upon"}


def home_codes(source_dir: Path) -> list[str]:
    """Return the codes of county, districts, neighbours, region and England."""
    footprint = Footprint.read()
    upper = authorities(source_dir)
    own = upper[upper["utla23_code"] == footprint.county]
    region = own["region24_code"].iloc[0]
    return [footprint.county, *own["ltla23_code"], *footprint.neighbours, region, ENGLAND]


def plain_names(names: pd.Series[str]) -> pd.Series[str]:
    """Return names printed in capitals the way people write them; others as they are.

    Examples
    --------
    >>> plain_names(pd.Series(["YORKSHIRE AND THE HUMBER", "Melton"])).tolist()
    ['Yorkshire and the Humber', 'Melton']
    """
    return names.map(lambda name: _plain(name) if name.isupper() else name)


def _plain(name: str) -> str:
    words = [SMALL_WORDS.get(w, w) for w in name.title().split()]
    return " ".join(words)


def decile_labels(deciles: pd.Series[int]) -> pd.Series[str]:
    """Return tenths of deprivation as text, the ends in words; 1 is the most deprived.

    Examples
    --------
    >>> decile_labels(pd.Series([1, 5, 10])).tolist()
    ['1 most deprived', '5', '10 least deprived']
    """
    ends = {"1": "1 most deprived", "10": "10 least deprived"}
    return deciles.astype("int64").astype("str").replace(ends)
