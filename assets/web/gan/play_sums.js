// Arithmetic: A - B + C with z, by pictures picked from a pool.

import { append, button, set } from "../lib/dom.js";
import { analogy, Asking, Digits, fresh, Tile, verdictWords } from "./play_parts.js";

const POOL = 20;
const SLOTS = ["A", "B", "C"];
const SIGNS = ["−", "+", "="];

export class Sums {
  constructor(parent, context) {
    Object.assign(this, { context, active: 0 });
    this.ask = new Asking(context, "samples", (answer, asked) => this.show(answer, asked));
    this.buildSum(append(parent, "div", "sum"));
    append(parent, "p", "quiet",
      "Choose A, B or C, then a picture below. A thick digit minus a thin one plus a slanted one: is it thick and slanted? " +
      "The sum is brought to the usual length of z.");
    const tools = append(parent, "div", "tools");
    button(tools, { label: "Other pictures", why: "New random z to pick from", kind: "push main", does: () => this.renew() });
    if (context.conditional) this.digits = new Digits(tools, { changed: () => this.refresh() });
    const pool = append(parent, "div", "line pool");
    this.tiles = Array.from({ length: POOL }, (_, i) =>
      new Tile(pool, { scale: 3, label: `Picture ${i + 1}`, why: "Put it into the sum", does: () => this.pick(i) }),
    );
    this.pool = this.fresh();
    this.terms = this.pool.slice(0, SLOTS.length);
    this.activate(0);
  }

  buildSum(parent) {
    this.slots = SLOTS.map((name, i) => {
      const tile = new Tile(parent, { scale: 5, label: name, why: `Choose ${name}, then a picture below`, does: () => this.activate(i) });
      append(parent, "span", "sign", SIGNS[i]);
      return tile;
    });
    this.result = new Tile(parent, { scale: 8, label: "Sum", why: "Keep this picture", does: (tile) => this.context.keep(tile) });
  }

  fresh() {
    return Array.from({ length: POOL }, () => fresh(this.context.z));
  }

  renew() {
    this.pool = this.fresh();
    this.refresh();
  }

  activate(slot) {
    this.active = slot;
    this.slots.forEach(({ root }, i) => set(root, "aria-pressed", String(i === slot)));
  }

  pick(index) {
    this.terms[this.active] = this.pool[index];
    this.activate((this.active + 1) % SLOTS.length);
    this.refresh();
  }

  refresh(now = true) {
    const z = [...this.terms, analogy(...this.terms), ...this.pool];
    const labels = this.digits ? { labels: z.map(() => this.digits.chosen) } : {};
    this.ask.want({ z, ...labels }, now);
  }

  show({ images, verdicts, verdict }, { z, labels }) {
    const at = SLOTS.length;
    this.slots.forEach((tile, i) => tile.show(images[i], tile.label, ""));
    Object.assign(this.result, { z: z[at], digit: labels?.[at] });
    this.result.show(images[at], verdictWords(verdicts[at], verdict));
    this.tiles.forEach((tile, i) => tile.show(images[at + 1 + i]));
  }

  close() {
    this.ask.drop();
  }
}
