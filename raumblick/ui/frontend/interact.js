// Pointer, touch, wheel and keyboard on the stage of one map.

const CLICK_SLACK = 4; // px that a pointer may wander and still click
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function attach(view) {
  const { stage } = view;
  const pointers = new Map();
  let moved = 0;
  let spread = 0;

  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const middle = () => {
    const all = [...pointers.values()];
    return [all.reduce((s, p) => s + p[0], 0) / all.length, all.reduce((s, p) => s + p[1], 0) / all.length];
  };
  const distance = () => {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };

  stage.onpointerdown = (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, place(event));
    moved = pointers.size > 1 ? Infinity : 0;
    if (pointers.size === 2) spread = distance();
    if (event.isTrusted) stage.setPointerCapture(event.pointerId);
  };
  stage.onpointermove = (event) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) return view.hoverAt(at[0], at[1], event.pointerType);
    const centre = middle();
    pointers.set(event.pointerId, at);
    moved += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (pointers.size === 2) {
      const now = distance();
      const to = middle();
      view.pan(to[0] - centre[0], to[1] - centre[1]);
      view.zoom(now / (spread || now), ...to);
      spread = now;
    } else if (moved > CLICK_SLACK) {
      view.pan(at[0] - before[0], at[1] - before[1]);
    }
  };
  stage.onpointerup = (event) => {
    const known = pointers.delete(event.pointerId);
    if (known && moved <= CLICK_SLACK && event.button === 0) view.clickAt(...place(event), event.pointerType);
  };
  stage.onpointercancel = (event) => pointers.delete(event.pointerId);
  stage.onpointerleave = (event) => view.hoverAt(-1, -1, event.pointerType);

  // Two fingers belong to the map, one finger scrolls the page until the map is zoomed (touch-action in the view).
  const keepPinch = (event) => event.touches.length > 1 && event.cancelable && event.preventDefault();
  stage.addEventListener("touchstart", keepPinch, { passive: false });
  stage.addEventListener("touchmove", keepPinch, { passive: false });
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return view.wheelHint();
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 18 : 1;
      view.zoom(Math.exp(-event.deltaY * lines * 0.0022), ...place(event));
    },
    { passive: false },
  );

  stage.onkeydown = (event) => onKey(event, view);
  stage.onfocus = () => view.focusArea(view.startArea(), { quiet: !stage.matches(":focus-visible") });
  stage.onblur = () => view.focusArea(-1);
}

function onKey(event, view) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow) view.step(...arrow);
  else if (event.key === "Home") view.focusArea(0);
  else if (event.key === "End") view.focusArea(view.count - 1);
  else if (event.key === "Enter" || event.key === " ") view.pickFocused();
  else if (event.key === "Escape") view.tip.hide();
  else if (event.key === "+") view.zoom(1.5);
  else if (event.key === "-") view.zoom(1 / 1.5);
  else if (event.key === "0") view.reset();
  else if (event.key.length === 1 && /\p{L}/u.test(event.key)) view.jumpTo(event.key);
  else return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit's own shortcuts (r, c) must not fire while a name is typed
}
