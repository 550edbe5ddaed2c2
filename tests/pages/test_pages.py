"""Every page in both views, by copied links, with an odd address, and while the city changes."""

import shutil

import pytest
from desk import DATA_PAGES, PAGES, answer, beside
from reading import file_texts, maps

VIEWS = ("planung", "ausschuss")
ODD = ("", "zz", "<img src=x onerror=alert(1)>", "' or 1=1 --", "../../etc/passwd", "0" * 500)


@pytest.fixture(scope="session")
def two_cities(tmp_path_factory, mini_home):
    """Home with the mini city and one that knows other areas, only one level between, and fewer indicators."""
    import minicity
    from homes import settle

    home = tmp_path_factory.mktemp("two_cities")
    shutil.copytree(mini_home, home, dirs_exist_ok=True)
    tables = minicity.frames()
    for name, columns in (("area", ["area_id", "parent_id"]), ("population", ["area_id"]), ("facility", ["area_id"])):
        for column in columns:
            tables[name][column] = [k if k == "mini" or not isinstance(k, str) else f"z{k}" for k in tables[name][column]]
    tables["area"] = tables["area"].replace({"mini": "anders", "Ministadt": "Anderstadt"})
    kept = {name: tables[name] for name in ("area", "population", "facility", "source")}
    folder = minicity.write_minicity(tmp_path_factory.mktemp("other_package"), kept)
    for file, old, new in (("datapackage.json", '"mini"', '"anders"'), ("area.geojson", '"area_id": "', '"area_id": "z')):
        text = (folder / file).read_text(encoding="utf-8").replace(old, new)
        (folder / file).write_text(text.replace('"Ministadt"', '"Anderstadt"'), encoding="utf-8")
    settle(folder, home)
    return home


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("title", PAGES)
def test_a_page_answers_its_question(desk, mini_home, title, view):
    desk.sit(mini_home, view)
    at = desk.open(title, unfold=True)
    assert not at.exception
    assert not at.error
    assert not at.warning
    assert [t.value for t in at.title] == [title]
    assert len(answer(at)) > 30
    assert answer(at).rstrip().endswith((".", "!", "?"))
    assert any("erfundene Daten" in text.value for text in at.markdown) or title not in DATA_PAGES
    assert any(link.value == "Wie gerechnet?" for link in at.page_link) == (title not in ("Methodik", "Import", "Protokoll"))
    assert "Ministadt** (erfundene Daten)" in beside(at)
    assert {"planung": "Ansicht: Planung", "ausschuss": "Ansicht: Ausschuss"}[view] in beside(at)


@pytest.mark.parametrize("title", PAGES)
def test_headings_go_down_one_step_at_a_time(desk, mini_home, title):
    desk.sit(mini_home)
    at = desk.open(title, unfold=True)
    levels = [int(node.proto.tag[1]) for node in (*at.title, *at.header, *at.subheader)]
    assert levels.count(1) == 1
    assert set(levels) == set(range(1, max(levels) + 1))


