"""Weights as text, variants as files, two rankings side by side, one over the years."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from needcity_home import AGAINST, SAME

from raumblick.answers.material import inputs, material
from raumblick.answers.priority import rank
from raumblick.answers.variants import (
    Variant,
    VariantError,
    contrast,
    from_toml,
    history,
    parse_weights,
    to_toml,
    weights_text,
)
from raumblick.snapshot.store import open_store


@pytest.fixture(scope="module")
def found(need_home):
    return material(open_store(need_home, "mini", "planung"), "jugendhilfe", "ortsteil")


KEYS = st.text("abcdefghij_0123456789", min_size=1, max_size=12)
NUMBERS = st.integers(0, 100).map(lambda n: n / 100)


@given(st.dictionaries(KEYS, NUMBERS, max_size=8).filter(lambda w: not w or any(w.values())))
def test_weights_read_back(weights):
    given_ = tuple(weights.items())
    assert parse_weights(weights_text(given_)) == given_


@pytest.mark.parametrize("text", ["a", "a:", ":1", "a:-1", "a:1e5", "a:nan", "a:1,a:2", "a b:1", "a:0,b:0", "a:1;b:2", "<x>:1"])
def test_what_is_no_weight_is_named(text):
    with pytest.raises(VariantError):
        parse_weights(text)


def test_no_text_is_no_weights():
    assert parse_weights("") == ()


@given(
    st.text(max_size=60), st.dictionaries(KEYS, NUMBERS, max_size=4).filter(lambda w: not w or any(w.values())),
    st.none() | st.integers(1, 50),
)  # fmt: skip
def test_a_variant_reads_back_from_its_file(name, weights, top):
    variant = Variant(name, "leipzig", tuple(weights.items()), "ortsteil", "2022", top, ("zahlen",), 7)
    assert from_toml(to_toml(variant).encode()) == variant


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"format = 1", b'format = "raumblick-variante-1"', b'format = "raumblick-variante-1"\nindex = "nichts"',
        b'format = "raumblick-variante-1"\nindex = "leipzig"\nanzahl = -1',
        b'format = "raumblick-variante-1"\nindex = "leipzig"\n[gewichte]\nunemp = "viel"',
        b'format = "raumblick-variante-1"\nindex = "leipzig"\n[gewichte]\nunemp = nan',
        b'format = "raumblick-variante-1"\nindex = "leipzig"\nstart = "eins"',
    ],
)  # fmt: skip
def test_a_file_that_is_no_variant_is_refused_in_german(content):
    with pytest.raises(VariantError, match=r"Datei|Index|Zahlen|gewichte|Gewicht"):
        from_toml(content)


def test_two_ways_to_weigh_side_by_side(found):
    now = inputs(found)
    turned = rank(now, tuple((key, 0.1) for key in SAME) + ((AGAINST, 0.9),), top=3)
    both = contrast(rank(now, (), 3), turned)
    assert (both.entering, both.leaving) == (
        ("Ortsteil 00", "Ortsteil 01", "Ortsteil 02"), ("Ortsteil 07", "Ortsteil 06", "Ortsteil 05"),
    )  # fmt: skip
    assert (both.both, both.correlation, both.same) == (0, pytest.approx(-1.0), False)
    first = both.areas.iloc[0]
    assert (first["area_id"], first["rank_a"], first["rank_b"], first["shift"]) == ("07", 1, 8, 7)
    again = contrast(turned, turned)
    assert (again.same, again.both, again.correlation) == (True, 3, pytest.approx(1.0))


def test_the_years_keep_the_weights_and_name_the_periods(found):
    past = history(found, top=1)
    assert list(past.rank.columns) == ["2018", "2019", "2020", "2021", "2022", "2023"]
    assert past.rank.loc["07", "2023"] == 1
    assert past.target.loc["07", "2023"]
    assert past.target.sum().tolist() == [1] * 6
    assert past.skipped == ()
    assert past.periods.loc["Abgänge ohne Hauptschulabschluss", "2023"] == "2022"
    speech = past.periods.loc["Sprachauffälligkeit bei der Schuleingangsuntersuchung"]
    assert speech[["2018", "2019"]].isna().all() and speech["2020"] == "2020"


def test_a_year_that_cannot_be_computed_is_named(found):
    past = history(found, ((("eingang_speech"), 1.0), *((key, 0.0) for key in (*SAME[:3], AGAINST))))
    assert [year for year, _ in past.skipped] == ["2018", "2019"]  # nothing is left there
    assert all("Gewicht" in reason for _, reason in past.skipped)
    assert list(past.rank.columns) == ["2020", "2021", "2022", "2023"]
