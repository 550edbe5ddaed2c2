"""The parts of the import page: the files, the findings, what would change, and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pandas as pd
import streamlit as st

from raumblick import acts, mapping
from raumblick.ingest import Ingested, Target
from raumblick.intake.findings import SEVERITY_LABEL, Finding
from raumblick.plans.model import PlanError
from raumblick.roles import EVERYWHERE, NotAllowedError
from raumblick.snapshot.publish import Shelf, SnapshotError
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import gate, import_preview, jobs, layout_wizard, session, tables
from raumblick.ui.layout import escape
from raumblick.uploads import Upload, read_uploads, safe_name

_NEW = "+"
_JOB = "_import_job"
_RESULT = "_import_result"
_UPLOADS = "_import_uploads"  # (files, city) of the reading, to be read again with a layout
_MAPPED = "_import_mapped"  # the file that is in the mapping wizard
_PREVIEW = "_import_preview"  # (candidate, snapshot in force, what would change)
_FINDINGS = (
    tables.Column("severity", "Art"),
    tables.Column("file", "Datei"),
    tables.Column("row", "Zeile", 0),
    tables.Column("column", "Spalte"),
    tables.Column("message", "Was ist", width="large"),
    tables.Column("remedy", "Was tun", width="large"),
)


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
            _start([Upload(file.name, file.getvalue()) for file in chosen or []], target())


def _start(uploads: list[Upload], target: Target | None) -> None:
    known, catalogue, now, person = session.settings(), session.catalogue(), dt.datetime.now(dt.UTC), gate.who()
    names = [upload.name for upload in uploads]

    def work(step: Callable[[str], None]) -> Ingested:
        return acts.bring(
            known, person, names, lambda permit: read_uploads(uploads, known, catalogue, now, step, target, permit)
        )

    job = jobs.office().start("Import", work)
    st.session_state[_JOB] = job
    st.session_state[_UPLOADS] = uploads, target
    for key in (_RESULT, _PREVIEW, _MAPPED):
        st.session_state.pop(key, None)
    st.rerun()


def _target() -> Callable[[], Target | None]:
    """Which city single files belong to; folders in a known layout name it themselves."""
    person = gate.who()
    known = {city: title for city, title in session.cities().items() if person.may("import", city)}
    options = ["", *known, *([_NEW] if person.may("import", EVERYWHERE) else [])]
    words = {"": "Die Dateien nennen sie selbst", _NEW: "Neue Stadt"} | known
    chosen = st.selectbox("Stadt, zu der einzelne Dateien gehören", options, format_func=words.__getitem__)
    key = title = official = ""
    if _NEW in options:
        key, title, official = _new_city()

    def decide() -> Target | None:
        if chosen == _NEW:
            return Target(key.strip(), title.strip(), official.strip())
        return Target(chosen) if chosen else None

    return decide


def _new_city() -> tuple[str, str, str]:
    """Key, name and official key of a city that there is not yet."""
    with st.expander("Nur bei einer neuen Stadt"):
        key = st.text_input("Kurzname", max_chars=40, help="Kleinbuchstaben, Ziffern und Bindestrich, zum Beispiel neustadt")
        title = st.text_input("Name", max_chars=80)
        official = st.text_input(
            "Amtlicher Schlüssel", max_chars=12, help="Freiwillig, etwa 01002; daran werden Zeilen der Statistikämter erkannt"
        )
    return key, title, official


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
    if isinstance(job.error, NotAllowedError):
        fault = Finding("error", "not_allowed", "Lieferung", str(job.error), "Die Leitung oder die betreibende Stelle fragen.")
        st.session_state[_RESULT] = Ingested(None, "", "", (fault,), None)
    elif isinstance(job.error, SnapshotError | PlanError | OSError):
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
        f"Erkannt: **{escape(result.profile or 'nichts')}**{f' für {_city(result)}' if result.title else ''}. {said}."
    )
    if result.findings:
        tables.table(findings_frame(result.findings), _FINDINGS, "Befunde", None, "findings", state=None)
    if result.snapshot_id is None or result.city_id is None:
        st.error("Nicht eingelesen: Bitte die Fehler beheben und noch einmal prüfen. Es wurde nichts geändert.")
        _offer_mapping(result)
        if st.button("Neue Auswahl"):
            _drop()
        return
    try:
        _decide(Shelf(session.settings().home, result.city_id), result.snapshot_id)
    except (SnapshotError, PlanError, NotAllowedError) as error:  # discarded elsewhere, another process, no right, no trail
        st.error(f"{escape(str(error))} Es wurde nichts geändert.")
        if st.button("Neue Auswahl"):
            _drop()


def _city(result: Ingested) -> str:
    return f"{escape(result.title)}{' (erfundene Daten)' if result.synthetic else ''}"


def _decide(shelf: Shelf, snapshot_id: str) -> None:
    """What would change, and the two ways on.

    Raises:
        SnapshotError: the candidate is gone or damaged, or the city is being worked on.
    """
    shelf.manifest(snapshot_id)
    current = shelf.current()
    if st.session_state.get(_PREVIEW, ())[:2] != (snapshot_id, current):
        st.session_state[_PREVIEW] = snapshot_id, current, import_preview.compare(shelf.city_id, snapshot_id, current)
    import_preview.show(st.session_state[_PREVIEW][2], current in (None, snapshot_id))
    known, person = session.settings(), gate.who()
    if not person.may("publish", shelf.city_id):
        st.info(f"In Kraft setzt ihn die Leitung: Der geprüfte Datenstand {snapshot_id} liegt auf dieser Seite für sie bereit.")
    with st.container(horizontal=True):
        if person.may("publish", shelf.city_id) and st.button("Veröffentlichen", key="publish"):
            acts.enforce(known, person, shelf.city_id, snapshot_id)
            _drop("Veröffentlicht: Der neue Datenstand gilt jetzt auf allen Seiten.")
        if st.button("Verwerfen", key="discard"):
            acts.discard(known, person, shelf.city_id, snapshot_id)
            _drop("Verworfen: Es gilt der Datenstand von vorher.")


def _offer_mapping(result: Ingested) -> None:
    """The mapping wizard for each uploaded table that stopped the import."""
    uploads, _ = st.session_state.get(_UPLOADS, ([], None))
    refused = {f.file for f in result.findings if f.code == "person_data"}
    wrong = {f.file for f in result.findings if f.severity == "error"} - refused
    for number, upload in enumerate(uploads):
        name = safe_name(upload.name, number)
        if name in wrong and mapping.can_be_mapped(name):
            st.button(f"Zuordnen: {name}", key=f"map_{number}", on_click=_map, args=(number,))


def _map(number: int | None) -> None:
    st.session_state[_MAPPED] = number


def mapped() -> bool:
    """True while a file is in the mapping wizard."""
    return st.session_state.get(_MAPPED) is not None


def show_wizard() -> None:
    """The mapping wizard; its layout lies beside the table when all files are read once more."""
    uploads, target = st.session_state[_UPLOADS]
    number = int(st.session_state[_MAPPED])
    upload = uploads[number]
    name = safe_name(upload.name, number)

    def proceed(layout: mapping.Layout) -> None:
        beside = Upload(f"{name}.toml", mapping.dump_layout(layout).encode())
        _start([u for u in uploads if u.name != beside.name] + [beside], target)

    def back() -> None:
        layout_wizard.forget()
        _map(None)
        st.rerun()

    layout_wizard.show(name, upload.content, proceed, back)


def findings_frame(findings: tuple[Finding, ...]) -> pd.DataFrame:
    """Findings as rows: severity, file, row, column, message, remedy."""
    rows = [(SEVERITY_LABEL[f.severity], f.file, f.row, f.column, f.message, f.remedy) for f in findings]
    return pd.DataFrame(rows, columns=[c.name for c in _FINDINGS])


def history(store: Store) -> None:
    """Finished snapshots of the city; an older one can be put in force again."""
    shelf = Shelf(session.settings().home, str(store.city["city_id"]))
    if not gate.who().may("import", shelf.city_id):
        return
    ids = shelf.ids()
    st.header("Frühere Datenstände", anchor=False)
    st.markdown(f"In Kraft: **{store.snapshot_id}** ({fmt.date(store.manifest['created'])}).")
    others = [i for i in ids if i != store.snapshot_id]
    if not others:
        st.caption("Es gibt keinen anderen Datenstand dieser Stadt.")
        return
    if not gate.who().may("publish", shelf.city_id):
        st.caption("Einen anderen Datenstand setzt die Leitung in Kraft.")
        return
    with st.form("rollback"):
        chosen = st.selectbox("Datenstand", others, format_func=lambda i: i if i < store.snapshot_id else f"{i} (neuer, geprüft)")
        if st.form_submit_button("Wieder in Kraft setzen" if max(others) < store.snapshot_id else "In Kraft setzen"):
            try:
                acts.enforce(session.settings(), gate.who(), shelf.city_id, str(chosen))
            except (SnapshotError, PlanError, NotAllowedError) as error:
                st.error(f"{escape(str(error))} Es wurde nichts geändert.")
                return
            _drop(f"Jetzt gilt der Datenstand {chosen}.")


def notice() -> None:
    """Say once what the last action did."""
    text = st.session_state.pop("_import_notice", None)
    if text:
        st.success(text)


def _drop(text: str | None = None) -> None:
    for key in (_RESULT, _PREVIEW, _UPLOADS, _MAPPED):
        st.session_state.pop(key, None)
    if text:
        st.session_state["_import_notice"] = text
    st.rerun()
