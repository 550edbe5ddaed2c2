// Painting: the map itself on one canvas, what follows the pointer on a second one above it.

import { HIDDEN, MISSING } from "./payload.js";
import { inkOn, texture, translucent } from "./theme.js";

const LABELS_UP_TO = 70; // areas in view; above that, names would be a random few

/** Paint one complete picture. `view`: scale (CSS px a grid unit), x, y (CSS px of the grid's origin), width, height. */
export function drawMap(ctx, geometry, payload, view, theme, ratio) {
  const quality = geometry.quality(view.scale * ratio);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  toGrid(ctx, view, ratio);
  const colors = theme.dark ? payload.colorsDark : payload.colors;
  for (const [cls, areas] of payload.members) {
    const path = geometry.union(areas, quality);
    ctx.fillStyle = cls >= 0 ? colors[cls] : theme.grey;
    ctx.fill(path, "evenodd");
    if (cls === MISSING) fillTexture(ctx, path, "hatch", translucent(theme.greyInk, 0.75), view, ratio);
    if (cls === HIDDEN) fillTexture(ctx, path, "dots", theme.greyInk, view, ratio);
  }
  overlay(ctx, geometry, payload, payload.uncertain, "fall", colors, view, ratio, quality);
  overlay(ctx, geometry, payload, payload.dotted, "dots", colors, view, ratio, quality);
  strokeMesh(ctx, geometry, view, theme, quality);
  drawNames(ctx, geometry, payload, view, theme, ratio, colors);
  drawScaleBar(ctx, geometry, view, theme, ratio);
}

/** Paint highlight, selection, hover and keyboard focus. Areas are indexes; -1 and empty mean none. */
export function drawMarks(ctx, geometry, view, theme, ratio, marks) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  toGrid(ctx, view, ratio);
  const quality = geometry.quality(view.scale * ratio);
  for (const i of marks.highlight) outline(ctx, geometry.shape(i, quality), view, theme.text, theme.background, 1.6);
  if (marks.hover >= 0) outline(ctx, geometry.shape(marks.hover, quality), view, theme.text, theme.background, 1.4);
  if (marks.selected >= 0) outline(ctx, geometry.shape(marks.selected, quality), view, theme.text, theme.background, 3);
  if (marks.focus >= 0) {
    ctx.setLineDash([6 / view.scale, 3 / view.scale]);
    outline(ctx, geometry.shape(marks.focus, quality), view, theme.text, theme.background, 2.4);
    ctx.setLineDash([]);
  }
}

function toGrid(ctx, view, ratio) {
  const s = view.scale * ratio;
  ctx.setTransform(s, 0, 0, s, view.x * ratio, view.y * ratio);
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
}

function outline(ctx, path, view, ink, casing, width) {
  const dash = ctx.getLineDash();
  ctx.setLineDash([]);
  ctx.strokeStyle = casing;
  ctx.lineWidth = (width + 2.4) / view.scale;
  ctx.stroke(path);
  ctx.setLineDash(dash);
  ctx.strokeStyle = ink;
  ctx.lineWidth = width / view.scale;
  ctx.stroke(path);
}

function fillTexture(ctx, path, kind, ink, view, ratio) {
  const pattern = texture(ctx, kind, ink, ratio);
  const s = view.scale * ratio; // textures stay as they are on screen while the map is zoomed
  pattern.setTransform(new DOMMatrix([1 / s, 0, 0, 1 / s, 0, 0]));
  ctx.fillStyle = pattern;
  ctx.fill(path, "evenodd");
}

function overlay(ctx, geometry, payload, areas, kind, colors, view, ratio, quality) {
  const byClass = new Map();
  for (const i of areas) {
    const cls = payload.classes[i];
    if (cls < 0) continue; // without a value there is nothing to be unsure of
    if (!byClass.has(cls)) byClass.set(cls, []);
    byClass.get(cls).push(i);
  }
  for (const [cls, members] of byClass) {
    const ink = translucent(inkOn(colors[cls]), 0.5);
    fillTexture(ctx, geometry.union(members, quality), kind, ink, view, ratio);
  }
}

