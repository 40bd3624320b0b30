// The network of the 2-D playground: its inputs, a small picture of what every unit says, lines as thick as their weights,
// buttons for more and fewer layers and units, and the fields of one unit's weights.

import { append, button, press, set, write } from "../lib/component.js";
import { number, plural, say } from "../lib/text.js";
import { ACTIVATIONS } from "./maths.js";
import { css, Tile } from "./picture.js";

const MOST_WIDE = 7; // px of a line
const NEAR = 9; // px from a line at which it is meant
const FEW = 9; // weights of a network that shows only the inputs it reads
const MOST_NUMBERED = 24; // weights that still have their numbers beside the lines
const TITLES = { x: "x", y: "y", xx: "x²", yy: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };

export class NetworkView {
  /** `change(settings)` is called when the visitor wants another network, `edit(layer, unit, input, value)` when they set a
   *  weight, `choose()` when another unit is chosen. */
  constructor(parent, { change, edit, choose }) {
    Object.assign(this, { change, edit, choose, unit: null });
    const head = append(parent, "div", "points-layers");
    this.fewer = button(head, { label: "−", why: say("One hidden layer less"), does: () => this.resize(this.shape.units.slice(0, -1)) });
    this.count = append(head, "span");
    this.more = button(head, { label: "+", why: say("One hidden layer more"), does: () => this.resize([...this.shape.units, this.shape.units.at(-1) ?? 4]) });
    for (const [made, name] of [[this.fewer, say("One hidden layer less")], [this.more, say("One hidden layer more")]]) set(made, "aria-label", name);
    this.stage = append(parent, "div", "points-stage");
    this.lines = append(this.stage, "canvas", "points-lines");
    this.columns = append(this.stage, "div", "points-columns");
    this.stage.addEventListener("click", (event) => this.pressed(event));
    this.card = append(parent, "div", "points-card");
  }

  /** Another network: its columns are made anew, and what was focused keeps the focus. */
  open(shape, { layers, units }) {
    const same = JSON.stringify([shape.sizes, shape.features, shape.activation, shape.classes]);
    Object.assign(this, { most: { layers, units }, shape });
    if (same === this.same) return;
    this.same = same;
    const focused = this.stage.getRootNode().activeElement?.dataset?.focus;
    this.columns.replaceChildren();
    this.tiles = [];
    this.inputs();
    shape.units.forEach((count, l) => this.hidden(count, l));
    this.outputs();
    const hidden = shape.units.length;
    write(this.count, say(plural("{count} hidden layer", "{count} hidden layers", { count: hidden })));
    this.fewer.disabled = !hidden;
    this.more.disabled = hidden >= layers;
    if (this.unit && !(this.unit[0] < shape.layers.length && this.unit[1] < shape.layers[this.unit[0]].outs)) this.unit = null;
    this.fields();
    if (focused) this.columns.querySelector(`[data-focus="${focused}"]`)?.focus();
    this.measure();
  }

  inputs() {
    const column = append(this.columns, "div", "points-column");
    append(column, "div", "points-column-head", say("Inputs"));
    this.features = {};
    const few = this.shape.count <= FEW && !this.showsAll;
    this.columns.toggleAttribute("data-few", few);
    for (const [name, title] of Object.entries(TITLES)) {
      const used = this.shape.features.includes(name);
      if (few && !used) continue;
      const made = this.node(column, title, say("Input {name}: read it, or leave it out", { name: title }), () => this.toggle(name));
      press(made, used);
      set(made, "data-focus", `in-${name}`);
      this.features[name] = made;
    }
    if (few) button(column, { label: say("More inputs"), why: say("Show what else the network can read"), does: (event) => this.showAll(event) });
  }

  /** A very small network shows only the inputs that it reads, so that its numbers stand close to it; until asked. */
  showAll(event) {
    event.stopPropagation();
    this.showsAll = true;
    this.same = null;
    this.open(this.shape, this.most);
    this.repaint();
  }

  repaint() {
    if (this.painted) this.paint(...this.painted);
  }

  hidden(count, l) {
    const column = append(this.columns, "div", "points-column");
    const head = append(column, "div", "points-column-head");
    const sized = (change) => this.shape.units.map((units, i) => (i === l ? units + change : units));
    const fewer = button(head, { label: "−", why: say("One unit less in layer {layer}", { layer: l + 1 }), does: () => this.resize(sized(-1)) });
    append(head, "span", "points-size", String(count));
    const more = button(head, { label: "+", why: say("One unit more in layer {layer}", { layer: l + 1 }), does: () => this.resize(sized(1)) });
    for (const [made, focus, off] of [[fewer, "less", count <= 1], [more, "more", count >= this.most.units]]) {
      set(made, "aria-label", made.title);
      set(made, "data-focus", `${focus}-${l}`);
      made.disabled = off;
    }
    this.units(column, l, count, (unit) => say("Unit {unit} of layer {layer}", { unit: unit + 1, layer: l + 1 }));
  }

