"""The parts of the import page: the files, the findings, what would change, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
import streamlit as st

from raumblick.answers.preview import Preview, preview
from raumblick.ingest import Ingested, Target
from raumblick.intake.findings import SEVERITY_LABEL, Finding
from raumblick.snapshot.publish import Shelf, SnapshotError
from raumblick.snapshot.store import Store, open_store
from raumblick.ui import format as fmt
from raumblick.ui import jobs, session, tables
from raumblick.ui.layout import escape
from raumblick.uploads import Upload, read_uploads

_NEW = "+"
_JOB = "_import_job"
_RESULT = "_import_result"
_FINDINGS = (
    tables.Column("severity", "Art"),
    tables.Column("file", "Datei"),
    tables.Column("row", "Zeile", 0),
    tables.Column("column", "Spalte"),
    tables.Column("message", "Was ist", width="large"),
    tables.Column("remedy", "Was tun", width="large"),
)
_COUNTS = {"area": "Gebiete", "population": "Einwohner", "facility": "Plätze", "booking": "Euro", "caseload": "Fälle"}
_COUNTS |= {"protection": "Verfahren", "transition": "Kinder"}


def choose_files() -> None:
    """The files of a delivery; reading starts a job that goes on when the page is left."""
    with st.form("import_files"):
        chosen = st.file_uploader(
            "Dateien einer Lieferung (mehrere Dateien oder ein ZIP-Archiv)",
            accept_multiple_files=True,
            help="Datenpaket, Dateien der Statistikämter oder Karten. Es wird noch nichts veröffentlicht.",
        )
        target = _target()
        if st.form_submit_button("Prüfen"):
            uploads = [Upload(file.name, file.getvalue()) for file in chosen or []]
            known, catalogue = session.settings(), session.catalogue()
            now = dt.datetime.now(dt.UTC)
            job = jobs.office().start("Import", lambda step: read_uploads(uploads, known, catalogue, now, step, target()))
            st.session_state[_JOB] = job
            st.session_state.pop(_RESULT, None)
            st.rerun()


def _target() -> Callable[[], Target | None]:
    """Which city single files belong to; folders in a known layout name it themselves."""
    known = session.cities()
    options = ["", *known, _NEW]
    words = {"": "Die Dateien nennen sie selbst", _NEW: "Neue Stadt"} | known
    chosen = st.selectbox("Stadt, zu der einzelne Dateien gehören", options, format_func=words.__getitem__)
    with st.expander("Nur bei einer neuen Stadt"):
        key = st.text_input("Kurzname", max_chars=40, help="Kleinbuchstaben, Ziffern und Bindestrich, zum Beispiel neustadt")
        title = st.text_input("Name", max_chars=80)

    def decide() -> Target | None:
        if chosen == _NEW:
            return Target(key.strip(), title.strip())
        return Target(chosen) if chosen else None

    return decide


def current_job() -> jobs.Job | None:
    """The reading that this session started and that has not been looked at yet."""
    return jobs.office().find(st.session_state.get(_JOB))


@st.fragment(run_every=1.0)
def show_progress() -> None:
    """How far the reading is; draws the page anew when it has ended."""
    job = current_job()
    if job is None:
        return
    with st.status(job.steps[-1] if job.steps else "Wartet", state="running"):
        for step in job.steps:
            st.write(step)
        st.caption("Diese Seite kann verlassen werden; das Lesen geht weiter.")
    if job.done:
        _take_result(job)
        st.rerun()


def _take_result(job: jobs.Job) -> None:
    if isinstance(job.error, SnapshotError | OSError):
        fault = Finding("error", "not_written", "Datenstand", f"{job.error} Es wurde nichts geändert.", "Noch einmal versuchen.")
        st.session_state[_RESULT] = Ingested(None, "", "", (fault,), None)
    elif job.error is not None:
        message = "Die Lieferung ließ sich nicht lesen; das Protokoll des Servers sagt, warum. Es wurde nichts geändert."
        fault = Finding("error", "unexpected", "Lieferung", message, "Die Dateien der betreibenden Stelle zeigen.")
        st.session_state[_RESULT] = Ingested(None, "", "", (fault,), None)
    else:
        st.session_state[_RESULT] = job.result
    jobs.office().forget(job.job_id)
    st.session_state.pop(_JOB, None)


def current_result() -> Ingested | None:
    """Result of the last reading of this session."""
    return st.session_state.get(_RESULT)


def show_result(result: Ingested) -> None:
    """What was recognised, all findings, and what would change, with the two ways on."""
    counts = {key: sum(f.severity == key for f in result.findings) for key in SEVERITY_LABEL}
    said = ", ".join(f"{SEVERITY_LABEL[key]}: {count}" for key, count in counts.items())
    st.header("Befunde", anchor=False)
    st.markdown(
        f"Erkannt: **{escape(result.profile or 'nichts')}**{f' für {escape(result.title)}' if result.title else ''}. {said}."
    )
    if result.findings:
        tables.table(findings_frame(result.findings), _FINDINGS, "Befunde", None, "findings", state=None)
    if result.snapshot_id is None or result.city_id is None:
        st.error("Nicht eingelesen: Bitte die Fehler beheben und noch einmal prüfen. Es wurde nichts geändert.")
        if st.button("Neue Auswahl"):
            _drop()
        return
    shelf = Shelf(session.settings().home, result.city_id)
    new, old = _stores(shelf, result.snapshot_id)
    _show_preview(preview(new, old), old)
    with st.container(horizontal=True):
        if st.button("Veröffentlichen", key="publish"):
            shelf.enforce(result.snapshot_id)
            _drop("Veröffentlicht: Der neue Datenstand gilt jetzt auf allen Seiten.")
        if st.button("Verwerfen", key="discard"):
            new.close()
            shelf.discard(result.snapshot_id)
            _drop("Verworfen: Es gilt der Datenstand von vorher.")


def findings_frame(findings: tuple[Finding, ...]) -> pd.DataFrame:
    """Findings as rows: severity, file, row, column, message, remedy."""
    rows = [(SEVERITY_LABEL[f.severity], f.file, f.row, f.column, f.message, f.remedy) for f in findings]
    return pd.DataFrame(rows, columns=[c.name for c in _FINDINGS])


def _stores(shelf: Shelf, snapshot_id: str) -> tuple[Store, Store | None]:
    known = session.settings()
    new = open_store(known.home, shelf.city_id, "planung", snapshot_id, known.query_seconds, known.memory_limit)
    current = shelf.current()
    if current is None or current == snapshot_id:
        return new, None
    return new, open_store(known.home, shelf.city_id, "planung", current, known.query_seconds, known.memory_limit)


def _show_preview(result: Preview, old: Store | None) -> None:
    st.header("Was sich ändert", anchor=False)
    if old is None:
        st.markdown("Für diese Stadt gibt es noch keinen Datenstand: Alles ist neu.")
    elif result.empty:
        st.info("Diese Lieferung hat denselben Inhalt wie der Datenstand, der gilt.")
    changed = result.indicators[result.indicators["state"] != "unverändert"]
    said = [f"Gebiete neu: {len(result.areas_new)}, weggefallen: {len(result.areas_gone)}"]
    said += [f"Kennzahlen {state}: {count}" for state, count in changed["state"].value_counts().items()]
    st.markdown(" · ".join(said))
    columns = [
        tables.Column("name", "Kennzahl"),
        tables.Column("state", "Stand"),
        tables.Column("periods_new", "neue Zeiträume"),
        tables.Column("periods_changed", "geänderte Zeiträume"),
        tables.Column("periods_gone", "weggefallene Zeiträume"),
    ]
    if len(changed):
        tables.table(changed, columns, "Geänderte Kennzahlen", None, "changed", state=None)
    if len(result.tables):
        shown = result.tables.assign(what=result.tables["name"].map(_COUNTS))
        columns = [
            tables.Column("what", "Tabelle"),
            tables.Column("year", "Jahr"),
            tables.Column("rows_before", "Zeilen vorher", 0),
            tables.Column("rows_after", "nachher", 0),
            tables.Column("total_before", "Summe vorher", 0),
            tables.Column("total_after", "Summe nachher", 0),
        ]
        tables.table(shown, columns, "Geänderte Tabellen", None, "tables_changed", state=None)
    _show_jumps(result)


def _show_jumps(result: Preview) -> None:
    if not len(result.jumps):
        return
    unusual = int(result.jumps["unusual"].sum())
    st.markdown(
        f"**Die größten Sprünge** gegenüber dem Zeitraum davor; {unusual} davon sind ungewöhnlich: weiter von den "
        "Veränderungen der anderen Gebiete entfernt, als zu erwarten ist, und nicht durch Zufall zu erklären."
    )
    verdict = result.jumps["unusual"].map({True: "ungewöhnlich, bitte prüfen", False: "möglich"})
    columns = [
        tables.Column("name", "Kennzahl"),
        tables.Column("area", "Gebiet"),
        tables.Column("first", "von"),
        tables.Column("before", "Wert", 1),
        tables.Column("last", "bis"),
        tables.Column("after", "Wert dann", 1),
        tables.Column("verdict", "Urteil"),
    ]
    tables.table(result.jumps.assign(verdict=verdict), columns, "Größte Sprünge", None, "jumps", state=None)


def history(store: Store) -> None:
    """Finished snapshots of the city; an older one can be put in force again."""
    shelf = Shelf(session.settings().home, str(store.city["city_id"]))
    ids = shelf.ids()
    st.header("Frühere Datenstände", anchor=False)
    st.markdown(f"In Kraft: **{store.snapshot_id}** ({fmt.date(store.manifest['created'])}).")
    others = [i for i in ids if i != store.snapshot_id]
    if not others:
        st.caption("Es gibt keinen anderen Datenstand dieser Stadt.")
        return
    with st.form("rollback"):
        chosen = st.selectbox("Datenstand", others)
        if st.form_submit_button("Wieder in Kraft setzen"):
            shelf.enforce(str(chosen))
            _drop(f"Jetzt gilt der Datenstand {chosen}.")


def notice() -> None:
    """Say once what the last action did."""
    text = st.session_state.pop("_import_notice", None)
    if text:
        st.success(text)


def _drop(text: str | None = None) -> None:
    st.session_state.pop(_RESULT, None)
    if text:
        st.session_state["_import_notice"] = text
    st.rerun()
