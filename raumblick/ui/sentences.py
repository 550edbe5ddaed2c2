"""One sentence that answers a page's question, made only from tested values. Names are escaped for Markdown."""

from __future__ import annotations

import pandas as pd

from raumblick.answers.overview import Overview, Spending
from raumblick.answers.profile import Profile, Series
from raumblick.answers.spread import Spread, SpreadChange
from raumblick.answers.trends import Funnel, Trend, Trends
from raumblick.answers.values import Indicator
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

LEGAL = "Planwerte sind Planungsgrößen und keine Obergrenze für den Anspruch auf Hilfe (§§ 27, 36a SGB VIII)."

OVER_100 = "Über 100 % heißt: Es gibt mehr Plätze als Kinder dieses Alters, die hier wohnen; andere kommen von außerhalb."


def spread_sentence(result: Spread, city: str) -> str:
    """Where an indicator is high, how sure that is, and how many numbers are missing."""
    sheet = result.indicator
    when = fmt.period(result.period)
    parts = []
    if result.city_value is not None and result.level != "stadt":
        parts.append(
            f"**{escape(sheet.name)}** {when}: in {escape(city)} "
            f"{fmt.number(result.city_value, sheet.decimals, escape(sheet.unit))}."
        )
    else:
        parts.append(f"**{escape(sheet.name)}** {when}.")
    known = result.areas.dropna(subset=["value"])
    if len(known) > 1:
        top = known.loc[known["value"].idxmax()]
        low = known.loc[known["value"].idxmin()]
        parts.append(
            f"Am höchsten in {escape(top['name'])} ({fmt.number(top['value'], sheet.decimals, escape(sheet.unit))}), "
            f"am niedrigsten in {escape(low['name'])} ({fmt.number(low['value'], sheet.decimals, escape(sheet.unit))})."
        )
    above = int((result.areas["against_city"] == "above").sum())
    if result.areas["low"].notna().any() and result.city_value is not None:
        parts.append(f"{_of(above, len(known), result.level)} sicher über dem Wert der Stadt.")
    if sheet.key.startswith("kita_cov") and known["value"].max() > 100:
        parts.append(OVER_100)
    return " ".join(parts + _gaps(result))


def change_sentence(result: SpreadChange, city: str) -> str:
    """Where an indicator rose or fell more than chance explains."""
    sheet = result.indicator
    unit = escape(fmt.points(sheet.unit))
    span = f"von {fmt.period(result.first)} bis {fmt.period(result.last)}"
    if result.city_change is None:
        head = f"**{escape(sheet.name)}** {span}."
    else:
        sure = "" if not result.tested else " (gesichert)" if result.city_significant else " (nicht gesichert)"
        amount = fmt.signed(result.city_change, fmt.change_decimals(sheet.kind, sheet.decimals), unit)
        head = f"**{escape(sheet.name)}** {span}: in {escape(city)} {amount}{sure}."
    if not result.tested:
        return f"{head} Für diese Kennzahl gibt es keinen Test; kleine Unterschiede bedeuten nichts."
    rose = int((result.areas["significant"] & (result.areas["change"] > 0)).sum())
    fell = int((result.areas["significant"] & (result.areas["change"] < 0)).sum())
    known = int(result.areas["change"].notna().sum())
    open_ = known - rose - fell
    return f"{head} Gesichert gestiegen: {rose}, gesichert gefallen: {fell}, ohne gesicherte Veränderung: {open_} von {known}."