  outputs() {
    const column = append(this.columns, "div", "points-column");
    append(column, "div", "points-column-head", say("Output"));
    const { classes, layers } = this.shape;
    this.units(column, layers.length - 1, layers.at(-1).outs, (unit) =>
      classes === 3 ? say("Output for class {label}", { label: unit }) : say("Output"));
  }

  units(column, l, count, title) {
    for (let unit = 0; unit < count; unit++) {
      const why = say("{unit}: see it large, and its weights", { unit: title(unit) });
      const made = this.node(column, "", why, () => this.pick(l, unit));
      set(made, "data-focus", `unit-${l}-${unit}`);
      Object.assign(made, { layer: l, unit, title: why, words: title(unit) });
    }
  }

  node(column, title, why, does) {
    const made = button(column, { label: title, why, kind: "points-node", does: (event) => does(event.stopPropagation()) });
    set(made, "aria-label", why);
    const canvas = append(made, "canvas");
    made.prepend(canvas);
    made.tile = new Tile(canvas);
    this.tiles.push(made);
    return made;
  }

  resize(units) {
    if (units.length <= this.most.layers) this.change({ units });
  }

  toggle(name) {
    const { features } = this.shape;
    const chosen = features.includes(name) ? features.filter((other) => other !== name) : [...features, name];
    if (chosen.length) this.change({ features: chosen });
  }

  /** Choose a unit, or with the one that is chosen none. */
  pick(layer, unit, input = null) {
    const same = this.unit?.[0] === layer && this.unit?.[1] === unit;
    this.unit = same && input === null ? null : [layer, unit];
    this.fields();
    this.choose();
    if (input !== null) this.entries[input + 1]?.field.focus();
  }

  /** Where every node stands, and the size of the canvas behind them. */
  measure() {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.lines, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const spot = (node) => {
      const box = node.tile.canvas.getBoundingClientRect();
      return { left: box.left - left, right: box.right - left, middle: box.top - top + box.height / 2 };
    };
    const layers = this.shape.layers.map((_, l) => this.tiles.filter(({ layer }) => layer === l).map(spot));
    this.spots = [this.shape.features.map((name) => spot(this.features[name])), ...layers];
  }

  /** Fill the pictures of the units: `said` is what each says in every cell, `features` the same of all inputs, each with
   *  its scale. A perceptron says 0 or 1. */
  paint(weights, said, features, look, perceptron) {
    this.painted = [weights, said, features, look, perceptron];
    Object.assign(this, { weights, look });
    const colours = look.numbers;
    const { units, activation, classes } = this.shape;
    const { bounded } = ACTIVATIONS[activation];
    for (const node of this.tiles) {
      if (node.layer === undefined) continue;
      const last = node.layer === units.length;
      node.tile.fill(said[node.layer][node.unit], colours, perceptron ? 1e-9 : last ? (classes ? 4 : 1) : bounded ? 1 : 3);
    }
    for (const [name, node] of Object.entries(this.features)) node.tile.fill(features[name][0], colours, features[name][1]);
    this.paintLines();
    this.refresh();
  }

