"""What a build computes, against numbers worked out by hand, and what the public file must not hold.

Eight Ortsteile 00 to 07, the first four in B0, the others in B1, all in mini.
"""

import datetime as dt
import json
import math

import duckdb
import minicity
import pandas as pd
import pytest

from raumblick.catalogue import load_catalogue
from raumblick.ingest import ingest
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf

KNOWN = load_catalogue()
NOW = dt.datetime(2026, 1, 15, 12, 0, tzinfo=dt.UTC)
N = {key: int(key) + 1 for key in minicity.AREAS}  # 1 to 8
SECRETS = ("9123.45", "432.25", "543.21", "8765.43", "31.5", "1234567")  # few children's money, hours, a cell


def observations() -> pd.DataFrame:
    rows = [
        ("sgb2_u15", "00", "2023", 2, 50, None, None, None),
        ("sgb2_u15", "01", "2023", 5, 50, None, None, None),
        ("sgb2_u15", "02", "2023", 10, 100, None, None, "estimated"),
        ("sgb2_u15", "03", "2023", None, 77, None, "x", "hidden"),
    ]
    rows += [("sgb2_u15", key, "2023", 5 * int(key), 100, None, None, None) for key in ("04", "05", "06", "07")]
    rows += [("hze_stock", key, "2023", N[key], None, None, None, None) for key in minicity.AREAS]
    rows += [("hze_stock", key, "2022", n, None, None, None, None) for key, n in (("B0", 10), ("B1", 26))]
    rows += [("kwg_rate", key, "2023", 1, 100, None, None, None) for key in minicity.AREAS]
    rows += [("kwg_rate", "mini", "2023", 9, 850, None, None, None)]  # two children without an address
    rows += [("income_hh", key, "2023", None, None, 2000 + N[key], None, None) for key in minicity.AREAS]
    rows += [("gym_rec", key, "2023", None, None, 50.0, None, None) for key in minicity.AREAS]
    rows += [("but_rate", "00", "2023", 1, 10, None, None, None), ("but_rate", "05", "2023", None, None, None, ".", None)]
    rows += [("but_rate", "B0", "2023", 30, 100, None, None, None), ("but_rate", "B1", "2023", 50, 100, None, None, None)]
    rows += [("fam_centers", key, "2023", 0, 0, None, None, None) for key in minicity.AREAS]
    rows += [("density", "00", "2023", 500, 2, None, None, None), ("density", "B0", "2023", None, None, None, "/", None)]
    rows += [("eingang_speech", "00", "2023", None, 40, 5.0, None, None)]  # gives away two children
    rows += [("eingang_speech", "01", "2023", None, 40, 12.5, None, None)]
    rows += [("ino_rate", "00", "2023", 2, 300, None, None, None), ("ino_rate", "01", "2023", 30, 2, None, None, None)]
    rows += [("pop_u6", "00", "2019", None, None, 2, None, None), ("pop_u6", "01", "2019", None, None, 30, None, None)]
    names = ["indicator", "area_id", "period", "numerator", "denominator", "value", "sign", "status"]
    return pd.DataFrame(rows, columns=names).assign(source_id="s1")


def population() -> pd.DataFrame:
    rows = []
    for key, n in N.items():
        for sex in ("female", "male"):
            rows += [(key, "2023-12-31", low, high, sex, 10 * n) for low, high in minicity.AGES]
            lost = key == "03" and sex == "female"
            rows += [(key, "2022-12-31", low, high, sex, None if lost and low == 0 else 10 * n) for low, high in minicity.AGES]
            rows += [(key, "2021-12-31", low, high, sex, 10 * n) for low, high in ((0, 18), (18, None))]
            rows += [(key, "2020-12-31", low, high, sex, 10 * n) for low, high in ((0, 7), (7, None))]
        rows += [(key, "2023-06-30", 0, None, "all", 7 * n)]
    rows += [("B0", "2019-12-31", 0, None, "all", 400), ("B1", "2019-12-31", 0, None, "all", 600)]
    rows += [("00", "2018-12-31", 0, 6, "all", 2), ("00", "2018-12-31", 6, None, "all", 70)]
    rows += [("mini", "2018-12-31", 0, None, "all", 5000)]
    frame = pd.DataFrame(rows, columns=["area_id", "date", "age_from", "age_to", "sex", "count"])
    return frame.astype({"age_to": "Int64", "count": "Int64"})


