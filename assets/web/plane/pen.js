// Drawing one's own points in the plane, by mouse, finger or keyboard.

import { append, button, write } from "../lib/dom.js";
import { plural, say } from "../lib/text.js";
import { Pen, SIDE, Strokes } from "../pad/strokes.js";

const SPACING = 0.03; // of the plane, between two points of a line
const CROSS = 12; // px

/** `changed(points, ended)` gets the points [[x, y], ...]; `ended` is false while the pen is down. */
export class PlanePen {
  constructor(canvas, parent, changed) {
    Object.assign(this, { canvas, changed, before: [], most: 0, extent: 1, on: false });
    this.strokes = new Strokes();
    this.root = append(parent, "div", "plane-film plane-draw");
    this.words = append(this.root, "span", "studio-moment");
    const act = (action) => () => {
      action();
      this.tell(true);
    };
    this.undo = button(this.root, { name: "back", label: say("Undo"), why: say("Take back the last line"), does: act(() => this.strokes.undo()) });
    this.empty = button(this.root, { name: "cross", label: say("Clear"), why: say("Begin again"), does: act(() => this.clear()) });
    // The pen always listens; its strokes count only while the visitor draws a target.
    const inside = { begin: (x, y) => this.on && this.strokes.begin(x, y) };
    this.pen = new Pen(canvas, guarded(this, inside), { drawn: (ended) => this.tell(ended), moved: () => this.changed(null, false) });
  }

  /** Let the visitor draw, on top of `points`, up to `most` of them. */
  open(on, points, most, extent) {
    if (on && !this.on) {
      this.before = points;
      this.strokes = new Strokes();
    }
    Object.assign(this, { on, most, extent });
    this.root.hidden = !on;
    this.canvas.tabIndex = on ? 0 : -1;
    this.label();
  }

  clear() {
    this.before = [];
    this.strokes.clear();
  }

  tell(ended) {
    if (!this.on) return;
    this.label();
    this.changed(this.points(), ended);
  }

  /** Points along the lines, evenly, and no more than may be. */
  points() {
    const place = ([x, y]) => [(2 * x / SIDE - 1) * this.extent, (1 - 2 * y / SIDE) * this.extent].map(inside);
    const lines = this.strokes.list.map((stroke) => stroke.map(place));
    const free = Math.max(1, this.most - this.before.length - lines.length);
    const length = lines.reduce((sum, line) => sum + lengthOf(line), 0);
    const spacing = Math.max(SPACING, length / free);
    return [...this.before, ...lines.flatMap((line) => along(line, spacing))].slice(0, this.most);
  }

  label() {
    const points = this.points().length;
    write(this.words, points ? say(plural("{count} point drawn", "{count} points drawn", { count: points })) : say("Draw here, by mouse or finger"));
    this.undo.disabled = !this.strokes.canUndo;
    this.empty.disabled = !points;
  }

  /** Where the keyboard's pen is. */
  paint({ pen, side, colours }) {
    if (!this.on || !this.pen.cross) return;
    const [x, y] = this.pen.cross.map((part) => (part / SIDE) * side);
    pen.strokeStyle = `rgb(${colours.ink})`;
    pen.lineWidth = 2;
    pen.strokeRect(x - CROSS / 2, y - CROSS / 2, CROSS, CROSS);
  }
}

/** The strokes of the drawing as it is now, for a pen that was made before; no stroke begins while it is not drawn. */
function guarded(owner, { begin }) {
  return new Proxy({}, {
    get: (_, name) => {
      if (name === "begin") return begin;
      const value = owner.strokes[name];
      return typeof value === "function" ? value.bind(owner.strokes) : value;
    },
  });
}

function inside(part) {
  return Math.round(1000 * Math.max(-1, Math.min(1, part))) / 1000;
}

function lengthOf(line) {
  return line.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - line[i][0], y - line[i][1]), 0);
}

function along(line, spacing) {
  const points = [line[0]];
  let left = spacing;
  for (let i = 1; i < line.length; i++) {
    let [x, y] = line[i - 1];
    let [right, up] = [line[i][0] - x, line[i][1] - y];
    let length = Math.hypot(right, up);
    while (length >= left) {
      [x, y] = [x + (right / length) * left, y + (up / length) * left];
      points.push([inside(x), inside(y)]);
      [right, up] = [line[i][0] - x, line[i][1] - y];
      length = Math.hypot(right, up);
      left = spacing;
    }
    left -= length;
  }
  return points;
}