function strokeMesh(ctx, geometry, view, theme, quality) {
  const { inner, outer } = geometry.mesh(quality);
  const side = view.scale * Math.sqrt((geometry.width * geometry.height) / geometry.count); // px, a typical area
  const width = Math.min(1, Math.max(0.2, side / 42));
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = width / view.scale;
  ctx.stroke(inner);
  ctx.strokeStyle = theme.line;
  ctx.lineWidth = (width * 1.2 + 1.4) / view.scale;
  ctx.stroke(outer);
  ctx.strokeStyle = theme.outer;
  ctx.lineWidth = Math.max(0.5, width * 0.8) / view.scale;
  ctx.stroke(outer);
}

/** Names where they fit into the free circle of an area, largest first, none over another. */
function drawNames(ctx, geometry, payload, view, theme, ratio, colors) {
  const seen = inView(geometry, view);
  if (seen.length > LABELS_UP_TO) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const taken = [];
  const radius = (i) => geometry.points[3 * i + 2] * view.scale;
  for (const i of seen.sort((a, b) => radius(b) - radius(a))) {
    const size = radius(i) > 46 ? 13 : 11.5;
    ctx.font = `${size}px ${theme.font}`;
    const lines = wrap(ctx, geometry.names[i], 2.3 * radius(i));
    if (!lines || lines.length * size * 1.15 > 1.9 * radius(i)) continue;
    const x = view.x + geometry.points[3 * i] * view.scale;
    const y = view.y + geometry.points[3 * i + 1] * view.scale;
    const half = Math.max(...lines.map((line) => ctx.measureText(line).width)) / 2 + 2;
    const box = [x - half, y - lines.length * size * 0.6, x + half, y + lines.length * size * 0.6];
    if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
    taken.push(box);
    const ground = payload.classes[i] >= 0 ? colors[payload.classes[i]] : theme.grey;
    ctx.strokeStyle = ground;
    ctx.fillStyle = inkOn(ground);
    ctx.lineWidth = 3;
    lines.forEach((line, n) => {
      const at = y + (n - (lines.length - 1) / 2) * size * 1.15;
      ctx.strokeText(line, x, at);
      ctx.fillText(line, x, at);
    });
  }
}

function inView(geometry, view) {
  const seen = [];
  for (let i = 0; i < geometry.count; i++) {
    const x = view.x + geometry.points[3 * i] * view.scale;
    const y = view.y + geometry.points[3 * i + 1] * view.scale;
    if (x > 0 && y > 0 && x < view.width && y < view.height) seen.push(i);
    if (seen.length > LABELS_UP_TO) break;
  }
  return seen;
}

/** The name in one or two lines no wider than `limit`, or null. */
function wrap(ctx, name, limit) {
  if (ctx.measureText(name).width <= limit) return [name];
  let best = null;
  for (const match of name.matchAll(/[\s-]+/g)) {
    const cut = match.index + match[0].length;
    const lines = [name.slice(0, cut).trim(), name.slice(cut).trim()];
    const width = Math.max(...lines.map((line) => ctx.measureText(line).width));
    if (lines[1] && width <= limit && (!best || width < best.width)) best = { lines, width };
  }
  return best?.lines ?? null;
}

function drawScaleBar(ctx, geometry, view, theme, ratio) {
  const metres = (100 / view.scale) * geometry.step; // at most 100 px
  const power = 10 ** Math.floor(Math.log10(metres));
  const length = [5, 2, 1].map((n) => n * power).find((n) => n <= metres) ?? power;
  const width = (length / geometry.step) * view.scale;
  const text = length >= 1000 ? `${(length / 1000).toLocaleString("de-DE")} km` : `${length.toLocaleString("de-DE")} m`;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  const [x, y] = [10.5, view.height - 10.5];
  ctx.strokeStyle = ctx.fillStyle = translucent(theme.text, 0.65);
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x, y - 4);
  ctx.lineTo(x, y);
  ctx.lineTo(x + width, y);
  ctx.lineTo(x + width, y - 4);
  ctx.stroke();
  ctx.font = `11px ${theme.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.fillText(text, x + 4, y - 5);
}
