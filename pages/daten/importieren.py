"""Import: bring files, see all findings at once, see what changes, publish or discard."""

import streamlit as st

from raumblick.ui import import_view, layout
from raumblick.ui.gate import who

with layout.page_without_data("Import") as store:
    layout.answer("Dateien prüfen, alle Befunde auf einmal sehen, die Änderungen ansehen, dann veröffentlichen oder verwerfen.")
    if not who().may_somewhere("import"):
        st.info("Daten einlesen kann nur die Ansicht der Planung.")
        raise layout.PageEndsError
    result = import_view.current_result()
    if import_view.current_job() is not None:
        import_view.show_progress()
        raise layout.PageEndsError
    import_view.notice()
    if import_view.mapped():
        import_view.show_wizard()
    elif result is not None:
        import_view.show_result(result)
    else:
        import_view.choose_files()
        if store is not None:
            import_view.history(store)
