"""Reading specs: the worked example, every preset, and errors that name the setting."""

import inspect
import textwrap
import tomllib
from pathlib import Path

import pytest

from raumblick.need import spec as spec_module
from raumblick.need.index import SpecError, load_spec, parse_spec

PRESETS = Path(__file__).parents[2] / "data" / "catalogue" / "index"
ONE = {"key": "a", "direction": "+"}


def minimal(**changes):
    return {"key": "t", "title": "T", "indicator": [dict(ONE), {"key": "b", "direction": "-"}], **changes}


def example():
    text = inspect.getdoc(spec_module) or ""
    block = text.split('    key = "beispiel"')[1].split("## The way of a value")[0]
    return tomllib.loads(textwrap.dedent('    key = "beispiel"' + block))


def test_the_documented_example_is_a_spec():
    spec = parse_spec(example())
    assert spec.keys == ("sgb2_u15", "unemp", "gym_rec", "eingang_speech")
    assert spec.weights == {"armut": 0.6, "bildung": 0.4} | dict.fromkeys(spec.keys, 0.5)
    bildung = spec.status.tree.children[1]
    assert bildung.aggregate == "geometric" and bildung.children[0].normalise.to == (1, 100)
    assert spec.dynamics is not None and spec.dynamics.years_back == 2
    assert spec.status.worst_class == "sehr niedrig"


@pytest.mark.parametrize("path", sorted(PRESETS.glob("*.toml")), ids=lambda p: p.stem)
def test_every_preset_loads_under_its_own_name(path):
    spec = load_spec(path)
    assert spec.key == path.stem
    assert spec.title and spec.source and spec.note


def test_the_presets_that_are_promised():
    names = {p.stem for p in PRESETS.glob("*.toml")}
    assert {f"mss_{y}" for y in (2013, 2015, 2017, 2019, 2021)} <= names
    assert {"leipzig", "hamburg_jew", "england", "scotland", "wales", "jugendhilfe"} <= names


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"titel": "T"}, "titel"),
        ({"title": ""}, "title"),
        ({"key": 3}, "key"),
        ({"indicator": []}, "index.indicator"),
        ({"indicator": [{"key": "a"}]}, "a.direction"),
        ({"indicator": [{"key": "a", "direction": "o"}]}, "a.direction"),
        ({"indicator": [{"direction": "+"}]}, "indicator.key"),
        ({"indicator": [ONE, ONE]}, "a"),
        ({"indicator": [{**ONE, "wieght": 1}]}, "indicator.a.wieght"),
        ({"indicator": [{**ONE, "weight": 0.5}, {"key": "b", "direction": "+", "weight": 0.4}]}, "index.weight"),
        ({"indicator": [{**ONE, "weight": 0.5}, {"key": "b", "direction": "+"}]}, "b.weight"),
        ({"indicator": [{**ONE, "weight": -1}]}, "a.weight"),
        ({"indicator": [{**ONE, "weight": "1"}]}, "a.weight"),
        ({"indicator": [{**ONE, "domain": "x"}]}, "x"),
        ({"indicator": [{**ONE, "transform": "ln"}]}, "a.transform"),
        ({"indicator": [{**ONE, "valid": [100, 0]}]}, "a.valid"),
        ({"indicator": [{**ONE, "normalise": {"method": "zscore"}}]}, "a.normalise.method"),
        ({"indicator": [{**ONE, "normalise": {"dispersion": "sample"}}]}, "a.normalise.method"),
        ({"indicator": [{**ONE, "normalise": {"method": "z", "dispersion": "n-1"}}]}, "a.normalise.dispersion"),
        ({"indicator": [{**ONE, "normalise": {"method": "z", "center": 1}}]}, "a.normalise"),
        ({"indicator": [{**ONE, "normalise": {"method": "percentile", "rank": "r/n"}}]}, "a.normalise.rank"),
        ({"indicator": [{**ONE, "normalise": {"method": "normal_score", "rank": "(n-r+1)/n"}}]}, "a.normalise.rank"),
        ({"indicator": [{**ONE, "direction": "-", "normalise": {"method": "max"}}]}, "a.normalise"),
        ({"indicator": [{**ONE, "treat": {"method": "winsorize"}}]}, "a.treat.method"),
        ({"index": {"agregate": "sum"}}, "index.agregate"),
        ({"index": {"aggregate": "median"}}, "index.aggregate"),
        ({"index": {"aggregate": "pca", "missing": "reweight"}}, "index.missing"),
        ({"index": {"weight_total": 3}, "indicator": [{**ONE, "weight": 1.0}]}, "index.weight"),
        ({"index": {"normalise": "z"}}, "index.normalise"),
        ({"defaults": {"weight": 1}}, "defaults.weight"),
        ({"domain": [{"key": "leer"}]}, "leer"),
        ({"domain": [{"key": "d", "parent": "e"}, {"key": "e", "parent": "d"}],
          "indicator": [ONE, {"key": "b", "direction": "+", "domain": "d"}]}, "index.domain"),
        ({"classes": {"cuts": [1], "labels": ["a", "b"]}}, "classes.method"),
        ({"classes": {"method": "cuts", "cuts": [1, 1], "labels": ["a", "b", "c"]}}, "classes.cuts"),
        ({"classes": {"method": "cuts", "cuts": [1], "labels": ["a"]}}, "classes.labels"),
        ({"classes": {"method": "cuts", "cuts": [1], "labels": ["a", "b"], "belongs": ["up"]}}, "classes.belongs"),
        ({"classes": {"method": "top", "labels": ["a", "b"]}}, "classes.top"),
        ({"classes": {"method": "quantiles", "rule": "round"}}, "classes.rule"),
        ({"exclude": [{"areas": ["1"]}]}, "exclude.reason"),
        ({"exclude": [{"reason": "r"}]}, "exclude.areas"),
        ({"exclude": [{"reason": "r", "column": "n"}]}, "exclude.column"),
        ({"exclude": [{"reason": "r", "below": 3}]}, "exclude.column"),
        ({"dynamics": {"indicator": [ONE]}}, "a"),
        ({"dynamics": {"year_back": 2, "indicator": [{"key": "d", "direction": "+"}]}}, "dynamics.year_back"),
        ({"sentinels": -9999}, "sentinels"),
        ({"minimum_areas": 1}, "minimum_areas"),
    ],
)  # fmt: skip
def test_errors_name_the_setting(changes, key):
    with pytest.raises(SpecError) as caught:
        parse_spec(minimal(**changes))
    assert caught.value.key == key and str(caught.value).startswith(key)


