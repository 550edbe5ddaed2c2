"""An attacker who has nothing but public.duckdb: totals, complements, levels, years, rates times denominators.

The attacker knows how the tables hang together (areas lie in areas, residents are the sum of ages, procedures of their
outcomes, a stock is the one before plus entries minus exits, one indicator's denominator is another's) and that a
hidden count is at least 1. Whatever follows is worked out until nothing new does: an equation with one unknown gives
it, an equation whose unknowns can only all be at their smallest gives them all.
"""

import os
import shutil
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from homes import settle
from minicity import AREAS, YEARS, frames, write_minicity

CITIES = int(os.environ.get("RAUMBLICK_ATTACKED_CITIES", "5"))
COUNTS = {
    "population": (["area_id", "date", "age_from", "age_to", "sex"], ["count"]),
    "observation": (["area_id", "indicator", "period"], ["numerator", "denominator"]),
    "caseload": (["area_id", "service", "month"], ["stock", "entries", "exits", "care_days", "cost"]),
    "protection": (["area_id", "period"], ["procedures", "acute", "latent", "need", "none", "two_specialists"]),
    "transition": (["area_id", "cohort", "from_stage", "to_stage"], ["count", "of"]),
}
AMBULANT = ("gruppenarbeit", "erziehungsbeistand", "spfh", "ise")
RESIDENTIAL = ("vollzeitpflege", "heim")
HZE = (*AMBULANT, "tagesgruppe", *RESIDENTIAL, "volljaehrige")
HELPED = {
    ("hze_rate", "numerator"): HZE,
    ("hze_amb_share", "numerator"): AMBULANT,
    ("hze_amb_share", "denominator"): (*AMBULANT, "tagesgruppe", *RESIDENTIAL),
    ("hze_stat_rate", "numerator"): (*RESIDENTIAL, "volljaehrige"),
    ("vzp_share", "numerator"): ("vollzeitpflege",),
    ("vzp_share", "denominator"): RESIDENTIAL,
    ("egh35a_rate", "numerator"): ("egh35a", "schulbegleitung"),
}
BEGAN = {"ino_rate": "inobhutnahme", "jgh_rate": "jugendgerichtshilfe"}
BOOKED = """select area_id, service, year, month, case when count(*) = count(amount) then sum(amount) end as amount
from booking where value_type = 'actual' and basis = 'period' and side = 'expense' and month is not null
group by all order by all"""
OUTCOMES = ("acute", "latent", "need", "none")
TINY = 1e-6


