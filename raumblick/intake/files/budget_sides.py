"""Which side of a budget an account belongs to, and what a minus sign means in this file: decided by evidence, or asked.

Some cities write expenses with a minus, others revenues, others neither; the classes of accounts differ between the
Länder (4 is revenue in North Rhine-Westphalia and expense in Lower Saxony). So the side is taken from a column that
says it, or from the names of all accounts of a class; the sign from what nearly all amounts of a side have in common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from raumblick.intake.files.ledger import OTHER, SIDE_LABEL
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import listing, number

REVENUE = re.compile(r"ertrag|erträge|ertr\.|erlös|einnahme|einzahlung", re.IGNORECASE)
EXPENSE = re.compile(r"aufwand|aufwend|ausgabe|auszahlung", re.IGNORECASE)
PAYMENT = re.compile(r"einzahlung|auszahlung|einnahme|ausgabe", re.IGNORECASE)
CALCULATORY = re.compile(r"kalk\.|kalkulatorisch", re.IGNORECASE)
_LEAST = 3  # names that must speak for a side
_MOST_AGAINST = 0.1  # share of names, and of amounts, that may say the opposite
_ASK = "Im Zuordnungs-Assistenten angeben, welche Konten Aufwand und welche Ertrag sind."


@dataclass(frozen=True, eq=False)
class Sides:
    """For each line of a budget: side (expense, revenue or empty), basis (period, payment or empty), excluded.

    Excluded lines are no budget: imputed costs (kalkulatorische Kosten), which stand beside the true ones.
    """

    side: pd.Series
    basis: pd.Series
    excluded: pd.Series
    findings: tuple[Finding, ...]


def sides_by_word(words: pd.Series, lines: pd.Series, column: str, file: str) -> Sides:
    """Sides from a column that names them for each line: `Aufwand`, `Ertrag`, `Ausgabetitel`."""
    side = words.map(_word_side).astype("string").fillna("")
    payment = words.str.contains(PAYMENT).astype(bool)
    findings = []
    unknown = words[side == ""]
    if len(unknown):
        message = f"{number(len(unknown))} Zeilen sagen weder Aufwand noch Ertrag: {listing(sorted(set(unknown)), 5)}."
        remedy = "Aufwand oder Ertrag (Ausgabe oder Einnahme) eintragen."
        findings.append(Finding("error", "side_unknown", file, message, remedy, int(lines[unknown.index[0]]), column))
    basis = pd.Series(np.where(payment, "payment", "period"), index=words.index, dtype="string")
    return Sides(side, basis, pd.Series(False, index=words.index), tuple(findings))


def sides_by_accounts(accounts: pd.Series, names: pd.Series, lines: pd.Series, column: str, file: str) -> Sides:
    """Sides from the names of the accounts, class by class (the first digit of the number).

    Args:
        accounts: number of the account (or its group) of each line.
        names: all that names the account.
        lines: 1-based line of the file.
        column: name of the column of accounts, for findings.
        file: name of the file in findings.
    """
    classes = accounts.str[:1]
    side, basis = (pd.Series("", index=accounts.index, dtype="string") for _ in range(2))
    excluded = pd.Series(False, index=accounts.index)
    findings, said = [], []
    for digit, of_class in names.groupby(classes):
        revenue, expense = (int(of_class.str.contains(words).sum()) for words in (REVENUE, EXPENSE))
        most, least = max(revenue, expense), min(revenue, expense)
        imputed = of_class.str.contains(CALCULATORY)
        if most >= _LEAST and least <= _MOST_AGAINST * (most + least):
            which = "revenue" if revenue > expense else "expense"
            side[of_class.index] = which
            paid = int(of_class.str.contains(r"einzahlung|auszahlung", case=False, regex=True).sum())
            basis[of_class.index] = "payment" if paid * 2 > most else "period"
            kind = "Zahlungen, " if paid * 2 > most else ""
            said.append(f"{digit} = {SIDE_LABEL[which]} ({kind}{number(most)} Namen dafür, {number(least)} dagegen)")
        elif imputed.mean() >= 1 - _MOST_AGAINST:
            excluded[of_class.index] = True
        else:
            message = f"Ob Konten mit {digit or 'leerer Nummer'} am Anfang Aufwand oder Ertrag sind, sagt die Datei nicht "
            message += f"({number(revenue)} Namen sprechen für Ertrag, {number(expense)} für Aufwand)."
            findings.append(Finding("error", "side_unknown", file, message, _ASK, int(lines[of_class.index[0]]), column))
    if said:
        message = f"Kontenklassen nach den Namen ihrer Konten: {', '.join(said)}."
        findings.append(Finding("info", "sides_found", file, message, ""))
    return Sides(side, basis, excluded, tuple(findings))


def find_signs(side: pd.Series, cents: pd.DataFrame, file: str) -> tuple[dict[str, int], list[Finding]]:
    """The sign in which the amounts of each side are written in this file.

    Args:
        side: `expense`, `revenue` or empty for each line.
        cents: the amounts of each line, one column a column of amounts.

    Returns:
        ({"expense": 1 or -1, "revenue": 1 or -1}, findings). An error asks where the amounts of a side have no
        prevailing sign, or where both sides are negative.
    """
    signs: dict[str, int] = {}
    findings, said = [], []
    for which in OTHER:
        amounts = cents[(side == which).to_numpy()].fillna(0).to_numpy()  # a cell that could not be read has no sign
        plus, minus = int((amounts > 0).sum()), int((amounts < 0).sum())
        if plus + minus == 0:
            signs[which] = 1
            continue
        signs[which] = 1 if plus >= minus else -1
        said.append(f"{SIDE_LABEL[which]} {'positiv' if signs[which] > 0 else 'negativ'} ({_share(plus, minus)})")
        if min(plus, minus) > 2 * _MOST_AGAINST * (plus + minus):
            message = f"Das Vorzeichen der Seite {SIDE_LABEL[which]} ist unklar: {number(plus)} Beträge sind positiv, "
            message += f"{number(minus)} negativ."
            remedy = "Im Zuordnungs-Assistenten angeben, welches Vorzeichen diese Seite hat."
            findings.append(Finding("error", "sign_unclear", file, message, remedy))
    if set(signs.values()) == {-1}:
        message = "Aufwand und Ertrag sind beide überwiegend negativ."
        findings.append(Finding("error", "sign_unclear", file, message, "Die Zuordnung der Konten prüfen."))
    if said:
        findings.append(Finding("info", "signs_found", file, f"Vorzeichen in dieser Datei: {', '.join(said)}.", ""))
    return signs, findings


def _share(plus: int, minus: int) -> str:
    return f"{number(max(plus, minus))} von {number(plus + minus)} Beträgen"


def _word_side(word: str) -> str | None:
    revenue, expense = bool(REVENUE.search(word)), bool(EXPENSE.search(word))
    if revenue == expense:
        return {"E": "revenue", "A": "expense"}.get(word.strip().upper())
    return "revenue" if revenue else "expense"
