// Number by number: how a sum, a window, a norm or an activation comes to its value.

import { append, write } from "../lib/component.js";
import { decimal, figure, NONE, percent, say, whole } from "../lib/text.js";
import { curve } from "../lib/activation.js";
import { sizes } from "./names.js";

const MOST_SHOWN = 7; // numbers side by side in a grid

/** Fill `root` with what `told` says of its number; `read(channel)` shows another channel of the input. */
export function work(root, told, read) {
  if (told.form === "softmax") return softmax(root, told);
  const chosen = root.querySelector("[aria-pressed=true]")?.dataset.channel;
  root.replaceChildren();
  (FORMS[told.form] ?? plain)(root, told, read, chosen);
}

const FORMS = {
  conv, linear, max: pool, mean: pool, norm, activation, dropout, moved, add: parts, multiply: parts,
};

function conv(root, { channels, others, bias, sum, steps }, read, chosen) {
  const name = (number) => (steps ? say("from number {number} of the steps", { number }) : say("from map {number}", { number }));
  const grids = append(root, "div", "inside-grids");
  const ledger = append(root, "div", "inside-ledger");
  const buttons = channels.map((part) => {
    const row = append(ledger, "button", "inside-line");
    row.type = "button";
    row.dataset.channel = part.channel;
    append(row, "span", "", name(part.channel + 1));
    append(row, "span", "inside-value", decimal(part.sum));
    row.addEventListener("click", () => show(part));
    return row;
  });
  const show = (part) => {
    buttons.forEach((row) => row.setAttribute("aria-pressed", String(row.dataset.channel === String(part.channel))));
    grids.replaceChildren();
    product(grids, part);
    read(part.channel);
  };
  show(channels.find((part) => String(part.channel) === chosen) ?? channels[0]);
  if (others.count) line(ledger, say("from {count} other maps", { count: whole(others.count) }), others.sum);
  line(ledger, say("bias"), bias);
  total(ledger, sum);
}

// Patch times kernel gives the products, which are added up.
function product(root, { patch, kernel, sum }) {
  const products = patch.map((row, i) => row.map((x, j) => x * kernel[i][j]));
  const most = Math.max(...kernel.flat().map(Math.abs), 1e-12);
  const mostProduct = Math.max(...products.flat().map(Math.abs), 1e-12);
  grid(root, say("patch"), patch);
  append(root, "span", "inside-sign", "×");
  grid(root, say("kernel"), kernel, (x) => x / most);
  append(root, "span", "inside-sign", "=");
  grid(root, say("products, in all {sum}", { sum: figure(sum) }), products, (x) => x / mostProduct);
}

function grid(root, title, numbers, tint = null, counts = null) {
  const made = append(root, "table", "inside-grid");
  append(made, "caption", "", title);
  const small = numbers[0].length > MOST_SHOWN;
  made.classList.toggle("inside-dense", small);
  numbers.forEach((row, i) => {
    const cells = append(made, "tr");
    row.forEach((x, j) => {
      const cell = append(cells, "td", "", x === null ? NONE : small ? "" : brief(x));
      if (small) cell.title = x === null ? NONE : figure(x);
      if (tint) shade(cell, tint(x));
      if (counts && counts[0] === i && counts[1] === j) cell.classList.add("inside-best");
    });
  });
}

/** Two decimals, and no minus before a zero. */
function brief(x) {
  return figure(Math.abs(x) < 0.005 ? 0 : x);
}

function shade(cell, share) {
  cell.style.setProperty("--tint", share < 0 ? "var(--negative)" : "var(--positive)");
  cell.style.setProperty("--strength", `${Math.round(50 * Math.abs(share))}%`);
}

function linear(root, { terms, others, bias, sum }) {
  const table = append(root, "table", "inside-terms");
  append(table, "caption", "", say("The inputs that count most"));
  const head = append(append(table, "thead"), "tr");
  for (const name of [say("input"), say("value"), say("weight"), say("product")]) append(head, "th", "", name).scope = "col";
  const most = Math.max(...terms.map(({ weight }) => Math.abs(weight)), 1e-12);
  const rows = append(table, "tbody");
  for (const { input, x, weight, product } of terms) {
    const row = append(rows, "tr");
    append(row, "td", "", whole(input + 1));
    append(row, "td", "", decimal(x));
    shade(append(row, "td", "", decimal(weight)), weight / most);
    append(row, "td", "", decimal(product));
  }
  const ledger = append(root, "div", "inside-ledger");
  if (others.count) line(ledger, say("{count} other inputs", { count: whole(others.count) }), others.sum);
  line(ledger, say("bias"), bias);
  total(ledger, sum);
}

function pool(root, { form, numbers, counts, sum }) {
  append(root, "p", "", form === "max" ? say("The largest number of the window counts alone.") : say("All numbers of the window count alike: it is their mean."));
  if (numbers.length * numbers[0].length <= 196) grid(root, say("window"), numbers, null, counts);
  total(append(root, "div", "inside-ledger"), sum);
}

function norm(root, { running, x, mean, variance, normed, gamma, beta, sum }) {
  append(root, "p", "", running ? say("With the mean and variance that the training kept running.") : say("With the mean and variance of what came in."));
  const ledger = append(root, "div", "inside-ledger");
  line(ledger, say("what comes in"), x);
  line(ledger, say("less the mean"), -mean);
  line(ledger, say("divided by the root of the variance"), Math.sqrt(variance));
  line(ledger, say("makes"), normed);
  line(ledger, say("times gamma"), gamma);
  line(ledger, say("plus beta"), beta);
  total(ledger, sum);
}