class Known:
    """What the attacker knows: cells by name, their number or None, and equations between them."""

    def __init__(self, file):
        self.cells: dict[tuple, float | None] = {}
        self.equations: list[list[tuple[tuple, float]]] = []
        with tempfile.TemporaryDirectory() as folder, duckdb.connect(shutil.copy(file, folder)) as con:
            self.area = con.execute("select distinct area_id, parent_id from area").df()
            self.frames = {name: con.execute(f"select * from {name}").df() for name in COUNTS}
            self.booked = con.execute(BOOKED).df()
            # numerators that count no persons and no money spent on them: places, residents of a km²
            plain = "select key from indicator where kind = 'ratio' and unit not like '€%'"
            self.plain = {key for (key,) in con.execute(plain).fetchall()}
            self.multiplier = dict(con.execute("select key, multiplier from indicator").fetchall())
        self.hidden = set()
        for name, (key, columns) in COUNTS.items():
            frame = self.frames[name]
            secret = frame["status"].eq("hidden") if name == "observation" else frame["hidden"]
            ids = list(frame[key].astype(object).where(frame[key].notna(), None).itertuples(index=False, name=None))
            for column in columns:
                for cell, number, shut in zip(ids, frame[column].to_numpy(float, na_value=np.nan), secret, strict=True):
                    at = (name, column, *cell)
                    if not np.isnan(number):
                        self.cells[at] = number
                    elif shut and not (column == "numerator" and cell[1] in self.plain):
                        self.cells[at] = None
                        self.hidden.add(at)

        self.booked = self.booked[self.booked["service"].isin(HZE)]
        for area, service, year, month, amount in self.booked.itertuples(index=False):
            at = ("booking", "amount", area, service, year, month)
            self.cells[at] = None if pd.isna(amount) else float(amount)
            self.hidden |= {at} if pd.isna(amount) else set()

    def relate(self, terms):
        """An equation whose terms (cell, factor) sum to zero; only where all cells are there and one is not known."""
        if all(at in self.cells for at, _ in terms) and any(self.cells[at] is None for at, _ in terms):
            self.equations.append(terms)

    def sums_over_areas(self):
        parts = self.area.dropna(subset="parent_id").groupby("parent_id")["area_id"].agg(list).to_dict()
        for at in [at for at in self.cells if at[2] in parts]:
            below = [(*at[:2], part, *at[3:]) for part in parts[at[2]]]
            present = [(cell, 1.0) for cell in below if cell in self.cells]
            if present:
                self.relate([(at, -1.0), *present])

    def outcomes(self):
        for area, period in self.frames["protection"][["area_id", "period"]].itertuples(index=False):
            at = [("protection", name, area, period) for name in ("procedures", *OUTCOMES)]
            self.relate([(at[0], -1.0), *((cell, 1.0) for cell in at[1:])])

    def stocks(self):
        for area, service, month in self.frames["caseload"][["area_id", "service", "month"]].itertuples(index=False):
            before = month - pd.DateOffset(months=1)
            at = [("caseload", name, area, service, month) for name in ("stock", "entries", "exits")]
            self.relate([(at[0], -1.0), (at[1], 1.0), (at[2], -1.0), (("caseload", "stock", area, service, before), 1.0)])

    def years(self):
        """Indicators of a year are sums of its months: helps that run in December or ended, those that began."""
        rows = self.frames["caseload"]
        for area, year in {(a, m.year) for a, m in zip(rows["area_id"], rows["month"], strict=True)}:
            for (indicator, part), services in HELPED.items():
                terms = [("caseload", "stock", area, s, pd.Timestamp(year, 12, 1)) for s in services]
                terms += [("caseload", "exits", area, s, month) for s in services for month in months_of(year)]
                self.total(("observation", part, area, indicator, str(year)), terms)
            for indicator, service in BEGAN.items():
                terms = [("caseload", "entries", area, service, month) for month in months_of(year)]
                self.total(("observation", "numerator", area, indicator, str(year)), terms)
            stocks = [("caseload", "stock", area, s, month) for s in HZE for month in months_of(year)]
            self.total(("observation", "denominator", area, "cost_case", str(year)), stocks, 12)

    def total(self, at, parts, factor=1):
        services = {cell[3] for cell in parts}
        whole = {s for s in services if all(cell in self.cells for cell in parts if cell[3] == s)}
        there = [(cell, 1.0) for cell in parts if cell[3] in whole]
        if self.cells.get(at) is not None:
            self.cells[at] = round(self.cells[at] * factor) / factor  # published with two decimals
        if there:
            self.relate([(at, -float(factor)), *there])

    def money(self):
        """Cost of helps in a year, and the months booked for it."""
        for (area, year), part in self.booked.groupby(["area_id", "year"]):
            cells = [(("booking", "amount", area, s, year, m), 1.0) for s, m in zip(part["service"], part["month"], strict=True)]
            self.relate([(("observation", "numerator", area, "hze_cost_u21", str(year)), -1.0), *cells])

    def few_ended(self):
        """Helps of a year less those that still run are those that ended: one or two of them are told by subtraction."""
        rows = self.frames["observation"].dropna(subset="numerator")
        both = rows[rows["indicator"] == "hze_rate"].merge(rows[rows["indicator"] == "hze_stock"], on=["area_id", "period"])
        few = both[(both["numerator_x"] - both["numerator_y"]).between(1, 2)]
        return [f"ended {area} {period}" for area, period in few[["area_id", "period"]].itertuples(index=False)]

    def same_people(self, pairs):
        """Numerators and denominators that are the same people, as every reader of the catalogue can see."""
        rows = self.frames["observation"]
        for (one, first), (two, second) in pairs:
            for area, period in rows.loc[rows["indicator"] == one, ["area_id", "period"]].itertuples(index=False):
                left, right = ("observation", first, area, one, period), ("observation", second, area, two, period)
                if self.cells.get(left) is None or self.cells.get(right) is None:
                    self.relate([(left, 1.0), (right, -1.0)])

    def rates(self):
        """A published value with one of its counts gives the other."""
        rows = self.frames["observation"].dropna(subset="value")
        for row in rows.itertuples():
            factor = self.multiplier[row.indicator]
            at = (row.area_id, row.indicator, row.period)
            above, below = ("observation", "numerator", *at), ("observation", "denominator", *at)
            if above in self.cells and self.cells[above] is None and self.cells.get(below):
                self.cells[above] = row.value * self.cells[below] / factor

    def smallest(self, at):
        """Zeros are published, but not of cases, outcomes and what stands above a hidden denominator."""
        above = at[1] == "numerator" and (at[0], "denominator", *at[2:]) in self.hidden
        return 0.0 if at[0] in ("caseload", "booking") or at[1] in OUTCOMES or above else 1.0

    def attack(self):
        """Hidden cells that can be worked out."""
        self.rates()
        smallest = {at: self.smallest(at) for at in self.hidden}
        before = -1
        while before != (before := sum(self.cells[at] is not None for at in self.hidden)):
            rest = []
            for terms in self.equations:
                sign = -np.sign(terms[0][1])
                total = sum(f * self.cells[at] for at, f in terms if self.cells[at] is not None)
                unknown = [(at, f) for at, f in terms if self.cells[at] is None]
                if len(unknown) == 1:
                    self.cells[unknown[0][0]] = -total / unknown[0][1]
                elif unknown and all(f * sign > 0 for _, f in unknown):  # parts of a known sum
                    if abs(sum(f * smallest[at] for at, f in unknown) + total) < TINY:
                        self.cells |= {at: smallest[at] for at, _ in unknown}
                    else:
                        rest.append(terms)
                elif unknown:
                    rest.append(terms)
            self.equations = rest
        return sorted(str(at) for at in self.hidden if self.cells[at] is not None and self.cells[at] > 0)


