// Drawing by mouse, pen, finger and keyboard: turns what the hand does on the canvas into strokes.

import { SIDE } from "./strokes.js";

const STEP = 20; // units a press of an arrow key moves
const SMALL_STEP = 5;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Calls `drawn(ended)` after every change of the strokes, `ended` being false while the pen is down, and `moved()`
// when only the keyboard's cross has moved.
export class Pen {
  constructor(canvas, strokes, { drawn, moved }) {
    Object.assign(this, { canvas, strokes, drawn, moved });
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

  // Take the keyboard's pen off the paper and hide its cross.
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
    const moves = event.getCoalescedEvents?.() ?? [];
    const longer = (moves.length ? moves : [event]).map((move) => this.strokes.extend(...this.#place(move)));
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

  // True when the key means something here.
  #typed(key, shift) {
    const { strokes } = this;
    if (key in ARROWS) this.#go(ARROWS[key], shift ? SMALL_STEP : STEP);
    else if (key === " ") this.#press();
    else if (key === "Escape" && this.cross) this.lift();
    else if (key === "z" || key === "Z") this.#act(() => strokes.undo());
    else if (key === "y" || key === "Y") this.#act(() => strokes.redo());
    else if (key === "c" || key === "C" || key === "Delete") this.#act(() => strokes.clear());
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

// Show where the keyboard's pen is: a cross, and a ring as wide as the pen.
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