  paintLines() {
    const pen = this.lines.getContext("2d");
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.lines.width, this.lines.height);
    if (!this.spots) return;
    const numbered = this.shape.count <= MOST_NUMBERED;
    this.each((layer, unit, input, from, to) => {
      const weight = this.weights[this.shape.place(layer, unit, input)];
      const { negative, positive } = this.look.weights;
      pen.strokeStyle = css(weight < 0 ? negative : positive);
      pen.globalAlpha = Math.min(1, 0.25 + Math.abs(weight));
      pen.lineWidth = Math.min(MOST_WIDE, 0.6 + 2 * Math.abs(weight));
      pen.setLineDash(weight < 0 ? [6, 3] : []);
      pen.beginPath();
      pen.moveTo(from.right, from.middle);
      const half = (from.right + to.left) / 2;
      pen.bezierCurveTo(half, from.middle, half, to.middle, to.left, to.middle);
      pen.stroke();
    });
    pen.globalAlpha = 1;
    if (numbered) this.numberLines(pen);
  }

  /** In a small network each line has its weight beside it, staggered so that they do not cover each other. */
  numberLines(pen) {
    pen.font = `600 12px ${this.look.font}`;
    pen.textAlign = "center";
    pen.setLineDash([]);
    pen.lineWidth = 4;
    pen.strokeStyle = css(this.look.paper);
    pen.fillStyle = css(this.look.ink);
    this.each((layer, unit, input, from, to) => {
      const room = to.left - from.right;
      if (room < 60) return;
      const share = this.shape.layers[layer].outs > 1 ? 0.8 - (0.45 * input) / Math.max(1, this.shape.layers[layer].ins - 1) : 0.6;
      const [x, y] = along(from, to, share);
      const words = number(this.weights[this.shape.place(layer, unit, input)], ".2f").replace("-", "−");
      pen.strokeText(words, x, y + 4);
      pen.fillText(words, x, y + 4);
    });
  }

  each(does) {
    this.shape.layers.forEach(({ ins, outs }, l) => {
      for (let unit = 0; unit < outs; unit++) for (let i = 0; i < ins; i++) does(l, unit, i, this.spots[l][i], this.spots[l + 1][unit]);
    });
  }

  /** A line that was pressed leads to the field of its weight. */
  pressed({ clientX, clientY }) {
    if (!this.spots) return;
    const { left, top } = this.stage.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    let [best, found] = [NEAR, null];
    this.each((layer, unit, input, from, to) => {
      if (x < from.right || x > to.left) return;
      for (let share = 0; share <= 1; share += 0.05) {
        const [px, py] = along(from, to, share);
        const far = Math.hypot(px - x, py - y);
        if (far < best) [best, found] = [far, [layer, unit, input]];
      }
    });
    if (found) this.pick(...found);
  }

  /** The fields of the unit that is chosen: its bias, then a weight for each input. */
  fields() {
    this.entries = [];
    this.card.replaceChildren();
    for (const node of this.tiles) if (node.layer !== undefined) press(node, node.layer === this.unit?.[0] && node.unit === this.unit?.[1]);
    if (!this.unit) {
      append(this.card, "p", "points-hint", say("Press a unit to see it large, with its weights, and to change them. Lines are as thick as their weight: blue above 0, orange and dashed below."));
      return;
    }
    const [layer, unit] = this.unit;
    const node = this.tiles.find((one) => one.layer === layer && one.unit === unit);
    const last = layer === this.shape.units.length;
    const { name } = ACTIVATIONS[this.shape.activation];
    append(this.card, "b", "", node.words);
    append(this.card, "span", "points-formula", last || !name ? say("sum of inputs × weights + bias") : say("{activation}(sum of inputs × weights + bias)", { activation: name }));
    const row = append(this.card, "div", "points-fields");
    this.field(row, say("bias"), layer, unit, null);
    for (let i = 0; i < this.shape.layers[layer].ins; i++) {
      const from = layer ? say("from unit {unit}", { unit: i + 1 }) : say("from {name}", { name: TITLES[this.shape.features[i]] });
      this.field(row, from, layer, unit, i);
    }
    if (this.weights) this.refresh();
  }

  field(row, title, layer, unit, input) {
    const label = append(row, "label", "", title);
    const field = append(label, "input");
    Object.assign(field, { type: "number", step: "0.1", min: "-1000", max: "1000" });
    field.addEventListener("input", () => field.value !== "" && field.checkValidity() !== null && this.entered(field, layer, unit, input));
    field.addEventListener("keydown", (event) => event.stopPropagation()); // letters are no orders while one types
    this.entries.push({ field, place: this.shape.place(layer, unit, input) });
  }

  entered(field, layer, unit, input) {
    const value = Number(field.value);
    if (Number.isFinite(value) && Math.abs(value) <= 1000) this.edit(layer, unit, input, value);
  }

  /** The fields follow the weights, but for the one that is typed in. */
  refresh() {
    const active = this.card.getRootNode().activeElement;
    for (const { field, place } of this.entries) {
      if (field !== active && this.weights.length > place) field.value = String(Number(this.weights[place].toPrecision(4)));
    }
  }
}

/** A place on the curve from one node to another. */
function along(from, to, share) {
  const half = (from.right + to.left) / 2;
  const [a, b] = [1 - share, share];
  const bend = (p0, p1, p2, p3) => a ** 3 * p0 + 3 * a * a * b * p1 + 3 * a * b * b * p2 + b ** 3 * p3;
  return [bend(from.right, half, half, to.left), bend(from.middle, from.middle, to.middle, to.middle)];
}
