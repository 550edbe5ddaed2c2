"""The import page without a browser: an unknown table through the mapping wizard, and candidates that are gone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import time

import minicity
import pytest
from desk import Desk

from raumblick.catalogue import load_catalogue
from raumblick.ingest import Ingested, Target, ingest
from raumblick.mapping import FilePart, KeyPart, Layout, PeriodPart, ValuePart, dump_layout
from raumblick.settings import Settings
from raumblick.snapshot.publish import Shelf
from raumblick.snapshot.store import open_store
from raumblick.ui import session
from raumblick.uploads import Upload, read_uploads

NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
TABLE = "Statistik;;\nKinder;;\nGebiet;Jahr;:red[Kinder]\n00;2023;1.200\n01;2023;unbekannt\n02;2023;-\n"
BUDGET = "Konto;Nr;Art;Summe\nMiete;36.3.2;Auszahlung;100,50\nErstattung;36.3.2;Einzahlung;20,00\n"
COLUMN = ":red[Kinder]"


@pytest.fixture
def home(tmp_path, mini_home):
    shutil.copytree(mini_home, tmp_path / "home")
    return tmp_path / "home"


def wizard(desk: Desk, home, content: str, name: str = "kinder.csv"):
    """The page with one uploaded file in the wizard."""
    desk.sit(home)
    at = desk.open("Import")
    at.session_state["_import_uploads"] = [Upload(name, content.encode())], Target("mini")
    at.session_state["_import_mapped"] = 0
    return at.run()


def finish(at):
    """Until the job of the page has ended and its result is drawn."""
    for _ in range(100):
        at.run()
        if "_import_result" in at.session_state:
            return at
        time.sleep(0.1)
    raise TimeoutError


def candidate(home, change: int = 7) -> Ingested:
    """A candidate beside the snapshot in force."""
    package = home.parent / f"package{change}"
    tables = minicity.frames()
    tables["facility"]["enrolled"] = change
    minicity.write_minicity(package, tables)
    return ingest(package, Settings(home=home), load_catalogue(), NOW, publish=False)


def test_an_unknown_table_is_asked_about_tried_kept_and_read(desk, home):
    at = wizard(desk, home, TABLE)
    assert not at.exception
    assert at.dataframe[0].value["Spalte 1"].to_list()[:3] == ["Statistik", "Kinder", "Gebiet"]
    assert "In welchen Zeilen stehen die Überschriften?" in at.info[0].value
    at.multiselect("map_header").set_value([3])
    at.number_input("map_first").set_value(4)
    at.selectbox("map_end").select("end").run()
    assert at.info[0].value == "Noch offen:\n\n* Was enthält die Datei?"
    at.selectbox("map_purpose").select("statistics").run()
    at.selectbox("map_place").select("column")
    at.multiselect("map_values").set_value([COLUMN]).run()
    at.selectbox("map_key").select("Gebiet")
    at.selectbox("map_level").select("ortsteil")
    at.selectbox(f"map_0_{COLUMN}_unit").select("Anzahl")
    at.selectbox(f"map_0_{COLUMN}_scale").select(1.0).run()
    assert not [button for button in at.button if button.key == "map_proceed"]  # 1.200 may be a fraction
    at.selectbox("map_decimal").select(",").run()
    assert "Was bedeutet „unbekannt“ in den Zahlen?" in at.info[0].value
    at.selectbox("map_sign_unbekannt").select(".").run()
    assert not at.info and not at.error and not at.exception
    rows = at.dataframe[1].value
    assert rows["Wert"].fillna(-1).to_list() == [1200, -1, -1] and rows["Zeichen"].fillna("").to_list() == ["", ".", "-"]
    at.button("map_proceed").click().run()
    finish(at)
    assert [button.key for button in at.button if button.key in ("publish", "discard")] == ["publish", "discard"]
    assert "Vorlage aufbewahrt" in at.success[0].value
    assert any("für Ministadt (erfundene Daten)" in text.value for text in at.markdown)
    assert 'first_line = "Gebiet;Jahr;:red[Kinder]"' in (home / "layouts" / "kinder.toml").read_text("utf-8")
    assert not at.exception and not at.error


def test_labels_of_columns_are_no_markup(desk, home):
    at = wizard(desk, home, TABLE.replace("Statistik;;\nKinder;;\n", "").replace("unbekannt", "3,5").replace("-", "4,5"))
    at.selectbox("map_purpose").select("statistics").run()
    labels = [widget.label for widget in (*at.text_input, *at.selectbox) if "Kinder" in widget.label]
    assert labels and not [label for label in labels if COLUMN in label]


def test_a_budget_is_asked_about_sides_signs_and_kind(desk, home):
    at = wizard(desk, home, BUDGET, "haushalt.csv")
    at.selectbox("map_purpose").select("budget").run()
    assert "Welche Spalte nennt das Produkt?" in at.info[0].value
    at.selectbox("map_product").select("Nr")
    at.selectbox("map_side_kind").select("side").run()
    at.selectbox("map_side").select("Art").run()
    at.selectbox("map_side_Auszahlung").select("expense").run()
    assert any("Welche Zeilen sind Aufwand, welche Ertrag?" in text.value for text in at.info)
    at.selectbox("map_side_Einzahlung").select("revenue")
    at.selectbox("map_negative").select("none")
    at.selectbox("map_basis").select("payment")
    at.multiselect("map_values").set_value(["Summe"])
    at.selectbox("map_when").select("value").run()
    at.text_input("map_moment").set_value("gestern").run()
    assert "Das ist kein Zeitraum" in at.warning[0].value
    at.text_input("map_moment").set_value("2024").run()
    at.selectbox("map_0_Summe_type").select("plan")
    at.selectbox("map_0_Summe_scale").select(1.0).run()
    assert not at.info and not at.exception
    assert at.dataframe[1].value["Betrag"].astype(float).to_list() == [100.5, 20]
    assert not at.button("map_proceed").disabled


def test_a_list_of_persons_gets_no_wizard(desk, home):
    at = wizard(desk, home, "Vorname;Geburtsdatum;Ort\nAnna;01.02.2015;a\nBen;03.04.2016;b\n")
    assert not at.exception and not at.multiselect and len(at.dataframe) == 1
    assert "§ 64 Abs. 3 SGB VIII" in at.dataframe[0].value.to_string()
    at.button("map_back").click().run()
    assert not at.exception and not [button for button in at.button if button.key == "map_back"]


def test_a_refused_file_leads_to_the_wizard(desk, home):
    desk.sit(home)
    at = desk.open("Import")
    uploads = [Upload("kinder.csv", TABLE.encode()), Upload("bild.png", b"\x89PNG")]
    at.session_state["_import_uploads"] = uploads, Target("mini")
    result = read_uploads(uploads, Settings(home=home), load_catalogue(), NOW, target=Target("mini"))
    at.session_state["_import_result"] = result
    at.run()
    offered = [button.label for button in at.button if button.label.startswith("Zuordnen")]
    assert offered == ["Zuordnen: kinder.csv"]
    assert not at.exception


def test_the_layout_beside_an_upload_reads_it(home):
    layout = Layout(
        file=FilePart("csv", "utf-8", ";", None, (3,), 4, 0, None, ","),
        key=KeyPart(column="Gebiet", level="ortsteil"),
        period=PeriodPart(column="Jahr"),
        values=(ValuePart(COLUMN, "Kinder", "Anzahl", 1),),
        signs={"unbekannt": "."},
    )
    uploads = [Upload("kinder.csv", TABLE.encode()), Upload("kinder.csv.toml", dump_layout(layout).encode())]
    done = read_uploads(uploads, Settings(home=home), load_catalogue(), NOW, target=Target("mini"))
    assert done.snapshot_id, [str(f) for f in done.findings]
    store = open_store(home, "mini", "planung", done.snapshot_id)
    try:
        key = next(k for k in store.read("indicators", level="ortsteil")["key"] if k.startswith("x_"))
        values = store.read("values", indicator=key, level="ortsteil").set_index("area_id")
    finally:
        store.close()
    assert values.loc["00", "value"] == 1200 and values.loc["01", "sign"] == "."
    broken = [uploads[0], Upload("kinder.toml", dump_layout(dataclasses.replace(layout, values=None)).encode())]
    refused = read_uploads(broken, Settings(home=home), load_catalogue(), NOW, target=Target("mini"))
    assert {f.code for f in refused.findings} == {"layout_open"}


def test_a_candidate_that_was_discarded_elsewhere(desk, home):
    desk.sit(home)
    result = candidate(home)
    at = desk.open("Import")
    at.session_state["_import_result"] = result
    at.run()
    assert [button.key for button in at.button if button.key in ("publish", "discard")] == ["publish", "discard"]
    Shelf(home, "mini").discard(result.snapshot_id)
    at.run()
    assert not at.exception and "gibt es für „mini“ nicht" in at.error[0].value.replace("&#8222;", "„")
    next(button for button in at.button if button.label == "Neue Auswahl").click().run()
    assert not at.exception and len(at.file_uploader) == 1


def test_a_locked_city_says_so(desk, home):
    desk.sit(home)
    result = candidate(home)
    at = desk.open("Import")
    at.session_state["_import_result"] = result
    at.run()
    with Shelf(home, "mini").lock():
        at.button("publish").click().run()
    assert not at.exception and "anderer Vorgang" in at.error[0].value
    at.button("publish").click().run()
    assert Shelf(home, "mini").current() == result.snapshot_id and "Veröffentlicht" in at.success[0].value


def test_files_are_compared_once_and_closed(desk, home, monkeypatch):
    opened, open_snapshot = [], session.open_snapshot

    def watched(*arguments, **named):
        opened.append(open_snapshot(*arguments, **named))
        return opened[-1]

    monkeypatch.setattr(session, "open_snapshot", watched)
    desk.sit(home)
    at = desk.open("Import")
    at.session_state["_import_result"] = candidate(home)
    at.run()
    at.run()
    assert len(opened) == 2
    for store in opened:
        with pytest.raises(Exception, match="closed"):
            store.connection.execute("select 1")