PAIRS = [
    (("kwg_rate", "numerator"), ("kwg_confirmed", "denominator")),
    (("kwg_rate", "numerator"), ("kwg_repeat", "denominator")),
    (("sp_bg_pop", "numerator"), ("sp_bg_share", "numerator")),
    (("sgb2_hh_children", "numerator"), ("sp_bg_share", "denominator")),
    (("pop_u18", "numerator"), ("kwg_rate", "denominator")),
    (("pop_u6", "numerator"), ("kita_cov_u6", "denominator")),
]


def months_of(year: int) -> pd.DatetimeIndex:
    return pd.date_range(f"{year}-01-01", periods=12, freq="MS")


def recovered(file) -> tuple[int, list[str]]:
    known = Known(file)
    known.sums_over_areas()
    known.outcomes()
    known.stocks()
    known.same_people(PAIRS)
    known.years()
    known.money()
    return len(known.hidden), known.attack() + known.few_ended()


def public_file(home):
    return next(home.rglob("public.duckdb"))


def test_nothing_is_recovered_in_the_demo_city(city_home):
    hidden, found = recovered(public_file(city_home))
    assert hidden > 8_000
    assert found == []


@pytest.mark.parametrize("name", ["mini_home", "guarded_home"])
def test_nothing_is_recovered_in_the_mini_city(name, request):
    hidden, found = recovered(public_file(request.getfixturevalue(name)))
    assert hidden >= 5
    assert found == []


