"""Sentences about an index, made only from tested values. Names are escaped for Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from raumblick.answers.border import Border, Why
from raumblick.answers.priority import Ranking, Surety
from raumblick.answers.variants import Contrast, History
from raumblick.ui import format as fmt
from raumblick.ui.layout import escape

SEARCH = (
    "Ein Index ist eine Suchstrategie und kein Urteil: Er zeigt, wo genauer hinzusehen ist. Über ein Gebiet entscheiden die "
    "Fachkräfte vor Ort, die Menschen dort und der Ausschuss."
)
BESIDE = (
    "Hilfen zur Erziehung stehen neben dem Index und nicht darin: Wo es mehr Angebote gibt, gibt es mehr Fälle. Im Index würde "
    "ein Gebiet belohnt, das schon versorgt ist."
)
RELATIVE = "„Negativ“ heißt nur: ungünstiger als im Mittel der Stadt, auch wenn sich die Lage selbst verbessert hat."
TIER_WORDS = {"sicher": "sicher", "wahrscheinlich": "wahrscheinlich", "unklar": "vielleicht", "nicht": "nicht"}


def priority_sentence(ranking: Ranking, sure: Surety, city: str, chosen: str | None = None) -> str:
    """How many areas belong surely to those looked for, which, and where the chosen area stands."""
    rows = ranking.areas.assign(tier=sure.areas["tier"], probability=sure.areas["probability"])
    certain = rows[rows["tier"] == "sicher"].sort_values("rank")
    level = ranking.inputs.material.level
    looked = f"zu den {ranking.top} mit dem höchsten Bedarf" if ranking.top else f"zur {ranking.wanted}"
    if len(certain):
        verb = "gehört" if len(certain) == 1 else "gehören"
        head = f"**{_counted(len(certain), level)}** in **{escape(city)}** {verb} {ranking.inputs.year} **sicher** {looked}: "
        head += f"{names(certain['name'], 4)}."
    else:
        head = f"In **{escape(city)}** gehört {ranking.inputs.year} **kein Gebiet sicher** {looked}."
    text = head
    for tier, word in (("wahrscheinlich", "Wahrscheinlich"), ("unklar", "Unklar")):
        found = rows.loc[rows["tier"] == tier].sort_values("rank")["name"]
        if len(found):
            text += f" {word}: {names(found, 3) if len(found) <= 3 else len(found)}."
    if blind(sure):
        text += " Der Zufall kleiner Zahlen ist dabei nicht geprüft: Zähler und Nenner fehlen."
    own = rows[rows["area_id"] == chosen]
    if len(own) and own["rank"].notna().iloc[0]:
        row = own.iloc[0]
        word = TIER_WORDS[row["tier"]]
        text = (
            f"**{escape(row['name'])}** gehört {word} dazu (Rang {row['rank']:.0f}, zu {fmt.chance(row['probability'])}). {text}"
        )
    return text


def _stand(tier: str, counted: bool) -> str:
    """Where an area stands, also where the index counts it in and repetition does not."""
    if counted and tier in ("unklar", "nicht"):
        return "ist rechnerisch dabei, das ist aber nicht gesichert"
    return f"gehört {TIER_WORDS[tier]} dazu"


def blind(sure: Surety) -> bool:
    """True where chance should be in doubt and no indicator has counts."""
    return "zahlen" in sure.doubts and sure.uncounted


def names(given: Sequence[str], most: int = 8) -> str:
    """`A, B und C` or `A, B, C und 9 weitere`, escaped."""
    shown = [escape(name) for name in list(given)[:most]]
    left = len(given) - len(shown)
    if left > 0:
        return f"{', '.join(shown)} und {left} weitere"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} und {shown[-1]}" if shown else "keines"


def frail(ranking: Ranking, sure: Surety) -> list[str]:
    """Areas that the index counts in although repetition mostly does not."""
    weak = ranking.areas["target"] & sure.areas["tier"].isin(["unklar", "nicht"])
    return list(ranking.areas[weak].sort_values("rank")["name"])


def changes_sentence(both: Contrast, against: str = "der Vorgabe") -> str:
    """Which areas enter and leave against a reference."""
    if both.same:
        return f"Gegen {_accusative(against)}: dieselben {both.both} Gebiete."
    parts = []
    if both.entering:
        parts.append(f"neu dabei {names([*both.entering], 6)}")
    if both.leaving:
        parts.append(f"nicht mehr dabei {names([*both.leaving], 6)}")
    return f"Gegen {_accusative(against)}: {'; '.join(parts)}. {both.both} bleiben."


def border_sentence(found: Border) -> str:
    """How wide the border is and what makes it."""
    inside = found.areas[found.areas["target"]].iloc[-1]
    outside = found.areas[~found.areas["target"]].iloc[0]
    top = found.parts.iloc[0]
    stand = [
        f"**{escape(row['name'])}** (Rang {row['rank']:.0f}, zu {fmt.chance(row['probability'])} dabei)"
        for row in (inside, outside)
    ]
    text = (
        f"Die Grenze verläuft zwischen {stand[0]} und {stand[1]}. Zwischen beiden liegen {fmt.number(found.gap, 2)} Indexpunkte"
    )
    if abs(top["difference"]) < 0.005:
        return f"{text}."
    whom = found.inside if top["difference"] > 0 else found.outside
    return f"{text}; am meisten trennt sie „{escape(top['name'])}“ (spricht für {escape(whom)})."


def why_sentence(found: Why, tier: str | None, counted: bool = False) -> str:
    """Why an area stands where it stands, in one sentence."""
    if found.excluded or found.rank != found.rank:
        return f"**{escape(found.name)}** ist nicht bewertet: {escape(found.excluded)}."
    ups = found.parts[found.parts["contribution"] > 0.005]
    downs = found.parts[found.parts["contribution"] < -0.005]
    text = f"**{escape(found.name)}**: Rang {found.rank:.0f}, Index {fmt.number(found.index, 2)}"
    text += f", {_stand(tier, counted)}." if tier else "."
    if len(ups):
        text += f" Am meisten spricht für Bedarf: {_quoted(ups['name'].head(2))}."
    if len(downs):
        text += f" Dagegen: {_quoted(downs['name'].iloc[::-1].head(2))}."
    return text


def list_sentence(ranking: Ranking, sure: Surety) -> str:
    """The list with a controlled share of wrong areas."""
    count = int(sure.areas["listed"].sum())
    if not count:
        return "Eine Liste, in der höchstens jedes zehnte Gebiet falsch ist, wäre leer: Dafür ist keines sicher genug."
    one = "1 Gebiet" if count == 1 else f"{count} Gebiete"
    return (
        f"Wer eine Liste will, in der im Mittel höchstens jedes zehnte Gebiet nicht dazugehört, nimmt die ersten **{one}** nach "
        f"Wahrscheinlichkeit; erwartet falsch sind {fmt.number(100 * sure.expected_false, 0, '%')}."
    )


def doubt_sentence(sure: Surety) -> str:
    """What was repeated how often, and what could not be put in doubt."""
    words = {"zahlen": "der Zufall kleiner Zahlen", "gewichte": "die Gewichte", "rechenweise": "die Rechenweise"}
    shown = [words[d] for d in sure.doubts]
    text = f"{fmt.number(sure.draws)} Wiederholungen (Startwert {sure.seed}); in Zweifel: {', '.join(shown) or 'nichts'}."
    if "zahlen" in sure.doubts and sure.exact:
        text += f" **Ohne Zähler und Nenner, daher als genau angenommen:** {names(sure.exact, 6)}."
    if "zahlen" in sure.doubts and sure.partly:
        some = "; ".join(f"{escape(name)} in {count} Gebieten" for name, count in sure.partly)
        text += f" Teils ohne Zähler und Nenner: {some}."
    return text


def sources_sentence(ranking: Ranking) -> str:
    """Which year each indicator has, and what is not in the index."""
    rows = ranking.inputs.sources
    rows = rows[rows["indicator"].isin(ranking.spec.keys)]
    years = rows.groupby("period", sort=False)["name"].apply(list)
    parts = [f"{fmt.period(str(period))}: {', '.join(escape(n) for n in found)}" for period, found in years.items()]
    text = f"**Kennzahlen im Index** – {'; '.join(parts)}."
    gaps = [
        f"{escape(name)} ({_gap(hidden, missing)})"
        for name, hidden, missing in zip(rows["name"], rows["hidden"], rows["missing"], strict=True)
        if hidden or missing
    ]
    if gaps:
        text += f" Lücken: {'; '.join(gaps)}."
    if ranking.inputs.left_out:
        text += " **Nicht enthalten:** " + "; ".join(f"{escape(n)} ({reason})" for n, reason in ranking.inputs.left_out) + "."
    return text


def contrast_sentence(both: Contrast, name_a: str, name_b: str) -> str:
    """How much two ways to weigh agree."""
    text = f"In beiden dabei: **{both.both}**. "
    if both.entering:
        text += f"Nur mit „{escape(name_b)}“: {names([*both.entering], 10)}. "
    if both.leaving:
        text += f"Nur mit „{escape(name_a)}“: {names([*both.leaving], 10)}. "
    if both.correlation == both.correlation:
        text += f"Die Reihenfolgen hängen zu {fmt.number(both.correlation, 2)} zusammen (Rangkorrelation; 1 heißt gleich)."
    return text


def history_sentence(past: History) -> str:
    """How lasting the places are."""
    years = list(past.target.columns)
    if len(years) < 2:
        return "Der Index lässt sich nur für ein Jahr rechnen."
    always = [past.names[key] for key in past.target.index[past.target.all(axis=1)]]
    once = int(past.target.any(axis=1).sum())
    return (
        f"Von {years[0]} bis {years[-1]} waren **{len(always)} Gebiete in jedem Jahr** dabei"
        f"{': ' + names(always, 8) if always else ''}. Mindestens einmal dabei: {once}. Ein Rang vergleicht Gebiete eines "
        "Jahres: Ein besserer Rang heißt nicht, dass die Lage besser wurde."
    )


def _gap(hidden: int, missing: int) -> str:
    parts = [f"{hidden} geheim"] if hidden else []
    return ", ".join([*parts, f"{missing} ohne Angabe"] if missing else parts)


def _quoted(given: Sequence[str]) -> str:
    return " und ".join(f"„{escape(name)}“" for name in given)


def _counted(count: int, level: str) -> str:
    return f"{count} {fmt.level(level, many=count != 1)}"


def _accusative(text: str) -> str:
    return "die Vorgabe" if text == "der Vorgabe" else text
