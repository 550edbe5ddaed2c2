"""Schwerpunkträume, Vergleich and Gebiete suchen in both views, by links, with moved sliders and odd addresses."""

import pytest
from desk import answer, said
from needcity_home import VALUES
from reading import file_texts, maps

from raumblick.answers.variants import from_toml

VIEWS = ("planung", "ausschuss")
PRIORITY, COMPARE, SEARCH = "Schwerpunkträume", "Vergleich", "Gebiete suchen"
SAME = "sgb2_u15:0.5,sp_share:0.5,unemp_u25:0.5,eingang_speech:0.5"


def address(at, name: str) -> str:
    """What the address says: AppTest gives a list for what it was opened with, a text for what the page wrote."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def table(at, head: str):
    """The table that has a column of this name."""
    return next(frame.value for frame in at.dataframe if head in frame.value.columns)


# --- Schwerpunkträume -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_says_who_is_in_and_how_sure(desk, need_home, view):
    desk.sit(need_home, view)
    at = desk.open(PRIORITY, unfold=True)
    assert not at.exception and not at.warning
    assert "hoher Bedarf" in answer(at) and "Ortsteil 07" in answer(at)
    assert "Suchstrategie und kein Urteil" in said(at)
    assert "Hilfen zur Erziehung stehen neben dem Index" in said(at)
    assert "2022: Abgänge ohne Hauptschulabschluss" in said(at)  # its year is older than that of the others
    rows = table(at, "Wahrscheinlichkeit (%)" if "Wahrscheinlichkeit (%)" in at.dataframe[0].value else "Stufe")
    assert list(rows["Ortsteil"])[:2] == ["Ortsteil 07", "Ortsteil 06"]
    assert list(rows["Rang"])[:2] == ["1", "2"]
    assert any("HzE 2023" in head for head in rows.columns)
    assert maps(at)[0]["count"] == 8


@pytest.mark.parametrize("view", VIEWS)
def test_sliders_are_open_for_planners_and_folded_for_committees(desk, need_home, view):
    desk.sit(need_home, view)
    at = desk.open(PRIORITY)
    weights = [slider for slider in at.slider if slider.key and slider.key.startswith("w_gewicht_")]
    assert len(weights) == (5 if view == "planung" else 0)
    assert {slider.value for slider in weights} <= {50}


def test_a_moved_slider_is_in_the_address_and_says_what_changes(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True)
    before = maps(at)[0]["codes"]
    for key in ("sgb2_u15", "sp_share", "unemp_u25"):
        at.slider(key=f"w_gewicht_{key}").set_value(0).run()
    assert not at.exception
    assert "sgb2_u15:0," in address(at, "gewichte") + ","
    at.slider(key="w_gewicht_leave_nodeg").set_value(100).run()  # twice as heavy as what is left on the other side
    assert "leave_nodeg:1" in address(at, "gewichte")
    assert "Was sich ändert" in said(at)
    assert "neu dabei Ortsteil 00" in said(at) and "nicht mehr dabei Ortsteil 07" in said(at)
    assert maps(at)[0]["codes"] != before
    copied = desk.open(PRIORITY, gewichte=address(at, "gewichte"))
    assert answer(copied) == answer(at)
    at.button(key="reset_weights").click().run()
    assert "gewichte" not in at.query_params
    assert maps(at)[0]["codes"] == before


def test_weights_of_zero_are_said_and_can_be_undone(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, gewichte=f"{SAME},leave_nodeg:0")
    assert not at.exception
    assert [slider.value for slider in at.slider if "leave" in (slider.key or "")] == [0]
    at = desk.open(PRIORITY, gewichte="sgb2_u15:0,sp_share:0,unemp_u25:0,eingang_speech:0,leave_nodeg:0")
    assert not at.exception
    assert any("größer als 0" in warning.value for warning in at.warning)
    assert "hoher Bedarf" in answer(at)  # the preset is shown


@pytest.mark.parametrize(
    "odd", ["zz", "sgb2_u15", "sgb2_u15:nan", "gibtesnicht:0.5", "<img src=x onerror=alert(1)>:1", "sgb2_u15:-1", "a:1," * 300]
)
def test_odd_weights_in_the_address_are_said_and_do_no_harm(desk, need_home, odd):
    desk.sit(need_home)
    at = desk.open(PRIORITY, gewichte=odd)
    assert not at.exception
    assert len(at.warning) == 1
    assert "<img" not in at.warning[0].value
    assert "hoher Bedarf" in answer(at)


def test_how_many_are_looked_for_can_be_set(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, gesucht="zahl", anzahl="3")
    assert "zu den 3 mit dem höchsten Bedarf" in answer(at)
    assert address(at, "anzahl") == "3"
    at.select_slider(key="w_anzahl").set_value("5").run()
    assert "zu den 5 mit dem höchsten Bedarf" in answer(at)


def test_an_earlier_year_names_what_is_left_out(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True, jahr="2019")
    assert not at.exception
    assert "Nicht enthalten:" in said(at) and "Sprachauffälligkeit" in said(at)
    assert "2019" in answer(at)


def test_an_area_is_explained(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True, gebiet="05")
    assert answer(at).startswith("**Ortsteil 05**")
    rows = table(at, "Beitrag zum Index")
    assert rows.iloc[0]["Wert"] == "60,0\u00a0%"
    assert "steigt" not in " ".join(rows["Trend"])  # nothing moves in this area
    rising = table(desk.open(PRIORITY, unfold=True, gebiet="07"), "Beitrag zum Index").set_index("Kennzahl")
    assert rising.loc["Kinder unter 15 Jahren im SGB-II-Bezug", "Trend"] == "▲ steigt belastbar (2018 bis 2023)"


def test_doubts_can_be_switched(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True, zweifel="keine")
    assert "in Zweifel: nichts" in said(at)
    rows = table(at, "Stufe")
    assert set(rows["Stufe"]) == {"sicher", "nicht"}
    assert "die Rechenweise" in said(desk.open(PRIORITY, unfold=True, zweifel="zahlen,rechenweise", start="7"))


def test_another_index_is_compared(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True, gewichte="sgb2_u15:0.1,sp_share:0,unemp_u25:0,eingang_speech:0,leave_nodeg:0.9")
    at.get_by_key("w_vergleich").set_value("jugendhilfe").run()
    assert "Gewichte der Vorgabe" in said(at)
    rows = table(at, "Rang Vergleich").set_index("Ortsteil")
    assert (rows.loc["Ortsteil 00", "Rang Auswahl"], rows.loc["Ortsteil 00", "Rang Vergleich"]) == ("1", "8")
    at.button(key="keep").click().run()
    assert any("gemerkte Gewichte" in option for option in at.get_by_key("w_vergleich").options)
    assert table(at, "Rang Vergleich").set_index("Ortsteil").loc["Ortsteil 00", "Rang Vergleich"] == "1"


def test_a_variant_is_saved_and_loaded(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True, gewichte=f"{SAME},leave_nodeg:0", gesucht="zahl", anzahl="3", start="4")
    files = [make() for make in desk.downloads]
    variant = from_toml(next(content for content in files if content.startswith(b"format =")))
    assert (variant.preset, variant.top, variant.seed, variant.level) == ("jugendhilfe", 3, 4, "ortsteil")
    assert dict(variant.weights)["leave_nodeg"] == 0
    other = desk.open(PRIORITY, unfold=True)
    from raumblick.answers.variants import to_toml

    other.file_uploader(key="variant_file").upload("v.toml", to_toml(variant).encode(), "application/toml").run()
    assert not other.exception
    assert "Geladen" in said(other)
    assert "zu den 3 mit dem höchsten Bedarf" in answer(other)
    assert "leave_nodeg:0" in address(other, "gewichte")
    assert address(at, "gewichte") == address(other, "gewichte")


def test_a_file_that_is_no_variant_changes_nothing(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True)
    before = answer(at)
    at.file_uploader(key="variant_file").upload("v.toml", b"format = 'x'", "application/toml").run()
    assert "Nicht geladen" in said(at)
    assert answer(at) == before


def test_the_drawing_and_the_layer_can_be_had(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, unfold=True)
    assert any(make().startswith(b"<svg") for make in desk.downloads)
    at.button(key="gpkg_make").click().run()
    assert not at.exception
    assert any(button.proto.label == "GeoPackage herunterladen" for button in at.get("download_button"))
    desk.sit(need_home, "ausschuss")
    assert not [b for b in desk.open(PRIORITY, unfold=True).button if b.key == "gpkg_make"]


def test_downloads_hold_index_and_origin(desk, need_home):
    desk.sit(need_home)
    desk.open(PRIORITY, unfold=True)
    cells = [cell for make in desk.downloads if not (c := make()).startswith((b"<svg", b"format")) for cell in file_texts(c)]
    assert any(cell.startswith("Datenstand: ") for cell in cells)
    assert any("Startwert" in cell for cell in cells)


def test_a_level_with_two_areas_says_why_there_is_no_index(desk, need_home):
    desk.sit(need_home)
    at = desk.open(PRIORITY, ebene="bezirk")
    assert not at.exception
    assert "lässt sich kein Index rechnen" in answer(at)
    assert "Nur 2 Gebiete" in said(at)


@pytest.mark.parametrize("view", VIEWS)
def test_hidden_numbers_leave_an_area_unjudged(desk, mini_home, view):
    desk.sit(mini_home, view)
    at = desk.open(PRIORITY, unfold=True)
    rows = table(at, "Stufe").set_index("Ortsteil")
    if view == "planung":
        assert rows.loc["Ortsteil 00", "Rang"] == "8"
    else:
        assert rows.loc["Ortsteil 00", "Rang"] == ""
        assert "keine Angabe" in rows.loc["Ortsteil 00", "nicht bewertet, weil"]
        assert maps(at)[0]["classes"][0] == -2
        assert "2 geheim" in said(at)  # area 01 guards area 00
    assert "Nicht enthalten:" in said(at)


# --- Vergleich ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_areas_are_compared_by_link(desk, need_home, view):
    desk.sit(need_home, view)
    at = desk.open(COMPARE, unfold=True, gebiete="07,00")
    assert not at.exception and not at.warning
    assert answer(at).startswith("**Ortsteil 07** und **Ortsteil 00** unterscheiden sich bei")
    rows = table(at, "Ortsteil 07").set_index("Kennzahl")
    assert rows.loc["Kinder unter 15 Jahren im SGB-II-Bezug (%)", "Ortsteil 07"].startswith("80,0 (")
    assert rows.loc["Kinder unter 15 Jahren im SGB-II-Bezug (%)", "Stadt"] == "45,0"


def test_the_nearest_can_be_added(desk, need_home):
    desk.sit(need_home)
    at = desk.open(COMPARE, gebiete="04,00")
    assert "Ortsteil 04" in said(at)
    add = next(button for button in at.button if (button.key or "").startswith("add_"))
    add.click().run()
    assert len(address(at, "gebiete").split(",")) == 3


@pytest.mark.parametrize("odd", ["99", "00,99", ",,", "<img>", "00," * 40, "B0"])
def test_odd_areas_do_no_harm(desk, need_home, odd):
    desk.sit(need_home)
    at = desk.open(COMPARE, gebiete=odd)
    assert not at.exception
    assert len(answer(at)) > 30
    assert all("<img" not in warning.value for warning in at.warning)


def test_one_area_is_asked_for_company(desk, need_home):
    desk.sit(need_home)
    assert "mindestens **zwei Gebiete**" in answer(desk.open(COMPARE, gebiete="03"))


# --- Gebiete suchen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_a_rule_in_the_address_is_answered(desk, need_home, view):
    desk.sit(need_home, view)
    at = desk.open(SEARCH, unfold=True, regel="sgb2_u15 > 55 und diff(sgb2_u15, 2018) <= 0")
    assert not at.exception and not at.warning
    assert answer(at).startswith("**2 von 8 Ortsteilen** erfüllen")
    assert "Ortsteil 05, Ortsteil 06" in answer(at)
    assert maps(at)[0]["classes"] == [0, 0, 0, 0, 0, 2, 2, 0]


def test_the_form_writes_the_rule(desk, need_home):
    desk.sit(need_home)
    at = desk.open(SEARCH, regel="sgb2_u15 > 55")
    at.text_input(key="w_b0_grenze").set_value("60,5").run()
    assert address(at, "regel") == "sgb2_u15 > 60.5"
    at.selectbox(key="w_b0_art").set_value("stadt").run()
    assert address(at, "regel") == "sgb2_u15 > stadt*60.5"
    at.text_input(key="w_b0_grenze").set_value("1").run()
    at.selectbox(key="w_b0_vergleich").set_value("<=").run()
    assert address(at, "regel") == "sgb2_u15 <= stadt"
    at.button(key="more").click().run()
    assert address(at, "regel") == "sgb2_u15 <= stadt und sgb2_u15 > stadt"
    assert answer(at).startswith("**Kein Gebiet** erfüllt")
    at.get_by_key("w_verbunden").set_value("oder").run()
    assert answer(at).startswith("**8 von 8 Ortsteilen**")
    at.selectbox(key="w_b1_was").set_value("diff").run()
    assert "seit 2018" in answer(at)
    at.button(key="drop0").click().run()
    assert address(at, "regel") == "diff(sgb2_u15, 2018) > stadt"
    assert not at.exception


def test_what_is_no_number_changes_nothing(desk, need_home):
    desk.sit(need_home)
    at = desk.open(SEARCH, regel="sgb2_u15 > 55")
    at.text_input(key="w_b0_grenze").set_value("viel").run()
    assert "keine gültige Zahl" in at.warning[0].value
    assert address(at, "regel") == "sgb2_u15 > 55"
    at.text_input(key="w_b0_spielraum").set_value("-3").run()
    assert "keine gültige Zahl" in at.warning[0].value


def test_brackets_are_edited_as_text(desk, need_home):
    desk.sit(need_home)
    at = desk.open(SEARCH, unfold=True, regel="(sgb2_u15 < 15 oder sgb2_u15 > 75) und sp_share > 0")
    assert answer(at).startswith("**2 von 8 Ortsteilen**")
    assert "als Text ändern" in said(at)
    at.text_input(key="w_regel").set_value("sgb2_u15 >").run()
    assert "lässt sich nicht lesen" in at.warning[0].value
    at.text_input(key="w_regel").set_value("sgb2_u15 > 75").run()
    assert answer(at).startswith("**1 von 8 Ortsteilen** erfüllt")


@pytest.mark.parametrize(
    "odd", ["x", "sgb2_u15 >", "<img src=x onerror=alert(1)> > 3", "gibtesnicht > 1", "sgb2_u15@1900 > 1", "(" * 80]
)
def test_an_odd_rule_is_said_and_an_example_shown(desk, need_home, odd):
    desk.sit(need_home)
    at = desk.open(SEARCH, regel=odd)
    assert not at.exception
    assert len(at.warning) == 1 and "<img" not in at.warning[0].value
    assert address(at, "regel") == "sgb2_u15 > stadt*1.25"


def test_the_default_finds_what_is_a_quarter_above_the_city(desk, need_home):
    desk.sit(need_home)
    hits = sum(value > 1.25 * 45 for value in VALUES)
    assert answer(desk.open(SEARCH)).startswith(f"**{hits} von 8 Ortsteilen**")


# --- funnel and trends on Karte and Steckbrief ----------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_the_map_page_has_funnel_and_trends(desk, need_home, view):
    desk.sit(need_home, view)
    at = desk.open("Karte", unfold=True, kennzahl="sgb2_u15", gebiet="07")
    assert not at.exception
    assert "99,8-%-Bereich" in said(at)
    assert "▲ steigt belastbar in 1, ▼ fällt belastbar in 0" in said(at)
    assert "▲** Trend 2018 bis 2023 (Prozentpunkte): Steigt belastbar" in said(at)
    rows = table(at, "erkennbar wäre etwa").set_index("Ortsteil")
    assert rows.loc["Ortsteil 07", "Trend"] == "▲ steigt belastbar"
    assert rows.loc["Ortsteil 00", "Trend"] == "keine belastbare Veränderung"


def test_the_profile_has_an_arrow_only_where_a_test_has_spoken(desk, need_home):
    desk.sit(need_home)
    assert "▲** Trend" in said(desk.open("Steckbrief", gebiet="07"))
    assert "▲" not in said(desk.open("Steckbrief", gebiet="02"))
