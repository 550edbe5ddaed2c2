"""Writes invented budgets in the forms in which cities publish theirs, with the sums that must come out."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

KIEL = (
    "Produktbereich;Produktbereich-Bez;Teilplan;Teilplan-Bez;Produkt;Produkt-Bez;Aufwand/Ertrag;Ergebnisgliederungscode;"
    "Ergebnisgliederung-Bez;Sachkonto;Sachkonto-Bez;Betrag;Datum"
)
NRW = "Profitcenter;Objektnr.;Bezeichnung;Kostenart;Kostenart Beschreibung"
PRODUCTS = {"36": {"111101": "Verwaltungsleitung", "363350": "Sozialpädagogische Familienhilfe", "365001": "Kinder in Kitas"}}
PRODUCTS["06"] = {"010101": "Politische Gremien", "060101": "Kindertagespflege", "060302": "Jugendsozialarbeit"}
ACCOUNTS = {
    "revenue": {"41410000": "Erträge aus Zuweisungen", "44850000": "Erträge aus Erstattungen", "45910000": "Sonstige Erträge"},
    "expense": {"50120000": "Personalaufwendungen", "52910000": "Aufwendungen für Sachleistungen", "53180000": "Transferaufwand"},
}


def german(cents: int) -> str:
    """Cents as `1.234,56`."""
    text = f"{abs(cents) / 100:,.2f}".translate(str.maketrans(",.", ".,"))
    return f"-{text}" if cents < 0 else text


@dataclass
class Budget:
    """Lines of (product, account, side, amounts by column), amounts positive in the usual direction of their side."""

    scheme: str
    columns: tuple[str, ...]
    negative: str | None  # the side written with a minus
    lines: list[tuple[str, str, str, tuple[int, ...]]] = field(default_factory=list)

    def sums(self, side: str) -> list[int]:
        """Sum of each column of one side in cents."""
        return [sum(line[3][i] for line in self.lines if line[2] == side) for i in range(len(self.columns))]

    def write(self, path: Path, total: bool = False, encoding: str = "cp1252") -> Path:
        kiel = self.scheme == "36"
        rows = [KIEL] if kiel else [f"{NRW};" + ";".join(self.columns)]
        for product, account, side, amounts in self.lines:
            signed = [german(-cents if side == self.negative else cents) for cents in amounts]
            name, label = PRODUCTS[self.scheme][product], ACCOUNTS[side][account]
            if kiel:
                way = "Aufwand" if side == "expense" else "Ertrag"
                rows.append(
                    f"{product[:2]};B;{product[:4]};T;{product};{name};{way};01;G;{account};{label};{signed[0]};01.01.2017"
                )
            else:
                number = ".".join((product[:2], product[2:4], product[4:]))
                rows.append(f"{product.lstrip('0')};1.100.{number};{name};{account};{label};" + ";".join(signed))
        if total:
            signs = [-1 if line[2] == self.negative else 1 for line in self.lines]
            places = range(len(self.columns))
            sums = [sum(sign * line[3][i] for sign, line in zip(signs, self.lines, strict=True)) for i in places]
            rows.append(";;;;;" + ";".join(german(cents) for cents in sums))
        path.write_bytes(("\r\n".join(rows) + "\r\n").encode(encoding))
        return path


def random_budget(seed: int, scheme: str, negative: str | None, height: int = 60, corrections: int = 0) -> Budget:
    """An invented budget whose sides, signs and amounts are drawn."""
    draw = random.Random(seed)
    columns = ("Betrag",) if scheme == "36" else ("Ist 2015", "Plan 2016", "Plan 2017")
    budget = Budget(scheme, columns, negative)
    unit = 10_000 if scheme == "36" else 1
    for i in range(height):
        side = "revenue" if i % 3 == 0 else "expense"
        amounts = tuple(draw.randint(1, 9_999) * 10_000 if unit > 1 else draw.randint(1, 99_999_999) for _ in columns)
        if i < corrections:
            amounts = tuple(-cents for cents in amounts)
        budget.lines.append((draw.choice(list(PRODUCTS[scheme])), draw.choice(list(ACCOUNTS[side])), side, amounts))
    return budget
