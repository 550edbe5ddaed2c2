"""The checks on staged rows: what they must not call wrong, how they count, and that no cell can break a check.

What they must call wrong is the corpus in tests/faults.
"""

import minicity
import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from raumblick.catalogue import load_catalogue
from raumblick.intake.reader import read_delivery

KNOWN = load_catalogue()


def findings(folder, **changed: pd.DataFrame):
    """Findings of the mini city with other tables in place of its own (None: not delivered)."""
    tables = {**minicity.frames(), **changed}
    package = minicity.write_minicity(folder / "mini", {n: f for n, f in tables.items() if f is not None})
    staging = folder / "staging.duckdb"
    staging.unlink(missing_ok=True)
    return read_delivery(package, staging, KNOWN).findings


def codes(found):
    return sorted({f.code for f in found})


def observations(*rows) -> pd.DataFrame:
    names = ["indicator", "area_id", "period", "numerator", "denominator", "value", "sign", "status", "source_id"]
    return pd.DataFrame([(*row, "s1") for row in rows], columns=names)


# --- no false alarm ------------------------------------------------------------------------------------------------


UNUSUAL = [
    ("sgb2_u15", "00", "2023", 0, 0, None, None, None),  # nobody lives there
    ("sgb2_u15", "01", "2023", 30, 30, None, None, None),
    ("sgb2_u15", "02", "2023", 12, 40, None, "()", "estimated"),  # of limited worth, yet there
    ("sgb2_u15", "03", "2023", None, 40, None, "x", "hidden"),
    ("sgb2_u15", "04", "2023", None, None, 12.345, None, "estimated"),
    ("sgb2_u15", "05", "2023", None, None, 100, None, None),
    ("pop_growth5", "06", "2023", -99.5, 3000, None, None, None),  # a difference may be negative
    ("pop_growth5", "07", "2023", None, None, -4.2, None, None),
    ("kita_cov_36", "00", "2023", 60, 40, None, None, None),  # more places than children
    ("density", "01", "2023", 3000, 1.817, None, None, None),  # square kilometres
    ("housing_space", "02", "2023", 1234.567, 20, None, None, None),
    ("income_hh", "03", "2023", None, None, 2100, None, None),
    ("hze_rate", "04", "2023", 41, 40, None, None, None),  # a rate counts events, not persons
    ("hze_stock", "05", "2023-12", 4, None, None, None, None),
    ("pop_total", "06", "2014", 4, None, None, None, None),  # 31.12. before the area begins
    ("pop_total", "07", "2014-12", 4, None, None, None, None),
]


def test_unusual_observations_that_are_right(tmp_path):
    assert findings(tmp_path, observation=observations(*UNUSUAL)) == ()


def test_areas_may_end_and_go_on_with_the_same_description(tmp_path):
    area = minicity.frames()["area"]
    old = area[area["area_id"] == "00"].assign(valid_from="2010-01-01", valid_to="2015-01-01")
    endless = area.assign(valid_to="9999-12-31")
    assert findings(tmp_path, area=pd.concat([area, old])) == ()
    assert findings(tmp_path, area=endless) == ()


def test_a_city_with_one_level_more_or_less(tmp_path):
    area = minicity.frames()["area"]
    room = [("P0", "Raum", "planungsraum", "mini"), ("B0", "West", "bezirk", "P0"), ("B1", "Ost", "bezirk", "P0")]
    middle = pd.DataFrame(room, columns=area.columns[:4]).assign(valid_from="2015-01-01")
    four = pd.concat([area[~area["area_id"].isin(["B0", "B1"])], middle])
    two = area[area["level"] != "bezirk"].assign(parent_id=lambda f: f["parent_id"].where(f["level"] == "stadt", "mini"))
    assert findings(tmp_path, area=four) == ()
    assert findings(tmp_path, area=two) == ()


