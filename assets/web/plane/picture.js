// The square plane on a canvas; made points glide from frame to frame.

import { append, set } from "../lib/dom.js";
import { isCalm } from "../lib/theme.js";
import { css, fill, LAYERS, mixed } from "./layers.js";

const GLIDE = 140; // ms
const TINT = 0.72; // of the full colour, where D is sure

export class Picture {
  constructor(parent) {
    this.canvas = append(parent, "canvas", "plane-canvas");
    this.canvas.setAttribute("role", "img");
    this.pen = this.canvas.getContext("2d");
    this.layers = Object.fromEntries(Object.keys(LAYERS).map((name) => [name, true]));
    this.maps = { verdict: document.createElement("canvas"), density: document.createElement("canvas") };
    Object.assign(this, { side: 0, extent: 1, points: [], frame: null, made: null, colours: null });
  }

  /** Another run or target: its real points x, y, x, y, ..., and nothing made yet. */
  open(points, extent) {
    cancelAnimationFrame(this.gliding);
    Object.assign(this, { points, extent, frame: null, made: null, gliding: null });
    this.paint();
  }

  /** Show an unpacked frame. */
  show(frame, words) {
    const glides = this.made?.length === frame.made.length && !isCalm() && !document.hidden;
    Object.assign(this, { frame, from: glides ? this.made : null, began: performance.now() });
    this.made ??= frame.made;
    this.fillMaps();
    set(this.canvas, "aria-label", words);
    this.gliding ??= requestAnimationFrame((now) => this.glide(now));
  }

  glide(now) {
    const { frame, from } = this;
    const share = from ? Math.min(1, Math.max(0, now - this.began) / GLIDE) : 1;
    this.made = share < 1 ? frame.made.map((to, i) => from[i] + share * (to - from[i])) : frame.made;
    this.paint();
    this.gliding = share < 1 ? requestAnimationFrame((later) => this.glide(later)) : null;
  }

  /** `colours`: real, made, paper, ink and edge, each red, green, blue. */
  dress(colours) {
    this.colours = colours;
    this.fillMaps();
    this.paint();
  }

  fit(side) {
    const pixels = Math.round(side * (window.devicePixelRatio || 1));
    if (this.canvas.width === pixels && this.side === side) return;
    this.side = side;
    this.canvas.width = this.canvas.height = pixels;
    this.paint();
  }

  fillMaps() {
    if (!this.frame || !this.colours) return;
    const { paper, real, made } = this.colours;
    fill(this.maps.verdict, this.frame.verdict, (share) => [
      ...mixed(paper, share < 0.5 ? made : real, TINT * Math.abs(2 * share - 1)), 255,
    ]);
    fill(this.maps.density, this.frame.density, (share) => [...made, 235 * Math.sqrt(share)]);
  }

  paint() {
    if (!this.side || !this.colours) return;
    const { pen } = this;
    const ratio = this.canvas.width / this.side;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = css(this.colours.paper);
    pen.fillRect(0, 0, this.side, this.side);
    pen.lineJoin = pen.lineCap = "round";
    for (const [name, paint] of Object.entries(LAYERS)) if (this.layers[name]) paint(this);
    this.over?.(this);
  }

  /** Where a point of the plane lies on the canvas, in px. */
  place(x, y) {
    return [((x / this.extent + 1) / 2) * this.side, ((1 - y / this.extent) / 2) * this.side];
  }

  close() {
    cancelAnimationFrame(this.gliding);
  }
}