def profile_sentence(result: Profile) -> str:
    """What the area has clearly more or less of than the city, poverty and need first."""
    table = result.indicators
    where = escape(result.area.name)
    if result.area.level == "stadt":
        return f"**{where}** im Ganzen: alle Kennzahlen, Angebote und Einwohner auf einen Blick."
    if not len(table):
        return f"Für **{where}** gibt es in diesem Datenstand noch keine Kennzahlen."
    sure = table[table["against_city"].ne("") & table["direction"].isin(["+", "-"])]
    more = sure[(sure["against_city"] == "above") == (sure["direction"] == "+")]
    less = sure.drop(more.index)
    tested = int(table["low"].notna().sum())
    parts = [f"**{where}**:"]
    if len(more):
        parts.append(
            f"bei {_many(len(more), 'Kennzahl', 'Kennzahlen')} sicher **mehr Bedarf** als in der Stadt insgesamt ({_names(more)})"
        )
    if len(less):
        joint = "und" if len(more) else ""
        parts.append(
            f"{joint} bei {_many(len(less), 'Kennzahl', 'Kennzahlen')} sicher **weniger Bedarf** ({_names(less)})".strip()
        )
    if not len(sure):
        return f"**{where}** unterscheidet sich bei keiner der {tested} geprüften Kennzahlen sicher von der Stadt insgesamt."
    return " ".join(parts) + "."


def ages_sentence(young: pd.DataFrame) -> str:
    """Which numbers of residents by age are estimated; empty where none is."""
    guessed = young["estimated"].astype(bool)
    if not guessed.any():
        return ""
    return "Alle Zahlen sind geschätzt." if guessed.all() else "Schraffiert: geschätzt."


def series_sentence(result: Series) -> str:
    """Change over the known span, with the result of its test."""
    if result.change is None or result.first is None or result.last is None:
        return "Für eine Veränderung fehlen Werte."
    unit = escape(fmt.points(result.indicator.unit))
    amount = fmt.signed(result.change, fmt.change_decimals(result.indicator.kind, result.indicator.decimals), unit)
    span = f"{fmt.period(result.first)} bis {fmt.period(result.last)}"
    if result.significant is None:
        return f"{span}: {amount} (ohne Test)."
    return f"{span}: {amount} ({'gesichert' if result.significant else 'nicht gesichert'})."


ARROWS = {1: "▲", -1: "▼", 0: ""}


def trend_line(trend: Trend, sheet: Indicator) -> str:
    """`▼ Trend 2013 bis 2022 (Prozentpunkte): Fällt belastbar ...`: the arrow stands only where a test has spoken."""
    if not trend.tested:
        return trend.sentence
    arrow = f"**{ARROWS[trend.direction]}** " if trend.direction else ""
    span = f"{fmt.period(trend.first)} bis {fmt.period(trend.last)} ({escape(fmt.points(sheet.unit))})"
    return f"{arrow}Trend {span}: {trend.sentence}"


def trends_sentence(result: Trends) -> str:
    """In how many areas a number rises or falls by more than chance makes."""
    rows = result.areas[result.areas["tested"]]
    up, down = int((rows["direction"] > 0).sum()), int((rows["direction"] < 0).sum())
    return (
        f"Trend **{fmt.period(result.first)} bis {fmt.period(result.last)}**, in {len(rows)} Gebieten geprüft: **▲ steigt "
        f"belastbar in {up}, ▼ fällt belastbar in {down}**, in {len(rows) - up - down} keine belastbare Veränderung. Geprüft "
        "wird so streng, dass höchstens eines von hundert Gebieten ohne Veränderung einen Pfeil bekommt."
    )


def funnel_sentence(result: Funnel) -> str:
    """How many areas differ from the city by more than chance."""
    rows = result.areas
    far = rows[rows["beyond"] >= 0.99]
    above, below = int((far["side"] == "above").sum()), int((far["side"] == "below").sum())
    inside = int((rows["beyond"] == 0).sum())
    return (
        f"Von {len(rows)} Gebieten liegen **{above} deutlich über** und **{below} deutlich unter** dem Wert der Stadt (außerhalb "
        f"des 99,8-%-Bereichs). Bei {inside} ist der Unterschied nicht größer, als der Zufall ihn macht. Kleine Gebiete "
        "schwanken stärker: Darum ist der Trichter links weit."
    )


