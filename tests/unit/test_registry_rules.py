"""Each rule of the registry broken on purpose: one clear message with file, line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwb_analysis.errors import RegistryError
from hwb_analysis.strategy import Strategy, find_registry, load_strategy
from hwb_analysis.vocabulary import Direction, Polarity, SeriesUse

NORTHSHIRE = Path(__file__).parent / "registry_files" / "northshire.yaml"
TEXT = NORTHSHIRE.read_text(encoding="utf-8")


def broken(tmp_path: Path, text: str) -> RegistryError:
    file = tmp_path / "broken.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        load_strategy(file)
    return caught.value


def changed(old: str, new: str) -> tuple[str, int]:
    """Return the text with one change, and the line of it."""
    assert TEXT.count(old) == 1, f"'{old}' must stand once in the file"
    return TEXT.replace(old, new), TEXT[: TEXT.index(old)].count("\n") + 1


CASES = {
    "unknown indicator": (
        "{key: decay}",
        "{key: decoy}",
        "unknown indicator 'decoy'",
        "priorities[teeth].measures[T-01].indicators[decoy].key",
        "did you mean 'decay'?",
    ),
    "duplicate measure": (
        "- id: T-03",
        "- id: T-01",
        "the id 'T-01' is used twice (first in line 31)",
        "priorities[teeth].measures[T-01].id",
        "another id",
    ),
    "duplicate priority": (
        "slug: calm",
        "slug: teeth",
        "the slug 'teeth' is used twice",
        "priorities[teeth].slug",
        "another slug",
    ),
    "bad direction": (
        "direction: decrease",
        "direction: down",
        "'down' is none of 'increase', 'decrease', 'narrow' or 'qualitative-achieve'",
        "priorities[teeth].measures[T-01].direction",
        "one of these words",
    ),
    "bad polarity": (
        "polarity: high",
        "polarity: up",
        "'up' is none of 'high', 'low' or 'none'",
        "indicators.wellbeing.polarity",
        "one of these words",
    ),
    "no reason": (
        '        reason: "No series: judged on evidence."\n',
        "",
        "the measure has no indicator of its own and no reason",
        "priorities[teeth].measures[T-03]",
        "add indicators",
    ),
    "reason in vain": (
        "baseline: 2024-03-31",
        "reason: none",
        "the measure has an indicator and a reason for having none",
        "priorities[teeth].measures[T-02].reason",
        "remove one of the two",
    ),
    "proxy without sentence": (
        "        sentence: The average anxiety score, not happiness.\n",
        "",
        "a proxy has no sentence",
        "indicators.wellbeing.series[ons:anxious]",
        "one plain sentence",
    ),
    "inverse without sentence": (
        "            sentence: Children not seen, so fewer is what the measure wants.\n",
        "",
        "an inverse has no sentence",
        "measures[T-02].indicators[unseen]",
        "one plain sentence",
    ),
    "no series and no word": (
        "    missing: Records are being collected.\n",
        "",
        "the indicator has no series of its own and no reason",
        "indicators.brushing",
        "missing: why",
    ),
    "primary against polarity": (
        "direction: decrease",
        "direction: increase",
        "the measure wants to increase and the good end of 'decay' is low",
        "priorities[teeth].measures[T-01].indicators[decay]",
        "inverse where they are opposite",
    ),
    "unknown stage": (
        "stage: early",
        "stage: earlier",
        "unknown stage 'earlier'",
        "priorities[teeth].stage",
        "did you mean 'early'?",
    ),
    "unknown measure in overlap": (
        "[T-01, T-02]",
        "[T-01, T-09]",
        "unknown measure 'T-09'",
        "overlaps[0].measures[1]",
        "known: ",
    ),
    "unknown district": (
        "most: E07000901",
        "most: E07000999",
        "unknown district 'E07000999'",
        "area.deprivation.most",
        "known: ",
    ),
    "doubled key": (
        "        type: qualitative\n",
        "        type: qualitative\n        type: qualitative\n",
        "the key 'type' stands twice (first in line 54)",
        "measures[T-03].type",
        "remove or rename",
    ),
    "unknown field": (
        "polarity: high",
        "polarity: high\n    colour: red",
        "the field 'colour' is unknown",
        "indicators.wellbeing.colour",
        "docs/registry.md",
    ),
    "missing field": (
        "    unit: schemes\n",
        "",
        "the field 'unit' is missing",
        "indicators.brushing.unit",
        "docs/registry.md",
    ),
    "number for text": (
        "code: '2'",
        "code: 4.1",
        "a text was expected, 4.1 came",
        "priorities[calm].code",
        "put it in quotes",
    ),
    "target without value": (
        ", value: 8",
        "",
        "a target of kind 'threshold' lacks value",
        "measures[C-01].target",
        "needs op, value, unit",
    ),
    "tag": (
        "title: Calm minds",
        "title: !secret Calm minds",
        "the tag '!secret' is not read here",
        "priorities[calm].title",
        "plain value",
    ),
    "gap backwards": (
        "last: 2021-03-31",
        "last: 2019-03-31",
        "the gap ends before it starts",
        "indicators.unseen.series[nhs:seen].gaps[0]",
        "exchange",
    ),
    "bad series id": (
        'id: "local:decay"',
        "id: decay",
        "'decay' does not have the form",
        "indicators.decay.series[decay].id",
        "as the other entries",
    ),
    "series twice": (
        'id: "local:decay"',
        'id: "survey:decay"',
        "the id 'survey:decay' is used twice",
        "indicators.decay.series[survey:decay].id",
        "another id",
    ),
    "gradient twice": (
        "    stage: early\n",
        "    stage: early\n    gradients: ['c:teeth', {series: 'c:teeth', component: true}]\n",
        "the gradient 'c:teeth' stands twice in the priority",
        "priorities[teeth].gradients[1]",
        "remove one of the two",
    ),
    "gradient of no form": (
        "    stage: early\n",
        "    stage: early\n    gradients: [teeth]\n",
        "'teeth' does not have the form",
        "priorities[teeth].gradients[0].series",
        "as the other entries",
    ),
    "gradient with a remark that is none": (
        "    stage: early\n",
        "    stage: early\n    gradients: [{series: 'c:teeth', part: true}]\n",
        "the field 'part' is unknown",
        "priorities[teeth].gradients[0].part",
        "docs/registry.md",
    ),
    "key as a field": (
        "    name: Brushing schemes",
        "    key: brush\n    name: Brushing schemes",
        "an indicator's key is the word in front of it",
        "indicators.brushing.key",
        "remove the field",
    ),
    "impossible date": (
        "after: 2024-03-31",
        "after: 2024-02-31",
        "'2024-02-31' is not a date",
        "indicators.unseen.series[nhs:seen].breaks[0].after",
        "write a day",
    ),
}
# The fault stands in the line of the change, but for these: a thing that is not there is
# missed at the entry that lacks it, and a doubled key is named where it stands again.
LINES_FROM_THE_CHANGE = {
    "no reason": -6,
    "proxy without sentence": -3,
    "inverse without sentence": -2,
    "no series and no word": -12,
    "primary against polarity": 4,
    "doubled key": 1,
    "unknown field": 1,
    "missing field": -6,
    "gradient twice": 1,
    "gradient of no form": 1,
    "gradient with a remark that is none": 1,
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_is_one_clear_message(tmp_path, name):
    old, new, rule, key, remedy = CASES[name]
    text, line = changed(old, new)
    error = broken(tmp_path, text)
    assert error.message.startswith(rule)
    assert key in error.where
    assert remedy in error.remedy
    assert error.exit_code == 10
    named = int(error.where.split("broken.yaml line ")[1].split(",")[0])
    assert named == line + LINES_FROM_THE_CHANGE.get(name, 0)


def test_all_faults_come_at_once_and_in_order(tmp_path):
    text = TEXT.replace("{key: decay}", "{key: decoy}").replace("stage: early", "stage: late")
    text = text.replace("polarity: high", "polarity: up").replace("    unit: schemes\n", "")
    error = broken(tmp_path, text)
    assert error.message.startswith("4 rules of the registry are broken")
    lines = [int(row.split("line ")[1].split(",")[0]) for row in error.message.splitlines()[1:]]
    assert lines == sorted(lines)
    for word in ("'decoy'", "'late'", "'up'", "'unit'"):
        assert word in error.message


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("  title: Northshire", "\ttitle: Northshire", 4), ("starts: 2025", "starts: [2025", 7)],
)
def test_broken_yaml_names_its_line(tmp_path, old, new, line):
    error = broken(tmp_path, TEXT.replace(old, new))
    assert error.message.startswith("the registry is not valid YAML:")
    assert error.where.startswith(f"broken.yaml line {line}")
    assert "tabs" in error.remedy


@pytest.mark.parametrize("text", ["", "- a list", "just words", "a: &x {b: *x}"])
def test_a_file_that_is_no_registry_is_refused(tmp_path, text):
    assert broken(tmp_path, text).where.startswith("broken.yaml")


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "latin.yaml"
    file.write_bytes("title: caf\xe9".encode("latin-1"))
    with pytest.raises(RegistryError, match="not UTF-8"):
        load_strategy(file)


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(RegistryError, match="cannot be read"):
        load_strategy(tmp_path / "nowhere.yaml")


def test_the_environment_names_the_registry(monkeypatch):
    monkeypatch.setenv("HWB_STRATEGY", str(NORTHSHIRE))
    assert load_strategy().area.name == "Northshire"


def test_two_registries_in_the_folder_are_refused(tmp_path, monkeypatch):
    folder = tmp_path / "strategy"
    folder.mkdir()
    for name in ("one.yaml", "two.yaml"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    monkeypatch.delenv("HWB_STRATEGY", raising=False)
    monkeypatch.setenv("HWB_DATA_DIR", str(tmp_path))
    with pytest.raises(RegistryError, match=r"2 were found: one\.yaml, two\.yaml"):
        find_registry()


def test_an_edit_is_seen_at_the_next_load(tmp_path):
    file = tmp_path / "edited.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert load_strategy(file) is load_strategy(file)
    file.write_text(TEXT.replace("Healthy teeth", "Strong white teeth"), encoding="utf-8")
    assert load_strategy(file).priority("teeth").title == "Strong white teeth"


def test_another_authority_works():
    strategy = load_strategy(NORTHSHIRE)
    assert [p.slug for p in strategy.priorities] == ["teeth", "calm"]
    assert [d.name for d in strategy.area.districts] == ["Upper Dale", "Lower Dale"]
    assert strategy.baseline(strategy.measure("T-01")) == date(2025, 3, 31)
    assert strategy.baseline(strategy.measure("T-02")) == date(2024, 3, 31)
    assert strategy.reason(strategy.measure("T-03")) == "No series: judged on evidence."


def test_a_gradient_is_an_id_or_an_id_with_its_remark(tmp_path):
    file = tmp_path / "gradients.yaml"
    entries = "    gradients: ['c:teeth', {series: 'c:poor', component: true}]\n"
    file.write_text(TEXT.replace("    stage: early\n", f"    stage: early\n{entries}"), "utf-8")
    strategy = load_strategy(file)
    links = strategy.priority("teeth").gradients
    assert [(link.series, link.component) for link in links] == [
        ("c:teeth", False),
        ("c:poor", True),
    ]
    assert {"c:teeth", "c:poor"} <= set(strategy.series_ids)


def test_the_preferred_series_is_reported_and_context_stands_beside():
    strategy = load_strategy(NORTHSHIRE)
    measure = strategy.measure("T-01")
    assert [p.series.id for p in strategy.parts(measure)] == ["survey:decay"]
    assert [p.series.id for p in strategy.context_parts(measure)] == ["local:brushing"]


def test_two_inverses_undo_each_other():
    strategy = load_strategy(NORTHSHIRE)
    (part,) = strategy.parts(strategy.measure("T-02"))
    assert part.use is SeriesUse.PRIMARY
    assert part.polarity is Polarity.HIGH
    assert part.wanted is Direction.INCREASE
    assert part.sentence.count(".") == 2


def test_parts_and_the_whole_never_stand_side_by_side():
    strategy = load_strategy(NORTHSHIRE)
    parts = strategy.parts(strategy.measure("C-01"))
    assert [(p.series.id, p.label, p.sex) for p in parts] == [
        ("ons:happy", "Men", "Male"),
        ("ons:happy", "Women", "Female"),
        ("ons:anxious", "Anxiety", ""),
    ]


LINES = TEXT.splitlines(keepends=True)


def loaded_or_refused(file: Path) -> tuple[Strategy | None, RegistryError | None]:
    try:
        return load_strategy(file), None
    except RegistryError as error:
        return None, error


@given(
    where=st.integers(0, len(LINES) - 1),
    act=st.sampled_from(["drop", "double", "empty", "list", "number", "indent", "words"]),
)
@settings(max_examples=300)
def test_any_slip_of_the_hand_loads_or_is_refused_with_a_place(tmp_path_factory, where, act):
    line = LINES[where]
    key, colon, _ = line.partition(":")
    slips = {
        "drop": "",
        "double": line * 2,
        "empty": f"{key}:\n" if colon else "\n",
        "list": f"{key}: [1, {{a: 2}}]\n" if colon else line,
        "number": f"{key}: 7\n" if colon else "7\n",
        "indent": "  " + line,
        "words": f"{key}: ': ' no\n",
    }
    file = tmp_path_factory.getbasetemp() / "slip.yaml"
    file.write_text("".join([*LINES[:where], slips[act], *LINES[where + 1 :]]), encoding="utf-8")
    strategy, error = loaded_or_refused(file)
    if error is not None:
        assert error.where.startswith("slip.yaml")
        assert error.remedy
    if strategy is not None:
        assert all(strategy.parts(m) or strategy.reason(m) for m in strategy.measures)
