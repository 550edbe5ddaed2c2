"""Published budgets on the pages on money: what the answers show is what the files say, to the cent."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from raumblick.answers.books import books, usual_basis, usual_year
from raumblick.answers.moving import current
from raumblick.answers.planned import planned
from raumblick.answers.sharing import pots
from raumblick.answers.split import split, whole
from raumblick.catalogue import load_catalogue
from raumblick.ingest import Target, ingest
from raumblick.intake.files import budget
from raumblick.intake.profiles.berlin import DISTRICTS
from raumblick.settings import Settings
from raumblick.snapshot.store import open_store

pytestmark = pytest.mark.realdata
NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
BERLIN = "berlin_bezirke_jugend_2015_2016_ansatz_ist.csv"
CITIES = {  # file -> (column of the product, column of the account or side, year shown first, (year, kind) -> column)
    "kiel_Haushalt-Kiel-2017.csv": ("Produkt", "Aufwand/Ertrag", 2017, {(2017, "plan"): "Betrag"}),
    "moers_Haushalt.csv": (
        "Profitcenter", "Kontengruppe-Nummer", 2017,
        {(2015, "actual"): "Ist 2015", (2016, "actual"): "Ist 2016", (2016, "plan"): "Plan 2016", (2017, "plan"): "Plan 2017"},
    ),
    "wesel_hhplan2017.csv": (
        "Profitcenter", "Kostenart", 2017,
        {(2015, "actual"): "Ist 2015", (2016, "plan"): "Plan 2016", (2017, "plan"): "Plan 2017", (2020, "plan"): "Plan 2020"},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "budget"


def opened(path: Path, home: Path, target: Target):
    done = ingest(path, Settings(home=home), load_catalogue(), NOW, target=target)
    assert done.snapshot_id is not None, [str(f) for f in done.findings if f.severity == "error"]
    return open_store(home, target.city_id, "planung", done.snapshot_id)


def lines(path: Path) -> list[dict[str, str]]:
    german = path.name != BERLIN
    with path.open(encoding="cp1252" if german else "utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";" if german else ","))


def by_product(rows: list[dict[str, str]], product: str, mark: str, column: str) -> dict[str, list[Decimal]]:
    """Expense and revenue by product; an amount with the other side's sign stands on the other side."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows:
        sign = {"Aufwand": -1, "Ertrag": -1, "4": 1, "5": 1}.get(row[mark] if row[mark].isalpha() else row[mark][:1])
        if sign is None:  # totals, imputed costs, payments
            continue
        value = sign * Decimal(row[column].replace(".", "").replace(",", "."))  # expense above 0, revenue below
        key = row[product] if len(row[product]) % 2 == 0 else f"0{row[product]}"  # spreadsheets lose the leading zero
        sums[key][0 if value >= 0 else 1] += abs(value)
    return {key: pair for key, pair in sums.items() if any(pair)}


@pytest.mark.parametrize("name", CITIES)
def test_a_municipal_budget_is_shown_by_product(name, folder, tmp_path):
    product, mark, first, columns = CITIES[name]
    rows = lines(folder / name)
    store = opened(folder / name, tmp_path, Target("neu", "Neu"))
    assert usual_year(store) == first and usual_basis(store) == "period"
    for (year, kind), column in columns.items():
        expected = by_product(rows, product, mark, column)
        for place, side in enumerate(("expense", "revenue")):
            found = split(store, year, "period", "product", side)
            shown = {key: value for key, value in zip(found["key"], found[kind], strict=True) if value}
            assert shown == {key: pair[place] for key, pair in expected.items() if pair[place]}
        assert books(store, year).whole[kind] == float(sum(pair[0] for pair in expected.values()))
    now, plan = current(store), planned(store)
    assert now.level == "stadt" and now.year == first and pots(store) == ()
    services = books(store, first).services
    planned_sum = Decimal(str(services.loc[services["key"] != "", "amended"].sum())).quantize(Decimal("0.01"))
    assert now.pot + sum(now.locked["amount"]) == planned_sum == sum(plan.by_service()["amount"])
    assert len(now.locked) > 5 and {"heim", "kita", "egh35a"} <= set(now.locked["key"])
    store.close()


