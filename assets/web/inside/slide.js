// Convolution by hand: a window that slides over a few numbers, its sum written out, and the same kernel on one's own digit.

import { append, button, isCalm, relabel, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { bordered, KERNELS, sideOf, slid, tapsOf } from "./arithmetic.js";
import { pictureCanvas } from "./pixels.js";

const TICK = 900; // ms at each place
const DIGIT = 28; // px
const SHOWN = 168; // px of the digit
const SORTS = { sum: say("Convolution"), max: say("Max pooling"), mean: say("Mean pooling") };
const NAMES = {
  vertical: say("Vertical edges"), horizontal: say("Horizontal edges"), blur: say("Blur"), sharpen: say("Sharpen"),
  own: say("Your own"),
};
const FIELDS = [
  ["size", say("Input"), 3, 9, say("Height and width of the picture")],
  ["kernel", say("Kernel"), 1, 5, say("Height and width of the window")],
  ["stride", say("Stride"), 1, 3, say("How far the window moves each time")],
  ["padding", say("Padding"), 0, 2, say("How many zeros stand around the picture")],
  ["dilation", say("Dilation"), 1, 3, say("How far the numbers that the window reads are apart")],
];
const FIRST = [1, 0, 2, 3, 4, 6, 6, 8, 3, 1, 1, 0, 1, 2, 2, 4];

export class Slide {
  constructor(root, context) {
    Object.assign(this, { root, context, at: 0, playing: !isCalm(), digit: null });
    Object.assign(this, { shape: { size: 4, kernel: 3, stride: 1, padding: 0, dilation: 1 }, sort: "sum", name: "vertical" });
    Object.assign(this, { numbers: FIRST, ...KERNELS.vertical(3) });
    set(root, "role", "region");
    set(root, "aria-label", say("Convolution"));
    append(root, "h2", "inside-title", say("Convolution by hand"));
    append(root, "p", "inside-quiet", say("A window slides over the picture. At each place, what it reads becomes one number."));
    this.#buildBar(append(root, "div", "inside-choice"));
    this.formula = append(root, "p", "inside-formula");
    set(this.formula, "role", "status");
    const grids = append(root, "div", "inside-grids");
    this.input = this.#grid(grids, say("Picture"));
    this.kernel = this.#grid(grids, say("Kernel"));
    this.output = this.#grid(grids, say("What comes out"));
    this.#listen();
    this.#buildPlayer(append(root, "div", "inside-choice"));
    this.sum = append(root, "p", "inside-sum");
    const below = append(root, "section", "inside-change");
    append(below, "h2", "inside-title", say("The same on your digit"));
    this.size = append(below, "p", "inside-quiet");
    this.pictures = append(below, "div", "inside-grids");
    this.resize();
  }

  forget() {}

  take({ image }) {
    if (image === this.image) return;
    this.image = image;
    const picture = new Image();
    picture.addEventListener("load", () => {
      if (this.image !== image) return;
      const canvas = Object.assign(document.createElement("canvas"), { width: DIGIT, height: DIGIT });
      const context = canvas.getContext("2d");
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, DIGIT, DIGIT);
      this.digit = Uint8Array.from({ length: DIGIT * DIGIT }, (_, i) => data[4 * i]);
      this.#showDigit();
    });
    picture.src = image;
  }

  paint() {
    this.#showDigit();
    this.#play();
  }

  close() {
    clearInterval(this.timer);
  }

  #buildBar(bar) {
    this.sorts = this.#choice(bar, say("What it does"), SORTS, (sort) => Object.assign(this, { sort }));
    this.names = this.#choice(bar, say("Weights"), NAMES, (name) => {
      this.name = name;
      if (name !== "own") Object.assign(this, KERNELS[name](this.shape.kernel));
      else Object.assign(this, { factor: 1, weights: this.weights.map((weight) => Math.round(weight)) });
    });
    for (const [name, label, low, high, why] of FIELDS) {
      const field = append(bar, "label", "inside-field", label);
      field.title = why;
      const hand = append(field, "select");
      for (let value = low; value <= high; value++) append(hand, "option", "", String(value));
      hand.value = this.shape[name];
      hand.dataset.name = name;
      hand.addEventListener("change", () => {
        this.shape = { ...this.shape, [name]: Number(hand.value) };
        this.resize();
      });
    }
    button(bar, {
      label: say("Other numbers"), why: say("Put other numbers into the picture."), kind: "inside-button",
      does: () => {
        this.numbers = Array.from({ length: this.shape.size ** 2 }, () => Math.floor(10 * Math.random()));
        this.#show();
      },
    });
  }

  #choice(bar, label, names, chosen) {
    const made = append(append(bar, "label", "inside-field", label), "select");
    for (const [value, name] of Object.entries(names)) append(made, "option", "", name).value = value;
    made.addEventListener("change", () => {
      chosen(made.value);
      this.resize();
    });
    return made;
  }

  #grid(parent, title) {
    const figure = append(parent, "figure");
    const caption = append(figure, "figcaption", "inside-count", title);
    const table = append(figure, "table", "inside-numbers");
    set(table, "aria-label", title);
    return { figure, caption, table, title };
  }

  #buildPlayer(bar) {
    this.player = button(bar, {
      name: "pause", label: say("Pause"), why: say("Let the window slide by itself, or hold it."), kind: "inside-button",
      does: () => {
        this.playing = !this.playing;
        this.#play();
      },
    });
    button(bar, { label: say("Back"), why: say("To the place before"), kind: "inside-button", does: () => this.#step(-1) });
    button(bar, { label: say("Next"), why: say("To the next place"), kind: "inside-button", does: () => this.#step(1) });
  }

  // Another size: the numbers that fit stay, the window begins anew.
  resize() {
    const { size, kernel } = this.shape;
    const old = Math.sqrt(this.numbers.length);
    const kept = (row, column) => (row < old && column < old ? this.numbers[row * old + column] : (3 * row + 5 * column) % 7);
    this.numbers = Array.from({ length: size * size }, (_, i) => kept(Math.floor(i / size), i % size));
    if (this.weights.length !== kernel * kernel) {
      const side = Math.sqrt(this.weights.length);
      const own = (row, column) => (row < side && column < side ? this.weights[row * side + column] : 0);
      const same = () => Array.from({ length: kernel * kernel }, (_, i) => own(Math.floor(i / kernel), i % kernel));
      Object.assign(this, this.name === "own" ? { weights: same() } : KERNELS[this.name](kernel));
    }
    this.at = 0;
    this.names.parentElement.hidden = this.kernel.figure.hidden = this.sort !== "sum";
    this.#show();
    this.#showDigit();
    this.#play();
  }

  #play() {
    clearInterval(this.timer);
    relabel(this.player, this.playing ? "pause" : "play", this.playing ? say("Pause") : say("Play"));
    if (!this.playing) return;
    this.timer = setInterval(() => {
      const over = this.root.contains(this.root.getRootNode().activeElement) && this.root.getRootNode().activeElement.tagName === "INPUT";
      if (!this.root.isConnected) clearInterval(this.timer);
      else if (!this.root.hidden && !document.hidden && !over) this.#go(this.at + 1);
    }, TICK);
  }

  #step(by) {
    this.playing = false;
    this.#play();
    this.#go(this.at + by);
  }

  #go(place) {
    const all = Math.max(0, this.side) ** 2;
    this.at = all ? (place + all) % all : 0;
    this.#mark();
  }

  #listen() {
    const { table } = this.output;
    table.tabIndex = 0;
    set(table, "aria-description", say("Arrow keys move the window."));
    table.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#pick(event));
    table.addEventListener("click", (event) => this.#pick(event));
    table.addEventListener("keydown", (event) => {
      const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.side, ArrowUp: -this.side };
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      this.#step(steps[event.key]);
    });
  }

  #pick(event) {
    const cell = event.composedPath().find((one) => one.tagName === "TD");
    if (!cell || this.side < 1) return;
    this.playing = false;
    this.#play();
    this.#go(cell.parentElement.rowIndex * this.side + cell.cellIndex);
  }

  #work() {
    return { sort: this.sort, weights: this.weights, factor: this.factor };
  }

  #show() {
    const { shape } = this;
    this.side = sideOf(shape);
    this.out = slid(this.numbers, shape, this.#work());
    this.whole = bordered(this.numbers, shape, this.sort === "max" ? null : 0);
    const wide = shape.size + 2 * shape.padding;
    fill(this.input.table, wide, this.whole, (cell, place) => {
      const [row, column] = [Math.floor(place / wide) - shape.padding, (place % wide) - shape.padding];
      cell.toggleAttribute("data-border", row < 0 || column < 0 || row >= shape.size || column >= shape.size);
    });
    if (this.sort === "sum") this.#weights();
    fill(this.output.table, Math.max(0, this.side), this.out);
    this.#say();
    this.#mark();
  }

  // The kernel is there to be edited.
  #weights() {
    const { kernel } = this.shape;
    const { table, caption } = this.kernel;
    write(caption, this.factor === 1 ? say("Kernel") : say("Kernel, all of it times 1/{count}", { count: kernel * kernel }));
    const hands = table.querySelectorAll("input");
    if (hands.length !== kernel * kernel) {
      fill(table, kernel, this.weights);
      [...table.querySelectorAll("td")].forEach((cell, place) => {
        write(cell, "");
        const hand = Object.assign(append(cell, "input"), { type: "number", step: "any", min: -99, max: 99 });
        set(hand, "aria-label", say("Weight in row {row}, column {column}", { row: 1 + Math.floor(place / kernel), column: 1 + (place % kernel) }));
        hand.addEventListener("keydown", (event) => event.stopPropagation());
        hand.addEventListener("change", () => this.#edit(place, hand));
      });
    }
    table.querySelectorAll("input").forEach((hand, i) => (hand.value = short(this.weights[i])));
  }

  #edit(place, hand) {
    const value = Number(hand.value);
    const weights = [...this.weights];
    weights[place] = Number.isFinite(value) ? Math.max(-99, Math.min(99, value)) : 0;
    Object.assign(this, { weights, name: "own" });
    this.names.value = "own";
    this.#show();
    this.#showDigit();
  }

  #say() {
    const { size, kernel, stride, padding, dilation } = this.shape;
    const values = { size, kernel, stride, padding, dilation, reach: dilation * (kernel - 1) + 1, side: this.side };
    write(this.formula, this.side < 1
      ? say("The window covers {reach} pixels a side, the picture with its border has {wide}: nothing comes out. Make the picture or the padding larger.", { ...values, wide: size + 2 * padding })
      : say("(input {size} + 2 × padding {padding} − dilation {dilation} × (kernel {kernel} − 1) − 1) / stride {stride}, rounded down, + 1 = {side}: what comes out is {side} × {side}.", values));
  }

  #mark() {
    const { side, shape, at: place } = this;
    const [row, column] = [Math.floor(place / Math.max(1, side)), place % Math.max(1, side)];
    const taps = side < 1 ? [] : tapsOf(shape, row, column);
    const wide = shape.size + 2 * shape.padding;
    const read = new Set(taps.map(([y, x]) => y * wide + x));
    const values = taps.map(([y, x]) => this.whole[y * wide + x]);
    const best = this.sort === "max" ? Math.max(...values.filter((value) => value !== null)) : null;
    cells(this.input.table).forEach((cell, i) => {
      cell.toggleAttribute("data-read", read.has(i));
      cell.toggleAttribute("data-best", read.has(i) && best !== null && this.whole[i] === best);
    });
    cells(this.output.table).forEach((cell, i) => {
      cell.toggleAttribute("data-read", i === place);
      cell.toggleAttribute("data-done", i < place);
    });
    write(this.sum, side < 1 ? "" : this.#written(values, this.out[place]));
  }

  #written(values, out) {
    const told = { out: short(out) };
    if (this.sort === "max") return say("The largest of {numbers} is {out}.", { ...told, numbers: values.filter((value) => value !== null).map(short).join(", ") });
    if (this.sort === "mean") return say("({numbers}) / {count} = {out}", { ...told, numbers: values.map(short).join(" + "), count: values.length });
    const products = values.map((value, i) => `${short(value)} × ${signed(this.weights[i])}`).join(" + ");
    return this.factor === 1
      ? say("{products} = {out}", { ...told, products })
      : say("({products}) / {count} = {out}", { ...told, products, count: values.length });
  }

  // The window goes over the digit with the same settings; pooling as large as the window.
  #showDigit() {
    const { digit, pictures, context } = this;
    if (!digit || !context.colours || this.root.hidden) return;
    const shape = { ...this.shape, size: DIGIT };
    const side = sideOf(shape);
    const inked = Array.from(digit, (ink) => ink / 255);
    const out = slid(inked, shape, this.#work());
    pictures.replaceChildren();
    write(this.size, say("28 × 28 become {side} × {side}. Where the ink stands out for this kernel, the number is large: blue above 0, orange below, paper is 0.", { side }));
    const most = Math.max(1e-9, ...out.map(Math.abs));
    const [over, under] = [say("Your digit"), say("What comes out, from −{most} to {most}", { most: number(most, ".2g") })];
    this.#picture(over, { size: [DIGIT, DIGIT], bytes: digit }, context.colours);
    const bytes = Uint8Array.from(out, (value) => Math.round(127.5 + (127.5 * value) / most));
    this.#picture(under, { size: [side, side], bytes }, context.signs);
  }

  #picture(title, picture, colours) {
    const figure = append(this.pictures, "figure");
    append(figure, "figcaption", "inside-quiet", title);
    pictureCanvas(append(figure, "div", "inside-box"), picture, SHOWN, colours, title);
  }
}

function cells(table) {
  return [...table.querySelectorAll("td")];
}

function fill(table, side, values, each = () => {}) {
  if (table.rows.length !== side || (side && table.rows[0].cells.length !== side)) {
    table.replaceChildren();
    const body = append(table, "tbody");
    for (let row = 0; row < side; row++) {
      const line = append(body, "tr");
      for (let column = 0; column < side; column++) append(line, "td");
    }
  }
  cells(table).forEach((cell, i) => {
    write(cell, values[i] === null ? "" : short(values[i]));
    each(cell, i);
  });
}

function short(value) {
  return number(Math.round(100 * value) / 100, "n");
}

function signed(value) {
  return value < 0 ? `(${short(value)})` : short(value);
}
