"""Areas: found by code or name, with their districts and parents; a broken look-up is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwb_analysis.areas import Areas, load_areas
from hwb_analysis.errors import DataContractError, UsageError
from hwb_analysis.vocabulary import AreaType

ROWS = """area_code,area,area_type,parent_code
E92000001,England,England,
E12000099,Far North,Region,E92000001
E10000099,Northshire,County,E12000099
E07000902,Lower Dale,District,E10000099
E07000901,Upper Dale,District,E10000099
E06000098,Newtown,Unitary authority,E12000099
E07000903,Newtown,District,E10000099
E01000001,Upper Dale 001A,LSOA,E07000901
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "areas.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def areas(tmp_path) -> Areas:
    return load_areas(write(tmp_path, ROWS))


@pytest.mark.parametrize("wanted", ["E07000901", "e07000901", "Upper Dale", " upper dale "])
def test_found_by_code_or_name(areas, wanted):
    assert areas.get(wanted).code == "E07000901"


def test_districts_are_in_order_of_code(areas):
    assert [a.code for a in areas.districts("Northshire")] == [
        "E07000901",
        "E07000902",
        "E07000903",
    ]
    assert areas.districts("Upper Dale") == []
    assert [a.area_type for a in areas.children("Upper Dale")] == [AreaType.LSOA]


def test_parents_run_from_the_nearest_to_the_widest(areas):
    assert [a.name for a in areas.parents("E01000001")] == [
        "Upper Dale",
        "Northshire",
        "Far North",
        "England",
    ]


def test_one_name_of_two_areas_asks_for_the_code(areas):
    with pytest.raises(UsageError, match="'Newtown' is the name of 2 areas") as caught:
        areas.get("Newtown")
    assert "E06000098" in caught.value.remedy
    assert "E07000903" in caught.value.remedy


def test_an_unknown_name_is_answered_with_the_nearest(areas):
    with pytest.raises(UsageError, match="'Northshyre' is unknown") as caught:
        areas.get("Northshyre")
    assert caught.value.remedy.startswith("did you mean 'Northshire'?")


def test_every_fault_of_a_look_up_is_named(tmp_path):
    text = ROWS.replace("Far North,Region,E92", "Far North,Shire,E92")
    text += "E07000901,Upper Dale,District,E10000077\nE07000999,,District,E10000099\n"
    with pytest.raises(DataContractError) as caught:
        load_areas(write(tmp_path, text))
    message = str(caught.value)
    assert "line 3: unknown area type 'Shire'" in message
    assert "line 10: the code 'E07000901' is used twice" in message
    assert "line 10: the parent 'E10000077' of E07000901 is not in the file" in message
    assert "line 11: code or name is empty" in message


def test_a_look_up_without_its_columns_is_refused(tmp_path):
    with pytest.raises(DataContractError, match="columns missing: area_type, parent_code"):
        load_areas(write(tmp_path, "area_code,area\nE92000001,England\n"))


def test_an_absent_look_up_is_refused(tmp_path):
    with pytest.raises(DataContractError, match="cannot be read"):
        load_areas(tmp_path / "areas.csv")
