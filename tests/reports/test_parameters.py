from __future__ import annotations

import pytest

from hwb_analysis.errors import ParameterError
from hwb_analysis.reports.parameters import Allowed, read_parameters

ALLOWED = Allowed(
    priorities=["smoking", "sleep"],
    areas={"E10000099": "Northshire", "E92000001": "England"},
    snapshots=["2026-01", "2026-11"],
)
GIVEN = {
    "priority": "smoking",
    "area": "E10000099",
    "comparator": "England",
    "data_cut": "2026-11",
}


def test_names_of_areas_become_codes():
    found = read_parameters({**GIVEN, "area": "northshire"}, ALLOWED)
    assert found.as_dict() == {
        "priority": "smoking",
        "area": "E10000099",
        "comparator": "E92000001",
        "data_cut": "2026-11",
        "audience": "chapter",
        "suppression": "published",
    }


def test_a_date_is_a_data_cut():
    assert read_parameters({**GIVEN, "data_cut": "2025-09-30"}, ALLOWED).data_cut == "2025-09-30"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("priority", "smokin", ["'smokin'", "did you mean 'smoking'?", "sleep"]),
        ("area", "Northshir", ["'Northshir'", "did you mean Northshire?", "England (E92000001)"]),
        ("comparator", "E99", ["comparator 'E99'", "Northshire (E10000099)"]),
        ("data_cut", "2026-13-01", ["'2026-13-01'", "2026-01, 2026-11"]),
        ("data_cut", "20260131", ["'20260131'", "ISO date"]),
        ("audience", "board", ["'board'", "annual, chapter, dashboard, highlight"]),
        ("suppression", "none", ["'none'", "published"]),
    ],
)
def test_a_wrong_value_is_refused_with_those_allowed(name, value, told):
    with pytest.raises(ParameterError) as caught:
        read_parameters({**GIVEN, name: value}, ALLOWED)
    assert caught.value.exit_code == 10
    for words in told:
        assert words in str(caught.value)


def test_every_fault_is_told_at_once():
    with pytest.raises(ParameterError) as caught:
        read_parameters({"priority": "x", "are": "E10000099", "data_cut": "y"}, ALLOWED)
    message = str(caught.value)
    assert "no parameter 'are': did you mean 'area'?" in message
    assert "'area' is missing" in message
    assert "'comparator' is missing" in message
    assert "priority 'x'" in message
    assert "data_cut 'y'" in message
