// The area map component: geometry once, then a class for each area a step. See raumblick/ui/map.py.

import { drawMap, drawMarks } from "./draw.js";
import { geometryNow, loadGeometry } from "./geometry.js";
import { attach } from "./interact.js";
import { fillLegend } from "./legend.js";
import { Payload } from "./payload.js";
import { build } from "./stage.js";
import { readTheme } from "./theme.js";
import { Tip } from "./tip.js";

const PADDING = 10; // px around the whole map
const MAX_ZOOM = 60;
const HINT = "Mit den Pfeiltasten von Gebiet zu Gebiet, Buchstaben springen zum Namen, Eingabetaste wählt aus, "
  + "Plus und Minus vergrößern und verkleinern.";

const sheet = new CSSStyleSheet();
sheet.replaceSync(await (await fetch(new URL("./map.css", import.meta.url))).text());
const views = new WeakMap();

export default function ({ parentElement, data, setTriggerValue }) {
  let view = views.get(parentElement);
  if (!view) {
    parentElement.adoptedStyleSheets = [sheet];
    view = new MapView(parentElement);
    views.set(parentElement, view);
  }
  view.choose = (id) => setTriggerValue("select", id);
  view.show(new Payload(data));
  return () => {
    views.delete(parentElement);
    view.close();
  };
}

class MapView {
  constructor(parent) {
    Object.assign(this, build(parent));
    this.tip = new Tip(this.tipBox, this.frame);
    this.ctx = this.base.getContext("2d");
    this.top = this.over.getContext("2d");
    this.drawn = 0;
    this.marks = { highlight: [], selected: -1, hover: -1, focus: -1 };
    this.zoomed = 1;
    this.centre = [0.5, 0.5]; // of the view, as shares of the grid
    this.observer = new ResizeObserver(() => this.geometry && this.paint());
    this.observer.observe(this.frame);
    this.buttons.in.onclick = () => this.zoom(1.5);
    this.buttons.out.onclick = () => this.zoom(1 / 1.5);
    this.buttons.all.onclick = () => this.reset();
    this.print = (event) => this.geometry && this.paint(event.type === "beforeprint" ? 3 : undefined);
    for (const type of ["beforeprint", "afterprint"]) window.addEventListener(type, this.print);
    document.fonts.ready.then(() => this.geometry && this.paint());
    attach(this);
  }

  close() {
    this.observer.disconnect();
    for (const type of ["beforeprint", "afterprint"]) window.removeEventListener(type, this.print);
    cancelAnimationFrame(this.frameRequest);
    clearTimeout(this.noteTimer);
  }

  /** A new step. The picture that is there stays until the new one is complete. */
  show(payload) {
    this.wanted = payload;
    const geometry = geometryNow(payload.geometry);
    if (geometry) return this.take(payload, geometry);
    if (!this.geometry) this.note("Die Karte wird geladen …", true);
    if (!this.geometry) this.frame.style.height = `${payload.height}px`;
    loadGeometry(payload.geometry).then(
      (found) => this.wanted === payload && this.take(payload, found),
      () => this.wanted === payload && this.note("Die Karte konnte nicht geladen werden. Die Tabelle zeigt dieselben Zahlen.", true),
    );
  }

  take(payload, geometry) {
    if (geometry.count !== payload.count) {
      return this.note(`Karte (${geometry.count} Gebiete) und Daten (${payload.count}) passen nicht zusammen.`, true);
    }
    if (geometry !== this.geometry) {
      this.geometry = geometry;
      Object.assign(this, { zoomed: 1, centre: [0.5, 0.5] });
      Object.assign(this.marks, { hover: -1, focus: -1 });
      this.tip.hide();
    }
    this.payload = payload;
    const index = (id) => geometry.index.get(id) ?? -1;
    this.marks.selected = index(payload.selected);
    this.marks.highlight = payload.highlight.map(index).filter((i) => i >= 0);
    this.theme = readTheme(this.frame);
    Object.assign(this.frame.style, { height: "", aspectRatio: `${geometry.width} / ${geometry.height}` });
    this.frame.style.maxHeight = `${payload.height}px`; // on a phone the map is only as high as it is wide
    this.stage.setAttribute("aria-label", payload.unit ? `${payload.title}, ${payload.unit}` : payload.title);
    this.about.textContent = `${payload.description} ${HINT}`.trim();
    this.head.textContent = payload.unit ? `${payload.title} (${payload.unit})` : payload.title;
    fillLegend(this.list, payload, this.theme);
    this.note("");
    this.placeOption();
    this.paint();
    this.tip.refresh(geometry, payload);
  }