def test_sums_of_all_ages_or_single_years_or_both_sexes_together(tmp_path):
    rows = [(key, "2023-12-31", age, age + 1, "all", 3) for key in minicity.AREAS for age in range(100)]
    rows += [(key, "2023-12-31", 100, None, "all", 0) for key in minicity.AREAS]
    rows += [("mini", "2023-12-31", 0, None, sex, 900) for sex in ("female", "male")]  # the city counts by sex
    population = pd.DataFrame(rows, columns=["area_id", "date", "age_from", "age_to", "sex", "count"])
    population["age_to"] = population["age_to"].astype("Int64")
    assert findings(tmp_path, population=population) == ()


def test_a_facility_on_a_border_lies_in_the_area_it_names(tmp_path):
    areas = ["00", "01", "04", "05"] * 2  # the four squares that meet in this corner
    facility = minicity.frames()["facility"].assign(lon=10.02, lat=52.015, area_id=areas)
    assert findings(tmp_path, facility=facility) == ()


def test_a_facility_may_name_a_higher_area_or_none_and_no_place(tmp_path):
    facility = minicity.frames()["facility"]
    facility["area_id"] = ["B0", None, "mini", *facility["area_id"][3:]]
    facility.loc[4, ["lon", "lat"]] = None
    assert findings(tmp_path, facility=facility) == ()


def test_a_plan_needs_no_month_and_a_month_may_begin_a_flow(tmp_path):
    caseload = minicity.frames()["caseload"]
    later = caseload.assign(month="2023-06-01", stock=40)  # months between are missing: no flow to compare
    assert findings(tmp_path, caseload=pd.concat([caseload, later])) == ()


# --- counting ------------------------------------------------------------------------------------------------------


def test_twenty_rows_are_named_and_the_rest_is_counted(tmp_path):
    population = minicity.frames()["population"]
    found = findings(tmp_path, population=population.assign(area_id="99"))
    unknown = [f for f in found if f.code == "unknown_area"]
    assert [f.row for f in unknown] == [*range(2, 22), None]
    assert unknown[-1].message == f"Dasselbe in {len(population) - 20} weiteren Zeilen."


def test_errors_come_before_warnings(tmp_path):
    facility = minicity.frames()["facility"].assign(places_operable=99, enrolled=-1)
    severities = [f.severity for f in findings(tmp_path, facility=facility)]
    assert severities == sorted(severities) and set(severities) == {"error", "warning"}


def test_a_long_text_is_shortened_in_the_message(tmp_path):
    facility = minicity.frames()["facility"].assign(service="x" * 5000)
    found = [f for f in findings(tmp_path, facility=facility) if f.code == "unknown_service"]
    assert all(len(str(f)) < 300 for f in found)


# --- no cell breaks a check ----------------------------------------------------------------------------------------

NASTY = ["inf", "-inf", "nan", "1e308", "-1e308", "1e-308", "-0", "9" * 30, "0", "-1", "1.5", "true", "", "NULL", "ß" * 50]
NASTY += ["1900-01-01", "9999-12-31", "0001-01-01", "2023-12-31", "infinity", "00", "B0", "mini", "all", "stadt", "x\x00y"]
NASTY += ["'", '"', "\\", "%"]
TABLES = sorted(set(minicity.frames()) - {"source"})


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # shrinking takes minutes
@given(st.data())
def test_any_text_in_any_cell_gives_findings_and_no_exception(tmp_path_factory, data):
    """Several cells of every table at once become something nasty; whatever the reading says, it says it."""
    tables = {}
    for name, frame in minicity.frames().items():
        frame = frame.astype("object").where(frame.notna(), "")
        for _ in range(data.draw(st.integers(1, 5)) if name in TABLES else 0):
            row = data.draw(st.integers(0, len(frame) - 1))
            place = data.draw(st.integers(0, frame.shape[1] - 1))
            frame.iloc[row, place] = data.draw(st.sampled_from(NASTY))
        tables[name] = frame
    for finding in findings(tmp_path_factory.mktemp("nasty"), **tables):
        assert finding.message and "{" not in finding.message
        assert finding.row is None or finding.row >= 1
