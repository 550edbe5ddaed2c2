"""Two ways to weigh side by side, whether the indicators belong together, and variants as files."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from raumblick.answers.material import inputs, material
from raumblick.answers.outlines import SnapshotError, drawn
from raumblick.answers.presets import Preset
from raumblick.answers.priority import NotScorableError, Ranking, Weights, rank, together
from raumblick.answers.variants import (
    Contrast,
    Variant,
    VariantError,
    contrast,
    from_toml,
    parse_weights,
    to_toml,
    weights_text,
)
from raumblick.snapshot.store import Store
from raumblick.ui import charts, index_charts, selection, session, tables
from raumblick.ui import format as fmt
from raumblick.ui import index_sentences as say
from raumblick.ui.download import offer
from raumblick.ui.layout import escape
from raumblick.ui.priority_controls import Choice, Doubt

_MADE = "_gpkg"
_PARAMETERS = ("index", "gewichte", "ebene", "jahr", "gesucht", "anzahl", "zweifel", "start")


def against(store: Store, choice: Choice, ranking: Ranking, weights: Weights, known: tuple[Preset, ...]) -> None:
    """The index on screen against another preset, or against weights that were put aside."""
    titles = {preset.key: preset.title for preset in known}
    kept = _kept_weights(choice)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        start = next((key for key in titles if key != choice.preset.key), choice.preset.key)
        key = selection.select("vergleich", "Verglichen mit", list(titles), lambda k: _title(titles[k], k, choice, kept), start)
    with right:
        st.button(
            "Diese Gewichte als Vergleich merken", on_click=_keep, args=(choice.preset.key, weights), key="keep",
            help="Danach die Regler anders stellen: Verglichen wird mit dem, was jetzt eingestellt ist.",
        )  # fmt: skip
    try:
        now = inputs(session.ask(material, store, key, choice.level), choice.now.year)
        other = rank(now, kept if key == choice.preset.key else (), choice.top)
    except NotScorableError as error:
        st.markdown(f"Der Vergleich lässt sich nicht rechnen: {escape(str(error))}")
        return
    name = _title(titles[key], key, choice, kept)
    both = contrast(ranking, other)
    st.markdown(say.contrast_sentence(both, "Auswahl", name))
    if now.year != choice.now.year:
        st.caption(f"Der Vergleich hat für {choice.now.year} keine Zahlen; gezeigt ist {now.year}.")
    charts.show(
        index_charts.slope_chart(both, "Auswahl", "Vergleich"), "slopes", "Ränge der Gebiete in beiden; die Tabelle hat sie alle"
    )
    _contrast_table(store, both, choice, name)


def _contrast_table(store: Store, both: Contrast, choice: Choice, name: str) -> None:
    words = {(True, True): "in beiden", (True, False): "nur Auswahl", (False, True): "nur Vergleich", (False, False): ""}
    rows = both.areas.assign(inside=[words[a, b] for a, b in zip(both.areas["in_a"], both.areas["in_b"], strict=True)])
    columns = [
        tables.Column("name", fmt.level(choice.level)),
        tables.Column("rank_a", "Rang Auswahl", 0),
        tables.Column("rank_b", "Rang Vergleich", 0),
        tables.Column("shift", "Unterschied", 0),
        tables.Column("inside", "dabei"),
        tables.Column("area_id", "Schlüssel"),
    ]
    tables.table(rows, columns, f"Vergleich mit {name}", store, "contrast", state=None)


def belong_together(store: Store, ranking: Ranking) -> None:
    """Alpha, redundant pairs, correlations and the first principal component."""
    found = together(ranking)
    st.markdown(found.sentence)
    if len(found.correlations) < 2:
        return
    for first, second, value in found.redundant.itertuples(index=False):
        st.markdown(
            f"„{escape(ranking.names[first])}“ und „{escape(ranking.names[second])}“ sagen fast dasselbe (Korrelation "
            f"{fmt.number(value, 2)}): Zusammen zählt diese Seite der Lage doppelt."
        )
    st.caption(f"Eine einzige gemeinsame Richtung erklärt {fmt.number(100 * found.explained, 0, '%')} der Unterschiede.")
    text = "Korrelationen der Kennzahlen des Index; die Tabelle hat dieselben Werte"
    charts.show(index_charts.correlation_chart(found.correlations, ranking.names), "correlations", text)
    rows = found.correlations.rename(columns=lambda k: f"r_{k}").reset_index(names="key")
    rows = rows.assign(
        name=[ranking.names[k] for k in rows["key"]],
        loading=found.loadings.to_numpy(),
        without=[found.alpha_without[k] for k in rows["key"]],
    )
    columns = [
        tables.Column("name", "Kennzahl"),
        *(tables.Column(f"r_{k}", ranking.names[k], 2) for k in found.correlations.columns),
        tables.Column("loading", "Ladung der Hauptkomponente", 2),
        tables.Column("without", "Alpha ohne sie", 2),
    ]
    tables.table(rows, columns, "Zusammenhang der Kennzahlen", store, "quality", state=None)


def files(store: Store, choice: Choice, weights: Weights, doubt: Doubt) -> None:
    """Keep what is chosen as a small file, and load one: its choices go into the address."""
    name = st.text_input("Name der Variante", max_chars=80, key="variant_name", placeholder="z. B. Fachplan 2026")
    variant = Variant(
        name or choice.preset.title,
        choice.preset.key,
        weights,
        choice.level,
        choice.now.year,
        choice.top,
        doubt.doubts,
        doubt.seed,
    )
    stem = "".join(c if c.isalnum() else "_" for c in variant.name.lower())[:60].strip("_") or "variante"
    st.download_button(
        "Variante sichern (TOML)", lambda: to_toml(variant).encode(), f"{stem}.toml", "application/toml", key="variant_save"
    )
    st.file_uploader(
        "Variante laden", type=["toml"], key="variant_file", on_change=_load, max_upload_size=1,
        help="Eine hier gesicherte Datei. Index, Gewichte, Jahr und Zahl der Gebiete gelten danach wie darin.",
    )  # fmt: skip
    said = st.session_state.pop("_variant_said", None)
    if said:
        st.markdown(said)
    st.caption("Auch die Adresse dieser Seite enthält die ganze Auswahl: Ein kopierter Link zeigt dieselbe Variante.")


def downloads(store: Store, level: str, svg: Callable[[], bytes], geopackage: Callable[[], bytes]) -> None:
    """The map as a drawing and as a layer; both are made when somebody asks for them."""
    if not drawn(store, level):
        st.markdown("Zu dieser Stadt sind keine Gebietsgrenzen eingelesen; die Tabelle gibt es als CSV und XLSX.")
        return
    name = f"{store.city['city_id']}_schwerpunktraeume"
    offer("SVG (Karte zum Drucken)", svg, f"{name}.svg", "Schwerpunkträume", store, "svg_file", "image/svg+xml")
    if store.view == "planung":
        st.button("GeoPackage herstellen (für QGIS und andere)", key="gpkg_make", on_click=_make, args=(geopackage,))
        made = st.session_state.pop(_MADE, None)
        if isinstance(made, bytes):
            offer("GeoPackage herunterladen", lambda: made, f"{name}.gpkg", "Schwerpunkträume", store, "gpkg_file")
        elif made:
            st.markdown(escape(made))
    st.caption("Beide enthalten Rang, Bereich, Wahrscheinlichkeit und Stufe jedes Gebiets, mit Index, Jahr und Datenstand.")


def _make(geopackage: Callable[[], bytes]) -> None:
    """The layer, or why there is none: borders may not be kept with the snapshot."""
    try:
        st.session_state[_MADE] = geopackage()
    except SnapshotError as error:
        st.session_state[_MADE] = str(error)


def _load() -> None:
    """The choices of an uploaded variant become those of the page."""
    upload = st.session_state.get("variant_file")
    if upload is None:
        return
    try:
        variant = from_toml(upload.getvalue())
    except VariantError as error:
        st.session_state["_variant_said"] = f"Nicht geladen: {escape(str(error))} Es wurde nichts geändert."
        return
    selection.forget(*_PARAMETERS)
    values = {
        "index": variant.preset,
        "gewichte": weights_text(variant.weights),
        "ebene": variant.level,
        "jahr": variant.year,
        "gesucht": "zahl" if variant.top else "vorgabe",
        "anzahl": str(variant.top or ""),
        "zweifel": ",".join(variant.doubts) or "keine",
        "start": str(variant.seed),
    }
    for name, value in values.items():
        if value:
            selection.put(name, value)
    st.session_state["_weights_of"] = variant.preset
    st.session_state["_variant_said"] = f"Geladen: **{escape(variant.name or variant.preset)}**."


def _kept_weights(choice: Choice) -> Weights:
    """Weights put aside for the comparison, of the preset on screen."""
    text = selection.text("gewichte2")
    owner, _, numbers = text.partition("|")
    if owner != choice.preset.key:
        return ()
    try:
        return parse_weights(numbers)
    except VariantError:
        return ()


def _keep(preset: str, weights: Weights) -> None:
    selection.put("gewichte2", f"{preset}|{weights_text(weights)}")
    selection.put("vergleich", preset)


def _title(title: str, key: str, choice: Choice, kept: Weights) -> str:
    """Name of one side of the comparison."""
    if key != choice.preset.key:
        return title
    return f"{title}, gemerkte Gewichte" if kept else f"{title}, Gewichte der Vorgabe"
