// The legend as a list: every class with its count, and what hatching and dots mean.

import { HIDDEN, MISSING } from "./payload.js";
import { cssTexture, inkOn, translucent } from "./theme.js";

export function fillLegend(list, payload, theme) {
  const colors = theme.dark ? payload.colorsDark : payload.colors;
  const entries = payload.classNames.map((name, cls) => [name, swatch(payload, colors, cls), payload.size(cls)]);
  const grey = (kind) => cssTexture(kind, theme.greyInk, theme.grey);
  if (payload.size(MISSING)) entries.push(["keine Angabe", grey("hatch"), payload.size(MISSING)]);
  if (payload.size(HIDDEN)) entries.push([payload.names.hidden, grey("dots"), payload.size(HIDDEN)]);
  const middle = colors[Math.min(1, colors.length - 1)] ?? theme.grey;
  const marked = (kind) => cssTexture(kind, translucent(inkOn(middle), 0.6), middle);
  if (payload.uncertain.length && payload.names.uncertain) entries.push([payload.names.uncertain, marked("fall"), payload.uncertain.length]);
  if (payload.dotted.length && payload.names.dotted) entries.push([payload.names.dotted, marked("dots"), payload.dotted.length]);
  list.replaceChildren(...entries.map(([name, ground, count]) => entry(name, ground, count)));
}

/** Colour of a class; a mark without a name of its own belongs to whole classes and is shown in their swatches. */
function swatch(payload, colors, cls) {
  const areas = payload.members.get(cls) ?? [];
  const all = (set, name) => areas.length > 0 && !name && areas.every((i) => set.has(i));
  const hatched = all(payload.uncertainSet, payload.names.uncertain);
  const kind = hatched ? "fall" : all(payload.dottedSet, payload.names.dotted) ? "dots" : "";
  return kind ? cssTexture(kind, translucent(inkOn(colors[cls]), 0.6), colors[cls]) : colors[cls];
}

function entry(name, ground, count) {
  const item = document.createElement("li");
  const sample = document.createElement("span");
  sample.className = "swatch";
  sample.style.background = ground;
  const label = document.createElement("span");
  label.textContent = name;
  const number = document.createElement("span");
  number.className = "count";
  number.textContent = count.toLocaleString("de-DE");
  const unit = document.createElement("span");
  unit.className = "unseen";
  unit.textContent = count === 1 ? " Gebiet" : " Gebiete";
  number.append(unit);
  item.append(sample, label, number);
  return item;
}