  get count() {
    return this.geometry?.count ?? 0;
  }

  /** Where the grid lies on screen: the whole map fitted, times zoom, around the centre. */
  get view() {
    const [width, height] = [this.frame.clientWidth, this.frame.clientHeight];
    const fit = Math.min((width - 2 * PADDING) / this.geometry.width, (height - 2 * PADDING) / this.geometry.height);
    const scale = fit * this.zoomed;
    const [x, y] = [this.centre[0] * this.geometry.width, this.centre[1] * this.geometry.height];
    return { scale, width, height, x: width / 2 - x * scale, y: height / 2 - y * scale };
  }

  paint(ratio = window.devicePixelRatio || 1) {
    const view = this.view;
    if (view.width <= 2 * PADDING || !this.payload) return; // in a closed tab: the observer calls again
    const began = performance.now();
    for (const canvas of [this.base, this.over]) {
      const [w, h] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    }
    this.ratio = ratio;
    drawMap(this.ctx, this.geometry, this.payload, view, this.theme, ratio);
    this.paintMarks();
    this.base.dataset.ms = (performance.now() - began).toFixed(1);
    if (this.base.dataset.version !== this.payload.version) {
      this.base.dataset.version = this.payload.version;
      performance.mark("raumblick-map", { detail: this.payload.version });
    }
    this.base.dataset.step = String(++this.drawn);
  }

  paintMarks() {
    if (this.ratio) drawMarks(this.top, this.geometry, this.view, this.theme, this.ratio, this.marks);
  }

  later() {
    cancelAnimationFrame(this.frameRequest);
    this.frameRequest = requestAnimationFrame(() => this.paint());
  }

  zoom(factor, x = this.frame.clientWidth / 2, y = this.frame.clientHeight / 2) {
    if (!this.geometry) return;
    const before = this.view;
    this.zoomed = Math.min(MAX_ZOOM, Math.max(1, this.zoomed * factor));
    const scale = this.view.scale;
    const at = [(x - before.x) / before.scale, (y - before.y) / before.scale];
    this.centreOn(at[0] + (before.width / 2 - x) / scale, at[1] + (before.height / 2 - y) / scale);
  }

  pan(dx, dy) {
    if (!this.geometry || this.zoomed <= 1) return;
    const { scale, width, height, x, y } = this.view;
    this.tip.hide();
    this.centreOn((width / 2 - x - dx) / scale, (height / 2 - y - dy) / scale);
  }

  centreOn(x, y) {
    const inside = (value) => Math.min(1, Math.max(0, value));
    this.centre = this.zoomed <= 1 ? [0.5, 0.5] : [inside(x / this.geometry.width), inside(y / this.geometry.height)];
    this.stage.classList.toggle("zoomed", this.zoomed > 1);
    this.later();
  }

  reset() {
    this.zoomed = 1;
    this.centreOn(0, 0);
  }

  areaAt(x, y) {
    const view = this.view;
    return this.geometry.at((x - view.x) / view.scale, (y - view.y) / view.scale);
  }

  hoverAt(x, y, pointer) {
    if (!this.geometry || pointer === "touch") return;
    const i = x < 0 ? -1 : this.areaAt(x, y);
    this.stage.classList.toggle("over", i >= 0);
    if (i >= 0) this.tip.show(this.geometry, this.payload, i, [x, y]);
    else this.tip.hide();
    if (i === this.marks.hover) return;
    this.marks.hover = i;
    this.paintMarks();
  }

