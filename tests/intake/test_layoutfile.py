"""Layout files: kept and read back the same, nothing read before every question is answered, nothing dropped in silence."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raumblick.intake.files import shipped
from raumblick.intake.files.source import SourceText
from raumblick.intake.findings import Finding, IntakeError, has_errors
from raumblick.intake.layout_model import BookingPart, DetectPart, FilePart, KeyPart, PeriodPart, ValuePart
from raumblick.intake.layout_toml import dump_layout, parse_layout
from raumblick.intake.layoutfile import Layout, book_with, load_layout, open_questions, read_with, save_layout, suggest

CSV = FilePart("csv", "utf-8", ";", None, (1,), 2, 0, None, ",")
SIMPLE = Layout(
    title="Kinder",
    file=CSV,
    key=KeyPart(column="Gebiet", level="ortsteil"),
    period=PeriodPart(column="Jahr"),
    values=(ValuePart("Kinder", "Kinder unter 6", "Anzahl", 1),),
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def write_xlsx(path: Path, rows: list[list[str | float | None]], merged: str = "", **more: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Tabelle1"
    for title, cells in {"Tabelle1": rows, **more}.items():
        sheet = book[title] if title in book.sheetnames else book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    if merged:
        book["Tabelle1"].merge_cells(merged)
    book.save(path)
    return path


def errors(caught: pytest.ExceptionInfo[IntakeError]) -> list[Finding]:
    assert all(finding.message and finding.remedy for finding in caught.value.findings)
    return [finding for finding in caught.value.findings if finding.severity == "error"]


def refused(layout: Layout, path: Path, code: str) -> Finding:
    with pytest.raises(IntakeError) as caught:
        read_with(layout, path)
    return next(finding for finding in errors(caught) if finding.code == code)


def codes(findings: tuple[Finding, ...]) -> dict[str, Finding]:
    return {finding.code: finding for finding in findings}


# --- files of layouts ----------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
COLUMN = st.one_of(TEXT, st.integers(1, 99))
MAYBE = st.none()
PERIOD = st.sampled_from(["2024", "2024-06", "31.12.2024"])
MAP = st.dictionaries(TEXT, TEXT, max_size=3)
SIDE = st.sampled_from(["expense", "revenue"])
LAYOUTS = st.builds(
    Layout,
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.builds(
        FilePart,
        st.sampled_from(["csv", "sheet", None]),
        st.sampled_from(["utf-8", "cp1252", None]),
        st.sampled_from([";", "\t", None]),
        MAYBE | TEXT,
        MAYBE | st.lists(st.integers(1, 5), max_size=3).map(tuple),
        MAYBE | st.integers(6, 99),
        MAYBE | st.integers(0, 99),
        MAYBE | TEXT,
        st.sampled_from([",", ".", None]),
    ),
    st.builds(KeyPart, MAYBE | COLUMN, MAYBE | COLUMN, MAYBE | TEXT, MAYBE | st.integers(1, 12), MAYBE | TEXT, MAP),
    st.builds(PeriodPart, MAYBE | COLUMN, MAYBE | PERIOD),
    st.lists(COLUMN, max_size=3).map(tuple),
    MAYBE
    | st.lists(
        st.builds(
            ValuePart,
            COLUMN,
            MAYBE | TEXT,
            MAYBE | TEXT,
            MAYBE | st.integers(1, 10**6) | st.floats(0.001, 1e6),
            MAYBE | PERIOD,
            MAYBE | st.sampled_from(["plan", "actual"]),
        ),
        max_size=3,
    ).map(tuple),
    st.dictionaries(TEXT, st.sampled_from(["zero", "missing", ".", "-"]), max_size=3),
    st.builds(DetectPart, MAYBE | TEXT, st.lists(TEXT, max_size=2).map(tuple), TEXT),
    st.builds(
        BookingPart,
        MAYBE | COLUMN,
        MAYBE | COLUMN,
        MAYBE | COLUMN,
        MAYBE | COLUMN,
        MAYBE | COLUMN,
        st.dictionaries(TEXT, SIDE, max_size=2),
        MAYBE | SIDE,
        MAYBE | SIDE,
        st.sampled_from(["period", None]),
        st.sampled_from(["", "36"]),
        MAP,
    ),
)


@FEW
@given(LAYOUTS)
def test_a_layout_reads_back_as_it_was_saved(layout):
    assert parse_layout(dump_layout(layout), "a.toml") == layout


def test_saved_and_loaded(tmp_path):
    save_layout(SIMPLE, tmp_path / "a.toml")
    assert load_layout(tmp_path / "a.toml") == SIMPLE
    with pytest.raises(IntakeError) as caught:
        load_layout(tmp_path / "none.toml")
    assert errors(caught)[0].code == "layout_broken"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = 5", "title"),
        ("[file]\nkind = 'pdf'", "file.kind"),
        ("[file]\nfirst_row = 0", "file"),
        ("weather = 1", "weather"),
        ("[file]\nheader_rows = ['a']", "file.header_rows"),
        ("[file]\nheader_rows = [3]\nfirst_row = 2", "file.first_row"),
        ("[file]\ncolour = 1", "file.colour"),
        ("file = 3", "file"),
        ("[key]\nlength = -1", "key"),
        ("[key]\ncodes = 3", "key.codes"),
        ("[period]\nvalue = 'bald'", "period.value"),
        ("values = 3", "values"),
        ("[[values]]\nseries = 'a'", "values"),
        ("[[values]]\ncolumn = 'a'\nscale = 0", "values.scale"),
        ("[[values]]\ncolumn = 'a'\nscale = nan", "values.scale"),
        ("[[values]]\ncolumn = 'a'\nvalue_type = 'guess'", "values.value_type"),
        ("[signs]\n'-' = 'null'", "signs.-"),
        ("[series]\nrows = [1]", "series"),
        ("[booking]\nalways = 'both'", "booking.always"),
        ("[booking.sides]\nA = 'x'", "booking.sides.A"),
    ],
)
def test_every_fault_of_a_layout_is_named(text, place):
    with pytest.raises(IntakeError) as caught:
        parse_layout(text, "a.toml")
    assert place in [finding.column for finding in errors(caught)]


def test_all_faults_come_at_once_and_broken_toml_is_one():
    with pytest.raises(IntakeError) as caught:
        parse_layout("title = 5\nweather = 1\n[file]\nkind = 'pdf'", "a.toml")
    assert len(errors(caught)) == 3
    with pytest.raises(IntakeError, match="TOML"):
        parse_layout("title = ", "a.toml")


@FEW
@given(seed=st.integers(0, 2**32))
def test_damaged_layouts_are_read_or_refused(seed):
    draw = random.Random(seed)
    text = list(dump_layout(SIMPLE))
    for _ in range(draw.randint(1, 6)):
        text[draw.randrange(len(text))] = draw.choice("[]{}=\"'\n#.,0aä\x00")
    try:
        assert isinstance(parse_layout("".join(text), "a.toml"), Layout)
    except IntakeError as error:
        assert has_errors(error.findings)


# --- questions -----------------------------------------------------------------------------------------------------


def test_an_empty_layout_asks_everything_and_reads_nothing(tmp_path):
    asked = [place for place, _ in open_questions(Layout())]
    assert {"file.kind", "file.header_rows", "file.decimal", "key.column", "key.level", "period.column", "values"} <= set(asked)
    with pytest.raises(IntakeError) as caught:
        read_with(Layout(), write(tmp_path, "Gebiet;Jahr;Kinder", "01;2020;5"))
    assert [finding.column for finding in errors(caught)] == asked


@pytest.mark.parametrize(
    ("part", "entry", "place"),
    [
        ("file", "delimiter", "file.delimiter"),
        ("file", "encoding", "file.encoding"),
        ("file", "first_row", "file.first_row"),
        ("file", "last_row", "file.last_row"),
        ("file", "decimal", "file.decimal"),
        ("key", "column", "key.column"),
        ("key", "level", "key.level"),
        ("period", "column", "period.column"),
    ],
)
def test_each_answer_that_is_taken_away_is_asked_for(part, entry, place):
    assert open_questions(SIMPLE) == ()
    without = dataclasses.replace(SIMPLE, **{part: dataclasses.replace(getattr(SIMPLE, part), **{entry: None})})
    assert [asked for asked, _ in open_questions(without)] == [place]


def test_each_value_is_asked_for_unit_series_and_scale():
    bare = dataclasses.replace(SIMPLE, values=(ValuePart("Kinder"),))
    assert [place for place, _ in open_questions(bare)] == ["values.Kinder.series", "values.Kinder.unit", "values.Kinder.scale"]
    dated = dataclasses.replace(SIMPLE, period=PeriodPart(), values=(ValuePart("Kinder", "K", "Anzahl", 1, "2020"),))
    assert open_questions(dated) == ()


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_table_is_read_as_the_layout_says(tmp_path):
    path = write(
        tmp_path, "Gebiet;Jahr;Kinder;Notiz", "1;2020;1.234,5;a", "02;31.12.2021;-;b", "03;2022-06;;", "", "04;06/2023;(7);c"
    )
    layout = dataclasses.replace(SIMPLE, key=KeyPart(column="Gebiet", length=3, level="ortsteil"))
    table = read_with(layout, path)
    assert table.rows["region_key"].tolist() == ["001", "002", "004"]
    assert table.rows["period"].tolist() == ["2020", "2021", "2023-06"] and table.rows["date"].tolist()[1] == "2021-12-31"
    assert table.rows["value"].tolist()[0] == 1234.5 and table.rows["sign"].tolist()[1:] == ["-", "()"]
    assert table.rows["line"].tolist() == [2, 3, 6] and set(table.rows["level"]) == {"ortsteil"}
    told = codes(table.findings)
    assert (
        "Notiz" in told["column_unread"].message
        and told["value_missing"].row == 4
        and "4 Zeilen" in told["keys_restored"].message
    )
    assert not has_errors(table.findings)


def test_signs_have_the_meaning_that_the_layout_gives_them(tmp_path):
    path = write(tmp_path, "Gebiet;Jahr;Kinder", "01;2020;-", "02;2020;k. A.", "03;2020;entfällt", "04;2020;.")
    layout = dataclasses.replace(SIMPLE, signs={"-": "zero", "k. A.": ".", "entfällt": "missing"})
    table = read_with(layout, path)
    assert table.rows["value"].tolist()[0] == 0 and table.rows["value"].isna().tolist() == [False, True, True]
    assert table.rows["sign"].tolist()[1:] == [".", "."] and codes(table.findings)["sign_zero"]
    plain = read_with(SIMPLE, path)
    assert plain.rows["value"].isna().all()
    assert [f.row for f in plain.findings if f.code == "not_number"] == [3, 4]


def test_names_codes_series_and_scale(tmp_path):
    path = write(tmp_path, "Ort;Jahr;Art;Betrag", "Mitte;2020;Kita;1,005", "Nord;2020;Hort;2")
    layout = Layout(
        file=CSV,
        key=KeyPart(name="Ort", level="bezirk", codes={"Mitte": "01", "Nord": "02"}),
        period=PeriodPart(column=2),
        series=("Art",),
        values=(ValuePart("Betrag", "Ausgaben", "EUR", 1000),),
    )
    table = read_with(layout, path)
    assert table.rows[["region_key", "region", "series", "value"]].to_numpy().tolist() == [
        ["01", "Mitte", "Ausgaben | Art: Kita", 1005.0],
        ["02", "Nord", "Ausgaben | Art: Hort", 2000.0],
    ]
    unknown = dataclasses.replace(layout, key=dataclasses.replace(layout.key, codes={"Mitte": "01"}))
    assert codes(read_with(unknown, path).findings)["key_unknown"].row == 3


def test_one_place_and_one_period_for_the_whole_file(tmp_path):
    layout = dataclasses.replace(SIMPLE, key=KeyPart(value="Stadt", level="stadt"), period=PeriodPart(value="2020"))
    table = read_with(layout, write(tmp_path, "Art;Kinder", "x;5"))
    assert table.rows[["region_key", "region", "period", "value"]].to_numpy().tolist() == [["", "Stadt", "2020", 5.0]]


@pytest.mark.parametrize(("stop", "expected"), [("Quelle", 2), ("Summe", 2), (None, 2)])
def test_where_the_table_ends(stop, expected, tmp_path):
    path = write(
        tmp_path, "Gebiet;Jahr;Kinder", "01;2020;1", "02;2020;2", "Quelle: Amt;;" if stop == "Quelle" else "Summe;2020;3"
    )
    file = dataclasses.replace(CSV, stop_at=stop, last_row=None if stop else 3)
    table = read_with(dataclasses.replace(SIMPLE, file=file), path)
    assert len(table.rows) == expected and "stop_missing" not in codes(table.findings)
    missing = read_with(dataclasses.replace(SIMPLE, file=dataclasses.replace(CSV, stop_at="Ende")), write(tmp_path, *LINES))
    assert codes(missing.findings)["stop_missing"].severity == "warning"


LINES = ("Gebiet;Jahr;Kinder", "01;2020;1", "02;2020;2")


@pytest.mark.parametrize(
    ("lines", "code", "row"),
    [
        (("Gebiet;Jahr;Kinder", "01;2020;fünf"), "not_number", 2),
        (("Gebiet;Jahr;Kinder", "01;bald;5"), "period_unknown", 2),
        (("Gebiet;Jahr;Kinder", "01;2020"), "row_length", 2),
        (("Gebiet;Jahr;Kinder", "01;2020;5", "01;2020;6"), "row_twice", 3),
    ],
)
def test_wrong_cells_are_errors_with_their_place(lines, code, row, tmp_path):
    finding = codes(read_with(SIMPLE, write(tmp_path, *lines)).findings)[code]
    assert (finding.severity, finding.row) == ("error", row)


def test_files_that_do_not_fit_the_layout(tmp_path):
    assert refused(SIMPLE, write(tmp_path, "Gebiet;Jahr;Alte", "01;2020;5"), "column_missing").column == "Kinder"
    assert refused(SIMPLE, write(tmp_path, "Gebiet;Jahr;Kinder"), "rows_missing").row == 2
    assert refused(SIMPLE, write(tmp_path, ""), "file_empty").file == "a.csv"
    assert refused(SIMPLE, tmp_path / "none.csv", "file_missing").file == "none.csv"
    assert refused(SIMPLE, write(tmp_path, 'Gebiet;Jahr;Kinder\n"01;2020;5'), "csv_broken").row == 2
    latin = write(tmp_path, "Gebiet;Jahr;Kinder", "Süd;2020;5", encoding="cp1252")
    assert refused(SIMPLE, latin, "encoding").row == 2
    assert (
        read_with(dataclasses.replace(SIMPLE, file=dataclasses.replace(CSV, encoding="cp1252")), latin).rows["region_key"][0]
        == "Süd"
    )
    shifted = dataclasses.replace(SIMPLE, file=dataclasses.replace(CSV, header_rows=(9,), first_row=10))
    assert refused(shifted, write(tmp_path, *LINES), "header_missing").row == 9
    twice = write(tmp_path, "Gebiet;Jahr;Kinder;Kinder", "01;2020;5;6")
    assert "Nummer der Spalte" in refused(SIMPLE, twice, "column_missing").message


def test_a_list_of_persons_is_refused(tmp_path):
    path = write(tmp_path, "Gebiet;Jahr;Kinder;Vorname;Geburtsdatum", "01;2020;5;Ada;10.12.2015")
    with pytest.raises(IntakeError, match="§ 64"):
        read_with(SIMPLE, path)


def test_a_sheet_with_a_heading_of_two_rows(tmp_path):
    rows = [["Bericht"], ["Gebiet", "Kinder", None], [None, "2020", "2021"], ["01", 5, "1,5"], ["02", 7, "x"]]
    path = write_xlsx(tmp_path / "a.xlsx", rows, "B2:C2", Zweites=[["x"]])
    values = tuple(ValuePart(f"Kinder | {year}", "Kinder", "Anzahl", 1, str(year)) for year in (2020, 2021))
    file = FilePart("sheet", sheet="Tabelle1", header_rows=(2, 3), first_row=4, last_row=0, decimal=",")
    layout = Layout(file=file, key=KeyPart(column="Gebiet", level=""), values=values)
    table = read_with(layout, path)
    assert table.rows["value"].tolist()[:3] == [5, 1.5, 7] and table.rows["sign"].tolist()[3] == "x"
    assert table.rows["period"].tolist() == ["2020", "2021"] * 2 and table.rows["line"].tolist() == [4, 4, 5, 5]
    for name in ("Drittes", ""):
        other = dataclasses.replace(layout, file=dataclasses.replace(file, sheet=name))
        assert "Zweites" in refused(other, path, "sheet_missing").message


@FEW
@given(seed=st.integers(0, 2**32))
def test_damaged_tables_are_read_or_refused(seed, tmp_path):
    draw = random.Random(seed)
    lines = ["Gebiet;Jahr;Kinder", *(f"{i:02d};2020;{draw.randint(0, 9999)},{i}" for i in range(8))]
    content = bytearray("\n".join(lines).encode())
    for _ in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    (tmp_path / "a.csv").write_bytes(content)
    for act in (lambda: read_with(SIMPLE, tmp_path / "a.csv"), lambda: suggest(tmp_path / "a.csv")):
        try:
            act()
        except IntakeError as error:
            assert has_errors(error.findings)


# --- suggestions ---------------------------------------------------------------------------------------------------


def test_what_a_csv_proves_is_filled_in(tmp_path):
    path = write(tmp_path, "PLR_ID;Ort;Jahr;Anteil in %;Plätze", "01011101;Mitte;2020;12,5;1.200", "01011102;Nord;2021;-;7")
    rows, layout = suggest(path)
    assert rows[1] == ["01011101", "Mitte", "2020", "12,5", "1.200"]
    assert layout.file == FilePart("csv", "utf-8", ";", None, (1,), 2, 0, None, ",")
    assert (layout.key.column, layout.key.length, layout.key.level) == ("PLR_ID", 8, None)
    assert layout.period.column == "Jahr" and layout.values is not None
    assert [(v.column, v.series, v.unit, v.scale) for v in layout.values] == [
        ("Anteil in %", "Anteil in %", "%", 1.0),
        ("Plätze", "Plätze", None, None),
    ]
    assert [place for place, _ in open_questions(layout)] == ["key.level", "values.Plätze.unit", "values.Plätze.scale"]
    with pytest.raises(IntakeError):
        read_with(layout, path)


def test_what_a_csv_leaves_open_stays_open(tmp_path):
    _, unclear = suggest(write(tmp_path, "Gebiet;Zahl", "Mitte;1.234", "Nord;2.345"))
    assert unclear.file.decimal is None and unclear.key.column is None and unclear.period.column is None
    _, titled = suggest(write(tmp_path, "Kinder in der Stadt", "Gebiet;Zahl", "Mitte;5"))
    assert titled.file.header_rows is None and titled.file.delimiter is None and titled.values is None
    _, two = suggest(write(tmp_path, "Gebiet;Kinder", "Ort;w", "Mitte;5"))
    assert two.file.header_rows is None
    _, noted = suggest(write(tmp_path, "Gebiet;Zahl", "Mitte;5", "Quelle: Amt;"))
    assert noted.file.last_row is None and noted.file.first_row == 2
    _, latin = suggest(write(tmp_path, "Gebiet;Zahl", "Süd;5", encoding="cp1252"))
    assert latin.file.encoding == "cp1252"


def test_what_a_workbook_proves(tmp_path):
    rows = [["Gebiet", "Kinder", None], [None, "w", "m"], ["A", 1, 2], ["B", 3, 4]]
    _, layout = suggest(write_xlsx(tmp_path / "a.xlsx", rows, "B1:C1"))
    assert (layout.file.kind, layout.file.sheet, layout.file.header_rows, layout.file.first_row) == (
        "sheet",
        "Tabelle1",
        (1, 2),
        3,
    )
    assert layout.values is not None and [v.column for v in layout.values] == ["Kinder | w", "Kinder | m"]
    preview, several = suggest(write_xlsx(tmp_path / "b.xlsx", rows, Zweites=rows))
    assert several.file == FilePart("sheet") and preview[0][0] == "[Tabelle1]"
    with pytest.raises(IntakeError):
        suggest(tmp_path / "none.csv")


def test_an_answered_suggestion_reads_the_file(tmp_path):
    path = write(tmp_path, "AGS;Jahr;Kinder in %", "01001;2020;12,5", "01002;2020;13,5")
    _, layout = suggest(path)
    assert open_questions(layout) == (("key.level", "Auf welcher Ebene liegen die Gebiete?"),)
    table = read_with(dataclasses.replace(layout, key=dataclasses.replace(layout.key, level="kreis")), path)
    assert table.rows["value"].tolist() == [12.5, 13.5] and set(table.rows["unit"]) == {"%"}


# --- budgets -------------------------------------------------------------------------------------------------------

BUDGET = Layout(
    title="Jugendhaushalt",
    file=CSV,
    period=PeriodPart(column="Jahr"),
    values=(ValuePart("Summe", scale=1, value_type="plan"),),
    booking=BookingPart(
        product="Nr",
        product_name="Name",
        account="Konto",
        side="Seite",
        sides={"A": "expense", "E": "revenue"},
        negative="expense",
        basis="period",
        scheme="36",
    ),
)
LEDGER = (
    "Nr;Name;Konto;Seite;Jahr;Summe",
    "363350;Sozialpädagogische Familienhilfe;5;A;2020;-1.000,50",
    "365001;Kitas;4;E;2020-03;7",
)


def test_a_budget_is_booked_as_the_layout_says(tmp_path):
    assert open_questions(BUDGET) == ()
    ledger = book_with(BUDGET, write(tmp_path, *LEDGER, "365001;Kitas;5;A;2020;3"))
    assert ledger.title == "Jugendhaushalt"
    assert ledger.rows["amount"].tolist() == [Decimal("1000.5"), 7, 3]
    assert ledger.rows["side"].tolist() == ["expense", "revenue", "revenue"]
    assert ledger.rows["service"].tolist() == ["spfh", "kita", "kita"] and ledger.rows["month"].tolist()[1] == 3
    assert codes(ledger.findings)["amount_corrected"].row == 4


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (";x;5;A;2020;1", "product_missing"),
        ("3;x;5;X;2020;1", "side_unknown"),
        ("3;x;5;A;2020;x1", "not_number"),
        ("3;x;5;A;2020;1e14", "amount_large"),
    ],
)
def test_a_budget_with_a_wrong_line_is_refused(line, code, tmp_path):
    with pytest.raises(IntakeError) as caught:
        book_with(BUDGET, write(tmp_path, *LEDGER, line))
    assert (code, 4) in [(finding.code, finding.row) for finding in errors(caught)]


def test_a_budget_asks_for_sides_signs_and_kind(tmp_path):
    bare = dataclasses.replace(BUDGET, booking=BookingPart(product="Nr"), values=(ValuePart("Summe", scale=1),))
    places = [place for place, _ in open_questions(bare)]
    assert places == ["booking.side", "booking.negative", "booking.basis", "values.Summe.value_type"]
    with pytest.raises(IntakeError) as caught:
        book_with(SIMPLE, write(tmp_path, *LINES))
    assert errors(caught)[0].code == "layout_kind"


# --- shipped layouts -----------------------------------------------------------------------------------------------


def test_shipped_layouts_have_no_open_question():
    layouts = shipped.shipped_layouts()
    assert len(layouts) >= 4
    for layout in layouts:
        assert open_questions(layout) == () and layout.detect.first_line and layout.title
    assert len({layout.detect.first_line for layout in layouts}) == len(layouts)


def test_shipped_layouts_are_known_by_content_not_by_name(tmp_path):
    lines = ["g,m,sum,count,city", "adoption,2017-01,5.5,2,newcastle"]
    path = write(tmp_path, *lines)
    assert shipped.detect(SourceText.open(path))
    table = shipped.read(path)
    assert table.rows["value"].tolist() == [5.5, 2.0] and table.rows["unit"].tolist() == ["GBP", "Anzahl"]
    assert not shipped.detect(SourceText.open(write(tmp_path, lines[0], "adoption,2017-01,5.5,2,leeds")))
    for other in (write(tmp_path, "a;b", "1;2"), tmp_path / "none.csv"):
        with pytest.raises(IntakeError):
            shipped.read(other)
