"""Published budgets as a ledger: the sums of the files to the cent on every level, faults named, plan quality by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from raumblick.intake.files import budget
from raumblick.money.faults import refuse, suspicions
from raumblick.money.ledger import ledger, totals
from raumblick.money.record import finished_years, plan_quality

pytestmark = pytest.mark.realdata
BERLIN = "berlin_bezirke_jugend_2015_2016_ansatz_ist.csv"
NAMES = ("kiel_Haushalt-Kiel-2017.csv", "moers_Haushalt.csv", "wesel_hhplan2017.csv", BERLIN)


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "budget"


@pytest.mark.parametrize("name", NAMES)
def test_sums_are_those_of_the_file_on_every_level(name, folder):
    read = budget.read(folder / name)
    book = ledger(refuse(read.rows))
    period = read.sums[read.sums["basis"] == "period"]  # Wesel also plans payments, which are other money
    sums = period.set_index(["value_type", "side", "year"])["booked"]
    for (kind, side), part in sums.groupby(level=[0, 1]):
        for by in (("year",), ("year", "product"), ("year", "service", "account"), ("year", "area_id")):
            found = totals(book, by, str(side))[["year", str(kind)]].groupby("year")[str(kind)].agg(lambda v: sum(v, Decimal(0)))
            for year, booked in part.droplevel([0, 1]).items():
                assert found[year] == booked, (kind, side, by, year)
    notes = {note.code: note for note in suspicions(read.rows)}
    assert all(note.count and note.message.endswith((".", "?")) for note in notes.values())


def test_plan_quality_of_the_districts(folder):
    book = ledger(refuse(budget.read(folder / BERLIN).rows))
    assert finished_years(book) == (2015, 2016)
    with (folder / BERLIN).open(encoding="utf-8", newline="") as stream:
        rows = pd.DataFrame(csv.DictReader(stream))
    spent = rows[rows["Titelart"] == "Ausgabetitel"].astype({"Ansatz": float, "Ist": float, "Jahr": int})
    sums = spent.groupby(["Bereichsbezeichnung", "Jahr"])[["Ansatz", "Ist"]].sum()
    miss = (sums["Ist"] / sums["Ansatz"] - 1).groupby("Bereichsbezeichnung").mean()
    found = plan_quality(book, ("area_id",))
    assert len(found) == 12 and (found["years"] == 2).all()
    assert sorted(found["mean"]) == pytest.approx(sorted(miss), abs=0.01)  # corrections stand on the other side
