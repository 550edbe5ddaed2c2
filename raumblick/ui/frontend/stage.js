// The elements of one map in its shadow root.

const ICONS = { in: "M3 8h10M8 3v10", out: "M3 8h10", all: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" };
const LABELS = { in: "Karte vergrößern", out: "Karte verkleinern", all: "Ganze Karte zeigen" };

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[kind]);
  svg.append(path);
  return make("button", { type: "button", "aria-label": LABELS[kind], title: LABELS[kind] }, svg);
}

/** Build the map's elements under `parent` and return those that change. */
export function build(parent) {
  const base = make("canvas", { "aria-hidden": "true", class: "base" });
  const over = make("canvas", { "aria-hidden": "true", class: "over" });
  const options = make("div", { class: "unseen", role: "presentation" });
  const about = make("p", { class: "unseen", id: "about" });
  const stage = make("div", { class: "stage", role: "listbox", tabindex: "0", "aria-describedby": "about" }, options);
  const buttons = { in: button("in"), out: button("out"), all: button("all") };
  const zoom = make("div", { class: "zoom", role: "group", "aria-label": "Ausschnitt" }, ...Object.values(buttons));
  const tipBox = make("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  const message = make("p", { class: "note", role: "status", hidden: "" });
  const frame = make("div", { class: "frame" }, base, over, stage, zoom, tipBox, message);
  const live = make("div", { class: "unseen", role: "status", "aria-live": "polite" });
  const head = make("p", { class: "head" });
  const list = make("ul");
  const legend = make("div", { class: "legend", role: "group", "aria-label": "Legende" }, head, list);
  parent.append(make("div", { class: "map" }, frame, about, live, legend));
  return { base, over, options, about, stage, buttons, tipBox, message, frame, live, head, list };
}