  clickAt(x, y, pointer) {
    const i = this.geometry ? this.areaAt(x, y) : -1;
    if (pointer === "touch") {
      if (i >= 0) this.tip.show(this.geometry, this.payload, i, [x, y]);
      else this.tip.hide();
    }
    if (i >= 0) this.pick(i);
  }

  pick(i) {
    this.lastArea = i;
    if (i === this.marks.selected) return;
    this.marks.selected = i; // shown at once; the next step confirms it
    this.paintMarks();
    this.placeOption(i);
    this.say(`${this.geometry.names[i]} ausgewählt`);
    this.choose(this.geometry.ids[i]);
  }

  pickFocused() {
    if (this.marks.focus >= 0) this.pick(this.marks.focus);
  }

  startArea() {
    return [this.marks.selected, this.lastArea ?? -1].find((i) => i >= 0 && i < this.count) ?? 0;
  }

  step(dx, dy) {
    const from = this.marks.focus >= 0 ? this.marks.focus : this.startArea();
    const to = this.geometry ? this.geometry.towards(from, dx, dy) : -1;
    this.focusArea(to >= 0 ? to : from);
  }

  jumpTo(letter) {
    const wanted = letter.toLocaleLowerCase("de");
    for (let k = 1; k <= this.count; k++) {
      const i = (Math.max(this.marks.focus, 0) + k) % this.count;
      if (this.geometry.names[i].toLocaleLowerCase("de").startsWith(wanted)) return this.focusArea(i);
    }
  }

  /** Put the keyboard on an area (-1: nowhere), bring it into view, say what it is. */
  focusArea(i, { quiet = false } = {}) {
    if (!this.geometry || !this.payload) return;
    this.marks.focus = quiet ? -1 : i;
    if (i >= 0) this.placeOption(i);
    if (i >= 0 && !quiet) {
      this.lastArea = i;
      this.reveal(i);
      const { x, y, scale } = this.view;
      const [px, py] = this.geometry.points.slice(3 * i, 3 * i + 2);
      this.tip.show(this.geometry, this.payload, i, [x + px * scale, y + py * scale]);
      this.say(`${this.geometry.names[i]}: ${this.payload.sentence(i)}`);
    } else if (i < 0) this.tip.hide();
    this.paintMarks();
  }

  reveal(i) {
    const { x, y, scale, width, height } = this.view;
    const [px, py] = this.geometry.points.slice(3 * i, 3 * i + 2);
    const [sx, sy] = [x + px * scale, y + py * scale];
    if (sx < 20 || sy < 20 || sx > width - 20 || sy > height - 20) this.centreOn(px, py);
  }

  /** The list box keeps one option, the current one; more would be thousands of elements nobody sees. */
  placeOption(i = this.marks.focus >= 0 ? this.marks.focus : this.startArea()) {
    const option = document.createElement("div");
    option.id = `area-${i}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(i === this.marks.selected));
    option.setAttribute("aria-setsize", String(this.count));
    option.setAttribute("aria-posinset", String(i + 1));
    option.textContent = this.geometry.names[i];
    this.options.replaceChildren(option);
    this.stage.setAttribute("aria-activedescendant", option.id);
  }

  say(text) {
    this.live.textContent = text;
  }

  note(text, lasting = false) {
    clearTimeout(this.noteTimer);
    this.message.textContent = text;
    this.message.hidden = !text;
    this.message.classList.toggle("middle", lasting);
    if (text && !lasting) this.noteTimer = setTimeout(() => this.note(""), 1500);
  }

  /** Once a map: who scrolls the page again and again knows it by then. */
  wheelHint() {
    if (!this.geometry || this.hinted) return;
    this.hinted = true;
    this.note("Strg + Mausrad vergrößert die Karte");
  }
}
