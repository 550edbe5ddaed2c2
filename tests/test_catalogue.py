"""The shipped catalogue is complete and sound, a broken one says where, and a city's own rows win."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raumblick.catalogue import DEFAULT_PATH, Catalogue, CatalogueError, load_catalogue

CATALOGUE = load_catalogue()

TOPICS = [
    "Kinderschutz",
    "Unterbringung außerhalb der Familie",
    "Prävention im Sozialraum",
    "Inklusion und wirksame Hilfesysteme",
    "Partizipation",
]
PROPOSED = """
    pop_total pop_u15_share pop_u21 pop_growth5 fc_u6 migr_share foreign_share mobility density sgb2_u15 sgb2_0_64
    sp_bg_share sp_share hh_3plus unemp unemp_u25 income_hh housing_space but_rate eingang_speech eingang_motor
    school_noregular gym_rec leave_nodeg incl_pupils kita_cov_u3 kita_cov_36 kita_occ kita_incl okja_fte ssa_cov
    fam_centers playgrounds hze_rate hze_amb_share hze_stat_rate vzp_share hze_cost_u21 cost_case kwg_rate egh35a_rate
    fua_share
""".split()
ADDED = ["kita_cov_u6", "pop_u6", "pop_u18_share", "sgb2_hh_children", "mss_s1", "mss_s2", "mss_s3", "mss_s4"]
SERVICES = """
    kita kita_u3 kita_36 kindertagespflege hort okja jugendverband jugendsozialarbeit schulsozialarbeit familienzentrum
    fruehe_hilfen mutter_kind erziehungsberatung gruppenarbeit erziehungsbeistand spfh tagesgruppe vollzeitpflege heim
    ise egh35a schulbegleitung volljaehrige inobhutnahme jugendgerichtshilfe kinderschutz_8a verfahrenslotse
    fallunspezifisch beteiligung grundschule oberschule gymnasium foerderschule spielplatz kinderarzt
