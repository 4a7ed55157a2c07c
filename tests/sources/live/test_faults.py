"""Every way in which the service may break its contract: named, explained, and nothing lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from fake_fingertips import ONLY_OLD
from fake_server import Fake, rewrite

from hwb_analysis.errors import HwbError, SourceError, UsageError
from hwb_analysis.sources.live.client import Policy
from hwb_analysis.sources.live.definitions import Definition, numbers_of, words_of_age
from hwb_analysis.sources.live.fetch import Fetcher
from hwb_analysis.sources.live.fingertips import LiveFingertips, LiveSeries
from hwb_analysis.sources.live.fingertips_api import FingertipsApi
from hwb_analysis.sources.snapshot import current_snapshot
from hwb_analysis.strategy import load_strategy

IMPATIENT = Policy(read=0.5, total=0.6, attempts=1)
SMOKING, LIFE, EMERGENCY = "fingertips:92443", "fingertips:90366", "fingertips:93227"
"""One that the snapshot holds with limits, one by sex, and one that is new."""


@pytest.fixture
def live(ask: Callable[..., Fetcher]) -> LiveFingertips:
    return LiveFingertips(ask(), load_strategy(), current_snapshot())


def fault_of(live: LiveFingertips, series_id: str = SMOKING) -> HwbError:
    _, found = next(iter(live.each([series_id])))
    assert isinstance(found, HwbError), "the fault was not noticed"
    return found


def read(live: LiveFingertips, series_id: str = SMOKING) -> LiveSeries:
    _, found = next(iter(live.each([series_id])))
    assert isinstance(found, LiveSeries), found
    return found


def heading(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    def changed(rows: list[list[str]]) -> list[list[str]]:
        return [change(rows[0]), *rows[1:]]

    return rewrite(changed)


def each_row(change: Callable[[dict[str, str]], dict[str, str]]) -> Callable[[bytes], bytes]:
    def changed(rows: list[list[str]]) -> list[list[str]]:
        out = [change(dict(zip(rows[0], row, strict=True))) for row in rows[1:]]
        return [rows[0], *([row[name] for name in rows[0]] for row in out)]

    return rewrite(changed)


def test_a_renamed_column(fake: Fake, live: LiveFingertips) -> None:
    renamed = heading(lambda names: [n.replace("Area Code", "AreaCode") for n in names])
    fake.break_with("change", "all_data", change=renamed)
    fault = fault_of(live)
    assert "'Area Code' is missing, 'AreaCode' may be its new name" in fault.message
    assert "the last snapshot stays as it is" in str(fault.remedy)
    assert "all_data/csv/by_indicator_id" in str(fault.where)


def test_a_missing_column(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with(
        "change", "all_data", change=rewrite(lambda rows: [r[:17] + r[18:] for r in rows])
    )
    assert "'Count' is missing" in fault_of(live).message


def test_a_doubled_column(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=rewrite(lambda rows: [[*r, r[0]] for r in rows]))
    assert "'Indicator ID' stands more than once" in fault_of(live).message


def test_a_new_column_is_told_and_the_rest_is_read(fake: Fake, live: LiveFingertips) -> None:
    def widened(rows: list[list[str]]) -> list[list[str]]:
        return [[*rows[0], "Data quality"], *([*row, "5"] for row in rows[1:])]

    fake.break_with("change", "all_data", change=rewrite(widened))
    found = read(live)
    assert ("columns", "Data quality") in {(n.kind, n.subject) for n in found.notices}
    assert len(found.frame) > 1000


def test_columns_in_another_order_are_read_alike(fake: Fake, live: LiveFingertips) -> None:
    before = read(live).frame
    fake.break_with("change", "all_data", change=rewrite(lambda rows: [r[::-1] for r in rows]))
    live.fetcher.max_age = timedelta(0)
    assert read(live).frame.equals(before)


def test_the_older_table_of_26_columns_is_read(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=rewrite(lambda rows: [r[:26] for r in rows]))
    assert len(read(live).frame) > 1000


def test_a_changed_code_of_home(fake: Fake, live: LiveFingertips) -> None:
    home = load_strategy().area
    own = {home.code, *(d.code for d in home.districts)}

    def moved(row: dict[str, str]) -> dict[str, str]:
        code = row["Area Code"]
        return row | {"Area Code": f"{code[:5]}9{code[6:]}"} if code in own else row

    fake.break_with("change", "all_data", change=each_row(moved))
    fault = fault_of(live)
    assert "rows for the strategy's own areas were expected" in fault.message
    assert "codes may have changed" in str(fault.remedy)


def test_an_unknown_code_elsewhere_is_told(fake: Fake, live: LiveFingertips) -> None:
    def moved(row: dict[str, str]) -> dict[str, str]:
        return row | {"Area Code": "E06000099"} if row["Area Code"] == "E06000002" else row

    fake.break_with("change", "all_data", change=each_row(moved))
    assert any(n.kind == "codes" and "E06000099" in n.text for n in read(live).notices)


def test_the_wrong_boundaries(fake: Fake, live: LiveFingertips) -> None:
    def older(row: dict[str, str]) -> dict[str, str]:
        return row | {"Area Code": "E07000150"} if row["Area Code"] == "E06000016" else row

    fake.break_with("change", "child_area_type_id=501", change=each_row(older))
    fault = fault_of(live, "fingertips:90366")
    assert "areas of 2024 were expected (area type 501)" in fault.message
    assert "E07000150 (Corby) was merged into E06000061" in fault.message


def test_older_boundaries_where_there_is_nothing_newer(fake: Fake, live: LiveFingertips) -> None:
    ONLY_OLD.add(93227)
    found = read(live, EMERGENCY)
    assert any("boundaries of 2022 only" in n.text for n in found.notices)


def test_a_heading_alone(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=rewrite(lambda rows: rows[:1]))
    fault = fault_of(live)
    assert "the answer holds the heading only" in fault.message
    assert "available_data" in str(fault.remedy)


def test_an_indicator_for_no_area_type(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "available_data", change=lambda _: b"[]")
    fake.break_with("change", "all_data", change=rewrite(lambda rows: rows[:1]))
    fault = fault_of(live)
    assert "the service has none (area types of the indicator: none)" in fault.message


def test_rows_printed_twice_alike_are_counted(fake: Fake, live: LiveFingertips) -> None:
    plain = read(live)
    fake.break_with(
        "change", "child_area_type_id=502", change=rewrite(lambda rows: [*rows, *rows[1:]])
    )
    live.fetcher.max_age = timedelta(0)
    doubled = read(live)
    assert doubled.frame.equals(plain.frame)
    assert doubled.dropped["rows printed twice"] > plain.dropped["rows printed twice"]


def test_rows_that_contradict_each_other(fake: Fake, live: LiveFingertips) -> None:
    def contradicted(rows: list[list[str]]) -> list[list[str]]:
        other = [*rows[-1][:12], "1.5", *rows[-1][13:]]
        return [*rows, other]

    fake.break_with("change", "child_area_type_id=502", change=rewrite(contradicted))
    fault = fault_of(live)
    assert "2 rows contradict each other, first E" in fault.message
    assert "two boundaries or two releases are mixed" in str(fault.remedy)


@pytest.mark.parametrize("kind", ["html", "html as csv"])
def test_a_web_page(fake: Fake, live: LiveFingertips, kind: str) -> None:
    fake.break_with(kind, "all_data")
    fault = fault_of(live)
    assert "a web page came: 'We'll be back soon'" in fault.message
    assert "open the address in a browser" in str(fault.remedy)


def test_a_blank_answer(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("blank", "all_data")
    assert "an empty answer came" in fault_of(live).message


def test_an_answer_cut_off_on_the_way(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("cut off", "all_data")
    assert "the connection ended before it" in fault_of(live).message


def test_an_answer_cut_off_at_the_source(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=lambda body: body[: len(body) * 2 // 3])
    fault = fault_of(live)
    assert "27 columns were expected in every row, the last row" in fault.message
    assert "nothing was kept of it" in str(fault.remedy)


def test_a_message_in_place_of_a_table(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=lambda _: b"Sorry: too many indicators")
    assert "this came: 'Sorry: too many indicators'" in fault_of(live).message


@pytest.mark.parametrize("body", [b'"a,b\n', b"\xff\xfe\x00a", b"a,b\n1,2\n3,4,5\n6,7,8\n"])
def test_a_broken_table(fake: Fake, live: LiveFingertips, body: bytes) -> None:
    fake.break_with("change", "all_data", change=lambda _: body)
    assert "expected" in fault_of(live).message


@pytest.mark.parametrize(
    ("status", "said", "remedy"),
    [
        (404, "404 (not found)", "the number is gone"),
        (403, "403 (forbidden)", "ask the network team"),
        (429, "429 (too many requests) came, 3 times", "limits how often"),
        (500, "500 (internal server error) came, 3 times", "--offline"),
        (503, "503 (service unavailable) came, 3 times", "--offline"),
    ],
)
def test_a_refusal(fake: Fake, live: LiveFingertips, status: int, said: str, remedy: str) -> None:
    fake.break_with("status", "all_data", status=status)
    fault = fault_of(live)
    assert said in fault.message
    assert remedy in str(fault.remedy)


def test_a_slow_drip(fake: Fake, live: LiveFingertips, ask: Callable[..., Fetcher]) -> None:
    # The fake has its figures at hand, the cache has the metadata: only the drip takes time.
    read(live)
    live.fetcher = ask(policy=IMPATIENT, max_age=timedelta(0))
    fake.break_with("drip", "all_data")
    fault = fault_of(live)
    assert "a whole answer within 0.6 seconds was expected" in fault.message
    assert "--offline" in str(fault.remedy)


def test_metadata_that_are_no_json(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "metadata", change=lambda body: body[:-5])
    assert "JSON was expected" in fault_of(live).message


def test_metadata_of_another_shape(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "metadata", change=lambda _: b"[1]")
    assert "an object keyed by number was expected" in fault_of(live).message


@pytest.mark.parametrize(
    ("group", "field", "new", "said"),
    [
        ("Unit", "Label", "per 100,000", "the unit '%' was expected, 'per 100,000' came"),
        ("Unit", "Name", "x", "'Unit' with 'Label' was expected"),
    ],
)
def test_a_definition_that_changed(
    fake: Fake, live: LiveFingertips, group: str, field: str, new: str, said: str
) -> None:
    _change_metadata(fake, "92443", group, {field: new})
    assert said in fault_of(live).message


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("ValueType", "a known kind of value was expected, 'Odd' came"),
        ("YearType", "a known kind of year was expected, 'Odd' came"),
    ],
)
def test_a_kind_that_is_not_known(fake: Fake, live: LiveFingertips, group: str, said: str) -> None:
    _change_metadata(fake, "93227", group, {"Name": "Odd"})
    assert said in fault_of(live, EMERGENCY).message


def _change_metadata(fake: Fake, number: str, group: str, new: dict[str, str]) -> None:
    def changed(body: bytes) -> bytes:
        told = json.loads(body)
        told[number][group] = new
        return json.dumps(told).encode()

    fake.break_with("change", "metadata", change=changed)


@pytest.mark.parametrize(
    ("column", "old", "new", "said"),
    [
        ("Sex", "Persons", "People", "Female, Persons, Not applicable were expected, 'People'"),
        ("Time period", "2019", "Spring", "a period was expected, 'Spring' came"),
        ("Value", "1", "n/a", "numbers were expected in 'value', 'n/a"),
    ],
)
def test_words_that_are_not_known(
    fake: Fake, live: LiveFingertips, column: str, old: str, new: str, said: str
) -> None:
    def reworded(row: dict[str, str]) -> dict[str, str]:
        return row | {column: row[column].replace(old, new)}

    fake.break_with("change", "all_data", change=each_row(reworded))
    assert said in fault_of(live).message


def test_an_answer_on_another_indicator(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("change", "all_data", change=each_row(lambda row: row | {"Indicator ID": "1"}))
    assert "indicator 92443 was expected, 1 came with it" in fault_of(live).message


def test_an_unknown_word_of_comparison_is_left_out_and_told(
    fake: Fake, live: LiveFingertips
) -> None:
    word = "Compared to England value or percentiles"
    fake.break_with("change", "all_data", change=each_row(lambda row: row | {word: "Splendid"}))
    found = read(live)
    assert any(n.kind == "words" and "'Splendid'" in n.text for n in found.notices)
    assert not found.frame["note"].str.contains("Splendid").any()


def test_a_value_outside_its_limits_is_refused(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with(
        "change", "all_data", change=each_row(lambda row: row | {"Upper CI 95.0 limit": "0.0001"})
    )
    assert "the value lies outside its limits" in fault_of(live, EMERGENCY).message


def test_a_withheld_figure_is_withheld(fake: Fake, live: LiveFingertips) -> None:
    note = "Value suppressed for disclosure control due to small count"
    home = load_strategy().area.code

    def withheld(row: dict[str, str]) -> dict[str, str]:
        numbers = {c: "" for c in row if c in ("Value", "Count") or " CI " in c}
        return row | numbers | {"Value note": note} if row["Area Code"] == home else row

    fake.break_with("change", "all_data", change=each_row(withheld))
    frame = read(live, EMERGENCY).frame
    own = frame.loc[frame["area_code"] == home]
    assert set(own["status"]) == {"suppressed"}
    assert own["value"].isna().all()
    assert note in own["note"].iloc[0]


def test_a_fault_of_one_keeps_no_other_back(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("status", "indicator_ids=[0-9,]*92443", status=500)
    found = dict(live.each([LIFE, SMOKING, EMERGENCY]))
    assert isinstance(found[SMOKING], SourceError)
    assert isinstance(found[LIFE], LiveSeries)
    assert isinstance(found[EMERGENCY], LiveSeries)


def test_a_service_that_is_down_is_not_asked_for_ever(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("status", status=503)
    found = list(live.each(live.list()))
    assert len(found) == len(numbers_of(load_strategy(), current_snapshot()))
    assert "had failed 5 times in a row" in str(found[-1][1])
    assert len(fake.asked) < 60


def test_batches_are_few(fake: Fake, live: LiveFingertips) -> None:
    found = dict(live.each([LIFE, SMOKING, EMERGENCY]))
    assert len(found) == 3
    assert len(fake.questions("all_data")) == 2, "one for each tier"
    assert len(fake.questions("metadata")) == 1


def test_get_is_a_source(live: LiveFingertips) -> None:
    frame = live.get([LIFE])
    assert set(frame["series_id"]) == {LIFE}
    assert frame.attrs["origins"] == ("fingertips-90366",)
    assert set(frame["sex"]) == {"Male", "Female"}
    with pytest.raises(UsageError, match="neither registry nor snapshot names 'fingertips:1'"):
        live.get(["fingertips:1"])


def test_get_says_what_failed(fake: Fake, live: LiveFingertips) -> None:
    fake.break_with("status", "all_data", status=404)
    with pytest.raises(SourceError, match="404"):
        live.get([LIFE])


def test_the_other_questions(fake: Fake, ask: Callable[..., Fetcher]) -> None:
    api = FingertipsApi(ask())
    home = load_strategy().area
    assert api.profiles()[0]["Name"] == "Demo outcomes"
    assert 502 in api.area_types()
    assert set(api.areas(501, home.code)) == {d.code for d in home.districts}
    assert next(iter(api.areas(502, f"nn-11-{home.code}"))) == home.code
    assert b"Indicator ID" in api.data_of_profile(19, 502, 6).content[:20]
    assert b"Indicator ID" in api.data_of_group(1000041, 502, 6).content[:20]
    with pytest.raises(SourceError, match="1 to 100 indicators"):
        api.data(range(101), 502, 6)
    fake.break_with("change", "profiles", change=lambda _: b"{}")
    api.fetcher.max_age = timedelta(0)
    with pytest.raises(SourceError, match="a list of objects"):
        api.profiles()


@pytest.mark.parametrize(
    ("years", "label", "start", "end"),
    [
        ("calendar", "2021 - 23", "2021-01-01", "2023-12-31"),
        ("financial", "2023/24", "2023-04-01", "2024-03-31"),
        ("academic", "2023/24", "2023-09-01", "2024-08-31"),
        ("active-lives", "2023/24", "2023-11-16", "2024-11-15"),
        ("at-31-march", "2024", "2024-03-31", "2024-03-31"),
        ("calendar", "2012 Q1", "2012-01-01", "2012-03-31"),
        ("financial", "2016/17 - 20/21", "2016-04-01", "2021-03-31"),
    ],
)
def test_printed_periods(years: str, label: str, start: str, end: str) -> None:
    told = Definition(1, "x", "%", "proportion", "survey", years)
    period = told.period(label)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_an_age_that_is_not_known_is_printed_as_it_is() -> None:
    assert words_of_age("Not applicable") == "Not applicable"


def test_several_ages_need_a_choice(fake: Fake, live: LiveFingertips) -> None:
    def with_band(rows: list[list[str]]) -> list[list[str]]:
        more = [[*row[:8], "85+ yrs", *row[9:]] for row in rows[1:]]
        return [*rows, *more]

    fake.break_with("change", "all_data", change=rewrite(with_band))
    found = read(live, EMERGENCY)
    assert found.dropped["other ages"] > 0
    assert set(found.frame["age"]) == {"65 and over"}

    def only_bands(rows: list[list[str]]) -> list[list[str]]:
        out = [rows[0]]
        for band in ("75-84 yrs", "85+ yrs"):
            out += [[*row[:8], band, *row[9:]] for row in rows[1:]]
        return out

    fake.mend()
    fake.break_with("change", "all_data", change=rewrite(only_bands))
    live.fetcher.max_age = timedelta(0)
    assert "one age, '65 and over', was expected, 2 came" in fault_of(live, EMERGENCY).message


def test_the_fake_speaks_as_the_service_does(fake: Fake, ask: Callable[..., Fetcher]) -> None:
    answer = ask().get(
        "all_data/csv/by_indicator_id",
        {"indicator_ids": 92443, "child_area_type_id": 502, "parent_area_type_id": 6},
    )
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    assert len(rows[0]) == 27
    assert rows[0][22] == "Compared to Regions (statistical) value or percentiles"
    assert [row[2] for row in rows if row[4] == "E92000001"].count("") * 2 == sum(
        row[4] == "E92000001" for row in rows
    )
    with pytest.raises(SourceError, match="400"):
        ask().get("all_data/csv/by_indicator_id", {"child_area_type_id": 502})
