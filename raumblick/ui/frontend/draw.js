// Painting: the map itself on one canvas, what follows the pointer on a second one above it.

import { HIDDEN, MISSING } from "./payload.js";
import { inkOn, texture, translucent } from "./theme.js";

const LABELS_UP_TO = 70; // areas in view; above that, names would be a random few
const DENSE = 10; // px; a map of smaller areas than that has hairlines only
const LINE = 1.15; // line height of names
const SHIFTS = [0, -0.25, 0.25, -0.5, 0.5].flatMap((x) => [0, -0.5, 0.5].map((y) => [x, y])); // of half the text box

/** Paint one complete picture. `view`: scale (CSS px a grid unit), x, y (CSS px of the grid's origin), width, height. */
export function drawMap(ctx, geometry, payload, view, theme, ratio) {
  const scene = { ctx, geometry, view, theme, ratio, quality: geometry.quality(view.scale * ratio) };
  scene.box = [-view.x, -view.y, view.width - view.x, view.height - view.y].map((px) => px / view.scale);
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  toGrid(ctx, view, ratio);
  const colors = theme.dark ? payload.colorsDark : payload.colors;
  for (const [cls, areas] of payload.members) {
    fillAreas(scene, areas, cls >= 0 ? colors[cls] : theme.grey);
    if (cls === MISSING) fillAreas(scene, areas, pattern(scene, "hatch", translucent(theme.greyInk, 0.75)));
    if (cls === HIDDEN) fillAreas(scene, areas, pattern(scene, "dots", theme.greyInk));
  }
  mark(scene, payload, payload.uncertain, "fall", colors);
  mark(scene, payload, payload.dotted, "dots", colors);
  strokeMesh(scene);
  drawNames(ctx, geometry, payload, view, theme, ratio, colors);
  drawScaleBar(ctx, geometry, view, theme, ratio);
}

/** Paint highlight, selection, hover and keyboard focus. Areas are indexes; -1 and empty mean none. */
export function drawMarks(ctx, geometry, view, theme, ratio, marks) {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  toGrid(ctx, view, ratio);
  const quality = geometry.quality(view.scale * ratio);
  for (const i of marks.highlight) outline(ctx, geometry.shape(i, quality), view, theme.text, theme.background, 1.3);
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

/** One area after the other: faster than one large path, and areas out of view cost nothing. */
function fillAreas({ ctx, geometry, quality, box }, areas, style) {
  ctx.fillStyle = style;
  for (const i of geometry.visible(areas, box)) ctx.fill(geometry.shape(i, quality), "evenodd");
}

/** A texture that keeps its size on screen while the map is zoomed. */
function pattern({ ctx, view, ratio }, kind, ink) {
  const found = texture(ctx, kind, ink, ratio);
  const s = view.scale * ratio;
  found.setTransform(new DOMMatrix([1 / s, 0, 0, 1 / s, 0, 0]));
  return found;
}

/** Texture over the class colour, in ink that is seen on it. */
function mark(scene, payload, areas, kind, colors) {
  colors.forEach((color, cls) => {
    const members = areas.filter((i) => payload.classes[i] === cls);
    if (members.length) fillAreas(scene, members, pattern(scene, kind, translucent(inkOn(color), 0.5)));
  });
}

function strokeMesh({ ctx, geometry, view, theme, ratio, quality, box }) {
  const { inner, outer } = geometry.mesh(quality, box);
  const side = view.scale * Math.sqrt((geometry.width * geometry.height) / geometry.count); // px, a typical area
  const dense = side < DENSE;
  // Canvas draws lines up to one device pixel twenty times faster than wider ones; thousands of areas need no more.
  const width = Math.min(dense ? 1 / ratio : 1, Math.max(0.2, side / 42));
  const line = (path, color, px) => {
    ctx.strokeStyle = color;
    ctx.lineWidth = px / view.scale;
    ctx.stroke(path);
  };
  line(inner, theme.line, width);
  if (!dense) line(outer, theme.line, width + 1.1);
  line(outer, theme.outer, dense ? 0.5 / ratio : Math.max(0.45, width * 0.75));
}

/** Names that lie wholly in their area, largest area first, none over another. */
function drawNames(ctx, geometry, payload, view, theme, ratio, colors) {
  const seen = inView(geometry, view);
  if (seen.length > LABELS_UP_TO) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 3;
  const taken = [];
  const radius = (i) => geometry.points[3 * i + 2] * view.scale;
  for (const i of seen.sort((a, b) => radius(b) - radius(a))) {
    if (radius(i) < 9) break;
    const size = radius(i) > 48 ? 13 : 11.5;
    ctx.font = `${size}px ${theme.font}`;
    const spot = freeSpot(ctx, geometry, view, i, size, taken);
    if (!spot) continue;
    taken.push(spot.box);
    const ground = payload.classes[i] >= 0 ? colors[payload.classes[i]] : theme.grey;
    ctx.strokeStyle = ground;
    ctx.fillStyle = inkOn(ground);
    spot.lines.forEach((line, n) => {
      const at = spot.y + (n - (spot.lines.length - 1) / 2) * size * LINE;
      ctx.strokeText(line, spot.x, at);
      ctx.fillText(line, spot.x, at);
    });
  }
}

/** Where the name of area `i` fits, in one line or two: { x, y, lines, box }, or undefined. */
function freeSpot(ctx, geometry, view, i, size, taken) {
  const x = view.x + geometry.points[3 * i] * view.scale;
  const y = view.y + geometry.points[3 * i + 1] * view.scale;
  for (const lines of splits(geometry.names[i])) {
    const half = Math.max(...lines.map((line) => ctx.measureText(line).width)) / 2;
    const high = (lines.length * size * LINE) / 2;
    for (const [sx, sy] of SHIFTS) {
      const [cx, cy] = [x + sx * half, y + sy * high];
      const box = [cx - half, cy - high, cx + half, cy + high];
      const clear = !taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
      if (clear && within(geometry, view, i, box)) return { x: cx, y: cy, lines, box };
    }
  }
}

function within(geometry, view, i, [left, top, right, bottom]) {
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  const rim = [[left, cy], [right, cy], [left, top], [right, top], [left, bottom], [right, bottom], [cx, top], [cx, bottom]];
  return rim.every(([x, y]) => geometry.contains(i, (x - view.x) / view.scale, (y - view.y) / view.scale));
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

/** A name in one line, and every way to break it into two. */
function splits(name) {
  const ways = [[name]];
  for (const match of name.matchAll(/[\s-]+/g)) {
    const cut = match.index + match[0].length;
    if (cut < name.length) ways.push([name.slice(0, cut).trim(), name.slice(cut)]);
  }
  return ways;
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
