// Geometry of one level: fetched once, decoded, and asked for shapes, hits and neighbours.
// The file format is described in raumblick/snapshot/mapfile.py.

const TOLERANCE = [41, 13.1, 4.1]; // grid units that each quality leaves out at most, coarsest first
const CELLS = 48; // hit testing looks up a CELLS x CELLS table first

const loaded = new Map(); // url -> Geometry
const pending = new Map(); // url -> Promise<Geometry>

export function geometryNow(url) {
  return loaded.get(url);
}

export function loadGeometry(url) {
  if (!pending.has(url)) {
    const job = fetch(url, { credentials: "same-origin" })
      .then((response) => {
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        return response.json();
      })
      .then((document) => {
        const geometry = new Geometry(document);
        loaded.set(url, geometry);
        return geometry;
      })
      .catch((error) => {
        pending.delete(url); // the next payload may try again
        throw error;
      });
    pending.set(url, job);
  }
  return pending.get(url);
}

function decodeArc(text) {
  const xy = [];
  const rank = [];
  let at = 0;
  let x = 0;
  let y = 0;
  const number = () => {
    let value = 0;
    let shift = 0;
    for (;;) {
      const code = text.charCodeAt(at++) - 63;
      value |= (code & 31) << shift;
      if (code < 32) return value & 1 ? -((value + 1) >>> 1) : value >>> 1;
      shift += 5;
    }
  };
  while (at < text.length) {
    rank.push(text.charCodeAt(at++) - 48);
    x += number();
    y += number();
    xy.push(x, y);
  }
  return { xy: Int32Array.from(xy), rank: Uint8Array.from(rank) };
}

export class Geometry {
  constructor(document) {
    this.ids = document.ids;
    this.names = document.names;
    this.count = document.ids.length;
    this.step = document.step;
    [this.width, this.height] = document.size;
    this.points = document.points;
    this.outer = new Set(document.outer);
    this.arcs = document.arcs.map(decodeArc);
    this.ringArcs = document.rings;
    this.index = new Map(this.ids.map((id, i) => [id, i]));
    this.neighbours = this.#symmetric(document.neighbours);
    this.boxes = this.#boxes();
    this.shapes = TOLERANCE.map(() => new Array(this.count));
    this.lines = TOLERANCE.map(() => null);
    this.cells = null;
  }

  /** The coarsest quality that cannot be told from the finest at `scale` device pixels a grid unit. */
  quality(scale) {
    const q = TOLERANCE.findIndex((tolerance) => tolerance * scale <= 1.6);
    return q < 0 ? TOLERANCE.length - 1 : q;
  }

  /** Path of one area in grid units. */
  shape(i, quality) {
    const row = this.shapes[quality];
    if (!row[i]) {
      const path = new Path2D();
      for (const refs of this.ringArcs[i]) this.#traceRing(path, refs, quality);
      row[i] = path;
    }
    return row[i];
  }

  /** Areas among `candidates` that lie at least partly in a box of grid units. */
  visible(candidates, box) {
    return candidates.filter((i) => meets(this.boxes[i], box));
  }

  /** The borders in a box, each once: those inside a parent, and those between parents or on the rim. */
  mesh(quality, box) {
    const whole = box[0] <= 0 && box[1] <= 0 && box[2] >= this.width && box[3] >= this.height;
    if (whole && this.lines[quality]) return this.lines[quality];
    const lines = { inner: new Path2D(), outer: new Path2D() };
    this.arcs.forEach((arc, n) => {
      if (whole || meets(this.arcBoxes[n], box)) this.#traceLine(this.outer.has(n) ? lines.outer : lines.inner, arc, quality);
    });
    if (whole) this.lines[quality] = lines;
    return lines;
  }