def test_every_indicator_on_every_level_has_a_map_and_a_table(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", unfold=True)
    for level, count in (("ortsteil", 8), ("bezirk", 2)):
        at.get_by_key("w_ebene").set_value(level).run()
        for indicator in at.get_by_key("w_kennzahl").options:
            at.get_by_key("w_kennzahl").select(indicator).run()
            for mode in ("wert", "veraenderung"):
                at.get_by_key("w_zeige").set_value(mode).run()
                assert not at.exception
                assert maps(at)[0]["count"] == count
                assert len(at.dataframe[0].value) == count


def test_a_map_has_the_numbers_of_its_table(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", unfold=True, kennzahl="sgb2_u15", jahr="2023", ebene="ortsteil")
    expected = [round(100 * x / n, 1) for x, n in zip((2, 5, 10, 15, 20, 25, 30, 35), range(170, 451, 40), strict=True)]
    assert maps(at)[0]["numbers"] == pytest.approx(expected)
    table = at.dataframe[0].value
    shown = dict(zip(table["Schlüssel"], table.iloc[:, 1], strict=True))
    assert [shown[f"{n:02d}"] for n in range(8)] == [f"{v:.1f}".replace(".", ",") for v in expected]
    assert list(table["Schlüssel"]) == ["07", "06", "05", "04", "03", "02", "01", "00"]


def test_a_copied_link_opens_the_same_view(desk, mini_home):
    desk.sit(mini_home)
    address = {"stadt": "mini", "ebene": "bezirk", "kennzahl": "pop_u6", "jahr": "2022", "zeige": "wert", "klassen": "equal"}
    at = desk.open("Karte", **address, gebiet="B1")
    assert dict(at.query_params) == address | {"gebiet": "B1"}
    assert maps(at)[0]["selected"] == "B1"
    assert "Kinder unter 6 Jahren" in answer(at)
    assert "2022" in answer(at)
    change = desk.open("Karte", kennzahl="sgb2_u15", zeige="veraenderung", seit="2021", jahr="2022")
    assert "von 2021 bis 2022" in answer(change)
    assert not change.warning
    profile = desk.open("Steckbrief", gebiet="B1")
    assert "Ost" in answer(profile)
    assert profile.get_by_key("w_gebiet").value == "B1"
    assert not profile.warning
    sheet = desk.open("Daten und Quellen", kennzahl="kita_cov_u6", ebene="stadt")
    assert sheet.query_params["kennzahl"] == "kita_cov_u6"


def test_a_change_that_cannot_be_shown_is_said(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", kennzahl="kita_cov_u6", zeige="veraenderung")
    assert any("eine Veränderung lässt sich nicht zeigen" in text.value for text in at.caption)
    at = desk.open("Karte", kennzahl="sgb2_u15", zeige="veraenderung")
    assert not any("lässt sich nicht zeigen" in text.value for text in at.caption)


def test_the_choice_travels_from_page_to_page(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", kennzahl="pop_u6", ebene="ortsteil", gebiet="05")
    assert any(link.value == "Zum Steckbrief: Ortsteil 05" for link in at.page_link)
    at.query_params.clear()
    at.switch_page(PAGES["Steckbrief"]).run()
    assert "Ortsteil 05" in answer(at)
    at.query_params.clear()
    at.switch_page(PAGES["Karte"]).run()
    assert at.query_params["kennzahl"] == "pop_u6"
    assert maps(at)[0]["selected"] == "05"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["stadt", "ebene", "kennzahl", "jahr", "gebiet", "zeige", "klassen", "seit"])
def test_an_unknown_key_in_the_address_is_said_and_the_page_works(desk, two_cities, name, view):
    desk.sit(two_cities, view)
    for value in ODD[1:4] if name != "seit" else ODD[:1]:
        at = desk.open("Karte", **{name: value})
        assert not at.exception
        assert len(at.warning) == (name != "seit"), value
        assert all("gibt es in diesem Datenstand nicht" in warning.value for warning in at.warning)
        assert maps(at)[0]["count"] == 8
        assert at.query_params.get(name) != value


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("title", PAGES)
def test_nonsense_everywhere_breaks_no_page(desk, mini_home, title, value):
    desk.sit(mini_home)
    names = {"stadt", "ebene", "kennzahl", "jahr", "gebiet", "zeige", "klassen", "seit", "blick", "page", "w_ebene", "key"}
    names |= {"gebiete", "aehnlich", "regel", "gewichte", "karte", "index", "top"}
    at = desk.open(title, **dict.fromkeys(names, value))
    assert not at.exception
    assert not at.error
    assert len(answer(at)) > 30
    assert not any("<img" in text for warning in at.warning for text in [warning.value])


def test_an_area_of_another_level_is_not_called_wrong(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", ebene="ortsteil", gebiet="B1")
    assert not at.warning
    assert maps(at)[0]["selected"] is None


def test_the_city_changes_on_every_page(desk, two_cities):
    desk.sit(two_cities)
    for title in PAGES:
        at = desk.open(title, stadt="mini", gebiet="05", kennzahl="sgb2_u15", ebene="ortsteil")
        at.get_by_key("w_stadt").select("anders").run()
        assert not at.exception
        assert not at.warning, [w.value for w in at.warning]
        assert at.query_params["stadt"] == "anders"
        assert "Anderstadt" in beside(at)
        assert "Ministadt" not in answer(at)
        if at.get("bidi_component"):
            assert "/geo/anders/" in maps(at)[0]["geometry"]
        at.get_by_key("w_stadt").select("mini").run()
        assert not at.exception
        assert at.query_params["stadt"] == "mini"


def test_the_same_link_means_its_city_and_not_the_last_one(desk, two_cities):
    desk.sit(two_cities)
    at = desk.open("Steckbrief", stadt="anders", gebiet="z05")
    assert at.get_by_key("w_gebiet").value == "z05"
    at.query_params.clear()
    at.query_params["stadt"], at.query_params["gebiet"] = "mini", "03"
    at.run()
    assert not at.warning
    assert (at.get_by_key("w_stadt").value, at.get_by_key("w_gebiet").value) == ("mini", "03")


def test_a_city_without_money_and_observations_says_so(desk, two_cities):
    desk.sit(two_cities)
    at = desk.open("Überblick", stadt="anders")
    assert not at.exception
    assert "keine Kennzahl zum Bedarf" in answer(at)
    assert sum("keine" in info.value for info in at.info) == 2


def test_pages_are_found():
    assert set(PAGES) >= {"Überblick", "Karte", "Steckbrief", "Daten und Quellen", "Methodik"}


def test_only_planners_bring_data(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Import")
    assert len(at.file_uploader) == 1
    assert at.button
    desk.sit(mini_home, "ausschuss")
    at = desk.open("Import")
    assert not at.file_uploader
    assert not at.button
    assert "nur die Ansicht der Planung" in at.info[0].value


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_draw_every_chart_with_a_description(desk, mini_home, theme):
    desk.sit(mini_home)
    for title in ("Überblick", "Karte", "Steckbrief", "Daten und Quellen"):
        at = desk.open(title, blick="luecken")
        at.context = {"theme": theme}
        desk.unfold(at)
        assert not at.exception
        charts = at.get("plotly_chart")
        assert charts
        assert all(len(chart.proto.alt) > 10 for chart in charts)
        focus = {"light": "#0d4673", "dark": "#6ab9d2"}[theme]  # of raumblick/ui/palette.py
        assert title != "Steckbrief" or any(focus in chart.proto.spec for chart in charts)


def test_downloads_name_city_snapshot_and_invention(desk, mini_home):
    desk.sit(mini_home)
    at = desk.open("Karte", unfold=True, kennzahl="sgb2_u15")
    assert len(desk.downloads) == len(at.get("download_button")) == 2
    for make in desk.downloads:
        cells = file_texts(make())
        assert "Stadt: Ministadt (erfundene Daten)" in cells
        assert any(cell.startswith("Datenstand: 2026") and cell.endswith("vom 15.01.2026") for cell in cells)
        assert any("Quelle:" in cell for cell in cells)
        assert {"Ortsteil 00", "Ortsteil 07"} <= set(cells)