def tables() -> dict[str, pd.DataFrame]:
    out = minicity.frames()
    out["observation"], out["population"] = observations(), population()
    area = out["area"].assign(valid_from="2010-01-01")
    old = area[area["area_id"].isin(["00", "B0"])].assign(valid_from="2000-01-01", valid_to="2009-12-31")
    out["area"] = pd.concat([area, old])  # two vintages must not count twice
    facility = out["facility"].assign(opens=None, closes=None)
    facility = facility[facility["area_id"] != "06"]  # 06 has no day-care at all
    facility.loc[facility["area_id"] == "07", "places_licensed"] = None  # size not known
    facility.loc[facility["area_id"] == "05", "closes"] = "2022-07-31"
    facility.loc[facility["area_id"] == "04", "opens"] = "2030-08-01"
    facility["enrolled"] = [2, 50, 50, 50, 50, 50, 50]
    out["facility"] = facility.astype({"places_licensed": "Int64"})
    caseload = [
        ("00", "heim", "2023-03-01", 2, 1, 0, 62, "9123.45"),
        ("05", "heim", "2023-03-01", 7, 1, 4, 217, "31000.00"),
        ("00", "heim", "2023-04-01", 3, 3, 3, 93, "9000.00"),
        ("mini", "heim", "2023-04-01", 20, 5, 5, 600, "90000.00"),
        ("02", "spfh", "2023-03-01", 0, 1, 1, 12, "8765.43"),  # one child that came and went
    ]
    names = ["area_id", "service", "month", "stock", "entries", "exits", "care_days", "cost"]
    out["caseload"] = pd.DataFrame(caseload, columns=names).assign(source_id="s1")
    out["booking"].loc[1, "amount"] = "432.25"  # 00, heim, March 2023
    more = out["booking"].iloc[[1]].assign(booking_id="b3", area_id="05", amount="777.75")
    year = more.assign(month=pd.NA, source_id="s2")  # a source that knows whole years alone
    years = [year.assign(booking_id="b4", area_id="00", amount="543.21"), year.assign(booking_id="b5", amount="888.88")]
    out["booking"] = pd.concat([out["booking"], more, *years], ignore_index=True).astype({"month": "Int64"})
    out["source"] = pd.concat([out["source"], out["source"].assign(source_id="s2")], ignore_index=True)
    lost = out["transition"].iloc[[0]].assign(area_id="01", of=10, count=None)
    few = out["transition"].iloc[[0]].assign(area_id="02", of=2, count=1)
    out["transition"] = pd.concat([out["transition"], lost, few], ignore_index=True).astype({"count": "Int64"})
    names = ["area_id", "procedures", "acute", "latent", "need", "none", "first_contact_hours", "two_specialists"]
    two = out["protection"].iloc[[0]].assign(**dict(zip(names, ("02", 2, 1, 1, 0, 0, 31.5, 1), strict=True)))
    out["protection"] = pd.concat([out["protection"], two], ignore_index=True)
    cells = minicity.cells()
    cells["children"] = [1234567, *cells["children"][1:]]
    more = cells[:2].assign(cell_id=["rand", "draußen"], lon=[10.02, 9.9])
    before = cells[:1].assign(reference_date="2011-05-09")
    out["cell"] = pd.concat([cells, more, before], ignore_index=True)
    return out


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """Folder of the snapshot of this city."""
    folder = tmp_path_factory.mktemp("build")
    package = minicity.write_minicity(folder / "mini", tables())
    done = ingest(package, Settings(home=folder / "home"), KNOWN, NOW)
    assert done.snapshot_id is not None, [str(f) for f in done.findings]
    return Shelf(folder / "home", "mini").path(done.snapshot_id)


def content(snapshot, file: str) -> dict[str, pd.DataFrame]:
    with duckdb.connect(str(snapshot / file), read_only=True) as con:
        names = [row[0] for row in con.execute("select table_name from information_schema.tables").fetchall()]
        return {name: con.execute(f'select * from "{name}"').df() for name in names}