  /** Index of the area at a place in grid units, or -1. */
  at(x, y) {
    if (x < 0 || y < 0 || x > this.width || y > this.height) return -1;
    this.cells ??= this.#fillCells();
    const cell = this.cells[this.#cell(y, this.height) * CELLS + this.#cell(x, this.width)];
    return cell.find((i) => this.contains(i, x, y)) ?? -1;
  }

  /** The area that an arrow key leads to from area `i`: a neighbour in that direction, else the next area there. */
  towards(i, dx, dy) {
    const best = (candidates) => {
      let found = -1;
      let least = Infinity;
      for (const j of candidates) {
        if (j === i) continue;
        const x = this.points[3 * j] - this.points[3 * i];
        const y = this.points[3 * j + 1] - this.points[3 * i + 1];
        const ahead = x * dx + y * dy;
        const aside = Math.abs(x * dy - y * dx);
        if (ahead <= 0 || aside > 1.6 * ahead) continue;
        const cost = ahead + 2 * aside;
        if (cost < least) [found, least] = [j, cost];
      }
      return found;
    };
    const near = best(this.neighbours[i]);
    return near >= 0 ? near : best(this.ids.keys());
  }

  #symmetric(later) {
    const lists = this.ids.map(() => []);
    later.forEach((deltas, i) => {
      let j = i;
      for (const delta of deltas) {
        j += delta;
        lists[i].push(j);
        lists[j].push(i);
      }
    });
    return lists;
  }

  #boxes() {
    this.arcBoxes = this.arcs.map(({ xy }) => {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (let k = 0; k < xy.length; k += 2) widen(box, xy[k], xy[k + 1], xy[k], xy[k + 1]);
      return box;
    });
    return this.ringArcs.map((rings) => {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const refs of rings) for (const ref of refs) widen(box, ...this.arcBoxes[ref < 0 ? ~ref : ref]);
      return box;
    });
  }

  #cell(value, size) {
    return Math.min(CELLS - 1, Math.floor((value / (size || 1)) * CELLS));
  }

  #fillCells() {
    const cells = Array.from({ length: CELLS * CELLS }, () => []);
    this.boxes.forEach(([left, top, right, bottom], i) => {
      for (let row = this.#cell(top, this.height); row <= this.#cell(bottom, this.height); row++) {
        for (let col = this.#cell(left, this.width); col <= this.#cell(right, this.width); col++) {
          cells[row * CELLS + col].push(i);
        }
      }
    });
    return cells;
  }

  /** Even-odd rule over all border pieces of the area; their order and direction do not matter. */
  contains(i, x, y) {
    const [left, top, right, bottom] = this.boxes[i];
    if (x < left || x > right || y < top || y > bottom) return false;
    let inside = false;
    for (const refs of this.ringArcs[i]) {
      for (const ref of refs) {
        const { xy } = this.arcs[ref < 0 ? ~ref : ref];
        for (let k = 2; k < xy.length; k += 2) {
          const y1 = xy[k - 1];
          const y2 = xy[k + 1];
          if (y1 > y !== y2 > y && x < ((xy[k] - xy[k - 2]) * (y - y1)) / (y2 - y1) + xy[k - 2]) inside = !inside;
        }
      }
    }
    return inside;
  }

  #traceRing(path, refs, quality) {
    let first = true;
    for (const ref of refs) {
      const { xy, rank } = this.arcs[ref < 0 ? ~ref : ref];
      const last = rank.length - 1;
      for (let n = 0; n <= last; n++) {
        const k = ref < 0 ? last - n : n;
        if (rank[k] > quality || (n === 0 && !first)) continue;
        if (first) path.moveTo(xy[2 * k], xy[2 * k + 1]);
        else path.lineTo(xy[2 * k], xy[2 * k + 1]);
        first = false;
      }
    }
    path.closePath();
  }

  #traceLine(path, { xy, rank }, quality) {
    const last = rank.length - 1;
    const ring = xy[0] === xy[2 * last] && xy[1] === xy[2 * last + 1];
    let first = true;
    for (let k = 0; k <= last; k++) {
      if (rank[k] > quality) continue;
      if (first) path.moveTo(xy[2 * k], xy[2 * k + 1]);
      else path.lineTo(xy[2 * k], xy[2 * k + 1]);
      first = false;
    }
    if (ring) path.closePath();
  }
}

function meets(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

function widen(box, left, top, right, bottom) {
  if (left < box[0]) box[0] = left;
  if (top < box[1]) box[1] = top;
  if (right > box[2]) box[2] = right;
  if (bottom > box[3]) box[3] = bottom;
}
