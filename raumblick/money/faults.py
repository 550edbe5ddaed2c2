"""Faults of real ledgers: what no ledger can be made of is refused, what may be right is named."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from raumblick.money.errors import MoneyError, need_columns
from raumblick.money.ledger import DIMENSIONS, cents, euros
from raumblick.stats.words import Note, number, several

_COLUMNS = ["booking_id", "year", "month", "side", "amount", "value_type", "basis", *DIMENSIONS]
_PLAN_KEY = ["year", "side", "value_type", "basis", "product", "service", "area_id", "carrier", "account"]
_KNOWN = {
    "side": ("expense", "revenue"),
    "value_type": ("plan", "amended", "actual", "committed"),
    "basis": ("period", "payment"),
}
_LATE = 1.7  # times the usual month: a gap before is then made up for,
_LATE_BESIDE = 1.4  # unless the month before or after is high as well,
_CALM = 0.25  # or months are usually off by more than this


def refuse(bookings: pd.DataFrame, plan_source: str | None = None) -> pd.DataFrame:
    """The bookings that a ledger counts.

    Args:
        bookings: canonical table `booking`.
        plan_source: the source whose plan counts where two sources plan the same line.

    Raises:
        MoneyError: a negative amount (a correction belongs on the other side), a month outside of 1 to 12, an actual amount
            without a month beside months of the same source, an unknown side or kind, a number twice, two plans for the same
            line without `plan_source`; each names the first booking.
    """
    need_columns(bookings, _COLUMNS, "Buchungen")
    amount, month = cents(bookings["amount"]), bookings["month"]
    checks = [
        (
            "amount",
            amount.fillna(0) < 0,
            "hat einen negativen Betrag; eine Berichtigung steht ohne Vorzeichen auf der anderen Seite",
        ),
        ("month", month.notna() & ~month.isin(range(1, 13)), "hat einen Monat, den es nicht gibt"),
        ("booking_id", bookings["booking_id"].duplicated(), "steht mehrfach da"),
        *(
            (column, ~bookings[column].isin(values), f"hat in „{column}“ keinen bekannten Wert")
            for column, values in _KNOWN.items()
        ),
    ]
    for key, wrong, text in checks:
        if wrong.any():
            first = bookings.loc[wrong.to_numpy(dtype=bool), "booking_id"].iloc[0]
            raise MoneyError(key, f"Die Buchung „{first}“ {text} (insgesamt {number(int(wrong.sum()))}).")
    return _one_plan(bookings, plan_source)


def _one_plan(bookings: pd.DataFrame, plan_source: str | None) -> pd.DataFrame:
    plans = bookings[bookings["value_type"].isin(["plan", "amended"])]
    filled = plans[_PLAN_KEY].astype(object).where(plans[_PLAN_KEY].notna(), "")
    sources = plans["source_id"].groupby([filled[column] for column in _PLAN_KEY]).transform("nunique")
    twice = plans[sources > 1]
    if twice.empty:
        return bookings
    names = sorted(twice["source_id"].unique())
    if plan_source not in names:
        raise MoneyError(
            "plan",
            f"Für {number(len(twice.drop_duplicates(_PLAN_KEY)))} Zeilen gibt es zwei Ansätze aus verschiedenen Quellen "
            f"({', '.join(names)}). Bitte wählen, welche Quelle gilt.",
        )
    return bookings.drop(index=twice.index[twice["source_id"] != plan_source])


def suspicions(bookings: pd.DataFrame, products: Collection[str] | None = None) -> list[Note]:
    """What may be a fault of the bookings and is counted all the same: one note a kind, with the bookings it is about.

    Codes: product (unknown), twice (same in all but its number), correction (revenue on an account of expense), late (a
    month without and a later one with far more than usual), no_plan, renamed (one carrier ends where another begins),
    missing (amounts not known).

    Args:
        bookings: as `refuse` returns them.
        products: known products; default: any name is one.
    """
    need_columns(bookings, _COLUMNS, "Buchungen")
    notes = [_unknown(bookings, products), _twice(bookings), _corrections(bookings), _late(bookings)]
    notes += [_no_plan(bookings), *_renamed(bookings), _missing(bookings)]
    return [note for note in notes if note.count]


def _ids(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(rows["booking_id"].astype(str))


def _unknown(bookings: pd.DataFrame, products: Collection[str] | None) -> Note:
    names = bookings["product"].fillna("").astype(str).str.strip()
    rows = bookings[(names == "") | (~names.isin(list(products)) if products is not None else False)]
    text = f"Ohne bekanntes Produkt: {several(len(rows), 'Buchung', 'Buchungen')}. Gezählt wird unter dem Namen, der dasteht."
    return Note("product", text, len(rows), ids=_ids(rows))


def _twice(bookings: pd.DataFrame) -> Note:
    rows = bookings[bookings.duplicated([c for c in _COLUMNS if c != "booking_id"]) & bookings["value_type"].eq("actual")]
    total = euros(pd.Series([int(cents(rows["amount"]).fillna(0).sum())]))[0]
    text = (
        f"{several(len(rows), 'Buchung gleicht', 'Buchungen gleichen')} einer anderen in allem außer der Nummer, "
        f"zusammen {number(total, 2)} €. "
        "Doppelt gebucht?"
    )
    return Note("twice", text, len(rows), ids=_ids(rows))


def _corrections(bookings: pd.DataFrame) -> Note:
    spent = set(bookings.loc[bookings["side"] == "expense", "account"].dropna())
    rows = bookings[(bookings["side"] == "revenue") & bookings["account"].isin(spent)]
    text = (
        f"{several(len(rows), 'Ertrag steht', 'Erträge stehen')} auf Konten des Aufwands, wohl eine Berichtigung; "
        "das zählt als Ertrag und mindert "
        "den Zuschussbedarf."
    )
    return Note("correction", text, len(rows), ids=_ids(rows))


def _late(bookings: pd.DataFrame) -> Note:
    """Series (one service, area and carrier under one basis) that are booked nearly every month, with a gap made up later."""
    rows = bookings[bookings["value_type"].eq("actual") & bookings["side"].eq("expense") & bookings["month"].notna()]
    found: list[str] = []
    if len(rows):
        clock = (rows["year"].astype(int) * 12 + rows["month"].astype(int)).to_numpy()
        series = rows.groupby(["basis", "product", "service", "area_id", "carrier"], dropna=False).ngroup().to_numpy()
        sums = np.zeros((int(series.max()) + 1, int(clock.max() - clock.min()) + 1))
        np.add.at(sums, (series, clock - clock.min()), cents(rows["amount"]).fillna(0).to_numpy(dtype=float))
        paid = sums > 0
        first, last = paid.argmax(axis=1), paid.shape[1] - paid[:, ::-1].argmax(axis=1)
        count, span = paid.sum(axis=1), last - first
        for one in np.flatnonzero((count >= 12) & (count >= 0.9 * span) & (count < span)):
            heavy = _made_up(pd.Series(sums[one, first[one] : last[one]])) + first[one] + clock.min()
            found += list(rows.loc[(series == one) & np.isin(clock, heavy), "booking_id"].astype(str))
    text = (
        f"{several(len(found), 'Buchung holt', 'Buchungen holen')} wohl einen Monat ohne Rechnung nach; "
        "bis dahin ist das Ist zu niedrig."
    )
    return Note("late", text, len(found), ids=tuple(found))


def _made_up(months: pd.Series) -> NDArray[np.intp]:
    """Positions of single months with far more than usual within a year after a month without anything.

    In a series that jumps about anyway, or where the months beside it are high as well, nothing is made up.
    """
    usual = months.rolling(13, center=True, min_periods=6).median()
    ratio = (months / usual.where(usual > 0)).to_numpy()
    if not np.nanmedian(np.abs(ratio - 1)) < _CALM:
        return np.zeros(0, dtype=np.intp)
    beside = np.fmax(np.append(ratio[1:], np.nan), np.append(np.nan, ratio[:-1]))
    gaps, heavy = np.flatnonzero(months == 0), np.flatnonzero((ratio > _LATE) & ~(beside > _LATE_BESIDE))
    return np.array([h for h in heavy if ((gaps < h) & (gaps >= h - 12)).any()], dtype=np.intp)


def _no_plan(bookings: pd.DataFrame) -> Note:
    keys = ["year", "side", "product", "service"]
    filled = bookings[keys].astype(object).where(bookings[keys].notna(), "")
    index = pd.MultiIndex.from_frame(filled)
    planned = index[bookings["value_type"].isin(["plan", "amended"]).to_numpy()]
    rows = bookings[bookings["value_type"].eq("actual").to_numpy() & ~index.isin(planned)]
    lines = filled.loc[rows.index].drop_duplicates()
    text = f"{several(len(lines), 'Zeile hat', 'Zeilen haben')} ein Ist, aber keinen Ansatz; eine Abweichung gibt es da nicht."
    return Note("no_plan", text, len(lines), ids=_ids(rows))


def _renamed(bookings: pd.DataFrame) -> list[Note]:
    """Pairs of carriers: the new one begins within three months of the end of the old one, with the same services and areas."""
    rows = bookings[bookings["value_type"].eq("actual") & bookings["carrier"].notna() & bookings["month"].notna()]
    clock = rows["year"].astype(int) * 12 + rows["month"].astype(int)
    spans = clock.groupby(rows["carrier"]).agg(["min", "max"])
    work = {name: set(map(tuple, group)) for name, group in
            ((n, g[["service", "area_id"]].astype(str).to_numpy()) for n, g in rows.groupby("carrier"))}  # fmt: skip
    end = int(clock.max()) if len(clock) else 0
    notes = []
    for old, first in spans[spans["max"] < end - 3].iterrows():
        for new, _ in spans[np.abs(spans["min"] - first["max"] - 1) <= 2].iterrows():
            if old == new:
                continue
            common = len(work[str(old)] & work[str(new)])
            if common >= 0.8 * max(len(work[str(old)]), len(work[str(new)])):
                text = f"„{old}“ endet, wo „{new}“ beginnt, mit denselben Leistungen und Gebieten. Umbenannt?"
                notes.append(Note("renamed", text, common, ids=(str(old), str(new))))
    return notes


def _missing(bookings: pd.DataFrame) -> Note:
    rows = bookings[bookings["amount"].isna()]
    return Note(
        "missing",
        f"{several(len(rows), 'Betrag fehlt oder ist', 'Beträge fehlen oder sind')} geheim; die Summen sind ohne.",
        len(rows),
        ids=_ids(rows),
    )
