"""The last step of every budget, whatever read it: services, bookings, sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from raumblick.intake.files.budget_products import assign_services
from raumblick.intake.files.ledger import Ledger, book, sum_finding
from raumblick.intake.findings import Finding

POSITIONS = ("product", "product_name", "account", "account_name", "object_name", "area_id", "side", "basis")
AMOUNTS = ("at", "line", "column", "year", "month", "value_type", "cents")


def assemble(
    amounts: pd.DataFrame, positions: pd.DataFrame, scheme: str, path: Path, findings: list[Finding], named: Ledger | None = None
) -> Ledger:
    """A ledger of the amounts of a file.

    Args:
        amounts: columns AMOUNTS; `at` is the index of the position, cents are positive in the usual direction of its side.
        positions: columns POSITIONS.
        scheme: product scheme, empty when unknown.
        path: the file; its content gives the key of the source.
        findings: what was found so far.
        named: a ledger whose title, publisher and licence are taken over.
    """
    lines = amounts.join(positions[list(POSITIONS)], on="at")
    assigned, products, found = assign_services(lines, scheme, path.name)
    lines["service"] = assigned["service"].replace("", pd.NA)
    lines["account"] = lines["account"].replace("", pd.NA)
    source_id = "haushalt-" + hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    wanted = ["product", "service", "area_id", "account", "side", "basis"]
    rows, sums, corrected = book(lines[["line", "column", "year", "month", "value_type", "cents", *wanted]], source_id, path.name)
    said = (*findings, *found, *corrected, sum_finding(sums, path.name))
    head = named or Ledger(_title(sums["year"]), "", "", rows)
    return Ledger(head.title, head.publisher, head.licence, rows, said, products, sums)


def _title(years: Iterable[int]) -> str:
    first, last = min(years), max(years)
    return f"Haushalt {first}" if first == last else f"Haushalt {first} bis {last}"
