// Drawing: strokes as data with undo and redo, their lines on a canvas, and the pen that makes them.

export const SIDE = 400;
const SPACING = 3; // units between two points of a stroke; closer ones add nothing to see
const MOST_POINTS = 3000; // of a whole drawing; beyond that every second point goes
const MOST_STROKES = 60;

export class Strokes {
  constructor() {
    this.states = [[]]; // every state of the drawing, each a list of strokes
    this.now = 0;
    this.width = 32;
    this.open = null; // the stroke under the pen
  }

  get list() {
    const list = this.states[this.now];
    return this.open ? [...list, this.open] : list;
  }

  get blank() {
    return this.list.length === 0;
  }

  get canUndo() {
    return this.now > 0;
  }

  get canRedo() {
    return this.now < this.states.length - 1;
  }

  begin(x, y) {
    this.open = [point(x, y)];
  }

  // Whether the point lengthens the stroke under the pen.
  extend(x, y) {
    const [nextX, nextY] = point(x, y);
    const [lastX, lastY] = this.open.at(-1);
    if (Math.hypot(nextX - lastX, nextY - lastY) < SPACING) return false;
    this.open.push([nextX, nextY]);
    return true;
  }

  end() {
    const list = this.list.slice(-MOST_STROKES);
    this.open = null;
    this.#keep(lightened(list));
  }

  clear() {
    this.open = null;
    if (!this.blank) this.#keep([]);
  }

  /** Take the drawing of `other`, which undo takes back. */
  replace(other) {
    this.open = null;
    this.width = other.width;
    this.#keep([...other.list]);
  }

  undo() {
    this.open = null;
    if (this.canUndo) this.now -= 1;
  }

  redo() {
    if (this.canRedo) this.now += 1;
  }

  toJSON() {
    return { size: [SIDE, SIDE], width: this.width, strokes: lightened(this.list) };
  }

  #keep(list) {
    this.states = [...this.states.slice(0, this.now + 1), list].slice(-100);
    this.now = this.states.length - 1;
  }
}

// Paint the strokes on a square canvas `side` px wide: round pen, points joined by curves through their midpoints.
export function paint(context, strokes, side, colour) {
  const scale = side / SIDE;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, SIDE, SIDE);
  context.strokeStyle = colour;
  context.lineWidth = strokes.width;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const points of strokes.list) {
    context.beginPath();
    context.moveTo(...points[0]);
    for (let i = 1; i < points.length - 1; i++) {
      const [x, y] = points[i];
      const [nextX, nextY] = points[i + 1];
      context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.lineTo(...points.at(-1));
    context.stroke();
  }
}

function point(x, y) {
  const inside = (value) => Math.round(Math.min(SIDE, Math.max(0, value)) * 2) / 2;
  return [inside(x), inside(y)];
}

function lightened(list) {
  const points = list.reduce((sum, stroke) => sum + stroke.length, 0);
  if (points <= MOST_POINTS) return list;
  return lightened(list.map((stroke) => stroke.filter((_, i) => i % 2 === 0 || i === stroke.length - 1)));
}

const KEY_STEP = 20; // units a press of an arrow key moves
const SMALL_KEY_STEP = 5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Calls `drawn(ended)` after every change of the strokes, `ended` being false while the pen is down, and `moved()`
// when only the keyboard's cross has moved. `clear` empties the pad.
export class Pen {
  constructor(canvas, strokes, { drawn, moved, clear = () => strokes.clear() }) {
    Object.assign(this, { canvas, strokes, drawn, moved, clear });
    if (strokes.open) strokes.end();
    this.pointer = null; // the one pointer that draws
    this.cross = null; // where the keyboard's pen is, once an arrow or space was pressed
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.lift());
  }

  // Lift the keyboard's pen off the paper and hide its cross.
  lift() {
    if (this.pointer !== null || !this.cross) return;
    this.cross = null;
    if (this.strokes.open) {
      this.strokes.end();
      this.drawn(true);
    } else {
      this.moved();
    }
  }

  #down(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.lift();
    this.canvas.dataset.pointed = ""; // no focus ring for those who point
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.strokes.begin(...this.#place(event));
    this.drawn(false);
  }

  #move(event) {
    if (event.pointerId !== this.pointer || !this.strokes.open) return;
    const points = event.getCoalescedEvents?.() ?? [];
    const longer = (points.length ? points : [event]).map((point) => this.strokes.extend(...this.#place(point)));
    if (longer.includes(true)) this.drawn(false);
  }

  #up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    if (!this.strokes.open) return; // cleared while the pen was down
    if (event.type === "pointerup") this.strokes.extend(...this.#place(event));
    this.strokes.end();
    this.drawn(true);
  }

  #key(event) {
    delete this.canvas.dataset.pointed;
    if (event.altKey || event.ctrlKey || event.metaKey || this.pointer !== null) return;
    if (!this.#typed(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Whether the key means something here.
  #typed(key, shift) {
    const { strokes } = this;
    if (key in ARROWS) this.#go(ARROWS[key], shift ? SMALL_KEY_STEP : KEY_STEP);
    else if (key === " ") this.#press();
    else if (key === "Escape" && this.cross) this.lift();
    else if (key === "z" || key === "Z") this.#act(() => strokes.undo());
    else if (key === "y" || key === "Y") this.#act(() => strokes.redo());
    else if (key === "c" || key === "C" || key === "Delete") this.#act(this.clear);
    else return false;
    return true;
  }

  #act(action) {
    if (this.strokes.open) this.strokes.end();
    action();
    this.drawn(true);
  }

  #go([right, down], step) {
    const inside = (value) => Math.min(SIDE, Math.max(0, value));
    const [x, y] = this.cross ?? [SIDE / 2, SIDE / 2];
    this.cross = [inside(x + right * step), inside(y + down * step)];
    if (this.strokes.open && this.strokes.extend(...this.cross)) this.drawn(false);
    else this.moved();
  }

  #press() {
    this.cross ??= [SIDE / 2, SIDE / 2];
    if (this.strokes.open) this.strokes.end();
    else this.strokes.begin(...this.cross);
    this.drawn(!this.strokes.open);
  }

  #place(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((event.clientX - left) / width) * SIDE, ((event.clientY - top) / height) * SIDE];
  }
}

// The place of the keyboard's pen: a cross, and a ring as wide as the pen.
export function paintCross(context, [x, y], width, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, width / 2, 0, 2 * Math.PI);
  context.moveTo(x - width, y);
  context.lineTo(x + width, y);
  context.moveTo(x, y - width);
  context.lineTo(x, y + width);
  context.stroke();
}
