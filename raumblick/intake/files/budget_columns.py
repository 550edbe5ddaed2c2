"""What the columns of a budget file are, told by their headings: product, account, side, amounts by year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER, _NAME = r"-?(?:nr|nummer)", r"s?-?bez(?:eichnung)?"
_WAY = r"(?:aufwand|ertrag|einnahmen?|ausgaben?|einzahlung|auszahlung)"
_SINGLE = {
    "product": rf"produkt(?:{_NUMBER})?|profit-?center(?:{_NUMBER})?|kapitel",
    "product_name": rf"(?:produkt|profit-?center|kapitel){_NAME}|produktname",
    "object": rf"(?:objekt|kostenträger|innenauftrag){_NUMBER}|psp-?element|innenauftrag",
    "object_name": rf"bezeichnung|(?:objekt|psp-?element){_NAME}",
    "account": rf"(?:sachkonto|konto)(?:{_NUMBER})?|kostenart|titel",
    "account_name": rf"(?:sachkonto|konto|kostenart|titel){_NAME}|kostenart-?beschreibung|kontoname",
    "group": rf"(?:kontengruppe|kontenart){_NUMBER}",
    "group_name": rf"kontengruppe|(?:kontengruppe|ergebnisgliederung){_NAME}",
    "side": rf"{_WAY}/{_WAY}|titelart|e/a|a/e",
    "area": r"bereich|bezirk",
    "area_name": rf"bereich{_NAME}",
    "year": r"jahr|haushaltsjahr|hh-?jahr",
    "day": r"datum|buchungsdatum|monat",
    "value_type": r"betrag-?s?typ|wertart|betragsart",
}
_PATTERN = {role: re.compile(pattern) for role, pattern in _SINGLE.items()}
_TYPES = {
    "actual": r"ist|ergebnis|rechnungsergebnis|re|rechnung|vorl\.? ergebnis|istbetrag|jahresergebnis",
    "amended": r"fortgeschriebener (ansatz|plan)|fortg\.? ansatz|nachtrag|nachtragsansatz",
    "plan": r"plan|ansatz|haushaltsansatz|planansatz|soll|finanzplan|planwert|ansatz hh|sollbetrag",
    "": r"betrag",
    "authority": r"ve|verpflichtungsermächtigung(en)?",
}
_YEAR = r"(?:[ -]*(?P<year>20\d\d))?"
_UNIT = r"(?:\s*[\[(]?\s*(?:in )?(?P<unit>teur|tsd\.? ?(?:eur|€)|t€|eur|euro|€)\s*[\])]?)?"
_AMOUNT = {kind: re.compile(rf"(?:{words}){_YEAR}{_UNIT}") for kind, words in _TYPES.items()}


@dataclass(frozen=True)
class Amount:
    """One column of amounts: value type (empty: not said), year (None: another column says it), factor to euros."""

    column: str
    value_type: str
    year: int | None
    factor: int = 1


@dataclass(frozen=True)
class Columns:
    """The columns of a budget file by role, and its columns of amounts. `authorities` are commitment authorisations."""

    roles: dict[str, str]
    amounts: tuple[Amount, ...]
    authorities: tuple[Amount, ...]

    def __getitem__(self, role: str) -> str | None:
        return self.roles.get(role)


def find_columns(header: Sequence[str]) -> Columns | None:
    """The roles of the columns; None when they are not those of a budget: product, account and an amount with its year."""
    roles: dict[str, str] = {}
    amounts: list[Amount] = []
    for name in header:
        plain = _plain(name)
        role = next((role for role, pattern in _PATTERN.items() if role not in roles and pattern.fullmatch(plain)), None)
        amount = _amount(name, plain)
        if role:
            roles[role] = name
        elif amount:
            amounts.append(amount)
    booked = tuple(a for a in amounts if a.value_type != "authority")
    years = all(amount.year or roles.get("year") or roles.get("day") for amount in booked)
    if not {"product", "account"} <= roles.keys() or not booked or not years:
        return None
    return Columns(roles, booked, tuple(a for a in amounts if a.value_type == "authority"))


def value_type_of(text: str) -> str:
    """Value type that a word names (`Ansatz`, `Ist`); empty when it names none."""
    plain = _plain(text)
    return next((kind for kind, pattern in _AMOUNT.items() if kind not in ("", "authority") and pattern.fullmatch(plain)), "")


def _amount(name: str, plain: str) -> Amount | None:
    for kind, pattern in _AMOUNT.items():
        match = pattern.fullmatch(plain)
        if match:
            thousands = bool(match["unit"]) and match["unit"].startswith("t")
            return Amount(name, kind, int(match["year"]) if match["year"] else None, 1000 if thousands else 1)
    return None


def _plain(name: str) -> str:
    """A heading in lower case, with one mark between its words."""
    text = " ".join(name.lower().replace("_", " ").split()).rstrip(".")
    return re.sub(r"[ -]+(?=(?:nr|nummer|bez|bezeichnung|beschreibung)\b)", "-", text)
