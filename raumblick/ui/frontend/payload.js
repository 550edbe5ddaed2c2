// What one step brings: codes and packed numbers as sent by raumblick/ui/map.py, and their German wording.

const FIRST_CHAR = 40;
export const MISSING = -1;
export const HIDDEN = -2;

function unpack({ min, width, data }, digits) {
  const octets = atob(data);
  const factor = 10 ** digits;
  const none = 256 ** width - 1;
  const numbers = new Float64Array(octets.length / width);
  for (let i = 0; i < numbers.length; i++) {
    let value = 0;
    for (let b = width - 1; b >= 0; b--) value = value * 256 + octets.charCodeAt(i * width + b);
    numbers[i] = value === none ? NaN : (value + min) / factor;
  }
  return numbers;
}

export class Payload {
  constructor(data) {
    Object.assign(this, data);
    this.classes = new Int8Array(data.codes.length);
    this.uncertain = [];
    this.dotted = [];
    this.members = new Map(); // class -> areas
    for (let i = 0; i < data.codes.length; i++) {
      const code = data.codes.charCodeAt(i) - FIRST_CHAR;
      const cls = (code >> 2) - 2;
      this.classes[i] = cls;
      if (code & 1 && cls >= 0) this.uncertain.push(i); // without a value there is nothing to be unsure of
      if (code & 2 && cls >= 0) this.dotted.push(i);
      if (!this.members.has(cls)) this.members.set(cls, []);
      this.members.get(cls).push(i);
    }
    this.uncertainSet = new Set(this.uncertain);
    this.dottedSet = new Set(this.dotted);
    if (data.values) this.numbers = unpack(data.values, data.digits);
    if (data.low) [this.lows, this.highs] = [unpack(data.low, data.digits), unpack(data.high, data.digits)];
    const digits = { minimumFractionDigits: data.digits, maximumFractionDigits: data.digits };
    this.german = new Intl.NumberFormat("de-DE", { ...digits, signDisplay: data.signed ? "exceptZero" : "negative" });
  }

  size(cls) {
    return this.members.get(cls)?.length ?? 0;
  }

  className(i) {
    return this.classes[i] >= 0 ? this.classNames[this.classes[i]] : "";
  }

  number(value) {
    return this.german.format(value).replace("-", "\u2212");
  }

  /** Value with unit, or why there is none. */
  value(i) {
    if (this.classes[i] === HIDDEN) return this.names.hidden;
    if (this.classes[i] === MISSING) return "keine Angabe";
    if (this.texts) return this.texts[i];
    if (Number.isNaN(this.numbers[i])) return "keine Angabe";
    return this.number(this.numbers[i]) + (this.unit && `\u00a0${this.unit}`);
  }

  interval(i) {
    if (!this.lows || Number.isNaN(this.lows[i]) || Number.isNaN(this.highs[i])) return "";
    return `${this.intervalName}: ${this.number(this.lows[i])} bis ${this.number(this.highs[i])}`;
  }

  marks(i) {
    const marks = [];
    if (this.uncertainSet.has(i)) marks.push(this.names.uncertain);
    if (this.dottedSet.has(i)) marks.push(this.names.dotted);
    return marks;
  }

  /** One line for screen readers: value, class, interval, marks. */
  sentence(i) {
    const cls = this.className(i);
    return [this.value(i), cls && `Klasse ${cls}`, this.interval(i), ...this.marks(i)].filter(Boolean).join(", ");
  }
}
