"""Lists of persons are refused with the legal reason; planning data and lists of offers are not."""

import pandas as pd
import pytest

from raumblick.intake.persons import person_findings


@pytest.mark.parametrize(
    "column",
    ["Vorname", "Nachname", "Geburtsdatum", "Aktenzeichen", "Fall-Nr.", "fallnummer", "Name des Kindes", "Klienten_ID", "IBAN",
     "geb. am", "Geburtstag", "BG-Nummer", "Wohnadresse", "first_name", "date of birth"],
)  # fmt: skip
def test_columns_of_person_lists_are_refused(column):
    frame = pd.DataFrame({"area_id": ["01", "02"], column: ["x", "y"]})
    (found,) = person_findings("liste.csv", frame)
    assert found.severity == "error" and found.code == "person_data"
    assert found.column == column and "§ 64" in found.message


def test_birth_dates_are_seen_by_their_content():
    days = ["03.04.2015", "17.11.2012", "28.02.2019", "09.09.2010"]
    (found,) = person_findings("liste.csv", pd.DataFrame({"Kind (Geburt)": days, "Ortsteil": ["01"] * 4}))
    assert found.column == "Kind (Geburt)"


def test_full_names_next_to_days_are_seen_whatever_they_are_called():
    frame = pd.DataFrame({"A": ["Anna Muster", "Ben Beispiel", "Cem Nemo"], "B": ["2015-04-03", "2012-11-17", "2019-02-28"]})
    assert [f.column for f in person_findings("liste.csv", frame)] == ["A"]


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(
            {"Name": ["Kita Nord", "Kita Süd", "Kita West"], "Straße": ["Weg 1", "Weg 2", "Weg 3"]}
        ),
        pd.DataFrame({"name": ["Anna-Seghers-Schule"] * 3, "reference_date": ["2024-12-31"] * 3}),
        pd.DataFrame(
            {"area_id": ["01", "02", "03"], "date": ["2022-12-31", "2023-12-31", "2024-12-31"], "count": ["1", "2", "3"]}
        ),
        pd.DataFrame(
            {"Ortsteil": ["Sankt Annen", "Groß Lüben", "Klein Lüben"], "opens": ["2020-08-01", "2021-08-01", "2019-01-01"]}
        ),
        pd.DataFrame(),
    ],
)
def test_planning_data_and_offers_pass(frame):
    assert person_findings("x.csv", frame) == []