""".split()


def alphabetical(term: str) -> str:
    """Sorting key of a German word list (DIN 5007-1): umlauts like their base letters, no case, no blanks."""
    return re.sub(r"[^a-z0-9]", "", term.lower().translate(str.maketrans("äöüß", "aous")))


# --- the shipped catalogue ---------------------------------------------------------------------------------------


def test_the_42_proposed_indicators_and_the_additions_are_there():
    assert len(set(PROPOSED)) == 42
    assert set(PROPOSED + ADDED) <= set(CATALOGUE.indicators["key"])


def test_the_services_of_the_field_are_there():
    assert set(SERVICES) <= set(CATALOGUE.services["key"])


def test_topics_are_the_five_fields_and_each_is_used():
    assert list(CATALOGUE.topics["name"]) == TOPICS
    assert set(CATALOGUE.indicators["topic"]) == set(TOPICS)
    assert set(CATALOGUE.services["topic"]) == set(TOPICS)


@pytest.mark.parametrize("row", CATALOGUE.indicators.to_dict("records"), ids=lambda r: r["key"])
def test_kind_unit_and_multiplier_fit(row):
    factor = {"%": 100, "je 1.000": 1000, "je 10.000": 10_000, "VZÄ je 1.000": 1000}.get(row["unit"], 1)
    assert row["multiplier"] == factor
    if row["kind"] == "share":
        assert row["unit"] == "%"
    if row["kind"] == "rate":
        assert row["unit"].startswith("je 1")
    if row["kind"] in ("count", "median"):
        assert row["multiplier"] == 1
    if row["kind"] == "count":
        assert row["decimals"] == 0 and row["unit"] in ("Personen", "Fälle")


@pytest.mark.parametrize("row", CATALOGUE.indicators.to_dict("records"), ids=lambda r: r["key"])
def test_definitions_can_be_read_by_a_committee_member(row):
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-ZÄÖÜ])", row["definition"])
    assert row["definition"].endswith(".")
    assert len(sentences) <= 3 and max(len(s.split()) for s in sentences) <= 30
    assert row["name"] == row["name"].strip() and len(row["name"]) <= 60


def test_what_may_exceed_100_percent_is_no_share():
    kinds = CATALOGUE.indicators.set_index("key")["kind"]
    above_100 = ["kita_cov_u3", "kita_cov_36", "kita_cov_u6", "kita_occ", "pop_growth5", "fc_u6", "fua_share"]
    assert set(kinds[above_100]) == {"ratio"}
    assert kinds["sgb2_u15"] == "share" and kinds["hze_rate"] == "rate" and kinds["income_hh"] == "median"


def test_help_already_given_and_origin_are_context_only():
    """Areas with more help on offer show more cases; origin is no need: neither may slip into an index unvoted."""
    direction = CATALOGUE.indicators.set_index("key")["direction"]
    assert set(direction[["hze_rate", "migr_share", "foreign_share", "crime_rate", "jgh_rate", "ino_rate"]]) == {"o"}
    assert set(direction[["sgb2_u15", "unemp_u25", "eingang_speech", "leave_nodeg", "sp_share"]]) == {"+"}
    assert set(direction[["kita_cov_u3", "okja_fte", "income_hh", "gym_rec"]]) == {"-"}


def test_only_open_work_may_be_allocated():
    allocable = CATALOGUE.services[CATALOGUE.services["allocable"]]
    sections = allocable["paragraph"].str.extract(r"§§? (\d+)")[0].astype(int)
    assert set(sections[~allocable["key"].isin(["fallunspezifisch", "beteiligung"])]) <= set(range(11, 17))
    assert {"okja", "familienzentrum", "fallunspezifisch", "beteiligung"} <= set(allocable["key"])
    assert not (allocable["entitlement"]).any()


def test_targets_are_shares_of_children_with_a_place_to_look_them_up():
    targets = CATALOGUE.targets
    assert set(targets["unit"]) == {"%"} and targets["value"].between(0, 100).all()
    assert targets["source"].str.contains("§|KiBS").all()


def test_berlin_quotas_give_490_places():
    """Worked number: (1000, 2000, 800, 2000) young people of the four age bands."""
    okja = CATALOGUE.targets.query("service == 'okja' and kind == 'ordinance'").sort_values("age_from")
    assert list(zip(okja["age_from"], okja["age_to"], strict=True)) == [(6, 10), (10, 18), (18, 21), (21, 27)]
    assert (okja["value"].to_numpy() / 100 * [1000, 2000, 800, 2000]).sum() == pytest.approx(490)


def test_the_entitlement_to_all_day_care_grows_by_one_class_a_year():
    hort = CATALOGUE.targets.query("service == 'hort'").sort_values("valid_from")
    assert list(hort["age_to"] - hort["age_from"]) == [1, 2, 3, 4]
    starts, ends = hort["valid_from"].tolist(), hort["valid_to"].tolist()
    assert [d.strftime("%Y-%m-%d") for d in starts] == [f"{y}-08-01" for y in (2026, 2027, 2028, 2029)]
    assert [(b - a).days for a, b in zip(ends[:-1], starts[1:], strict=True)] == [1, 1, 1]
    assert pd.isna(ends[-1])


def test_glossary_is_alphabetical_and_explains():
    terms = list(CATALOGUE.glossary["term"])
    assert len(terms) >= 40 and terms == sorted(terms, key=alphabetical)
    assert CATALOGUE.glossary["definition"].str.endswith(".").all()


def test_frames_have_the_columns_and_types_of_the_tables():
    for name, frame in {
        "indicator": CATALOGUE.indicators,
        "service": CATALOGUE.services,
        "target": CATALOGUE.targets,
    }.items():
        assert tuple(frame.columns) == CATALOGUE.tables[name].names
    types = {**CATALOGUE.targets.dtypes.astype(str), **CATALOGUE.services.dtypes.astype(str)}
    assert types["age_to"] == "Int64" and types["value"] == "float64" and types["valid_to"] == "datetime64[s]"
    assert types["allocable"] == "bool" and types["name"] == "str"


def test_tables_know_their_columns():
    area = CATALOGUE.tables["area"]
    assert area.required and area.key == ("area_id", "valid_from")
    assert area.column("parent_id").refers == "area.area_id"
    assert area.column("level").values == ("stadt", "bezirk", "planungsraum", "ortsteil")
    with pytest.raises(KeyError, match="area.nix"):
        area.column("nix")


def test_one_row_by_key():
    assert CATALOGUE.indicator("income_hh")["denominator"] is None
    assert CATALOGUE.service("kita_u3")["age_to"] == 3
    for ask in (CATALOGUE.indicator, CATALOGUE.service):
        with pytest.raises(KeyError, match="nix"):
            ask("nix")


def test_environment_names_another_folder(tmp_path, monkeypatch):
    copy = shutil.copytree(DEFAULT_PATH, tmp_path / "own")
    topics = copy / "topics.csv"
    topics.write_text(topics.read_text(encoding="utf-8").replace("Gefährdungen früh", "Anders früh"), encoding="utf-8")
    monkeypatch.setenv("RAUMBLICK_CATALOGUE", str(copy))
    assert load_catalogue().topics["description"].iloc[0].startswith("Anders")
    assert load_catalogue(DEFAULT_PATH).topics["description"].iloc[0].startswith("Gefährdungen")


# --- faults of a catalogue ---------------------------------------------------------------------------------------


def set_cell(folder: Path, file: str, row: int, column: str, value: str) -> None:
    """Put `value` in the line `row` (header = 1) of a CSV file without multi-line cells."""
    frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    frame.loc[row - 2, column] = value
    frame.to_csv(folder / file, index=False, lineterminator="\n")


def line_of(key: str, file: str = "indicators.csv") -> int:
    return list(pd.read_csv(DEFAULT_PATH / file, dtype=str).iloc[:, 0]).index(key) + 2


SGB2 = line_of("sgb2_u15")
CELL_FAULTS = [
    ("indicators.csv", SGB2, "kind", "quota", "nicht eins von"),
    ("indicators.csv", SGB2, "topic", "Sonstiges", "nicht eins von"),
    ("indicators.csv", SGB2, "direction", "", "darf nicht leer sein"),
    ("indicators.csv", SGB2, "key", "unemp", "steht schon in Zeile"),
    ("indicators.csv", SGB2, "multiplier", "hundert", "ist nicht eine Zahl"),
    ("indicators.csv", SGB2, "multiplier", "1_000", "ist nicht eine Zahl"),
    ("indicators.csv", SGB2, "multiplier", "nan", "ist nicht eine Zahl"),
    ("indicators.csv", SGB2, "multiplier", "1", "mit dem Faktor 100"),
    ("indicators.csv", SGB2, "decimals", "1.5", "ist nicht eine ganze Zahl"),
    ("indicators.csv", SGB2, "denominator", "", "braucht einen Nenner"),
    ("indicators.csv", line_of("income_hh"), "denominator", "Haushalte", "hat keinen Nenner"),
    ("indicators.csv", line_of("hze_rate"), "multiplier", "0", "größer als 0"),
    ("indicators.csv", SGB2, "low", "99", "verkehrt herum"),
    ("services.csv", line_of("okja", "services.csv"), "entitlement", "vielleicht", "ist nicht ja oder nein"),
    ("services.csv", line_of("heim", "services.csv"), "allocable", "true", "nicht steuerbar"),
    ("services.csv", line_of("okja", "services.csv"), "age_to", "6", "über dem unteren Alter"),
    ("services.csv", line_of("okja", "services.csv"), "age_from", "-1", "nicht negativ"),
    ("targets.csv", 4, "service", "nirgends", "ist unbekannt"),
    ("targets.csv", 4, "valid_from", "01.08.2013", "ist nicht ein Datum"),
    ("targets.csv", 4, "valid_from", "2013-8-1", "ist nicht ein Datum"),
    ("targets.csv", 4, "valid_from", "2013-02-30", "ist nicht ein Datum"),
    ("targets.csv", 4, "valid_to", "2001-01-01", "vor dem Beginn"),
    ("targets.csv", 4, "kind", "wish", "nicht eins von"),
    ("topics.csv", 3, "key", "kinderschutz", "steht schon in Zeile 2"),
    ("glossary.csv", 5, "definition", "", "darf nicht leer sein"),
]


@pytest.mark.parametrize(("file", "row", "column", "value", "says"), CELL_FAULTS)
def test_a_wrong_cell_is_named_with_its_place(tmp_path, file, row, column, value, says):
    copy = shutil.copytree(DEFAULT_PATH, tmp_path / "c")
    set_cell(copy, file, row, column, value)
    with pytest.raises(CatalogueError) as error:
        load_catalogue(copy)
    named = {(f.file, f.row, f.column) for f in error.value.faults if says in f.message}
    wanted = (file, line_of("unemp") if says == "steht schon in Zeile" else row, column)
    assert wanted in named
    assert f"{file}, Zeile {wanted[1]}, Spalte {column}: " in str(error.value)


TEXT_FAULTS = [
    ("indicators.csv", "key,name,", "key,title,", 1, None, "die Kopfzeile muss lauten"),
    ("topics.csv", "partizipation,", "partizipation,zuviel,", 6, None, "4 statt 3 Zellen"),
    ("glossary.csv", "\nASD,", '\nASD,"offen ', None, None, "nicht lesbar"),
    ("tables.toml", "[target]", "[ziel]", None, "target", "der Abschnitt fehlt"),
    ("tables.toml", 'type = "decimal"', 'type = "money"', None, "booking.amount", "unbekannter Typ 'money'"),
    ("tables.toml", 'refers = "area.area_id"', 'refers = "area.id"', None, "area.parent_id", "unbekannte Spalte"),
    ("tables.toml", 'key = ["area_id", "valid_from"]', "key = []", None, "area", "der Schlüssel fehlt"),
    ("tables.toml", 'name = "valid_from", type = "date"', 'name = "name", type = "date"', None, "area", "zweimal"),
    ("tables.toml", 'label = "Ebene", ', 'titel = "Ebene", ', None, "area.level", "fehlt oder ist unbekannt"),
    ("tables.toml", '"Kinderschutz", ', "", None, "indicator.topic", "nicht die aus topics.csv"),
    ("tables.toml", "[area]", "[area", None, None, "nicht lesbar"),
]


@pytest.mark.parametrize(("file", "old", "new", "row", "column", "says"), TEXT_FAULTS)
def test_a_wrong_file_is_named_with_its_place(tmp_path, file, old, new, row, column, says):
    copy = shutil.copytree(DEFAULT_PATH, tmp_path / "c")
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CatalogueError) as error:
        load_catalogue(copy)
    assert (file, row, column) in {(f.file, f.row, f.column) for f in error.value.faults if says in f.message}


@pytest.mark.parametrize("file", ["tables.toml", "indicators.csv", "services.csv", "targets.csv", "glossary.csv"])
def test_a_missing_file_is_named(tmp_path, file):
    copy = shutil.copytree(DEFAULT_PATH, tmp_path / "c")
    (copy / file).unlink()
    with pytest.raises(CatalogueError, match=f"{file}: nicht lesbar"):
        load_catalogue(copy)


def test_all_faults_are_said_at_once_and_rows_count_lines(tmp_path):
    copy = shutil.copytree(DEFAULT_PATH, tmp_path / "c")
    (copy / "topics.csv").write_text('key,name,description\na,A,"zwei\nZeilen"\nb,,leer\n', encoding="utf-8")
    set_cell(copy, "indicators.csv", SGB2, "kind", "quota")
    with pytest.raises(CatalogueError) as error:
        load_catalogue(copy)
    assert (error.value.file, error.value.row, error.value.column) == ("topics.csv", 4, "name")
    assert ("indicators.csv", SGB2) in {(f.file, f.row) for f in error.value.faults}


# --- a city's own rows -------------------------------------------------------------------------------------------


def own_indicator(key: str, **changes: object) -> dict[str, object]:
    return {**CATALOGUE.indicator("sgb2_u15"), "key": key, **changes}


def test_own_rows_win_in_place_and_new_ones_follow():
    own = pd.DataFrame([own_indicator("neu"), own_indicator("unemp", name="Unsere Arbeitslosen")])
    extended = CATALOGUE.with_own(indicators=own)
    assert list(extended.indicators["key"]) == [*CATALOGUE.indicators["key"], "neu"]
    assert extended.indicator("unemp")["name"] == "Unsere Arbeitslosen"
    assert CATALOGUE.indicator("unemp")["name"] == "Arbeitslosenanteil"
    assert list(extended.indicators.dtypes) == list(CATALOGUE.indicators.dtypes)


def test_own_targets_may_name_own_services_as_text():
    service = {"key": "bauspiel", "name": "Bauspielplatz", "paragraph": "§ 11 SGB VIII", "topic": TOPICS[2]}
    service |= {"form": "open", "age_from": "6", "age_to": "14.0", "entitlement": "nein", "allocable": "ja"}
    target = {"service": "bauspiel", "age_from": 6, "age_to": None, "value": "2.5", "unit": "%", "kind": "plan"}
    target |= {"valid_from": "2025-01-01", "source": "Ratsbeschluss"}
    extended = CATALOGUE.with_own(services=pd.DataFrame([service]), targets=pd.DataFrame([target]))
    assert extended.service("bauspiel")["age_to"] == 14 and extended.service("bauspiel")["allocable"] is True
    assert extended.targets["value"].iloc[-1] == 2.5 and pd.isna(extended.targets["age_to"].iloc[-1])
    with pytest.raises(CatalogueError, match="target, Zeile 2, Spalte service: 'bauspiel' ist unbekannt"):
        CATALOGUE.with_own(targets=pd.DataFrame([target]))


def test_an_own_target_replaces_the_row_of_the_same_key_even_without_upper_age():
    row = {**CATALOGUE.targets.iloc[0].to_dict(), "age_to": None, "value": 60}
    once = CATALOGUE.with_own(targets=pd.DataFrame([row, {**row, "kind": "plan"}]))
    twice = once.with_own(targets=pd.DataFrame([{**row, "value": 65}]))
    assert len(once.targets) == len(twice.targets) == len(CATALOGUE.targets) + 2
    assert list(twice.targets["value"].iloc[-2:]) == [65, 60]


def test_faults_in_own_rows_name_table_and_row():
    own = pd.DataFrame([own_indicator("a"), own_indicator("b", kind="share", multiplier=1), own_indicator("a")])
    with pytest.raises(CatalogueError) as error:
        CATALOGUE.with_own(indicators=own.drop(columns="unit"))
    places = {(f.file, f.row, f.column) for f in error.value.faults}
    assert {("indicator", 3, "multiplier"), ("indicator", 4, "key"), ("indicator", 2, "unit")} <= places


def test_a_catalogue_laid_over_itself_is_unchanged():
    again = CATALOGUE.with_own(CATALOGUE.indicators, CATALOGUE.services, CATALOGUE.targets)
    for frame in ("indicators", "services", "targets"):
        pd.testing.assert_frame_equal(getattr(again, frame), getattr(CATALOGUE, frame))


KEYS = st.lists(st.sampled_from([*PROPOSED[:5], "own_1", "own_2", "own_3"]), unique=True, max_size=6)


@given(first=KEYS, second=KEYS)
@settings(max_examples=25, deadline=None)
def test_the_last_overlay_wins_and_no_row_is_lost(first: list[str], second: list[str]):
    def lay(base: Catalogue, keys: list[str], name: str) -> Catalogue:
        rows = [own_indicator(k, name=name) for k in keys]
        return base.with_own(pd.DataFrame(rows, columns=list(CATALOGUE.indicators.columns)))

    names = lay(lay(CATALOGUE, first, "eins"), second, "zwei").indicators.set_index("key")["name"]
    assert names.index.is_unique and set(names.index) == set(CATALOGUE.indicators["key"]) | set(first) | set(second)
    assert all(names[k] == "zwei" for k in second)
    assert all(names[k] == "eins" for k in set(first) - set(second))