def test_a_misspelt_setting_gets_a_hint():
    with pytest.raises(SpecError, match="aggregate"):
        parse_spec(minimal(index={"agregate": "sum"}))


def test_broken_toml_names_the_file(tmp_path):
    path = tmp_path / "kaputt.toml"
    path.write_text("key = ", encoding="utf-8")
    with pytest.raises(SpecError, match="kaputt.toml"):
        load_spec(path)


@pytest.mark.parametrize("weights", [(0.5, 0.5), (50, 50), (22.5, 77.4)])
def test_weights_may_sum_to_one_or_hundred_within_rounding(weights):
    items = [{**ONE, "weight": weights[0]}, {"key": "b", "direction": "+", "weight": weights[1]}]
    assert parse_spec(minimal(indicator=items)).weights == {"a": weights[0], "b": weights[1]}


def test_a_sum_takes_any_weights():
    items = [{**ONE, "weight": 2}, {"key": "b", "direction": "+", "weight": 5}]
    assert parse_spec(minimal(indicator=items, index={"aggregate": "sum"})).weights == {"a": 2, "b": 5}


def test_new_weights_keep_the_sum_of_their_group():
    spec = parse_spec(example())
    changed = spec.with_weights({"armut": 3, "bildung": 1, "unemp": 0})
    assert changed.weights["armut"] == pytest.approx(0.75) and changed.weights["bildung"] == pytest.approx(0.25)
    assert changed.weights["sgb2_u15"] == 1 and changed.weights["unemp"] == 0
    assert spec.weights["armut"] == 0.6, "the spec itself never changes"
    for wrong in ({"unbekannt": 1.0}, {"unemp": -1.0}, {"unemp": float("nan")}, {"unemp": 0.0, "sgb2_u15": 0.0}):
        with pytest.raises(SpecError):
            spec.with_weights(wrong)


def test_an_indicator_can_be_left_out():
    spec = parse_spec(example())
    assert spec.without("unemp").weights == {"armut": 0.6, "bildung": 0.4, "sgb2_u15": 1.0, "gym_rec": 0.5,
                                             "eingang_speech": 0.5}  # fmt: skip
    assert spec.without("unemp", "sgb2_u15").weights == {"bildung": 1.0, "gym_rec": 0.5, "eingang_speech": 0.5}
    leipzig = load_spec(PRESETS / "leipzig.toml").without("unemp")
    assert leipzig.status.tree.min_share == pytest.approx(0.75), "an area may still lack one of five indicators"
    with pytest.raises(SpecError):
        spec.without("nichts")
    with pytest.raises(SpecError):
        spec.without("armut", "bildung")