function activation(root, { x, value, curve: points }) {
  const ledger = append(root, "div", "inside-ledger");
  line(ledger, say("what goes in"), x);
  total(ledger, value, say("what comes out"));
  curve(root, points, x, value);
}

function dropout(root, { x, value, p, count, off }) {
  append(root, "p", "", say("Off now: it changes nothing while a digit is read. While it trains, it sets {off} of {count} numbers to 0 in every step, others each time, and multiplies the rest by {factor}.", {
    off: whole(off), count: whole(count), factor: figure(1 / (1 - p)),
  }));
  const ledger = append(root, "div", "inside-ledger");
  line(ledger, say("what goes in"), x);
  total(ledger, value, say("what comes out"));
}

const tables = new WeakMap(); // of a softmax, by where they stand

function softmax(root, told) {
  let table = tables.get(root);
  if (!table?.table.isConnected) {
    root.replaceChildren();
    tables.set(root, (table = new Shares(root)));
  }
  table.fill(told);
}

/** The table of a softmax, with a temperature that the scores can be divided by first; it stays under the finger while
 *  other numbers come. */
class Shares {
  constructor(root) {
    this.table = append(root, "table", "inside-terms");
    this.end = append(root, "div", "inside-ledger");
    const field = append(root, "label", "inside-slide-field");
    append(field, "span", "", say("Temperature"));
    this.hand = Object.assign(append(field, "input"), { type: "range", min: -3, max: 3, step: 0.25, value: 0 }); // powers of 2
    this.warmth = append(field, "output");
    this.hand.addEventListener("input", () => this.fill(this.told));
    this.hand.addEventListener("keydown", (event) => event.stopPropagation());
    this.field = field;
    this.note = append(root, "p", "inside-quiet", say("Divides every score first. At 1 it is the network as it is; below 1 it is surer of its answer, above 1 less sure. The answer stays the same."));
  }

  fill(told) {
    this.told = told;
    const { scores, highest, unit, logarithm, digits } = told;
    const isWhole = scores.length === told.in[0]; // of more scores only the first come along, and their sum at temperature 1
    this.field.hidden = this.note.hidden = !isWhole;
    const heat = isWhole ? 2 ** Number(this.hand.value) : 1;
    const powers = heat === 1 ? told.powers : scores.map((score) => Math.exp((score - highest) / heat));
    const all = heat === 1 ? told.total : powers.reduce((sum, power) => sum + power, 0);
    write(this.warmth, figure(heat));
    this.table.replaceChildren();
    const values = { highest: decimal(highest), temperature: figure(heat) };
    append(this.table, "caption", "", heat === 1
      ? say("Each score less the highest, {highest}, as a power of e; then its share of all", values)
      : say("Each score less the highest, {highest}, divided by {temperature}, as a power of e; then its share of all", values));
    const head = append(append(this.table, "thead"), "tr");
    for (const name of [digits ? say("digit") : say("unit"), say("score"), say("power"), say("share")]) append(head, "th", "", name).scope = "col";
    const rows = append(this.table, "tbody");
    scores.forEach((score, i) => {
      const row = append(rows, "tr", i === unit ? "inside-best" : "");
      for (const text of [whole(digits ? i : i + 1), decimal(score), decimal(powers[i]), percent(powers[i] / all, 1)]) append(row, "td", "", text);
    });
    this.end.replaceChildren();
    const share = powers[unit] / all;
    const sum = heat === 1 ? told.sum : logarithm ? Math.log(share) : share;
    total(this.end, sum, logarithm ? say("the logarithm of the share") : say("the share"));
  }
}

function moved(root, { from, x, part }) {
  const where = from.map((index) => whole(index + 1)).join(", ");
  const sentence = part === undefined ? say("This layer only moves numbers: this one comes from place {where}.", { where }) : say("The parts stand side by side: this number comes from part {part}, place {where}.", { part: part + 1, where });
  append(root, "p", "", sentence);
  total(append(root, "div", "inside-ledger"), x, say("unchanged"));
}

function parts(root, { form, parts: numbers, sum }) {
  append(root, "p", "", form === "add" ? say("What comes in is added up, number by number.") : say("What comes in is multiplied, number by number."));
  const ledger = append(root, "div", "inside-ledger");
  numbers.forEach((x, i) => line(ledger, say("part {number}", { number: i + 1 }), x));
  total(ledger, sum);
}

function plain(root, told) {
  const ledger = append(root, "div", "inside-ledger");
  text(ledger, say("what comes in"), sizes(told.in));
  text(ledger, say("what comes out"), sizes(told.shape));
  total(ledger, told.value, say("this number"));
}

function text(ledger, name, value) {
  const row = append(ledger, "div", "inside-line");
  append(row, "span", "", name);
  append(row, "span", "inside-value", value);
}

function line(ledger, name, value) {
  const row = append(ledger, "div", "inside-line");
  append(row, "span", "", name);
  append(row, "span", "inside-value", decimal(value));
}

function total(ledger, value, name = say("the value")) {
  const row = append(ledger, "div", "inside-line inside-total");
  append(row, "span", "", name);
  append(row, "span", "inside-value", decimal(value));
}

