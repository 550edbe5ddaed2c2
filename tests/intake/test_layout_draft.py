"""A layout to finish by hand: questions stand at their places, answers go in, the text always reads back."""

from __future__ import annotations

import dataclasses
import re

import pytest

from raumblick.intake.findings import IntakeError
from raumblick.intake.layout_draft import answered, can_be_asked, draft, hint
from raumblick.intake.layout_model import BookingPart, FilePart, KeyPart, Layout, PeriodPart, ValuePart, open_questions
from raumblick.intake.layout_toml import parse_layout
from raumblick.settings import ROOT

HALF = Layout(file=FilePart("csv", "utf-8", ";"), values=(ValuePart("Anzahl", "Kinder"), ValuePart("a.b", "x", "EUR", 1)))


@pytest.mark.parametrize(
    "layout",
    [Layout(), HALF, dataclasses.replace(HALF, signs={"-": "zero"}, series=("Sex",)), Layout(booking=BookingPart(product="Nr"))],
)
def test_a_draft_reads_back_with_the_same_questions(layout):
    text = draft(layout, "a.csv", ("Gebiet", "Anzahl"))
    assert parse_layout(text, "a.toml") == layout
    asked = [question for _, question in open_questions(layout)]
    for question in asked:
        assert f"# FRAGE: {question}" in text
    assert text.count("# FRAGE:") == len(asked)
    assert "# Spalten: Gebiet; Anzahl" in text


def test_uncommented_lines_answer_the_questions():
    """Taking the # away from every example line leaves nothing open."""
    text = draft(Layout(), "a.csv").partition("# Ist die Datei ein Haushalt?")[0]
    lines = [line for line in text.split("\n") if not line.startswith(("# FRAGE", "# Vorlage"))]
    layout = parse_layout("\n".join(re.sub(r"^# ", "", line) for line in lines), "a.toml")
    assert {place for place, _ in open_questions(layout)} == {"file.encoding", "file.delimiter"}


def test_a_question_about_a_column_stands_in_its_section():
    text = draft(HALF, "a.csv")
    section = text.partition("[[values]]")[2].partition("[[values]]")[0]
    assert "Einheit" in section and "Faktor" in section and 'column = "Anzahl"' in section
    assert "FRAGE" not in text.rpartition("[[values]]")[2].partition("# Ist die Datei")[0]


def test_every_question_can_be_answered_in_words():
    layout = Layout()
    answers = {
        "file.kind": "csv", "file.encoding": "utf-8", "file.delimiter": ";", "file.header_rows": "2, 3", "file.first_row": "4",
        "file.last_row": "", "file.decimal": ",", "key.column": 'Ge"biet', "key.level": "ortsteil", "values": "Kinder; a.b",
        "period.column": "Jahr",
    }  # fmt: skip
    while asked := open_questions(layout):
        place = asked[0][0]
        assert can_be_asked(place) and hint(place)
        of_a_column = {"series": "Kinder", "unit": "EUR", "scale": "1000"}.get(place.rpartition(".")[2], "")
        layout = answered(layout, place, answers.get(place) or of_a_column)
    assert layout == Layout(
        file=FilePart("csv", "utf-8", ";", None, (2, 3), 4, 0, None, ","),
        key=KeyPart(column='Ge"biet', level="ortsteil"),
        period=PeriodPart(column="Jahr"),
        values=(ValuePart("Kinder", "Kinder", "EUR", 1000), ValuePart("a.b", "Kinder", "EUR", 1000)),
    )


@pytest.mark.parametrize(("place", "answer"), [("file.decimal", "x"), ("file.first_row", "zwei"), ("file.kind", "pdf")])
def test_a_wrong_answer_is_refused(place, answer):
    with pytest.raises(IntakeError) as caught:
        answered(Layout(), place, answer)
    assert caught.value.findings[0].message


def test_the_example_of_the_documentation_is_complete():
    text = (ROOT / "docs" / "FORMATE.md").read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    assert open_questions(parse_layout(text, "a.toml")) == ()