@pytest.fixture(scope="module")
def internal(snapshot):
    return content(snapshot, "internal.duckdb")


@pytest.fixture(scope="module")
def public(snapshot):
    return content(snapshot, "public.duckdb")


@pytest.fixture(scope="module")
def value(internal):
    """(numerator, denominator, value, status, areas, areas_missing) of one observation, None when there is no row."""
    columns = ["numerator", "denominator", "value", "status", "areas", "areas_missing"]

    def value(indicator, area_id, period="2023"):
        rows = internal["observation"]
        found = rows[(rows["indicator"] == indicator) & (rows["area_id"] == area_id) & (rows["period"] == period)]
        assert len(found) <= 1
        return tuple(plain(v) for v in found.iloc[0][columns]) if len(found) else None

    return value


def plain(cell):
    """A cell as Python writes it: missing is None, numbers are rounded to nine digits."""
    if pd.isna(cell):
        return None
    return round(float(cell), 9) if isinstance(cell, float) or hasattr(cell, "dtype") else cell


def row(frame: pd.DataFrame, *columns: str, **where: object) -> tuple:
    """The cells of the one row that fits."""
    for name, wanted in where.items():
        cells = frame[name].astype("str") if name in ("date", "month") else frame[name]
        frame = frame[cells.isna() if wanted is None else cells == wanted]
    assert len(frame) == 1, frame
    return tuple(plain(v) for v in frame.iloc[0][list(columns)])


# --- areas ---------------------------------------------------------------------------------------------------------


def test_areas_have_ranks_and_ancestors(internal):
    area, tree = internal["area"], internal["area_tree"]
    assert dict(area.groupby("level")["level_rank"].first()) == {"stadt": 0, "bezirk": 1, "ortsteil": 2}
    assert set(area.loc[area["is_base"], "area_id"]) == set(minicity.AREAS)
    assert sorted(tree.loc[tree["area_id"] == "05", "ancestor_id"]) == ["05", "B1", "mini"]
    assert len(tree) == 8 * 3 + 2 * 2 + 1
    assert dict(zip(internal["area_size"]["area_id"], internal["area_size"]["base_areas"], strict=True)) == {
        **dict.fromkeys(minicity.AREAS, 1), "B0": 4, "B1": 4, "mini": 8,
    }  # fmt: skip


# --- observations --------------------------------------------------------------------------------------------------


def test_rates_come_from_summed_counts_and_name_what_is_missing(value):
    assert value("sgb2_u15", "02") == (10, 100, 10, "estimated", 1, 0)
    assert value("sgb2_u15", "03") == (None, 77, None, "hidden", 1, 1)
    assert value("sgb2_u15", "B0") == (17, 200, 8.5, "estimated", 4, 1)  # 77 without its numerator would bend the rate
    assert value("sgb2_u15", "B1") == (110, 400, 27.5, "synthetic", 4, 0)
    assert value("sgb2_u15", "mini") == (127, 600, round(12700 / 600, 9), "estimated", 8, 1)


def test_counts_are_summed(value):
    assert value("hze_stock", "B0") == (10, None, 10, "synthetic", 4, 0)
    assert value("hze_stock", "mini") == (36, None, 36, "synthetic", 8, 0)


def test_districts_alone_make_a_city_of_which_nothing_is_missing(value):
    assert value("hze_stock", "00", "2022") is None
    assert value("hze_stock", "B1", "2022") == (26, None, 26, "synthetic", 4, 0)
    assert value("hze_stock", "mini", "2022") == (36, None, 36, "synthetic", 8, 0)


def test_a_delivered_city_value_wins(value):
    assert value("kwg_rate", "B0") == (4, 400, 100, "synthetic", 4, 0)
    assert value("kwg_rate", "mini") == (9, 850, round(90000 / 850, 9), "synthetic", 8, 0)


def test_the_level_that_covers_most_is_summed(value):
    """Of the Ortsteile one is known, of the districts both."""
    assert value("but_rate", "00") == (1, 10, 10, "synthetic", 1, 0)
    assert value("but_rate", "B0") == (30, 100, 30, "synthetic", 4, 0)
    assert value("but_rate", "mini") == (80, 200, 40, "synthetic", 8, 0)


