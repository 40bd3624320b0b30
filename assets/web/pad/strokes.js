// The drawing as data: strokes on a square of SIDE units, with undo and redo, and its lines on a canvas.

export const SIDE = 400;
const SPACING = 3; // units between two points of a stroke; closer ones add nothing to see
const MOST_POINTS = 3000; // of a whole drawing; beyond that every second point goes
const MOST_STROKES = 60;

export class Strokes {
  constructor() {
    this.past = [[]]; // every state of the drawing, each a list of strokes
    this.now = 0;
    this.width = 32;
    this.open = null; // the stroke under the pen
  }

  get list() {
    const list = this.past[this.now];
    return this.open ? [...list, this.open] : list;
  }

  get blank() {
    return this.list.length === 0;
  }

  get canUndo() {
    return this.now > 0;
  }

  get canRedo() {
    return this.now < this.past.length - 1;
  }

  begin(x, y) {
    this.open = [point(x, y)];
  }

  // True when the point lengthens the stroke under the pen.
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
    this.past = [...this.past.slice(0, this.now + 1), list].slice(-100);
    this.now = this.past.length - 1;
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
