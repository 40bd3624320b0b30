// The square plane on a canvas; generated points glide from frame to frame.

import { append, isCalm, set } from "../lib/component.js";

const ARROW = 0.12; // of the side: what the longest arrow comes near
const MIDDLING = 3; // the gradient whose arrow is half as long
const SHORTEST = 0.6; // px
const HEAD = 5; // px

/** Each paints on `scene.pen`; a scene is a Picture with its frame, points, maps and colours. */
export const LAYERS = { verdict, density, lines, real, arrows, made };

function verdict({ pen, frame, maps, side }) {
  if (frame) pen.drawImage(maps.verdict, 0, 0, side, side);
}

function density({ pen, frame, maps, side }) {
  if (frame) pen.drawImage(maps.density, 0, 0, side, side);
}

/** Straight lines of z, as G bends them. */
function lines(scene) {
  if (!scene.frame) return;
  const { pen, frame, colours } = scene;
  pen.strokeStyle = css(mixed(colours.made, colours.ink, 0.4));
  pen.lineWidth = 1.3;
  pen.beginPath();
  for (let i = 0; i < frame.lines.length / 2; i++) {
    const at = scene.place(frame.lines[2 * i], frame.lines[2 * i + 1]);
    if (i % frame.line) pen.lineTo(...at);
    else pen.moveTo(...at);
  }
  pen.stroke();
}

/** Round dots. */
function real(scene) {
  const { pen, points, side, colours } = scene;
  const radius = dot(side);
  pen.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = scene.place(points[i], points[i + 1]);
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
  finish(pen, colours.real, colours.paper);
}

/** Where G's loss would move each generated point; long where D's verdict is steep. */
function arrows(scene) {
  if (!scene.frame) return;
  const { pen, side, colours } = scene;
  const gradient = scene.frame.arrows;
  pen.strokeStyle = css(colours.ink);
  pen.lineWidth = Math.max(1.2, side / 420);
  pen.beginPath();
  for (let i = 0; i < gradient.length; i += 2) {
    const steep = Math.hypot(gradient[i], gradient[i + 1]);
    const length = (ARROW * side * steep) / (steep + MIDDLING);
    if (!(length > SHORTEST)) continue;
    const [x, y] = scene.place(scene.made[i], scene.made[i + 1]);
    arrow(pen, x, y, (length * gradient[i]) / steep, (-length * gradient[i + 1]) / steep);
  }
  pen.stroke();
}

function arrow(pen, x, y, right, down) {
  const [tipX, tipY] = [x + right, y + down];
  const length = Math.hypot(right, down);
  const head = Math.min(HEAD, length / 2);
  pen.moveTo(x, y);
  pen.lineTo(tipX, tipY);
  const [backX, backY] = [(-right / length) * head, (-down / length) * head];
  pen.moveTo(tipX + backX - backY / 2, tipY + backY + backX / 2);
  pen.lineTo(tipX, tipY);
  pen.lineTo(tipX + backX + backY / 2, tipY + backY - backX / 2);
}

/** Diamonds, so that colour is not all that tells them from real ones. */
function made(scene) {
  if (!scene.made) return;
  const { pen, side, colours } = scene;
  const radius = 1.45 * dot(side);
  pen.beginPath();
  for (let i = 0; i < scene.made.length; i += 2) {
    const [x, y] = scene.place(scene.made[i], scene.made[i + 1]);
    pen.moveTo(x, y - radius);
    for (const [right, down] of [[radius, 0], [0, radius], [-radius, 0]]) pen.lineTo(x + right, y + down);
    pen.closePath();
  }
  finish(pen, colours.made, colours.edge);
}

function dot(side) {
  return Math.max(2, side / 190);
}

function finish(pen, colour, edge) {
  pen.strokeStyle = css(edge);
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.fillStyle = css(colour);
  pen.fill();
}

/** Put `colourOf(share)`, red green blue and alpha, into each cell of a small square canvas. */
export function fill(canvas, shares, colourOf) {
  const cells = Math.round(Math.sqrt(shares.length));
  canvas.width = canvas.height = cells;
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(cells, cells);
  shares.forEach((share, i) => picture.data.set(colourOf(share), 4 * i));
  pen.putImageData(picture, 0, 0);
}

export function mixed(one, other, share) {
  return one.map((part, i) => part + (other[i] - part) * share);
}

export function css([red, green, blue]) {
  return `rgb(${red}, ${green}, ${blue})`;
}

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

  /** Another run or target: its real points x, y, x, y, ..., and nothing generated yet. */
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
