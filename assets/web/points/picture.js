// The square of points on a canvas: what the network says of every place, the points, the border of a single neuron; and the
// pen for points of the visitor's own.

import { append, set } from "../lib/component.js";
import { say } from "../lib/text.js";
import { CELLS, EXTENT } from "./maths.js";

const FAR = 14; // px from a point at which it is still meant
const GAP = 0.4; // between two points of one stroke
const STEP = 0.25; // of the keys
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export const css = ([red, green, blue]) => `rgb(${red}, ${green}, ${blue})`;
export const mixed = (one, other, share) => one.map((part, i) => Math.round(part + (other[i] - part) * share));

/** Colours for numbers from -1 to 1 as pixels: orange below 0, paper at 0, blue above. */
export function ramp({ negative, positive, paper }) {
  return Uint32Array.from({ length: 257 }, (_, i) => {
    const share = (i - 128) / 128;
    return pixel(mixed(paper, share < 0 ? negative : positive, 0.75 * Math.abs(share)));
  });
}

const pixel = ([red, green, blue]) => (255 << 24) | (blue << 16) | (green << 8) | red;
const place = (value) => (value >= 1 ? 256 : value <= -1 ? 0 : Math.round(128 + 128 * value) || 0);

/** A small canvas that a column of numbers is painted into. */
export class Tile {
  constructor(canvas) {
    this.canvas = canvas;
    canvas.width = canvas.height = CELLS;
    this.pen = canvas.getContext("2d");
    this.image = this.pen.createImageData(CELLS, CELLS);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /** Numbers divided by `scale`, cut to -1 to 1; `of` may bend them before. */
  fill(column, colours, scale = 1) {
    for (let i = 0; i < column.length; i++) this.pixels[i] = colours[place(column[i] / scale)];
    this.pen.putImageData(this.image, 0, 0);
  }

  /** The class of each place, lighter where the network is less sure, unless the border is to be `hard`. */
  fillClasses(columns, hues, paper, hard) {
    for (let i = 0; i < this.pixels.length; i++) {
      const powers = columns.map((column) => Math.exp(column[i] - Math.max(...columns.map((other) => other[i]))));
      const all = powers.reduce((a, b) => a + b);
      const first = powers.indexOf(Math.max(...powers));
      this.pixels[i] = pixel(mixed(paper, hues[first], 0.75 * (hard ? 0.7 : Math.max(0, (1.5 * powers[first]) / all - 0.5))));
    }
    this.pen.putImageData(this.image, 0, 0);
  }
}

export class Picture {
  /** `chosen(number)` is told of a point that was pressed, `drawn(points, ended)` of points that were set. */
  constructor(parent, { chosen, drawn }) {
    Object.assign(this, { chosen, drawn, side: 0, places: new Float32Array(0), targets: [], train: 0, classes: 2, marked: -1, mode: "look", own: [], cursor: null, showsTests: true });
    this.canvas = append(parent, "canvas", "points-canvas");
    set(this.canvas, "role", "application");
    set(this.canvas, "tabindex", "0");
    this.pen = this.canvas.getContext("2d");
    this.surface = new Tile(document.createElement("canvas"));
    this.dots = document.createElement("canvas");
    this.canvas.addEventListener("pointerdown", (event) => this.pressed(event));
    this.canvas.addEventListener("pointermove", (event) => this.drawing && this.draw(this.at(event)));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => this.lifted());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.canvas.addEventListener("blur", () => this.leave());
  }

  open({ places, targets, train, classes }) {
    Object.assign(this, { places, targets, train, classes });
    this.redot();
  }

  /** `hues` of the classes, `ink`, `paper`, `numbers` from orange to blue. */
  dress(look) {
    this.look = look;
    this.redot();
  }

  fit(side) {
    const ratio = window.devicePixelRatio || 1;
    if (this.side === side && this.canvas.width === Math.round(side * ratio)) return;
    this.side = side;
    for (const canvas of [this.canvas, this.dots]) canvas.width = canvas.height = Math.round(side * ratio);
    this.redot();
  }