def test_medians_and_rates_without_counts_are_not_rolled_up(value):
    for indicator in ("income_hh", "gym_rec"):
        assert value(indicator, "00") is not None
        assert value(indicator, "B0") is None and value(indicator, "mini") is None


def test_nothing_of_nothing_is_no_rate(value):
    assert value("fam_centers", "00") == (0, 0, None, "synthetic", 1, 0)
    assert value("fam_centers", "mini") == (0, 0, None, "synthetic", 8, 0)


def test_a_delivered_sign_stands_and_the_city_is_summed_from_below(value):
    assert value("density", "B0") == (None, None, None, "synthetic", 4, 4)
    assert value("density", "mini") == (500, 2, 250, "synthetic", 8, 7)


def test_every_row_knows_its_level_and_stands_once(internal):
    rows = internal["observation"]
    assert not rows.duplicated(["indicator", "area_id", "period"]).any()
    level = internal["area"].drop_duplicates("area_id").set_index("area_id")["level"]
    assert (rows["level"] == rows["area_id"].map(level)).all()
    assert ((rows["areas_missing"] >= 0) & (rows["areas_missing"] <= rows["areas"])).all()


# --- residents -----------------------------------------------------------------------------------------------------


def residents(internal, **where):
    return row(internal["population"], "count", "areas", "areas_missing", **where)


def test_residents_are_summed_by_age_and_sex(internal):
    key = {"date": "2023-12-31", "age_from": 0, "sex": "female"}
    assert residents(internal, area_id="03", **key) == (40, 1, 0)
    assert residents(internal, area_id="B0", **key) == (100, 4, 0)
    assert residents(internal, area_id="mini", **key) == (360, 8, 0)
    assert residents(internal, area_id="mini", date="2023-06-30", age_from=0, sex="all") == (252, 8, 0)


def test_a_missing_number_is_missing_and_the_sum_says_so(internal):
    key = {"date": "2022-12-31", "age_from": 0, "sex": "female"}
    assert residents(internal, area_id="03", **key) == (None, 1, 1)
    assert residents(internal, area_id="B0", **key) == (60, 4, 1)
    assert residents(internal, area_id="mini", **key) == (320, 8, 1)
    assert residents(internal, area_id="mini", **{**key, "sex": "male"}) == (360, 8, 0)


def test_residents_of_districts_make_the_city(internal):
    assert residents(internal, area_id="mini", date="2019-12-31") == (1000, 8, 0)


def test_delivered_residents_of_the_city_win_as_a_whole(internal):
    """Ortsteil 00 came with two age groups, the city with one: its age groups are not mixed up."""
    assert residents(internal, area_id="mini", date="2018-12-31") == (5000, 8, 0)
    assert residents(internal, area_id="B0", date="2018-12-31", age_from=0) == (2, 4, 3)


# --- what follows from residents and places ------------------------------------------------------------------------


def test_indicators_from_residents(value):
    for key, n in N.items():
        assert value("pop_total", key) == (120 * n, None, 120 * n, "synthetic", 1, 0)
        assert value("pop_u6", key) == (20 * n, None, 20 * n, "synthetic", 1, 0)
        assert value("pop_u15_share", key) == (40 * n, 120 * n, round(100 / 3, 9), "synthetic", 1, 0)
    assert value("pop_total", "mini") == (4320, None, 4320, "synthetic", 8, 0)
    assert value("pop_u18_share", "B1") == (60 * 26, 120 * 26, 50, "synthetic", 4, 0)


def test_ages_that_do_not_fit_derive_nothing(value):
    """0-18 and 18+ in 2021, 0-7 and 7+ in 2020, no year's end in June."""
    assert value("pop_total", "00", "2021")[0] == 40 and value("pop_u18_share", "00", "2021")[2] == 50
    assert value("pop_u6", "00", "2021") is None and value("pop_u15_share", "00", "2021") is None
    assert value("pop_total", "00", "2020")[0] == 40 and value("pop_u18_share", "00", "2020") is None
    assert value("pop_total", "mini", "2023")[0] == 4320  # not 252, the residents of June


def test_an_unknown_age_group_makes_the_area_unknown(value):
    assert value("pop_total", "03", "2022") == (None, None, None, "synthetic", 1, 1)
    assert value("pop_total", "B0", "2022") == (720, None, 720, "synthetic", 4, 1)
    assert value("pop_u18_share", "B0", "2022")[:3] == (360, 720, 50)