def random_city(seed: int) -> dict[str, pd.DataFrame]:
    lot = np.random.default_rng(seed)
    out = frames()
    out["population"]["count"] = lot.poisson(lot.uniform(2, 8), len(out["population"]))
    rows = [
        (indicator, key, str(year), int(lot.poisson(lot.uniform(0.5, 5))), 60, None, "synthetic", "s1")
        for indicator in ("hze_rate", "egh35a_rate", "jgh_rate")
        for key in AREAS
        for year in YEARS
    ]
    observation = out["observation"]
    out["observation"] = observation[observation["indicator"] != "sgb2_u15"]
    out["observation"] = pd.concat([out["observation"], pd.DataFrame(rows, columns=list(observation.columns))], ignore_index=True)
    outcome = lot.poisson(2, (len(AREAS), len(YEARS), 4))
    out["protection"] = pd.DataFrame(
        [
            (key, str(year), outcome[a, y].sum(), *outcome[a, y], 20.0, outcome[a, y].sum(), "s1")
            for a, key in enumerate(AREAS)
            for y, year in enumerate(YEARS)
        ],
        columns=list(out["protection"].columns),
    )
    stock = lot.poisson(5, len(AREAS)) + 6
    months = []
    for month in pd.date_range("2023-01-01", periods=12, freq="MS"):
        entries, exits = lot.poisson(1, len(AREAS)), np.minimum(lot.poisson(1, len(AREAS)), stock)
        stock = stock + entries - exits
        months += [
            (key, "heim", f"{month:%Y-%m-%d}", stock[a], entries[a], exits[a], 30 * stock[a], f"{100 * stock[a]}.00", "s1")
            for a, key in enumerate(AREAS)
        ]
    cases = pd.DataFrame(months, columns=list(out["caseload"].columns))
    rare = cases[cases["area_id"] == AREAS[0]].assign(service="ise", stock=5, care_days=9, cost="9.00")
    rare["entries"] = lot.poisson(0.4, 12)
    rare["exits"] = rare["entries"]
    out["caseload"] = cases = pd.concat([cases, rare], ignore_index=True)
    running = cases[cases["month"] == "2023-12-01"].groupby("area_id")["stock"].sum()
    helped = running + cases.groupby("area_id")["exits"].sum()
    is_year = (out["observation"]["indicator"] == "hze_rate") & (out["observation"]["period"] == "2023")
    rate = out["observation"][is_year].assign(numerator=helped.reindex(AREAS).to_numpy())
    stock = rate.assign(indicator="hze_stock", numerator=None, denominator=None, value=running.reindex(AREAS).to_numpy())
    out["observation"] = pd.concat([out["observation"][~is_year], rate, stock], ignore_index=True)
    return out


@pytest.fixture
def random_home(once):
    """`random_home(seed)`: home with a random city, imported once for all tests of a run. Read only."""

    def make(seed, home):
        with tempfile.TemporaryDirectory() as package:
            settle(write_minicity(Path(package), random_city(seed)), home)

    return lambda seed: once(f"random_home_{seed}", lambda home: make(seed, home))


@pytest.mark.parametrize("seed", range(CITIES))
def test_nothing_is_recovered_in_a_random_city(seed, random_home):
    hidden, found = recovered(public_file(random_home(seed)))
    assert hidden > 30
    assert found == []


def test_a_city_too_large_for_linear_programs_is_safe_too(random_home, tmp_path, monkeypatch):
    """Where whole areas are hidden instead, linear programs find nothing to add and prove every interval; no attack succeeds."""
    from raumblick.snapshot import disclosure

    hide = disclosure._hide

    def without_programs(area, numbers, rows, threshold):
        monkeypatch.setattr(disclosure, "MOST_CELLS", 0)
        cases, board, tried = hide(area, numbers, rows, threshold)
        assert tried == []
        before = board.hidden.copy()
        monkeypatch.setattr(disclosure, "MOST_CELLS", 10**9)
        tried = disclosure._hide_web(board, disclosure.relations_of(board), threshold, {})
        assert tried and (board.hidden == before).all()
        return cases, board, tried  # the build's audit now looks at the programs' answers

    few = recovered(public_file(random_home(0)))[0]
    monkeypatch.setattr(disclosure, "_hide", without_programs)
    settle(write_minicity(tmp_path / "city", random_city(0)), tmp_path / "home")
    hidden, found = recovered(public_file(tmp_path / "home"))
    assert hidden >= few
    assert found == []


@pytest.mark.realdata
@pytest.mark.parametrize("city", ["leipzig", "berlin"])
def test_nothing_is_recovered_in_a_real_city(city, real_home):
    hidden, found = recovered(public_file(real_home(city)))
    assert hidden > 500
    assert found == []


def test_hiding_small_counts_alone_is_recovered(city_home, monkeypatch, tmp_path):
    """The attacker is no straw man: without further cells it finds many."""
    from raumblick.snapshot import build
    from raumblick.snapshot.disclosure import Report

    monkeypatch.setattr(build, "protect_public", lambda con, threshold: Report(1, 0, 0, 0, 0, 1, 0, {}))
    settle(write_minicity(tmp_path / "city", random_city(1)), tmp_path / "home")
    assert len(recovered(public_file(tmp_path / "home"))[1]) > 10