  begin(canvas) {
    const pen = canvas.getContext("2d");
    const ratio = canvas.width / this.side;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  /** The points are drawn once, and then only copied. */
  redot() {
    if (!this.side || !this.look) return;
    const pen = this.begin(this.dots);
    pen.clearRect(0, 0, this.side, this.side);
    const radius = Math.max(2.2, Math.min(4.5, this.side / 85)) * (this.targets.length > 600 ? 0.7 : 1);
    const shown = this.showsTests ? this.targets.length : this.train;
    for (let p = 0; p < shown; p++) {
      const [x, y] = this.spot(this.places[2 * p], this.places[2 * p + 1]);
      mark(pen, x, y, radius, this.classes ? this.targets[p] : this.targets[p] < 0 ? 0 : 1);
      const hue = css(this.hue(this.targets[p]));
      const tests = p >= this.train;
      pen.lineWidth = tests ? 1.6 : 1.2;
      pen.strokeStyle = tests ? hue : css(this.look.paper);
      pen.fillStyle = tests ? css(this.look.paper) : hue;
      pen.fill();
      pen.stroke();
    }
  }

  hue(target) {
    const { hues, paper, strong } = this.look;
    if (this.classes) return strong[target];
    return mixed(mixed(paper, this.look.ink, 0.25), strong[target < 0 ? 0 : 1], Math.min(1, 0.25 + Math.abs(target)));
  }

  paint() {
    if (!this.side || !this.look) return;
    const pen = this.begin(this.canvas);
    pen.imageSmoothingEnabled = true;
    pen.drawImage(this.surface.canvas, 0, 0, this.side, this.side);
    this.axes(pen);
    if (this.border) this.line(pen, this.border);
    pen.drawImage(this.dots, 0, 0, this.side, this.side);
    if (this.marked >= 0 && 2 * this.marked < this.places.length) this.ring(pen, this.places[2 * this.marked], this.places[2 * this.marked + 1], 9);
    if (this.cursor) this.ring(pen, ...this.cursor, 7);
  }

  axes(pen) {
    const { side, look } = this;
    pen.strokeStyle = css(look.rule);
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(0, side / 2);
    pen.lineTo(side, side / 2);
    pen.moveTo(side / 2, 0);
    pen.lineTo(side / 2, side);
    pen.stroke();
    pen.fillStyle = css(look.ink);
    pen.font = `12px ${look.font}`;
    pen.textAlign = "right";
    pen.fillText(`x = ${EXTENT}`, side - 4, side / 2 - 5);
    pen.fillText("0", side / 2 - 4, side / 2 - 5);
    pen.textAlign = "left";
    pen.fillText(`−${EXTENT}`, 4, side / 2 - 5);
    pen.fillText(`y = ${EXTENT}`, side / 2 + 5, 13);
    pen.fillText(`−${EXTENT}`, side / 2 + 5, side - 5);
  }

  /** Where the sum of a single neuron is 0, and an arrow to its positive side. */
  line(pen, [wx, wy, bias]) {
    const steep = Math.hypot(wx, wy);
    if (!(steep > 1e-9)) return;
    const [nx, ny] = [wx / steep, wy / steep];
    const [x, y] = [(-nx * bias) / steep, (-ny * bias) / steep];
    const far = 4 * EXTENT;
    pen.strokeStyle = pen.fillStyle = css(this.look.ink);
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(...this.spot(x - far * ny, y + far * nx));
    pen.lineTo(...this.spot(x + far * ny, y - far * nx));
    const [fromX, fromY] = this.spot(x, y);
    const [toX, toY] = this.spot(x + nx, y + ny);
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
    const [right, down] = [7 * nx, -7 * ny];
    pen.beginPath();
    pen.moveTo(toX + right, toY + down);
    pen.lineTo(toX + down * 0.7, toY - right * 0.7);
    pen.lineTo(toX - down * 0.7, toY + right * 0.7);
    pen.fill();
  }

  ring(pen, x, y, radius) {
    const [left, top] = this.spot(x, y);
    pen.lineWidth = 5;
    pen.strokeStyle = css(this.look.paper);
    pen.beginPath();
    pen.arc(left, top, radius, 0, 2 * Math.PI);
    pen.stroke();
    pen.lineWidth = 2.4;
    pen.strokeStyle = css(this.look.ink);
    pen.stroke();
  }

  spot(x, y) {
    return [((x / EXTENT + 1) / 2) * this.side, ((1 - y / EXTENT) / 2) * this.side];
  }

  at({ clientX, clientY }) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width * 2 - 1) * EXTENT, (1 - (clientY - top) / width * 2) * EXTENT];
  }

  pressed(event) {
    const spot = this.at(event);
    if (this.mode === "look") return this.chosen(this.near(spot, FAR));
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.draw(spot);
  }

  near([x, y], pixels) {
    const most = (pixels / this.side) * 2 * EXTENT;
    let [best, found] = [most, -1];
    for (let p = 0; p < this.targets.length; p++) {
      const far = Math.hypot(this.places[2 * p] - x, this.places[2 * p + 1] - y);
      if (far < best) [best, found] = [far, p];
    }
    return found;
  }

  /** Set a point of the visitor's own, or take those away that lie here. */
  draw([x, y]) {
    if (Math.abs(x) > EXTENT || Math.abs(y) > EXTENT) return;
    const near = ([px, py]) => Math.hypot(px - x, py - y) < GAP;
    const before = this.own.length;
    if (this.mode === "erase") this.own = this.own.filter((point) => !near(point));
    else if (!this.own.some(near) && this.own.length < this.most) this.own = [...this.own, [round(x), round(y), Number(this.mode)]];
    if (this.own.length !== before) this.drawn(this.own, false);
  }

  lifted() {
    if (this.drawing) this.drawn(this.own, true);
    this.drawing = false;
  }

  /** The arrow keys move a ring, Enter sets a point there, or chooses the nearest. */
  key(event) {
    const step = KEYS[event.key];
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    this.cursor ??= [0, 0];
    if (step) {
      this.cursor = this.cursor.map((part, i) => Math.max(-EXTENT, Math.min(EXTENT, part + STEP * step[i])));
    } else if (this.mode === "look") {
      this.chosen(this.near(this.cursor, this.side));
    } else {
      this.draw(this.cursor);
      this.drawn(this.own, true);
    }
    this.paint();
  }

  leave() {
    this.cursor = null;
    this.paint();
  }

  tell(words) {
    set(this.canvas, "aria-label", say("{words} Arrow keys move a ring, Enter chooses a point or sets one.", { words }));
  }
}

const round = (value) => Math.round(100 * value) / 100;

/** A disc, a square or a triangle: classes differ by more than their colour. */
function mark(pen, x, y, radius, label) {
  pen.beginPath();
  if (label === 1) pen.rect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
  else if (label === 2) {
    pen.moveTo(x, y - 1.3 * radius);
    pen.lineTo(x + 1.2 * radius, y + 0.9 * radius);
    pen.lineTo(x - 1.2 * radius, y + 0.9 * radius);
    pen.closePath();
  } else pen.arc(x, y, radius, 0, 2 * Math.PI);
}
