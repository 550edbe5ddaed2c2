"""The search of the Standort-Planspiel: where several offers help most together, at once, and proven in the background."""

from __future__ import annotations

import streamlit as st

from raumblick.answers.access import Question
from raumblick.answers.search import ALL, COVERED, DISTANCE, GRID, SITES, Found, Progress, Search, SupplyError, proven, quick
from raumblick.answers.siting import MOST_MOVES, NEW, Move, moves_text, read_moves
from raumblick.snapshot.store import Store
from raumblick.ui import format as fmt
from raumblick.ui import jobs, selection, session
from raumblick.ui.layout import escape

GOALS = {COVERED: "möglichst viele Kinder in Reichweite", DISTANCE: "möglichst kurze Wege", ALL: "alle in Reichweite"}
AMONG = {GRID: "überall, wo Kinder wohnen", SITES: "an Orten anderer Angebote"}
SECONDS = 30.0
_JOBS = "_search_jobs"  # by question: the job that proves its answer


def search(store: Store, asked: Question, text: str, places: int) -> None:
    """The controls, the quick answer, and the proven one once somebody asks for it."""
    with st.container(horizontal=True):
        goal = selection.select("suchziel", "Ziel", list(GOALS), GOALS.__getitem__, COVERED, width=300)
        among = selection.select("suchort", "Mögliche Orte", list(AMONG), AMONG.__getitem__, GRID, width=230)
        k = "1" if goal == ALL else selection.select("suchzahl", "Angebote", list(map(str, range(1, 11))), str, "3", width=100)
    wanted = Search(goal, int(k), among)
    key = (store.cache_key, asked, text, wanted)
    mine: dict[object, str] = st.session_state.setdefault(_JOBS, {})
    job = jobs.office().find(mine.get(key))
    try:
        found = job.result if job is not None and job.done else None
        if found is None and goal != ALL:
            found = session.ask(quick, store, asked, text, wanted)
    except SupplyError as error:
        st.markdown(f"Die Suche geht hier nicht: {escape(str(error))}")
        return
    if found is not None:
        _answer(found, asked, text, places)
    if job is None:
        label = "Beste Auswahl suchen (bis 30 Sekunden)"
        st.button(label, on_click=_start, args=(store, asked, text, wanted, key), key="search_go")
    elif not job.done:
        _running(job.job_id)
    elif job.error is not None:
        st.warning(escape(str(job.error)) if isinstance(job.error, SupplyError) else "Die Suche ist gescheitert.")


def _answer(found: Found, asked: Question, text: str, places: int) -> None:
    """The sentence, the places, and a button that opens them all."""
    st.markdown(_sentence(found, asked))
    names = [escape(str(area)) for area in found.places["area"]]
    more = f" und {len(names) - MOST_MOVES} weitere" if len(names) > MOST_MOVES else ""
    if names:
        st.markdown(f"In: {', '.join(names[:MOST_MOVES])}{more}.")
        full = len(names) + len(read_moves(text)) > MOST_MOVES
        st.button("Alle eröffnen", on_click=_open, args=(text, found, places), key="search_open", disabled=full)
    for note in found.notes:
        st.caption(escape(note.message))


def _sentence(found: Found, asked: Question) -> str:
    way, many = fmt.number(asked.radius_m / 1000, 1, "km"), len(found.places)
    if not many:
        return "Kein weiterer Ort bringt dafür etwas."
    if found.search.goal == DISTANCE:
        said = f"Der mittlere Weg eines Kindes sinkt von {fmt.number(found.before)} auf **{fmt.number(found.after, 0, 'm')}**."
    else:
        said = f"Mit **{many}** {'weiteren Angeboten' if many > 1 else 'weiteren Angebot'} haben "
        said += f"**{fmt.number(found.after)}** von {fmt.number(found.children)} Kindern eines auf {way} Weg, "
        said += f"heute {fmt.number(found.before)}."
    if found.gap != found.gap:
        return f"{said} Schnelle Antwort: einer nach dem anderen der jeweils beste Ort."
    if found.gap > 0:
        return f"{said} Besser geht es höchstens um {fmt.number(100 * found.gap, 1, '%')}."
    proof = "Weniger Angebote reichen dafür nicht." if found.search.goal == ALL else "Besser geht es mit diesen Orten nicht."
    return f"{said} Bewiesen: {proof}"


def _open(text: str, found: Found, places: int) -> None:
    new = [Move(NEW, "", float(row.lat), float(row.lon), places) for row in found.places.itertuples()]
    selection.put("variante", moves_text([*read_moves(text), *new]))


def _start(store: Store, asked: Question, text: str, wanted: Search, key: object) -> None:
    def work(step: jobs.Step) -> Found:
        def watch(now: Progress) -> None:
            rest = "bewiesen" if now.proven else f"höchstens {fmt.number(100 * now.gap, 1, '%')} besser möglich"
            step(f"Nach {fmt.number(now.seconds)} s: {rest}.")

        return proven(store, asked, text, wanted, SECONDS, watch)

    st.session_state[_JOBS][key] = jobs.office().start("Suche nach Standorten", work)


@st.fragment(run_every=1.0)
def _running(job_id: str) -> None:
    job = jobs.office().find(job_id)
    if job is None or job.done:
        st.rerun()
    st.status(job.steps[-1] if job.steps else "Die Suche läuft; die Seite kann verlassen werden.", state="running")
