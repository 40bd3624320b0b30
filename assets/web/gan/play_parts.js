// What the views of playing with a GAN share: pictures of whole pixels, buttons, sliders, and questions to the server.

import { append, button, press, set, write } from "../lib/component.js";
import { figure, percent, say } from "../lib/text.js";
import { Reader } from "../pad/reader.js";

export const SIDE = 28; // px of a picture
const LARGEST_SCALE = 12;
const GAP = 4; // px between two tiles
const FRAME = 8; // px of a tile around its picture

/** The CSS sides at which each pixel of a picture covers whole pixels of this screen, as variables `--side-2` to 12. */
export function setSides(root) {
  const ratio = window.devicePixelRatio || 1;
  for (let scale = 1; scale <= LARGEST_SCALE; scale++) {
    root.style.setProperty(`--side-${scale}`, `${(SIDE * Math.max(1, Math.round(scale * ratio))) / ratio}px`);
  }
}

/** The largest scale, from 2 to `most`, at which `count` tiles stand side by side in `width` px. */
export function scaleWithin(width, count, most) {
  const free = (width - GAP * (count - 1)) / count - FRAME;
  return Math.max(2, Math.min(most, Math.floor(free / SIDE)));
}

/** Whether any of it is on the screen now. */
export function isSeen(root) {
  const { top, bottom, height } = root.getBoundingClientRect();
  return !document.hidden && height > 0 && top < window.innerHeight && bottom > 0;
}

/** A picture that `words` name; without them it belongs to something that has a name. */
export function picture(parent, words = "") {
  const canvas = append(parent, "canvas", "pixels");
  canvas.width = canvas.height = SIDE;
  if (words) canvas.setAttribute("role", "img");
  if (words) canvas.setAttribute("aria-label", words);
  else canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/** Put the PNG of `url` on the canvas, unless another was asked for meanwhile; what was there stays until then. */
export async function paint(canvas, url, x = 0, y = 0) {
  const place = `${x},${y}`;
  canvas.asked ??= {};
  if (canvas.asked[place] === url) return;
  canvas.asked[place] = url;
  const drawing = new Image();
  drawing.src = url;
  await drawing.decode();
  if (canvas.asked[place] !== url) return;
  const pen = canvas.getContext("2d");
  pen.clearRect(x, y, SIDE, SIDE);
  pen.drawImage(drawing, x, y);
}

/** A picture that can be pressed, with a line of words under it. */
export class Tile {
  constructor(parent, { scale = 3, label, why = "", does }) {
    this.root = append(parent, "button", "tile");
    this.root.type = "button";
    this.root.title = why;
    this.scale = scale;
    this.root.addEventListener("click", () => does(this));
    this.root.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation());
    this.canvas = picture(this.root);
    this.words = append(this.root, "span", "tile-words");
    this.label = label;
    set(this.root, "aria-label", label);
  }

  set scale(scale) {
    this.root.style.setProperty("--side", `var(--side-${scale})`);
  }

  show(url, words = "", spoken = words) {
    paint(this.canvas, url);
    write(this.words, words);
    set(this.root, "data-filled", "yes");
    set(this.root, "aria-label", spoken ? `${this.label}, ${spoken}` : this.label);
  }
}

/** Ten buttons, one of them pressed; `chosen` is the digit. */
export class Digits {
  constructor(parent, { first = 3, label = say("Digit"), changed }) {
    this.root = append(parent, "div", "digits");
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", label);
    append(this.root, "span", "digits-label", label);
    this.buttons = Array.from({ length: 10 }, (_, digit) =>
      button(this.root, {
        label: String(digit), why: say("Digit {digit}", { digit }), kind: "chip",
        does: () => {
          this.choose(digit);
          changed(digit);
        },
      }),
    );
    this.choose(first);
  }

  choose(digit) {
    this.chosen = digit;
    this.buttons.forEach((made, i) => press(made, i === digit));
  }
}

/** A slider from 0 to 1 with words at both ends. */
export function slider(parent, { label, from, to, value, moved }) {
  const box = append(parent, "label", "slide");
  append(box, "span", "slide-label", label);
  append(box, "span", "slide-end", from);
  const input = append(box, "input");
  Object.assign(input, { type: "range", min: 0, max: 1, step: 0.01, value });
  input.setAttribute("aria-label", say("{label}: from {from} to {to}", { label, from, to }));
  input.addEventListener("input", () => moved(Number(input.value)));
  append(box, "span", "slide-end", to);
  return input;
}

/** One request at a time; the newest question is always answered in the end. `context.refused` gets what went wrong. */
export class Asking {
  constructor(context, what, answered) {
    Object.assign(this, { context, what });
    this.reader = new Reader((answer, question) => {
      context.refused(answer.error ?? "");
      if (!answer.error) answered(answer, question.asked);
    });
  }

  want(asked, now = true) {
    const url = `/api/gan/${encodeURIComponent(this.context.runId)}/${this.what}`;
    this.reader.want({ url, content: JSON.stringify(asked), type: "application/json", asked }, now);
  }

  drop() {
    this.reader.drop();
  }
}

/** D's verdict in words, short. */
export function verdictWords(verdict, kind) {
  if (!Number.isFinite(verdict)) return "";
  return kind === "probability" ? say("D: {percent} real", { percent: percent(verdict) }) : say("D's score: {score}", { score: figure(verdict) });
}

const LARGEST = 10; // the server takes no larger ones
const DECIMALS = 1e4;

/** A new z of `size` numbers, each normally distributed, as G was trained on. */
export function fresh(size) {
  return Array.from({ length: size }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    return tidy(radius * Math.cos(2 * Math.PI * Math.random()));
  });
}

/** From `a` (share 0) to `b` (share 1) by a quarter turn: on the way it is as random as both ends. */
export function blend(a, b, share) {
  const angle = (share * Math.PI) / 2;
  return combined([a, Math.cos(angle)], [b, Math.sin(angle)]);
}

export function straight(a, b, share) {
  return combined([a, 1 - share], [b, share]);
}

/** Around the sphere that both ends lie on. */
export function spherical(a, b, share) {
  const angle = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / (size(a) * size(b) || 1))));
  if (Math.sin(angle) < 1e-3) return straight(a, b, share);
  return combined([a, Math.sin((1 - share) * angle) / Math.sin(angle)], [b, Math.sin(share * angle) / Math.sin(angle)]);
}

/** `start` moved along two directions, then brought back to the length that z usually have. */
export function moved(start, right, up, x, y) {
  const shrunk = 1 / Math.sqrt(1 + x * x + y * y);
  return combined([start, shrunk], [right, x * shrunk], [up, y * shrunk]);
}

/** a - b + c, brought to the length that z usually have. */
export function analogy(a, b, c) {
  const sum = combined([a, 1], [b, -1], [c, 1]);
  const length = size(sum);
  return length ? combined([sum, Math.sqrt(sum.length) / length]) : sum;
}

function combined(...parts) {
  return parts[0][0].map((_, i) => tidy(parts.reduce((sum, [z, weight]) => sum + weight * z[i], 0)));
}

function tidy(value) {
  return Math.round(Math.max(-LARGEST, Math.min(LARGEST, value)) * DECIMALS) / DECIMALS;
}

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function size(z) {
  return Math.sqrt(dot(z, z));
}