def test_what_the_city_delivers_is_not_derived(value):
    assert value("pop_u6", "00", "2019") == (None, None, 2, "synthetic", 1, 0)
    assert value("pop_u6", "02", "2019") is None


def test_places_of_open_facilities_against_children(value):
    assert value("kita_cov_u6", "00") == (60, 20, 300, "estimated", 1, 0)
    assert value("kita_cov_u6", "04") == (0, 100, 0, "estimated", 1, 0)  # opens later
    assert value("kita_cov_u6", "05") == (0, 120, 0, "estimated", 1, 0)  # closed
    assert value("kita_cov_u6", "06") == (0, 140, 0, "estimated", 1, 0)  # has none
    assert value("kita_cov_u6", "07") == (None, 160, None, "estimated", 1, 1)  # has one of unknown size
    assert value("kita_cov_u6", "mini") == (240, 560, round(24000 / 560, 9), "estimated", 8, 1)
    assert value("kita_cov_u6", "00", "2022") is None  # one list of facilities, one year


# --- cases, procedures, transitions --------------------------------------------------------------------------------


def test_cases_are_summed_and_a_delivered_row_wins(internal):
    cells = ("stock", "entries", "exits", "care_days", "cost", "areas", "areas_missing")
    cases = internal["caseload"]
    assert row(cases, *cells, area_id="B0", service="heim", month="2023-03-01") == (2, 1, 0, 62, 9123.45, 4, 3)
    assert row(cases, *cells, area_id="mini", service="heim", month="2023-03-01") == (9, 2, 4, 279, 40123.45, 8, 6)
    assert row(cases, *cells, area_id="B0", service="heim", month="2023-04-01") == (3, 3, 3, 93, 9000, 4, 3)
    assert row(cases, *cells, area_id="mini", service="heim", month="2023-04-01") == (20, 5, 5, 600, 90000, 8, 0)


def test_procedures_are_summed_their_median_is_not(internal):
    cells = ("procedures", "acute", "latent", "need", "none", "two_specialists", "first_contact_hours", "areas_missing")
    assert row(internal["protection"], *cells, area_id="05") == (20, 5, 5, 5, 5, 16, 18.5, 0)
    assert row(internal["protection"], *cells, area_id="mini") == (26, 7, 7, 6, 6, 20, None, 5)


def test_transitions_are_summed_in_pairs(internal):
    cells = ("count", "of", "areas_missing")
    assert row(internal["transition"], *cells, area_id="01") == (None, 10, 1)
    assert row(internal["transition"], *cells, area_id="B0") == (3, 32, 2)
    assert row(internal["transition"], *cells, area_id="mini") == (63, 102, 5)


# --- the public file -----------------------------------------------------------------------------------------------

COUNTS = {
    "population": ("count",),
    "facility": ("enrolled",),
    "caseload": ("stock", "entries", "exits"),
    "protection": ("procedures", "acute", "latent", "need", "none", "two_specialists"),
    "transition": ("count", "of"),
}
PERSONS = ("count", "share", "rate")  # kinds of indicators whose numerator counts persons


def types(snapshot, file: str) -> list[tuple]:
    question = "select table_name, column_name, data_type from information_schema.columns order by table_name, ordinal_position"
    with duckdb.connect(str(snapshot / file), read_only=True) as con:
        return con.execute(question).fetchall()


