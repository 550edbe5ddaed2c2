// Runs in the head of the page, before Streamlit does.

// One entry of the browser's history for one deed of the user. Streamlit makes one when the page changes and another
// when the page then writes its choices to the address; without a deed in between, the second replaces the first.
{
    let acted = false;
    const note = (event) => { acted ||= event.isTrusted; };
    for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, note, { capture: true, passive: true });
    const { pushState, replaceState } = history;
    history.pushState = (...entry) => {
        (acted ? pushState : replaceState).apply(history, entry);
        acted = false;
    };
}

// When the system changes between light and dark, charts keep their colours until the page runs again: Streamlit's own
// key for that, as soon as it knows the new theme itself.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    const again = new KeyboardEvent("keydown", { key: "r", code: "KeyR", keyCode: 82, which: 82, bubbles: true });
    setTimeout(() => document.dispatchEvent(again), 300);
});
