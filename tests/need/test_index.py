"""Scoring: worked numbers, every convention against a plain computation, properties, faults."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from raumblick.need.index import IndexError_, change_columns, load_spec, parse_spec, score

PRESETS = Path(__file__).parents[2] / "data" / "catalogue" / "index"


def spec_of(keys, **sections):
    items = [{"key": k, "direction": d} for k, d in keys.items()] if isinstance(keys, dict) else keys
    return parse_spec({"key": "t", "title": "T", "indicator": items, **sections})


def table_of(**columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"area_id": [f"{i:03d}" for i in range(size)], **columns})


def random_table(seed=0, size=40, keys="abcd"):
    rng = np.random.default_rng(seed)
    return table_of(**{k: rng.gamma(3, 5, size) for k in keys})


def z(x, ddof=0):
    return (x - x.mean()) / x.std(ddof=ddof)


# --- worked numbers ---------------------------------------------------------------------------------------------------


def test_jugendeinwohnerwert():
    spec = load_spec(PRESETS / "hamburg_jew.toml")
    # The sixth area stands for the rest of the city: it holds the largest share.
    table = table_of(pop_u21=[3569, 2938, 5375, 2286, 8612, 1000], sgb2_u15=[11.38, 14.10, 11.06, 9.54, 10.12, 17.61])
    got = score(table, spec).areas["index"].round().tolist()
    assert got[:5] == [4383, 4598, 6387, 2286, 9231] and got[5] == 2000


def test_human_development_index():
    # Worked example of the technical notes of the Human Development Report: life 0.6971, schooling 0.3447, income 0.5506.
    items = [
        {"key": "life", "direction": "+", "normalise": {"method": "minmax", "bounds": [20, 85], "to": [0, 1]}},
        {"key": "school", "direction": "+", "normalise": {"method": "none"}},
        {"key": "income", "direction": "+", "transform": "log",
         "normalise": {"method": "minmax", "bounds": [np.log(100), np.log(75000)], "to": [0, 1]}},
    ]  # fmt: skip
    table = table_of(life=[65.31, 80, 70], school=[0.3447, 0.9, 0.5], income=[3829, 60000, 9000])
    result = score(table, spec_of(items, index={"aggregate": "geometric"}))
    assert result.standardised.iloc[0].round(4).tolist() == [0.6971, 0.3447, 0.5506]
    assert result.areas["index"][0] == pytest.approx(0.510, abs=5e-4)


def test_exponential_ranks_run_from_zero_to_hundred_and_a_tenth_exceeds_fifty():
    items = [{"key": "a", "direction": "+", "normalise": {"method": "exponential"}}]
    got = score(table_of(a=np.arange(1000.0)), spec_of(items)).areas["index"]
    assert got.max() == pytest.approx(100) and 0 < got.min() < 0.03
    assert (got > 50).mean() == pytest.approx(0.10, abs=0.005)


def test_the_english_preset_is_the_published_formula():
    rng = np.random.default_rng(5)
    spec = load_spec(PRESETS / "england.toml")
    ranks = pd.DataFrame({k: rng.permutation(500) + 1 for k in spec.keys})
    weights = np.array([0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093])
    expected = (-23 * np.log(1 - (500 - ranks + 1) / 500 * (1 - np.exp(-100 / 23)))).to_numpy() @ weights
    areas = score(ranks.assign(area_id=range(500)), spec).areas
    np.testing.assert_allclose(areas["index"], expected, rtol=1e-12)
    order = stats.rankdata(-expected, method="min")
    assert areas["rank"].tolist() == order.tolist()
    assert areas["status_class"].tolist() == [str(int(v)) for v in np.ceil(order * 10 / 500)]


# --- conventions against a plain computation --------------------------------------------------------------------------


@pytest.mark.parametrize("ddof", [0, 1])
def test_z_sum_and_restandardisation(ddof):
    t = random_table()
    how = {"method": "z", "dispersion": "sample" if ddof else "population"}
    got = score(
        t,
        spec_of(
            {"a": "+", "b": "-", "c": "+"}, defaults={"normalise": how}, index={"aggregate": "sum", "normalise": how}
        ),
    )
    expected = z(z(t.a, ddof) - z(t.b, ddof) + z(t.c, ddof), ddof)
    np.testing.assert_allclose(got.areas["index"], expected)
    np.testing.assert_allclose(got.standardised["b"], -z(t.b, ddof))


def test_minmax_directions_bounds_and_clip():
    t = table_of(a=[0.0, 5, 10], b=[0.0, 5, 10])
    items = [
        {"key": "a", "direction": "-", "normalise": {"method": "minmax", "to": [1, 100]}},
        {"key": "b", "direction": "-", "normalise": {"method": "minmax", "bounds": [2, 12], "clip": True}},
    ]
    got = score(t, spec_of(items)).standardised
    assert got["a"].tolist() == [100, 50.5, 1]
    assert got["b"].tolist() == [100, 70, 20]


def test_relative_and_largest():
    t = table_of(a=[1.0, 2, 3], b=[2.0, 4, 8])
    items = [
        {"key": "a", "direction": "+", "normalise": {"method": "relative", "to": [0, 100]}},
        {"key": "b", "direction": "+", "normalise": {"method": "max"}},
    ]
    got = score(t, spec_of(items)).standardised
    assert got["a"].tolist() == [50, 100, 150] and got["b"].tolist() == [0.25, 0.5, 1]


@pytest.mark.parametrize("ties", ["average", "min", "max", "dense", "first"])
def test_scaled_ranks_and_ties(ties):
    t = table_of(a=[3.0, 1, 3, 2, 2, 9])
    r = stats.rankdata(-t.a, method="ordinal" if ties == "first" else ties)
    formulas = {"(n-r+1)/n": (6 - r + 1) / 6, "(n-r)/n": (6 - r) / 6, "(n-r)/(n-1)": (6 - r) / 5}
    for formula, expected in formulas.items():
        items = [{"key": "a", "direction": "+", "normalise": {"method": "scaled_rank", "rank": formula, "ties": ties}}]
        np.testing.assert_allclose(score(t, spec_of(items)).standardised["a"], expected)


def test_percentile_rank_is_the_share_of_lower_areas():
    t = table_of(a=[3.0, 1, 3, 2, 9])
    items = [{"key": "a", "direction": "+", "normalise": {"method": "percentile"}}]
    assert score(t, spec_of(items)).standardised["a"].tolist() == [50, 0, 50, 25, 100]


def test_normal_scores_and_points():
    t = random_table(size=20)
    items = [
        {"key": "a", "direction": "+", "normalise": {"method": "normal_score"}},
        {"key": "b", "direction": "-", "normalise": {"method": "points", "k": 5}},
    ]
    got = score(t, spec_of(items)).standardised
    np.testing.assert_allclose(got["a"], stats.norm.ppf((stats.rankdata(t.a) - 0.5) / 20))
    assert got["b"].value_counts().to_dict() == dict.fromkeys([1.0, 2, 3, 4, 5], 4)
    assert got["b"].iloc[t.b.to_numpy().argmin()] == 5


def test_population_weighted_and_fixed_z():
    t = random_table().assign(people=np.arange(1.0, 41))
    items = [
        {"key": "a", "direction": "+", "normalise": {"method": "z", "weighted_by": "people"}},
        {"key": "b", "direction": "-", "normalise": {"method": "z", "center": 10, "spread": 4}},
    ]
    got = score(t, spec_of(items)).standardised
    mean = np.average(t.a, weights=t.people)
    np.testing.assert_allclose(got["a"], (t.a - mean) / np.sqrt(np.average((t.a - mean) ** 2, weights=t.people)))
    np.testing.assert_allclose(got["b"], -(t.b - 10) / 4)


def test_hierarchy_with_winsorising_minmax_and_geometric_parts():
    t = random_table(3)
    t.loc[0, "a"], t.loc[1, "a"] = 900.0, 600.0
    spec = parse_spec(
        {
            "key": "h", "title": "H",
            "index": {"aggregate": "geometric"},
            "defaults": {"treat": {"method": "winsorise"}, "normalise": {"method": "minmax", "to": [1, 100]}},
            "domain": [{"key": "eins", "weight": 0.25}, {"key": "zwei", "weight": 0.75, "aggregate": "geometric"},
                       {"key": "drei", "parent": "eins", "weight": 0.5}],
            "indicator": [{"key": "a", "direction": "+", "domain": "drei"}, {"key": "b", "direction": "-", "domain": "eins",
                                                                            "weight": 0.5},
                          {"key": "c", "direction": "+", "domain": "zwei", "weight": 0.4},
                          {"key": "d", "direction": "+", "domain": "zwei", "weight": 0.6}],
        }
    )  # fmt: skip

    def minmax(x):
        return 1 + 99 * (x - x.min()) / (x.max() - x.min())

    a = t.a.copy()
    third = np.sort(a)[-3]
    a[:2] = third  # both outliers come down to the third largest value
    eins = (minmax(a) + minmax(-t.b)) / 2
    zwei = minmax(t.c) ** 0.4 * minmax(t.d) ** 0.6
    result = score(t, spec)
    np.testing.assert_allclose(result.areas["index"], eins**0.25 * zwei**0.75)
    np.testing.assert_allclose(result.domains["eins"], eins)


def test_winsorising_stops_at_the_limit_and_can_fall_back_to_logs():
    a = np.r_[np.linspace(1, 2, 60), [1000.0, 2000, 4000, 8000]]
    items = [{"key": "a", "direction": "+", "normalise": {"method": "none"},
              "treat": {"method": "winsorise", "max_points": 2}}]  # fmt: skip
    got = score(table_of(a=a), spec_of(items)).standardised["a"].to_numpy()
    assert got.tolist() == np.minimum(a, 2000).tolist()
    items[0]["treat"]["fallback"] = "log"
    got = score(table_of(a=a), spec_of(items)).standardised["a"].to_numpy()
    np.testing.assert_allclose(got, np.log(a - 1 + 0.01 * 7999))
    items[0]["treat"]["max_points"] = 0
    got = score(table_of(a=a), spec_of(items)).standardised["a"].to_numpy()
    assert got.max() == 2


def test_sample_moments_are_those_of_spreadsheets():
    from raumblick.need.normalise import moments

    x = np.random.default_rng(0).gamma(1, 1, 30)
    assert moments(x) == pytest.approx((stats.skew(x, bias=False), stats.kurtosis(x, bias=False)))
    assert moments(x, "population") == pytest.approx((stats.skew(x), stats.kurtosis(x)))


def test_other_treatments():
    a = np.arange(101.0)
    for how, low, high in [({"method": "quantiles", "quantiles": [0.1, 0.9]}, 10, 90), ({"method": "sd", "sd": 1}, 50 - a.std(),
                                                                                        50 + a.std())]:  # fmt: skip
        items = [{"key": "a", "direction": "+", "normalise": {"method": "none"}, "treat": how}]
        got = score(table_of(a=a), spec_of(items)).standardised["a"]
        assert got.min() == pytest.approx(low) and got.max() == pytest.approx(high)


def test_first_principal_component():
    rng = np.random.default_rng(2)
    core = rng.normal(size=300)
    t = table_of(a=core + rng.normal(size=300), b=-core + rng.normal(size=300) * 0.5, c=core + rng.normal(size=300) * 2)
    index = {"aggregate": "pca", "normalise": {"method": "z", "mean": 1000, "sd": 100}}
    result = score(t, spec_of({"a": "+", "b": "-", "c": "+"}, index=index))
    standard = np.column_stack([z(t.a), -z(t.b), z(t.c)])
    values, vectors = np.linalg.eigh(np.corrcoef(standard.T))
    component = standard @ vectors[:, -1] * np.sign(vectors[:, -1].sum())
    np.testing.assert_allclose(result.areas["index"], 1000 + 100 * z(component))
    assert np.corrcoef(result.areas["index"], core)[0, 1] > 0.7
    assert any(f"{100 * values[-1] / 3:.0f} %" in note for note in result.notes)
    np.testing.assert_allclose(sum(w**2 for w in result.weights.values()), 1)


@pytest.mark.parametrize("kind", ["eigenvector", "loading", "squared", "unit_sum"])
def test_loadings(kind):
    t = random_table(1)
    t["b"] = t.a * 2 + t.b
    weights = np.array(
        list(score(t, spec_of({"a": "+", "b": "+"}, index={"aggregate": "pca", "loadings": kind})).weights.values())
    )
    r = np.corrcoef(t.a, t.b)[0, 1]
    expected = {"eigenvector": np.sqrt(0.5), "loading": np.sqrt((1 + r) / 2), "squared": 0.5, "unit_sum": 0.5}[kind]
    np.testing.assert_allclose(weights, expected)


def test_power_mean_and_product():
    t = table_of(a=[1.0, 4, 9], b=[4.0, 4, 1])
    items = [{"key": k, "direction": "+", "normalise": {"method": "none"}} for k in "ab"]
    got = score(t, spec_of(items, index={"aggregate": "power", "power": 0.5})).areas["index"]
    np.testing.assert_allclose(got, [2.25, 4, 4])
    got = score(t, spec_of(items, index={"aggregate": "product"})).areas["index"]
    np.testing.assert_allclose(got, [4, 16, 9])


def test_transforms():
    t = table_of(a=[1.0, 10, 100])
    for name, f in [("log", np.log), ("log1p", np.log1p), ("sqrt", np.sqrt)]:
        items = [{"key": "a", "direction": "+", "transform": name, "normalise": {"method": "none"}}]
        np.testing.assert_allclose(score(t, spec_of(items)).standardised["a"], f(t.a))
    items = [{"key": "a", "direction": "+", "transform": "arcsine", "normalise": {"method": "none"}}]
    np.testing.assert_allclose(
        score(table_of(a=[0.0, 0.5, 1]), spec_of(items)).standardised["a"], [0, np.pi / 4, np.pi / 2]
    )
    with pytest.raises(IndexError_, match="^a:"):
        score(t, spec_of(items))


def test_low_index_can_mean_need():
    t = random_table()
    index = {"orientation": "-", "normalise": {"method": "z", "mean": -1000, "sd": 100}}
    cuts = {"method": "cuts", "cuts": [900, 1000], "labels": ["viel", "etwas", "wenig"]}
    result = score(t, spec_of({"a": "+"}, index=index, classes=cuts))
    np.testing.assert_allclose(result.areas["index"], 1000 - 100 * z(t.a))
    assert result.areas["rank"][t.a.argmax()] == 1 and result.areas["status_class"][t.a.argmax()] == "viel"
    assert result.spec.status.worst_class == "viel"


# --- classes ----------------------------------------------------------------------------------------------------------


def test_both_quantile_rules():
    for n in (1909, 6976):
        t = table_of(a=np.arange(n, 0, -1.0))
        r = np.arange(1, n + 1)
        for rule, expected in [("ceil(r*k/n)", np.ceil(r * 10 / n)), ("floor((r-1)*k/n)+1", (r - 1) * 10 // n + 1)]:
            got = score(t, spec_of({"a": "+"}, classes={"method": "quantiles", "k": 10, "rule": rule})).areas
            assert got["status_class"].astype(int).tolist() == expected.astype(int).tolist()
    # 1,909 areas: the 191st is in the first tenth by the one rule and in the second by the other.
    assert np.ceil(191 * 10 / 1909) == 2 and 190 * 10 // 1909 + 1 == 1


def test_quantiles_counted_from_the_least_need():
    t = table_of(a=np.arange(23.0))
    got = score(t, spec_of({"a": "+"}, classes={"method": "quantiles", "k": 10, "first": "least"})).areas[
        "status_class"
    ]
    assert got.astype(int).tolist() == np.ceil(np.arange(1, 24) * 10 / 23).astype(int).tolist()


def test_cuts_and_their_borders():
    t = table_of(a=[-2.0, -1, 0, 1, 1.5, 2])
    items = [{"key": "a", "direction": "+", "normalise": {"method": "none"}}]
    classes = {"method": "cuts", "cuts": [-1, 1, 1.5], "labels": list("wxyz"), "belongs": ["above", "below", "below"]}
    assert score(t, spec_of(items, classes=classes)).areas["status_class"].tolist() == list("wxxxyz")
    classes["belongs"] = ["below", "above", "above"]
    assert score(t, spec_of(items, classes=classes)).areas["status_class"].tolist() == list("wwxyzz")


def test_top_areas_and_ties_at_the_border():
    t = table_of(a=[5.0, 4, 4, 3, 2])
    classes = {"method": "top", "top": [1, 2], "labels": ["erste", "zweite", "andere"]}
    got = score(t, spec_of({"a": "+"}, classes=classes)).areas
    assert got["rank"].tolist() == [1, 2, 2, 4, 5]
    assert got["status_class"].tolist() == ["erste", "zweite", "zweite", "andere", "andere"]


# --- missing values, exclusions, dynamics -----------------------------------------------------------------------------


def test_an_area_without_an_indicator_is_excluded_with_the_reason():
    t = random_table()
    t.loc[3, "b"] = np.nan
    result = score(t, spec_of({"a": "+", "b": "+"}))
    rest = score(t.drop(index=3), spec_of({"a": "+", "b": "+"}))
    assert result.areas["excluded"][3] == "keine Angabe: b" and np.isnan(result.areas["index"][3])
    np.testing.assert_allclose(result.areas["index"].drop(index=3), rest.areas["index"])
    assert result.areas["rank"].isna().sum() == 1 and "1 von 40" in result.notes[0]


def test_reweighting_needs_a_share():
    t = random_table()
    t.loc[3, "b"] = np.nan
    t.loc[4, ["a", "b"]] = np.nan
    items = [{"key": "a", "direction": "+", "weight": 0.5}, {"key": "b", "direction": "+", "weight": 0.3},
             {"key": "c", "direction": "+", "weight": 0.2}]  # fmt: skip
    result = score(t, spec_of(items, index={"missing": "reweight", "min_share": 0.6}))
    known = t.drop(index=4)
    parts = {k: (known[k] - known[k].mean()) / known[k].std(ddof=0) for k in "abc"}
    assert result.areas["index"][3] == pytest.approx((0.5 * parts["a"][3] + 0.2 * parts["c"][3]) / 0.7)
    assert result.areas["index"][5] == pytest.approx(0.5 * parts["a"][5] + 0.3 * parts["b"][5] + 0.2 * parts["c"][5])
    assert result.areas["excluded"][4] == "keine Angabe: a, b"
    assert result.contributions.loc["003", "b"] == 0


def test_reweighting_inside_one_domain():
    t = random_table()
    t.loc[3, "b"] = np.nan
    spec = parse_spec({"key": "t", "title": "T", "domain": [{"key": "d", "missing": "reweight"}, {"key": "e"}],
                       "indicator": [{"key": "a", "direction": "+", "domain": "d"}, {"key": "b", "direction": "+", "domain": "d"},
                                     {"key": "c", "direction": "+", "domain": "e"}]})  # fmt: skip
    result = score(t, spec)
    assert result.areas["excluded"].isna().all()
    assert result.areas["index"][3] == pytest.approx((z(t.a)[3] + z(t.c)[3]) / 2)
    t.loc[3, "c"] = np.nan
    assert score(t, spec).areas["excluded"][3] == "keine Angabe: b, c"


def test_an_indicator_of_weight_zero_is_not_needed():
    t = random_table()
    t.loc[3, "b"] = np.nan
    spec = spec_of({"a": "+", "b": "+", "c": "+"})
    result = score(t, spec.with_weights({"b": 0}))
    assert result.areas["excluded"].isna().all()
    np.testing.assert_allclose(result.areas["index"], score(t, spec.without("b")).areas["index"])


def test_exclusion_by_column_list_and_rule():
    t = random_table(size=8).assign(
        people=[100, 500, None, 500, 500, 500, 500, 500],
        kind=["w"] * 7 + ["x"],
        excluded=[None, None, None, "Heim"] + [None] * 4,
    )
    rules = [
        {"column": "people", "below": 300, "missing": True, "reason": "zu klein"},
        {"areas": ["004", "999"], "reason": "Gewerbe"},
        {"column": "kind", "not_equals": ["w"], "reason": "kein Wohngebiet"},
        {"column": "gibtsnicht", "below": 1, "optional": True, "reason": "x"},
    ]
    result = score(t, spec_of({"a": "+"}, exclude=rules))
    assert result.areas["excluded"].fillna("").tolist() == [
        "zu klein", "", "zu klein", "Heim", "Gewerbe", "", "", "kein Wohngebiet",
    ]  # fmt: skip
    np.testing.assert_allclose(result.areas["index"][[1, 5, 6]], z(t.a[[1, 5, 6]]))
    assert any("gibtsnicht" in note for note in result.notes)
    with pytest.raises(IndexError_, match="^gibtsnicht"):
        score(t, spec_of({"a": "+"}, exclude=[{"column": "gibtsnicht", "below": 1, "reason": "x"}]))


def test_excluded_as_flag():
    t = random_table(size=6).assign(excluded=[True, False, False, False, False, False])
    got = score(t, spec_of({"a": "+"})).areas["excluded"]
    assert got[0] == "ausgeschlossen" and got[1:].isna().all()


def dynamic_spec():
    return spec_of(
        {"a": "+", "b": "+"},
        dynamics={
            "years_back": 2, "aggregate": "sum", "normalise": {"method": "z"},
            "indicator": [{"key": "da", "of": "a", "direction": "+"}, {"key": "db", "of": "b", "direction": "+"}],
            "classes": {"method": "cuts", "cuts": [-1, 1], "labels": ["positiv", "stabil", "negativ"]},
        },
    )  # fmt: skip


def test_dynamics_from_two_years():
    now, before = random_table(1), random_table(2).sample(frac=1, random_state=0)
    before.loc[7, "b"] = np.nan
    table = change_columns(now, before, dynamic_spec())
    earlier = before.set_index("area_id").reindex(now.area_id).reset_index()
    np.testing.assert_allclose(table["da"], now.a - earlier.a)
    result = score(table, dynamic_spec())
    use = table["db"].notna()
    expected = z(z(table.da[use]) + z(table.db[use]))
    np.testing.assert_allclose(result.areas["dynamics_index"][use], expected)
    assert result.areas["dynamics_index"][~use].isna().all() and result.areas["index"].notna().all()
    assert set(result.areas["dynamics_class"].dropna()) == {"positiv", "stabil", "negativ"}
    assert any("1 Gebiete" in note for note in result.notes)
    assert list(result.standardised.columns) == ["a", "b", "da", "db"]
    assert list(result.contributions.columns) == ["a", "b"]


def test_dynamics_without_changes_is_said_and_half_of_them_is_an_error():
    result = score(random_table(), dynamic_spec())
    assert result.areas["dynamics_class"].isna().all() and any("Dynamik" in note for note in result.notes)
    with pytest.raises(IndexError_, match="^db"):
        score(random_table().assign(da=1.0), dynamic_spec())


def test_sums_that_are_equal_on_paper_share_a_rank():
    t = table_of(a=[0.1, 0.3, 0.2, 0.9], b=[0.2, 0.1, 0.3, 0.9], c=[0.3, 0.2, 0.1, 0.9])
    items = [{"key": k, "direction": "+", "normalise": {"method": "none"}} for k in "abc"]
    result = score(t, spec_of(items, index={"aggregate": "sum"})).areas
    assert result["index"][:3].nunique() > 1, "floating point tells them apart"
    assert result["rank"].tolist() == [2, 2, 2, 1]


# --- properties -------------------------------------------------------------------------------------------------------

METHODS = st.sampled_from(
    [{"method": "z"}, {"method": "minmax", "to": [1, 100]}, {"method": "exponential"}, {"method": "percentile", "to": [1, 2]},
     {"method": "scaled_rank"}, {"method": "points"}]
)  # fmt: skip


@st.composite
def any_spec(draw):
    """A spec of two domains with any mix of normalisations and aggregations that fit together."""
    positive = [{"method": "minmax", "to": [1, 100]}, {"method": "exponential"}, {"method": "scaled_rank"}]
    domains = []
    for key in ("eins", "zwei"):
        aggregate = draw(st.sampled_from(["mean", "sum", "geometric", "power", "product", "pca"]))
        inside = draw(st.sampled_from([None, {"method": "z"}, *positive]))
        domains.append({"key": key, "aggregate": aggregate, "power": 0.5} | ({"normalise": inside} if inside else {}))
    leaves = []
    for i, key in enumerate("abcd"):
        curved = domains[i // 2]["aggregate"] in ("geometric", "power", "product")
        how = draw(st.sampled_from(positive)) if curved else draw(METHODS)
        leaves.append(
            {"key": key, "direction": draw(st.sampled_from("+-")), "domain": ("eins", "zwei")[i // 2], "normalise": how}
        )
    top = draw(st.sampled_from(["mean", "sum"]))
    rescale = draw(
        st.sampled_from([{"method": "none"}, {"method": "z", "mean": 50, "sd": 10}, {"method": "exponential"}])
    )
    return parse_spec({"key": "r", "title": "R", "index": {"aggregate": top, "normalise": rescale}, "domain": domains,
                       "indicator": leaves})  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(spec=any_spec(), seed=st.integers(0, 10**6))
def test_contributions_sum_to_the_index(spec, seed):
    result = score(random_table(seed, 25), spec)
    np.testing.assert_allclose(
        result.contributions.sum(axis=1) + result.base, result.areas["index"].to_numpy(), atol=1e-8
    )
    # The base is one number, but for areas that are tied up to rounding at the average of a ranked domain.
    assert np.isclose(result.base, result.base.median(), atol=1e-6).mean() > 0.8


@settings(max_examples=40, deadline=None)
@given(spec=any_spec(), seed=st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(spec, seed):
    table = random_table(seed, 25)
    shuffled = table.sample(frac=1, random_state=seed % 1000)
    one = score(table, spec).areas.set_index("area_id")
    two = score(shuffled, spec).areas
    assert two["area_id"].tolist() == shuffled["area_id"].tolist(), "input order is kept"
    np.testing.assert_allclose(two.set_index("area_id").loc[one.index, "index"], one["index"], rtol=1e-9)


@given(seed=st.integers(0, 10**6), factor=st.floats(1e-3, 1e3), shift=st.floats(-1e3, 1e3))
@settings(max_examples=40, deadline=None)
def test_z_does_not_know_units(seed, factor, shift):
    table = random_table(seed, 20)
    spec = spec_of({"a": "+", "b": "-"}, index={"normalise": {"method": "z"}})
    moved = table.assign(a=table.a * factor + shift)
    np.testing.assert_allclose(score(moved, spec).areas["index"], score(table, spec).areas["index"], atol=1e-6)


@given(seed=st.integers(0, 10**6), area=st.integers(0, 19), more=st.floats(0.1, 100))
@settings(max_examples=40, deadline=None)
def test_more_need_never_lowers_the_rank(seed, area, more):
    table = random_table(seed, 20)
    how = [{"method": "z"}, {"method": "exponential"}, {"method": "minmax"}][seed % 3]
    spec = spec_of({"a": "+", "b": "-", "c": "+"}, defaults={"normalise": how})
    worse = table.copy()
    worse.loc[area, "a"] += more
    before, after = score(table, spec).areas["rank"][area], score(worse, spec).areas["rank"][area]
    # A rank normalisation moves only this area up; z and min-max rescale the rest, which leaves their order in `a` alone.
    assert after <= before or how["method"] != "exponential"
    single = spec_of({"a": "+"}, defaults={"normalise": how})
    assert score(worse, single).areas["rank"][area] <= score(table, single).areas["rank"][area]


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (lambda t: t.drop(columns="area_id"), "area_id"),
        (lambda t: t.assign(area_id=["x"] * len(t)), "area_id"),
        (lambda t: t.assign(area_id=[None, *t.area_id[1:]]), "area_id"),
        (lambda t: t.drop(columns="b"), "b"),
        (lambda t: t.assign(b=7.0), "b"),
        (lambda t: t.assign(b=np.nan), "index"),
        (lambda t: t.assign(b=["viel", *t.b[1:]]), "b"),
        (lambda t: t.assign(b=[np.inf, *t.b[1:]]), "b"),
        (lambda t: t.assign(b=[-9999.0, *t.b[1:]]), "b"),
        (lambda t: t.assign(b=[-1.0, *t.b[1:]]), "b"),
        (lambda t: t.assign(b=[99999.0, 99999.0, *t.b[2:]]), "b"),
        (lambda t: t.assign(c=[101.0, *t.c[1:]]), "c"),
        (lambda t: t.head(2), "index"),
        (lambda t: t.assign(people=[-5.0, *t.people[1:]]), "people"),
        (lambda t: t.assign(people=[np.nan, *t.people[1:]]), "people"),
        (lambda t: t.assign(people=0.0), "people"),
    ],
)
def test_faults_name_the_column(fault, key):
    items = [
        {"key": "a", "direction": "+", "normalise": {"method": "z", "weighted_by": "people"}},
        {"key": "b", "direction": "+"},
        {"key": "c", "direction": "+", "valid": [0, 100]},
    ]
    table = random_table().assign(people=100.0)
    score(table, spec_of(items))
    with pytest.raises(IndexError_) as caught:
        score(fault(table), spec_of(items))
    assert caught.value.key == key and str(caught.value).startswith(key)


def test_declared_sentinels_are_missing():
    t = random_table()
    t.loc[2, "b"] = -9999
    result = score(t, spec_of({"a": "+", "b": "+"}, sentinels=[-9999]))
    assert result.areas["excluded"][2] == "keine Angabe: b"


def test_a_plausible_nine_is_no_sentinel():
    t = table_of(a=[-12.0, -9, 4, 9], b=[9.0, 99, 80, 40])
    assert score(t, spec_of({"a": "+", "b": "+"})).areas["index"].notna().all()


def test_negative_values_have_no_geometric_mean():
    with pytest.raises(IndexError_, match="^index:"):
        score(random_table(), spec_of({"a": "+", "b": "+"}, index={"aggregate": "geometric"}))


def test_sentinels_of_excluded_areas_do_no_harm():
    t = random_table().assign(excluded=None)
    t["excluded"] = t["excluded"].astype(object)
    t.loc[0, ["a", "b"]] = -9999
    t.loc[0, "excluded"] = "unbewohnt"
    result = score(t, spec_of({"a": "+", "b": "+"}))
    rest = score(t.drop(index=0), spec_of({"a": "+", "b": "+"}))
    np.testing.assert_allclose(result.areas["index"][1:], rest.areas["index"])


def test_nullable_and_integer_columns():
    t = table_of(a=pd.array([1, 2, None, 4], dtype="Int64"), b=[4, 3, 2, 1])
    result = score(t, spec_of({"a": "+", "b": "+"}))
    assert result.areas["excluded"][2] == "keine Angabe: a"