def _square(number: int) -> list[list[float]]:
    x, y = 13.0 + 0.05 * (number % 4), 52.4 + 0.05 * (number // 4)
    return [[x, y], [x + 0.05, y], [x + 0.05, y + 0.05], [x, y + 0.05], [x, y]]


@pytest.fixture(scope="module")
def berlin(folder, tmp_path_factory):
    """Berlin with its twelve districts, and the budgets of these."""
    package = tmp_path_factory.mktemp("berlin")
    keys = list(DISTRICTS)
    files = {
        "area": ["area_id,name,level,parent_id,valid_from", "berlin,Berlin,stadt,,2001-01-01"]
        + [f"{key},{name},bezirk,berlin,2001-01-01" for key, name in DISTRICTS.items()],
        "population": ["area_id,date,age_from,age_to,sex,count", *(f"{key},2016-12-31,0,18,all,1000" for key in keys)],
        "source": ["source_id,title,publisher,licence,retrieved", "s,Erfunden,Erfunden,CC0-1.0,2026-01-01"],
    }
    for name, rows in files.items():
        (package / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    squares = [
        {"type": "Feature", "properties": {"area_id": key}, "geometry": {"type": "Polygon", "coordinates": [_square(n)]}}
        for n, key in enumerate(keys)
    ]
    (package / "area.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}), encoding="utf-8")
    about = {"name": "berlin", "title": "Berlin", "profile": "raumblick-1", "synthetic": True, "created": "2026-01-01"}
    about |= {"note": "Erfunden.", "geometry": {"path": "area.geojson", "id": "area_id"}}
    about["resources"] = [{"name": name, "path": f"{name}.csv"} for name in files]
    (package / "datapackage.json").write_text(json.dumps(about), encoding="utf-8")
    home = tmp_path_factory.mktemp("home")
    ground = ingest(package, Settings(home=home), load_catalogue(), NOW)
    assert ground.snapshot_id is not None, [str(f) for f in ground.findings]
    store = opened(folder / BERLIN, home, Target("berlin", "Berlin"))
    yield store
    store.close()


def test_the_districts_of_berlin_are_shown_with_plan_and_actual(berlin, folder):
    rows = lines(folder / BERLIN)
    assert usual_year(berlin) == 2016 and usual_basis(berlin) == "payment"
    for year in (2015, 2016):
        found = books(berlin, year, "payment")
        assert found.month == 12 and found.level == "bezirk" and len(found.areas) == 12
        areas = found.areas.set_index("name")
        for kind, column in (("plan", "Ansatz"), ("actual", "Ist")):
            sums: dict[str, Decimal] = defaultdict(Decimal)
            for row in rows:
                value = Decimal(row[column]).quantize(Decimal("0.01"))
                value = value if row["Titelart"] == "Ausgabetitel" else -value
                sums[row["Bereichsbezeichnung"]] += max(value, Decimal(0)) if row["Jahr"] == str(year) else 0
            assert {name: Decimal(str(value)) for name, value in areas[kind].items()} == sums
            total = whole(split(berlin, year, "payment", "account", "expense"))[kind]
            assert total == sum(sums.values())
        red = found.areas["actual"] > 1.01 * found.areas["amended"]
        assert (found.areas["colour"].eq("rot") == red).all() and red.any()


def test_money_of_the_districts_can_be_moved_and_what_the_law_locks_is_locked(berlin, folder):
    rows, ledger = lines(folder / BERLIN), budget.read(folder / BERLIN).rows
    now = current(berlin)
    assert (now.year, now.level, len(now.areas)) == (2016, "bezirk", 12) and now.children.notna().all()
    for service, shown in [*now.services.set_index("key")["total"].items(), *now.locked.set_index("key")["amount"].items()]:
        chapters = set(map(tuple, ledger.loc[ledger["service"] == service, ["product", "account"]].to_numpy()))
        cells = [r for r in rows if r["Jahr"] == "2016" and (r["Kapitel"], r["Titel"]) in chapters]
        expected = sum(Decimal(r["Ansatz"]) for r in cells if r["Titelart"] == "Ausgabetitel")
        assert shown == expected, service
    assert {pot.service for pot in pots(berlin)} >= {"okja", "jugendsozialarbeit"}