def spending_sentence(result: Spending) -> str:
    """How well plans of help under entitlement have held, and where the running year stands."""
    years = result.years
    full = years[(years["year"] != (result.running or -1)) & years["plan"].gt(0) & years["actual"].notna()]
    parts = []
    if len(full):
        last = full.iloc[-1]
        over = last["actual"] / last["plan"] - 1
        word = "über" if over >= 0 else "unter"
        parts.append(
            f"Hilfen zur Erziehung {int(last['year'])}: {fmt.money(last['actual'])} ausgegeben, "
            f"{fmt.number(abs(over) * 100, 1, '%')} {word} dem Ansatz von {fmt.money(last['plan'])}."
        )
        if len(full) > 1:
            above = int((full["actual"] > full["plan"]).sum())
            parts.append(f"In {above} von {len(full)} Jahren lag das Ist über dem Ansatz.")
    now = years[years["year"] == (result.running or -1)]
    if len(now) and result.last_month:
        row = now.iloc[0]
        of_plan = f" von {fmt.money(row['plan'])}" if fmt.known(row["plan"]) else ""
        if fmt.known(row["actual"]):
            month = fmt.MONTHS[result.last_month - 1]
            parts.append(f"{int(row['year'])} sind bis {month} {fmt.money(row['actual'])}{of_plan} gebucht.")
    hidden = int(years["lines_hidden"].sum()) if "lines_hidden" in years else 0
    if hidden:
        parts.append(f"{hidden} Buchungen sind geheim; Summen mit ihnen fehlen hier.")
    return " ".join(parts) or "Es gibt Buchungen, aber keinen Ansatz zum Vergleich."


def _gaps(result: Spread) -> list[str]:
    hidden, missing = result.count("hidden"), result.count("missing")
    parts = []
    if hidden:
        parts.append(f"Geheim: {hidden}.")
    if missing:
        parts.append(f"Ohne Angabe: {missing}.")
    estimated = int((result.areas["status"].eq("estimated") & result.areas["value"].notna()).sum())
    if estimated:
        every = estimated == result.count("value")
        parts.append("Alle Werte sind geschätzt." if every else f"Geschätzt: {estimated}.")
    if result.city_missing:
        parts.append(f"Der Wert der Stadt enthält {result.city_missing} Gebiete nicht.")
    return parts


def _of(count: int, known: int, level: str) -> str:
    if count == 0:
        return f"Keiner von {fmt.of_level(known, level)} liegt"
    return f"{count} von {fmt.of_level(known, level)} {'liegt' if count == 1 else 'liegen'}"


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _names(rows: pd.DataFrame, most: int = 2) -> str:
    order = rows.assign(far=(rows["value"] - rows["city"]).abs() / rows["city"].abs()).sort_values("far", ascending=False)
    names = [escape(name) for name in order["name"].head(most)]
    return ", ".join(names) + (" …" if len(rows) > most else "")


def overview_sentence(result: Overview, city: str, level: str) -> str:
    """The one thing to know first: where need is surely higher, and whether the plan held."""
    if result.need is None:
        return f"**{escape(city)}**: In diesem Datenstand gibt es noch keine Kennzahl zum Bedarf."
    rows = result.need.areas
    above = rows[rows["against_city"] == "above"].sort_values("value", ascending=False)
    sheet = result.need.indicator
    if not rows["low"].notna().any() or result.need.city_value is None:
        highest = ", ".join(escape(name) for name in rows.nlargest(3, "value")["name"])
        return (
            f"„{escape(sheet.name)}“ ist in **{escape(city)}** am höchsten in {highest}. Wie sicher das ist, lässt sich ohne "
            "Zähler und Nenner nicht sagen."
        )
    if not len(above):
        return f"In **{escape(city)}** liegt bei „{escape(sheet.name)}“ kein Gebiet sicher über dem Wert der Stadt."
    names = ", ".join(escape(name) for name in above["name"].head(3))
    return (
        f"In **{fmt.of_level(len(above), level)}** von {escape(city)} liegt "
        f"„{escape(sheet.name)}“ sicher über dem Wert der Stadt, am deutlichsten in {names}."
    )
