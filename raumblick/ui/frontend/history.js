// One entry of the browser's history for one deed of the user. Streamlit makes one when the page changes and another
// when the page then writes its choices to the address; without a deed in between, the second replaces the first.
{
    let acted = false;
    const { pushState, replaceState } = history;
    for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, () => { acted = true; }, { capture: true, passive: true });
    history.pushState = (...entry) => {
        (acted ? pushState : replaceState).apply(history, entry);
        acted = false;
    };
}
