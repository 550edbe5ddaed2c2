// The box that names the area under the pointer or the keyboard.

const GAP = 14; // px between pointer and box

export class Tip {
  constructor(box, frame) {
    Object.assign(this, { box, frame, area: -1, place: [0, 0] });
  }

  /** Name, value, interval, class and marks of an area, beside a place in the frame. */
  show(geometry, payload, area, place) {
    Object.assign(this, { area, place });
    const cls = payload.className(area);
    const details = [payload.interval(area), cls && `Klasse: ${cls}`, ...payload.marks(area)].filter(Boolean);
    this.box.replaceChildren(
      line("name", geometry.names[area]),
      line("value", payload.value(area)),
      ...details.map((text) => line("detail", text)),
    );
    this.box.hidden = false;
    const left = beside(place[0], this.box.offsetWidth, this.frame.clientWidth);
    const top = beside(place[1], this.box.offsetHeight, this.frame.clientHeight);
    this.box.style.transform = `translate(${left}px, ${top}px)`;
  }

  /** After a new step: the same area with its new value. */
  refresh(geometry, payload) {
    if (!this.box.hidden) this.show(geometry, payload, this.area, this.place);
  }

  hide() {
    this.box.hidden = true;
  }
}

function line(kind, text) {
  const p = document.createElement("p");
  p.className = kind;
  p.textContent = text; // place names are not to be trusted
  return p;
}

function beside(at, size, limit) {
  return Math.round(at + GAP + size > limit ? Math.max(4, at - GAP - size) : at + GAP);
}
