"""What the map sends: everything arrives, little goes over the wire, and a page with a map runs without a browser."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from raumblick.ui.map import HIDDEN, MISSING, AreaMap, pack, payload
from raumblick.ui.palette import SEQUENTIAL

NAMES = ("sehr gering", "gering", "mittel", "hoch", "sehr hoch")


def example(count: int = 6, **changes) -> AreaMap:
    fields = {
        "geometry_url": "/geo/musterstadt/1/ortsteil.json",
        "classes": [n % 5 for n in range(count)],
        "values": [float(n) for n in range(count)],
        "class_names": NAMES,
        "title": "SGB-II-Quote",
        "unit": "%",
    }
    return AreaMap(**(fields | changes))


def unpack(packed: dict, digits: int) -> list[float | None]:
    octets, width = base64.b64decode(packed["data"]), packed["width"]
    whole = [int.from_bytes(octets[i : i + width], "little") for i in range(0, len(octets), width)]
    return [None if n == 256**width - 1 else (n + packed["min"]) / 10**digits for n in whole]


@given(
    numbers=some.lists(some.one_of(some.none(), some.floats(-1e7, 1e7)), max_size=40),
    digits=some.integers(0, 3),
)
def test_numbers_arrive_exact_to_the_shown_digit(numbers, digits):
    back = unpack(pack(np.array(numbers, dtype=float), digits), digits)
    assert len(back) == len(numbers)
    for sent, found in zip(numbers, back, strict=True):
        if sent is None:
            assert found is None
        else:
            assert abs(found - sent) <= 0.5 * 10.0**-digits + 1e-6


def test_numbers_take_no_more_bytes_than_their_spread():
    assert pack(np.array([50.0, 50.9]), 1)["width"] == 1
    assert pack(np.array([0.0, 25.4]), 1)["width"] == 1
    assert pack(np.array([0.0, 25.5]), 1)["width"] == 2  # 255 would be mistaken for "no number"
    assert pack(np.array([0.0, 100_000.0]), 0)["width"] == 3


def test_codes_hold_class_hatch_and_dots():
    m = example(5, classes=[0, 4, MISSING, HIDDEN, 2], uncertain=[1, 0, 0, 0, 1], dotted=[False, True, False, False, True])
    decoded = [(ord(c) - 40, c) for c in payload(m)["codes"]]
    assert [(code // 4 - 2, code & 1, code >> 1 & 1) for code, _ in decoded] == [
        (0, 1, 0),
        (4, 0, 1),
        (MISSING, 0, 0),
        (HIDDEN, 0, 0),
        (2, 1, 1),
    ]


def test_no_code_needs_escaping_in_json():
    m = example(12, classes=range(-2, 10), class_names=tuple("abcdefghij"), uncertain=[True] * 12, dotted=[True] * 12)
    with pytest.raises(ValueError, match="1 to 5 classes"):
        payload(m)  # ten classes need their own colours
    ten = SEQUENTIAL.light * 2
    codes = payload(AreaMap(**(vars(m) | {"palette": type(SEQUENTIAL)(ten, ten)})))["codes"]
    assert json.dumps(codes) == f'"{codes}"'


def test_texts_are_sent_as_they_are():
    data = payload(example(2, values=["Kita <b>A</b>", ""]))
    assert data["texts"] == ["Kita <b>A</b>", ""] and "values" not in data


def test_what_is_hidden_does_not_leave_the_server():
    m = example(3, classes=[HIDDEN, MISSING, 1], values=[2.0, 1.0, 7.0], low=[1, 1, 6], high=[3, 3, 8])
    data = payload(m)
    for name, left in (("values", 7.0), ("low", 6.0), ("high", 8.0)):
        assert unpack(data[name], 1) == [None, None, left]
    assert payload(example(3, classes=[HIDDEN, MISSING, 1], values=["zwei", "?", "da"]))["texts"] == ["", "", "da"]


def test_fewer_classes_take_colours_from_the_whole_scale():
    data = payload(example(3, classes=[0, 1, 2], class_names=("a", "b", "c")))
    assert data["colors"] == [SEQUENTIAL.light[0], SEQUENTIAL.light[2], SEQUENTIAL.light[4]]


@pytest.mark.parametrize(
    "wrong",
    [
        {"classes": [0, 1, 5]},
        {"classes": [0, 1, -3]},
        {"values": [1.0]},
        {"uncertain": [True]},
        {"dotted": [True] * 4},
        {"low": [1.0], "high": [1.0, 2.0, 3.0]},
    ],
)
def test_what_does_not_fit_is_an_error(wrong):
    with pytest.raises(ValueError):
        payload(example(3, **wrong))


def test_version_names_the_picture():
    same, other = payload(example()), payload(example(values=[9.0] * 6))
    assert same["version"] == payload(example())["version"] != other["version"]


@pytest.mark.parametrize(("count", "limit"), [(542, 10_000), (11_000, 60_000)])
def test_one_step_is_small(count, limit):
    rng = np.random.default_rng(1)
    m = example(
        count,
        classes=rng.integers(-2, 5, count),
        values=rng.uniform(0, 90_000, count),
        digits=1,
        uncertain=rng.random(count) < 0.2,
        dotted=rng.random(count) < 0.2,
        selected="0101",
    )
    assert len(json.dumps(payload(m))) < limit


def _page():
    import streamlit as st

    from raumblick.ui.map import AreaMap, area_map

    shown = AreaMap("/geo/x.json", [0, 1, -1], [1.0, 2.0, None], ("wenig", "viel"), title="Quote")
    st.write(f"gewählt: {area_map(shown, key='karte')}")


def test_a_page_with_a_map_runs_in_fresh_sessions():
    for _ in range(2):  # each has its own runtime, which must learn about the component anew
        app = AppTest.from_function(_page).run()
        assert not app.exception
        assert app.markdown[0].value == "gewählt: None"
        assert not app.run().exception