def published(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that the public file has: of cases the city's alone, of grid cells none."""
    if name == "caseload":
        return frame[frame["area_id"] == "mini"]
    return frame[:0] if name == "cell" else frame


def test_the_public_file_has_the_same_tables_columns_and_rows(snapshot, internal, public):
    assert types(snapshot, "public.duckdb") == types(snapshot, "internal.duckdb")
    assert set(public) == set(internal)
    for name, frame in internal.items():
        assert list(public[name].columns) == list(frame.columns), name
        assert len(public[name]) == len(published(name, frame)), name


def test_cells_lie_in_areas_and_none_is_published(snapshot, internal, public):
    cells = internal["cell"].set_index("cell_id")
    newest = cells[cells["reference_date"] == "2022-05-15"]["area_id"]
    assert newest.dropna().to_dict() == {"z1": "00", "z2": "00", "z3": "01", "z4": "01", "z5": "02", "rand": "00"}
    assert newest.index[newest.isna()].tolist() == ["draußen"] and len(cells) == 8
    assert list(public["cell"].columns) == list(internal["cell"].columns) and not len(public["cell"])
    assert b"rand" not in (snapshot / "public.duckdb").read_bytes()


def test_no_small_count_of_persons_is_in_the_public_file(internal, public):
    for name, columns in COUNTS.items():
        for column in columns:
            assert internal[name][column].between(1, 2).any(), f"nothing to hide in {name}.{column}"
            assert not public[name][column].between(1, 2).any(), f"{name}.{column}"
    kind = KNOWN.indicators.set_index("key")["kind"]
    rows = public["observation"][public["observation"]["indicator"].map(kind).isin(PERSONS)]
    assert not rows["numerator"].between(1, 2).any() and not rows["denominator"].between(1, 2).any()
    counts = rows[rows["indicator"].map(kind) == "count"]
    assert not counts["value"].between(1, 2).any()


def test_no_rate_on_a_small_count_is_in_the_public_file(internal, public):
    both = internal["observation"].merge(public["observation"], on=["indicator", "area_id", "period"], suffixes=("", "_public"))
    kind = both["indicator"].map(KNOWN.indicators.set_index("key")["kind"])
    small = (both["numerator"].between(1, 2) & kind.isin(PERSONS)) | both["denominator"].between(1, 2)
    assert small.sum() >= 15
    assert both.loc[small, ["numerator_public", "value_public"]].isna().all(axis=None)
    assert (both.loc[small, "status_public"] == "hidden").all()


def test_a_value_that_gives_its_numerator_away_is_not_in_the_public_file(public):
    cells = ("denominator", "value", "status")
    rows = public["observation"]
    assert row(rows, *cells, indicator="eingang_speech", area_id="00") == (40, None, "hidden")  # 5 % of 40 are 2
    assert row(rows, *cells, indicator="eingang_speech", area_id="01") == (40, 12.5, "synthetic")
    assert row(rows, *cells, indicator="ino_rate", area_id="01") == (None, None, "hidden")
    assert row(rows, "value", "status", indicator="pop_u6", area_id="00", period="2019") == (None, "hidden")
    assert row(rows, "value", "status", indicator="pop_u6", area_id="01", period="2019") == (30, "synthetic")


def test_months_of_cases_are_those_of_the_city_and_years_are_hidden_whole(public):
    cells = ("stock", "entries", "exits", "care_days", "cost", "hidden")
    cases = public["caseload"]
    assert set(cases["area_id"]) == {"mini"}
    # two began in March: nothing of those who came and went in the year is shown. The one child of the other service is the
    # city's only month of it: the year's cost of all helps would tell what it cost, were not this service's cost hidden too
    assert row(cases, *cells, service="heim", month="2023-03-01") == (9, None, None, None, None, True)
    assert row(cases, *cells, service="heim", month="2023-04-01") == (20, None, None, None, None, True)
    assert row(cases, *cells, service="spfh") == (0, None, None, None, None, True)  # one child that came and went
    assert row(public["booking"], "amount", booking_id="b2") == (None,)
    assert row(public["booking"], "amount", booking_id="b3") == (777.75,)  # the sum of both is hidden
    assert row(public["booking"], "amount", booking_id="b4") == (None,)  # one month of the year has two cases
    assert row(public["booking"], "amount", booking_id="b5") == (888.88,)


def test_a_median_of_few_procedures_is_not_in_the_public_file(internal, public):
    cells = ("procedures", "acute", "need", "first_contact_hours", "hidden")
    assert row(internal["protection"], *cells, area_id="02") == (2, 1, 0, 31.5, False)
    assert row(public["protection"], *cells, area_id="02") == (None, None, None, None, True)
    assert row(public["protection"], *cells, area_id="00") == (None, None, None, 20, True)  # four in four outcomes: one each
    assert row(public["protection"], *cells, area_id="05")[-2:] == (18.5, True)
    assert row(public["protection"], "procedures", area_id="mini") == (26,)


def test_no_secret_is_left_in_any_cell_of_any_table(internal, public):
    """Searched as text, in whatever column it might have gone to."""
    everything = {name: frame.astype("str").to_csv(index=False) for name, frame in public.items()}
    inside = {name: frame.astype("str").to_csv(index=False) for name, frame in internal.items()}
    for secret in SECRETS:
        assert any(secret in text for text in inside.values()), "the secret is not even in the internal file"
        assert [name for name, text in everything.items() if secret in text] == []


def test_what_is_not_small_is_published_unchanged(internal, public):
    for name in internal.keys() - {"cell"}:
        frame = published(name, internal[name])
        changed = {"hidden", "status", *COUNTS.get(name, ()), "numerator", "denominator", "value", "care_days", "cost", "amount"}
        changed |= {"first_contact_hours"}
        same = [column for column in frame.columns if column not in changed]
        order = [c for c in same if frame[c].dtype.kind != "O" or frame[c].map(type).eq(str).all()]
        left, right = frame[same].sort_values(order), public[name][same].sort_values(order)
        pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))
    both = internal["observation"].merge(public["observation"], on=["indicator", "area_id", "period"], suffixes=("", "_public"))
    shown = both[both["status_public"] != "hidden"]
    for name in ("numerator", "denominator", "value", "status"):
        assert all(plain(a) == plain(b) for a, b in zip(shown[name], shown[f"{name}_public"], strict=True))


