"""The parts of the documentation that follow from data: `python -m raumblick.docs` writes them anew.

A page keeps a generated part between two marker lines; what stands outside of them is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from raumblick.catalogue import DEFAULT_PATH, FILES
from raumblick.settings import ROOT
from raumblick.tables import ColumnSpec, TableSpec, read_tables

PACKAGE_PAGE = ROOT / "docs" / "DATENPAKET.md"
Tables = dict[str, TableSpec]

_PART = re.compile(r"(<!-- erzeugt: (\w+) [^\n]*-->\n).*?(<!-- ende: \2 -->)", re.DOTALL)
_TYPE = {
    "text": "Text",
    "integer": "ganze Zahl",
    "number": "Zahl",
    "decimal": "Betrag",
    "date": "Datum",
    "boolean": "true/false",
}


def refresh(page: str, tables: Tables) -> str:
    """The text of a page with every generated part written anew.

    Args:
        page: Markdown with parts between `<!-- erzeugt: name ... -->` and `<!-- ende: name -->`, each on its own line.
        tables: the canonical tables by name.

    Raises:
        KeyError: the page names a part that does not exist.
    """
    return _PART.sub(lambda m: f"{m.group(1)}\n{_PARTS[m.group(2)](tables)}\n{m.group(3)}", page)


def main(page: Path = PACKAGE_PAGE) -> None:
    """Write the generated parts of the data package page anew."""
    tables = read_tables(DEFAULT_PATH / "tables.toml")
    page.write_text(refresh(page.read_text(encoding="utf-8"), tables), encoding="utf-8")


def _overview(tables: Tables) -> str:
    rows = [
        (f"[{spec.name}](#{spec.name})", spec.label, spec.grain, _yes(spec.required))
        for spec in tables.values()
    ]
    return _table(("Tabelle", "Inhalt", "Eine Zeile", "Pflicht"), rows)


def _details(tables: Tables) -> str:
    return "\n".join(_section(spec) for spec in tables.values())


def _section(spec: TableSpec) -> str:
    rows = [(f"`{c.name}`", c.label, _TYPE[c.type], _yes(c.required), _hint(c)) for c in spec.columns]
    key = ", ".join(f"`{name}`" for name in spec.key)
    table = _table(("Spalte", "Bedeutung", "Typ", "Pflicht", "Hinweis"), rows)
    return f"### {spec.name}\n\n{spec.label}. Eine Zeile: {spec.grain}. Schlüssel: {key}.\n\n{table}"


def _hint(column: ColumnSpec) -> str:
    parts = [column.help] if column.help else []
    if column.values:
        parts.append("erlaubt: " + ", ".join(f"`{value}`" for value in column.values))
    if column.refers:
        table = column.refers.split(".")[0]
        parts.append(f"steht in [{table}](#{table}){' oder im Katalog' if table in FILES else ''}")
    return "; ".join(parts)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; a vertical bar in a cell would end the cell, so it is escaped."""
    lines = [head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _yes(needed: bool) -> str:
    return "ja" if needed else ""


_PARTS: dict[str, Callable[[Tables], str]] = {"uebersicht": _overview, "tabellen": _details}


if __name__ == "__main__":
    main()
