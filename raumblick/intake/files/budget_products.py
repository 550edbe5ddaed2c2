"""The products of one budget: numbers with their leading zeros, names, the scheme, and the services they stand for."""

from __future__ import annotations

import pandas as pd

from raumblick.intake.files.products import assign, find_scheme, is_youth
from raumblick.intake.findings import Finding
from raumblick.intake.profiles.bricks import listing, number

_CHAPTER = "kapitel"


def restore_numbers(products: pd.Series, objects: pd.Series, file: str) -> tuple[pd.Series, list[Finding]]:
    """Product numbers with the leading zero that a spreadsheet ate: `60301` is 060301.

    Where objects like `1.100.06.03.01` are delivered beside the numbers they must agree with the longer number in every
    line. Without them, numbers of an odd number of digits prove the loss when all others begin with 10 to 17.
    """
    odd = products.str.fullmatch(r"[1-9]\d(?:\d\d)*\d|[1-9]") & products.str.isdecimal()
    if not odd.any():
        return products, []
    padded = products.where(~odd, "0" + products)
    digits = objects.str.extract(r"^\d\.\d{3}\.(\d\d(?:\.\d\d)+)$")[0].str.replace(".", "", regex=False)
    told = digits.notna()
    agree = bool(told.any()) and bool((padded[told] == digits[told]).all())
    others = products[~odd & products.str.isdecimal()]
    alone = not told.any() and bool(others.str.fullmatch(r"1[0-7]\d*").all())
    if not (agree or alone):
        return products, []
    message = f"Führende Nullen der Produktnummern ergänzt ({number(int(odd.sum()))} Zeilen), z. B. "
    message += f"{products[odd].iloc[0]} zu {padded[odd].iloc[0]}."
    return padded, [Finding("info", "keys_restored", file, message, "")]


def name_products(products: pd.Series, names: pd.Series, objects: pd.Series, object_names: pd.Series) -> pd.Series:
    """The name of the product of each line: from its own column, else from the line of the product itself.

    The line of the product itself is the one whose object number has the same digits (`1.100.06.03.01` for 060301).
    """
    named = names.str.strip()
    own = objects.str.replace(".", "", regex=False).str[4:] == products
    source, told = (named, named != "") if (named != "").any() else (object_names, own)
    first = dict(reversed(list(zip(products[told], source[told], strict=True))))
    return pd.Series([first.get(product, "") for product in products], index=products.index, dtype="string")


def scheme_of(positions: pd.DataFrame, product_column: str, file: str) -> tuple[str, list[Finding]]:
    """The product scheme of the lines (columns product, product_name), and what to say of it."""
    pairs = list(positions[["product", "product_name"]].drop_duplicates().itertuples(index=False, name=None))
    scheme = "berlin" if product_column.strip().lower() == _CHAPTER else find_scheme(pairs)
    words = {"36": "Produktrahmen 36", "06": "Produktrahmen Nordrhein-Westfalen (06)", "berlin": "Kapitel und Titel (Berlin)"}
    if scheme:
        return scheme, [Finding("info", "scheme_found", file, f"Produktschema: {words[scheme]}.", "")]
    message = "Das Produktschema ist nicht zu erkennen; alle Produkte bleiben ohne Leistung."
    remedy = "Bekannt sind die Produktbereiche 36 und 06 mit Namen, aus denen die Jugendhilfe hervorgeht."
    return "", [Finding("warning", "scheme_unknown", file, message, remedy)]


def assign_services(lines: pd.DataFrame, scheme: str, file: str) -> tuple[pd.DataFrame, pd.DataFrame, list[Finding]]:
    """Services of lines by products.csv.

    Args:
        lines: columns product, product_name, account_name, object_name, year.
        scheme: the product scheme, empty when unknown.
        file: name of the file in findings.

    Returns:
        (columns service, paragraph, source with the index of `lines`; one row a product and service; findings).
        Products of youth welfare that the table does not know are named, all others counted.
    """
    keys = ["product", "product_name", "account_name", "object_name", "year"]
    distinct = lines[keys].drop_duplicates().astype(object)
    found = [
        assign(scheme, product, product_name, (account_name, object_name), int(year))
        for product, product_name, account_name, object_name, year in distinct.itertuples(index=False, name=None)
    ]
    said = {name: [getattr(assignment, name) for assignment in found] for name in ("service", "paragraph", "source")}
    assigned = distinct.assign(**said)
    named = lines[keys].astype(object).merge(assigned, on=keys, how="left").set_axis(lines.index)
    columns = ["product", "product_name", "service", "paragraph", "source"]
    products = named.groupby(columns, dropna=False, sort=True).size().rename("rows").reset_index()
    products = products.rename(columns={"product_name": "name"})
    return named[["service", "paragraph", "source"]].astype("string"), products, _product_findings(products, scheme, file)


def _product_findings(products: pd.DataFrame, scheme: str, file: str) -> list[Finding]:
    youth = products["product"].map(lambda product: is_youth(scheme, product)).astype(bool)
    findings = []
    mapped = products[youth & (products["service"] != "")]
    if len(mapped):
        message = f"Leistungen nach SGB VIII: {number(mapped['service'].nunique())} Leistungen in "
        message += f"{number(mapped['product'].nunique())} Produkten ({number(int(mapped['rows'].sum()))} Buchungen)."
        findings.append(Finding("info", "products_mapped", file, message, ""))
    kinds = (
        (True, "products_paragraph", "haben eine Rechtsgrundlage, aber keine einzelne Leistung des Katalogs"),
        (False, "products_open", "kennt die Zuordnungstabelle nicht; sie bleiben ohne Leistung"),
    )
    for known, code, what in kinds:
        rows = products[youth & (products["service"] == "") & ((products["paragraph"] != "") == known)]
        if len(rows):
            names = listing([f"{row.product} {row.name_}" for row in rows.rename(columns={"name": "name_"}).itertuples()], 40)
            message = f"Produkte der Jugendhilfe (ganz oder mit einem Teil ihrer Konten) {what}: {names}."
            remedy = "" if known else "data/catalogue/products.csv ergänzen."
            findings.append(Finding("info" if known else "warning", code, file, message, remedy))
    others = products[~youth]
    if len(others) and scheme:
        message = f"{number(others['product'].nunique())} Produkte außerhalb der Jugendhilfe bleiben ohne Leistung."
        findings.append(Finding("info", "products_other", file, message, ""))
    return findings
