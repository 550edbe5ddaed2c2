"""Which service and paragraph of SGB VIII the products of a budget stand for: data/catalogue/products.csv, by version.

Columns: scheme (`36`: the common product frame of most Länder, `06`: North Rhine-Westphalia, `berlin`: chapters, `*`:
each of them), product (the number begins with it), text (alternatives split by `|`, one of which a word of the name
begins with), service (empty: several or none), paragraph, valid_from, source.

Rows with a text are asked first, in their order, then those with a number alone; of rows that differ in valid_from
alone, the latest that was in force on 1 January of the year. A name in which texts of several services stand names
none of them, unless one text contains the other. A product is looked up by its own number and name first; where that
gives no service, the name of the account may.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from raumblick.catalogue import DEFAULT_PATH, ColumnSpec, Fault, TableSpec
from raumblick.tables import CatalogueError, csv_rows, typed

FILE = "products.csv"
SPEC = TableSpec(
    "product",
    label="Produkte",
    grain="eine Zuordnung von Produkten zu einer Leistung",
    key=("scheme", "product", "text", "valid_from"),
    columns=(
        ColumnSpec("scheme", "text", "Produktschema", required=True, values=("*", "36", "06", "berlin")),
        ColumnSpec("product", "text", "Produktnummer"),
        ColumnSpec("text", "text", "Name beginnt mit"),
        ColumnSpec("service", "text", "Leistung", refers="service.key"),
        ColumnSpec("paragraph", "text", "Rechtsgrundlage", required=True),
        ColumnSpec("valid_from", "date", "Gültig ab", required=True),
        ColumnSpec("source", "text", "Fundstelle", required=True),
    ),
)
YOUTH = {"36": "36", "06": "06", "berlin": "4"}  # beginning of the numbers of youth welfare in each scheme
_YOUTH_NAME = re.compile(r"kind|jugend|erzieh|\bju-", re.IGNORECASE)


@dataclass(frozen=True)
class Assignment:
    """What a product or an account stands for; `service` and `paragraph` are empty where nothing is known."""

    service: str = ""
    paragraph: str = ""
    source: str = ""


@dataclass(frozen=True)
class Rule:
    """One row of products.csv."""

    scheme: str
    product: str
    text: str
    service: str
    paragraph: str
    valid_from: dt.date
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """The text as a pattern that finds it at the beginning of a word; None when the number alone decides."""
        texts = sorted((" ".join(text.split()) for text in self.text.split("|")), key=len, reverse=True)
        words = "|".join(re.escape(text) for text in texts if text)
        return re.compile(rf"(?<!\w)(?:{words})", re.IGNORECASE) if words else None

    def fits(self, scheme: str, product: str) -> bool:
        """True when the rule speaks of the number of this product in a budget of that scheme."""
        return self.scheme in ("*", scheme) and product.startswith(self.product)


@cache
def load_rules(path: Path = DEFAULT_PATH / FILE) -> tuple[Rule, ...]:
    """The rows of products.csv in their order.

    Raises:
        CatalogueError: with file, row and column of each fault.
    """
    faults: list[Fault] = []
    rows = typed(SPEC, path.name, csv_rows(SPEC, path, faults), faults)
    faults += [
        Fault(path.name, line, "product", "Nummer oder Text muss angegeben sein")
        for line, row in rows
        if not (row["product"] or row["text"])
    ]
    if faults:
        raise CatalogueError(faults)
    filled: list[dict[str, Any]] = [{name: "" if cell is None else cell for name, cell in row.items()} for _, row in rows]
    return tuple(Rule(**row) for row in filled)


def find_scheme(products: Iterable[tuple[str, str]]) -> str:
    """The product scheme of a budget, `36` or `06`, from (number, name) of its products; empty when unclear.

    Evidence are the names below the number that youth welfare has in a scheme: most of them speak of children.
    """
    distinct = set(products)
    found = []
    for scheme in ("36", "06"):
        names = [name for number, name in distinct if number.startswith(YOUTH[scheme])]
        speaking = sum(bool(_YOUTH_NAME.search(name)) for name in names)
        if names and speaking * 2 >= len(names):
            found.append(scheme)
    return found[0] if len(found) == 1 else ""


def is_youth(scheme: str, product: str) -> bool:
    """True when the number of a product lies in youth welfare."""
    return bool(scheme) and product.startswith(YOUTH[scheme])


def assign(scheme: str, product: str, product_name: str, account_names: Iterable[str], year: int) -> Assignment:
    """Service and paragraph of one product, or of one account in it; empty outside of youth welfare.

    Args:
        scheme: `36`, `06` or `berlin`.
        product: its number, with leading zeros.
        product_name: its name.
        account_names: names that say more: the account, the project.
        year: the year of the budget.
    """
    if not is_youth(scheme, product):
        return Assignment()
    own = _by_name(scheme, product, product_name, year)
    if own is None:
        own = next((_result(rule) for rule in rules_of(year) if not rule.text and rule.fits(scheme, product)), Assignment())
    if not own.service:
        for name in account_names:
            told = _by_name(scheme, product, name, year)
            if told is not None and told.service:
                return told
    return own


@lru_cache(maxsize=65_536)
def _by_name(scheme: str, product: str, name: str, year: int) -> Assignment | None:
    """What a name says; None when no text stands in it."""
    hits = []
    for rule in rules_of(year):
        match = rule.pattern.search(name) if rule.pattern and rule.fits(scheme, product) else None
        if match:
            hits.append((rule, match.span()))
    spans = [span for _, span in hits]
    hits = [(rule, span) for rule, span in hits if not any(_within(span, other) for other in spans)]
    if not hits:
        return None
    services = {rule.service for rule, _ in hits if rule.service}
    if hits[0][0].service and len(services) > 1:
        return Assignment("", "; ".join(dict.fromkeys(rule.paragraph for rule, _ in hits)), "mehrere Leistungen in einem Namen")
    return _result(hits[0][0])


def _within(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _result(rule: Rule) -> Assignment:
    return Assignment(rule.service, rule.paragraph, rule.source)


@cache
def rules_of(year: int) -> tuple[Rule, ...]:
    """The rules in force on 1 January of a year, each in its place; of two versions of one rule the later one."""
    day = dt.date(year, 1, 1)
    latest: dict[tuple[str, str, str], Rule] = {}
    for rule in load_rules():
        key = (rule.scheme, rule.product, rule.text)
        if rule.valid_from <= day and (key not in latest or rule.valid_from > latest[key].valid_from):
            latest[key] = rule
    return tuple(latest.values())