def test_a_higher_threshold_hides_more(tmp_path):
    package = minicity.write_minicity(tmp_path / "mini", tables())
    done = ingest(package, Settings(home=tmp_path / "home", threshold=8), KNOWN, NOW)
    folder = Shelf(tmp_path / "home", "mini").path(done.snapshot_id)
    public, inside = content(folder, "public.duckdb"), content(folder, "internal.duckdb")
    for name, columns in COUNTS.items():
        for column in columns:
            assert not public[name][column].between(1, 7).any(), f"{name}.{column}"
    assert row(public["protection"], "first_contact_hours", area_id="00") == (None,)
    assert row(inside["protection"], "first_contact_hours", area_id="00") == (20,)
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["threshold"] == 8


# --- the folder ----------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_is_there(snapshot, internal):
    manifest = json.loads((snapshot / "manifest.json").read_text("utf-8"))
    assert manifest["snapshot_id"] == snapshot.name and manifest["snapshot_id"].startswith("20260115T120000-")
    assert manifest["city"] == {"city_id": "mini", "title": "Ministadt", "synthetic": True, "note": "Erfundene Daten."}
    assert manifest["levels"] == ["ortsteil", "bezirk", "stadt"]
    assert {name: t["rows"] for name, t in manifest["tables"].items()} == {n: len(f) for n, f in internal.items()}
    assert {f["name"] for f in manifest["delivered"]} >= {"datapackage.json", "area.geojson", "observation.csv"}
    names = {f["name"] for f in manifest["files"]}
    assert names >= {"internal.duckdb", "public.duckdb", "map/ortsteil.json", "map/bezirk.json", "map/stadt.json"}
    assert {str(p.relative_to(snapshot)) for p in snapshot.rglob("*") if p.is_file()} == names | {"manifest.json"}


def test_map_files_follow_the_order_of_area_ids(snapshot):
    for level, ids in (("ortsteil", minicity.AREAS), ("bezirk", ["B0", "B1"]), ("stadt", ["mini"])):
        document = json.loads((snapshot / "map" / f"{level}.json").read_text("utf-8"))
        assert document["ids"] == ids and math.isfinite(document["step"])


def test_the_same_delivery_gives_the_same_content(snapshot, tmp_path):
    package = minicity.write_minicity(tmp_path / "mini", tables())
    done = ingest(package, Settings(home=tmp_path / "home"), KNOWN, NOW + dt.timedelta(hours=1))
    again = json.loads((Shelf(tmp_path / "home", "mini").path(done.snapshot_id) / "manifest.json").read_text("utf-8"))
    first = json.loads((snapshot / "manifest.json").read_text("utf-8"))
    assert again["content"] == first["content"] and again["tables"] == first["tables"]
    assert again["snapshot_id"] == first["snapshot_id"].replace("T12", "T13")
