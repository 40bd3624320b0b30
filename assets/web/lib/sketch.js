// A square sheet to draw on: black ink on white paper in either theme, for what is drawn becomes a picture.

import { append, button } from "./component.js";
import { say } from "./text.js";
import { paint, paintCross, Pen, Strokes } from "../pad/strokes.js";

const [INK, PAPER] = ["#000", "#fff"];
const WIDTH = 20; // of the pen, in units of 400

/** `drawn(canvas)` gets the sheet after each stroke, and null when it is empty. */
export class Sketch {
  constructor(parent, side, drawn) {
    this.root = append(parent, "div", "sketch");
    this.strokes = Object.assign(new Strokes(), { width: WIDTH });
    this.canvas = Object.assign(append(this.root, "canvas", "sketch-sheet"), { width: side, height: side, tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", say("Sheet to draw on. Arrows move the pen, space puts it down and lifts it"));
    const tools = append(this.root, "div", "tools");
    const changed = (ended) => {
      this.#show();
      if (ended) drawn(this.strokes.blank ? null : this.canvas);
    };
    this.pen = new Pen(this.canvas, this.strokes, { drawn: changed, moved: () => this.#show() });
    this.undo = button(tools, { label: say("Undo"), why: say("Take the last stroke back"), kind: "plain", does: () => this.#does(() => this.strokes.undo(), changed) });
    this.empty = button(tools, { label: say("Clear"), why: say("Empty the sheet"), kind: "plain", does: () => this.#does(() => this.strokes.clear(), changed) });
    this.#show();
  }

  get isBlank() {
    return this.strokes.blank;
  }

  /** Begin a new sheet, which undo does not take back. */
  renew() {
    Object.assign(this.strokes, { states: [[]], now: 0, open: null });
    this.#show();
  }

  #does(action, changed) {
    action();
    changed(true);
  }

  #show() {
    const context = this.canvas.getContext("2d");
    const { width: side } = this.canvas;
    paint(context, this.strokes, side, INK);
    if (this.pen?.cross) paintCross(context, this.pen.cross, WIDTH, INK);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = PAPER;
    context.fillRect(0, 0, side, side);
    context.globalCompositeOperation = "source-over";
    this.undo.disabled = !this.strokes.canUndo;
    this.empty.disabled = this.strokes.blank;
  }
}
