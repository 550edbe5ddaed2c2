"""Layouts that planners wrote: which file they read, what they are taken for, and how they are kept."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl
import pytest

from raumblick.intake.findings import IntakeError
from raumblick.intake.layout_model import FilePart, KeyPart, Layout, PeriodPart, ValuePart, open_questions
from raumblick.intake.layout_shelf import Layouts, gather, keep, read_by, recognising
from raumblick.intake.layoutfile import load_layout, save_layout

LAYOUT = Layout(
    title="Kinder",
    file=FilePart("csv", "utf-8", ";", None, (2,), 3, 0, None, ","),
    key=KeyPart(column="Gebiet", level="ortsteil"),
    period=PeriodPart(column="Jahr"),
    values=(ValuePart("Kinder", "Kinder unter 6", "Anzahl", 1),),
)


def table(path: Path, head: str = "Gebiet;Jahr;Kinder", title: str = "Stand Mai;;", row: str = "01;2023;5") -> Path:
    path.write_text("\n".join([title, head, row, ""]), encoding="utf-8")
    return path


def sheet(path: Path, title: str = "Stand Mai") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Daten"
    for row in ([title], ["Gebiet", "Jahr", "Kinder"], ["a", "2023", 5], ["b", "2023", 7]):
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("name", ["kinder.csv.toml", "kinder.toml", "Kinder.TOML"])
def test_a_layout_of_the_same_name_reads_the_file(name, tmp_path):
    path = table(tmp_path / "kinder.csv", head="A;B;C")
    save_layout(LAYOUT, tmp_path / name)
    layouts = gather([path, tmp_path / name], tmp_path / "none")
    assert layouts.of(path) == LAYOUT
    assert layouts.unused([path]) == []


def test_a_layout_of_another_name_must_recognise_the_heading(tmp_path):
    path, other = table(tmp_path / "kinder.csv"), table(tmp_path / "b.csv", head="Gebiet;Jahr;Alte")
    save_layout(recognising(LAYOUT, path), tmp_path / "vorlage.toml")
    layouts = gather([tmp_path / "vorlage.toml"], tmp_path / "none")
    assert layouts.of(path) is not None and layouts.of(other) is None
    assert layouts.unused([path, other]) == []
    assert [f.code for f in layouts.unused([other])] == ["layout_unused"]


def test_without_a_layout_nothing_is_known(tmp_path):
    path = table(tmp_path / "kinder.csv")
    assert Layouts().of(path) is None
    assert Layouts(given=LAYOUT).of(path) == LAYOUT
    assert Layouts(kept=[recognising(LAYOUT, path)]).of(tmp_path / "missing.csv") is None


def test_a_kept_layout_reads_the_file_of_the_next_month(tmp_path):
    first, next_one = table(tmp_path / "mai.csv"), table(tmp_path / "juni.csv", title="Stand Juni;;", row="01;2024;9")
    kept = keep(LAYOUT, first, tmp_path / "layouts")
    assert kept == tmp_path / "layouts" / "kinder.toml"
    assert load_layout(kept).detect.first_line == "Gebiet;Jahr;Kinder"
    found = gather([], tmp_path / "layouts").of(next_one)
    assert found is not None
    assert read_by(found, next_one).rows["value"].to_list() == [9]


def test_keeping_again_replaces_and_another_heading_has_its_own_file(tmp_path):
    home, path = tmp_path / "layouts", table(tmp_path / "mai.csv")
    first = keep(LAYOUT, path, home)
    again = keep(dataclasses.replace(LAYOUT, publisher="Amt"), path, home)
    other = keep(LAYOUT, table(tmp_path / "b.csv", head="Gebiet;Jahr;Kinder;Alte"), home)
    assert first == again != other
    assert load_layout(first).publisher == "Amt" and len(list(home.iterdir())) == 2


def test_a_period_that_the_file_does_not_prove_is_asked_for_again(tmp_path):
    """A layout for the file of May must not make numbers of May out of those of June."""
    path = table(tmp_path / "mai.csv")
    dated = (dataclasses.replace(LAYOUT.values[0], period="2023"),)
    for layout in (
        dataclasses.replace(LAYOUT, period=PeriodPart(value="2023-05")),
        dataclasses.replace(LAYOUT, period=PeriodPart(), values=dated),
    ):
        keep(layout, path, tmp_path / "layouts")
        found = gather([], tmp_path / "layouts").of(path)
        assert [p for p, _ in open_questions(found)] == ["period.column"]
        with pytest.raises(IntakeError) as caught:
            read_by(found, path)
        assert [f.code for f in caught.value.findings] == ["layout_open"]


def test_a_period_in_the_heading_stays(tmp_path):
    path = table(tmp_path / "a.csv", head="Gebiet;Jahr;Kinder 2023")
    layout = dataclasses.replace(
        LAYOUT, period=PeriodPart(), values=(ValuePart("Kinder 2023", "Kinder", "Anzahl", 1, "2023-12"),)
    )
    keep(layout, path, tmp_path / "layouts")
    assert open_questions(gather([], tmp_path / "layouts").of(path)) == ()


def test_one_area_for_the_whole_file_is_told(tmp_path):
    path = table(tmp_path / "a.csv")
    keep(dataclasses.replace(LAYOUT, key=KeyPart(value="Ministadt", level="stadt")), path, tmp_path / "layouts")
    found = gather([], tmp_path / "layouts").of(path)
    told = [f for f in read_by(found, path).findings if f.code == "layout_assumes"]
    assert len(told) == 1 and "Ministadt" in told[0].message


def test_workbooks_are_recognised_by_their_sheet(tmp_path):
    path, next_one = sheet(tmp_path / "mai.xlsx"), sheet(tmp_path / "juni.xlsx", "Stand Juni")
    layout = dataclasses.replace(LAYOUT, file=FilePart("sheet", None, None, "Daten", (2,), 3, 0, None, ","))
    keep(layout, path, tmp_path / "layouts")
    layouts = gather([], tmp_path / "layouts")
    assert layouts.of(next_one) is not None
    assert layouts.of(table(tmp_path / "a.csv")) is None
    assert read_by(layouts.of(next_one), next_one).rows["value"].to_list() == [5, 7]


def test_a_file_without_a_heading_cannot_be_recognised(tmp_path):
    layout = dataclasses.replace(LAYOUT, file=dataclasses.replace(LAYOUT.file, header_rows=()))
    assert keep(layout, table(tmp_path / "a.csv"), tmp_path / "layouts") is None
    assert not (tmp_path / "layouts").exists()


def test_broken_layouts_stop_a_delivery_but_not_a_home(tmp_path):
    (tmp_path / "bad.toml").write_text("title = 5", encoding="utf-8")
    with pytest.raises(IntakeError) as caught:
        gather([tmp_path / "bad.toml"], tmp_path / "none")
    assert [f.code for f in caught.value.findings] == ["layout_broken"]
    layouts = gather([], tmp_path)
    assert [(f.severity, f.code) for f in layouts.findings] == [("warning", "layout_kept")]


def test_a_thousand_that_may_be_a_fraction_is_told(tmp_path):
    path = table(tmp_path / "a.csv", row="01;2023;1.200")
    layout = dataclasses.replace(LAYOUT, file=dataclasses.replace(LAYOUT.file, decimal="."))
    found = read_by(layout, path)
    assert found.rows["value"].to_list() == [1.2]
    assert [(f.severity, f.row) for f in found.findings if f.code == "decimal_assumed"] == [("warning", 3)]
    assert read_by(LAYOUT, path).rows["value"].to_list() == [1200]
    assert not [f for f in read_by(LAYOUT, path).findings if f.code == "decimal_assumed"]
