// Surgery: switch units off, cut small weights away, round or shake them, and see what the network still reads.

import { append, button, press, set, write } from "../lib/component.js";
import { percent, say, whole } from "../lib/text.js";
import { Reader } from "../pad/reader.js";
import { offerLayers } from "./names.js";
import { Pager } from "./pictures.js";

const MOST = 64; // units of a page
const BITS = [32, 8, 4, 2, 1];
const NOTHING = { off: [], prune: 0, noise: 0, bits: 32 };

export class Surgery {
  constructor(root, context) {
    Object.assign(this, { root, context, edits: NOTHING, past: [], future: [] });
    set(root, "role", "region");
    set(root, "aria-label", say("Surgery"));
    append(root, "h2", "inside-title", say("Surgery"));
    append(root, "p", "inside-quiet", say("Damage a copy of this network, and see what it still reads. Most networks bear more than one expects."));
    const both = append(root, "div", "inside-surgery");
    const left = append(both, "section");
    this.#buildWeights(left);
    this.#buildUnits(left);
    const right = append(both, "section", "inside-result");
    this.share = append(right, "p", "inside-large");
    set(this.share, "role", "status");
    this.about = append(right, "p", "inside-quiet");
    this.reads = append(right, "p", "inside-reading");
    this.bars = append(right, "ol", "inside-before-after");
    this.rows = Array.from({ length: 10 }, (_, digit) => {
      const row = append(this.bars, "li");
      append(row, "b", "", String(digit));
      const track = append(row, "span", "inside-track");
      return { row, track, value: append(row, "span", "inside-value") };
    });
    const bar = append(right, "div", "inside-choice");
    this.undo = this.#button(bar, say("Undo"), say("Take the last change back."), () => this.#back(this.past, this.future));
    this.redo = this.#button(bar, say("Redo"), say("Make the change again."), () => this.#back(this.future, this.past));
    this.heal = this.#button(bar, say("Heal all"), say("Take every change back."), () => this.#change(NOTHING));
    this.train = this.#button(right, say("Train on from here"), say("A new run on the page Train, five epochs more, begins with these weights: what is cut away may grow again."), () => this.context.trainOn?.(this.edits));
    this.train.hidden = true;
    this.reader = new Reader((answer, question) => this.#told(answer, question));
    this.forget();
  }

  forget() {
    this.reader.drop();
    Object.assign(this, { edits: NOTHING, past: [], future: [], layers: null, layer: null, first: 0 });
    this.choice.replaceChildren();
    this.units.replaceChildren();
    write(this.share, "");
    write(this.about, say("It reads the pictures of the test set. This takes a moment."));
    write(this.reads, "");
    this.pager.root.hidden = true;
    this.#controls();
  }

  take() {
    this.#ask(false);
  }

  paint() {
    this.train.hidden = !this.context.trainOn;
    this.#ask(true);
  }

  close() {
    this.reader.drop();
  }

  #button(bar, label, why, does) {
    return button(bar, { label, why, kind: "inside-button", does });
  }

  #buildWeights(parent) {
    append(parent, "h3", "inside-count", say("All weights"));
    this.prune = this.#slider(parent, say("Cut away the smallest"), "prune", 0.99);
    this.noise = this.#slider(parent, say("Shake each by noise of"), "noise", 1);
    const bar = append(parent, "div", "inside-choice");
    append(bar, "span", "", say("Bits of each weight"));
    const group = append(bar, "div", "inside-digit-row");
    set(group, "role", "group");
    set(group, "aria-label", say("Bits of each weight"));
    this.bits = BITS.map((bits) => {
      const made = append(group, "button", "inside-digit", String(bits));
      made.type = "button";
      made.addEventListener("click", () => this.#change({ ...this.edits, bits }));
      return made;
    });
  }

  #slider(parent, label, name, most) {
    const field = append(parent, "label", "inside-slide-field");
    append(field, "span", "", label);
    const hand = Object.assign(append(field, "input"), { type: "range", min: 0, max: most, step: 0.01, value: 0 });
    const told = append(field, "output");
    hand.addEventListener("input", () => write(told, percent(Number(hand.value), 0)));
    hand.addEventListener("change", () => this.#change({ ...this.edits, [name]: Number(hand.value) }));
    hand.addEventListener("keydown", (event) => event.stopPropagation());
    return { hand, told };
  }

  #buildUnits(parent) {
    append(parent, "h3", "inside-count", say("Single units and maps"));
    const bar = append(parent, "div", "inside-choice");
    const label = append(bar, "label", "inside-field", say("Layer"));
    this.choice = append(label, "select");
    this.choice.addEventListener("change", () => {
      Object.assign(this, { layer: this.choice.value, first: 0 });
      this.#showUnits();
    });
    this.#button(bar, say("All off"), say("Switch this whole layer off, up to 512 units."), () => {
      const others = this.edits.off.filter(([layer]) => layer !== this.layer);
      const all = Array.from({ length: Math.min(512 - others.length, this.#chosen().units) }, (_, unit) => [this.layer, unit]);
      this.#change({ ...this.edits, off: [...others, ...all] });
    });
    this.told = append(parent, "p", "inside-quiet", say("Press a unit to switch it off: what it makes becomes 0."));
    this.units = append(parent, "div", "inside-units");
    set(this.units, "role", "group");
    set(this.units, "aria-label", say("Units and maps of the layer"));
    this.pager = new Pager(parent, (first) => {
      this.first = first;
      this.#showUnits();
    });
  }

  #chosen() {
    return this.layers?.find(({ id }) => id === this.layer) ?? { units: 0 };
  }

  #showUnits() {
    const { units } = this.#chosen();
    const count = Math.min(MOST, units - this.first);
    const off = new Set(this.edits.off.filter(([layer]) => layer === this.layer).map(([, unit]) => unit));
    if (this.units.children.length !== count || this.units.dataset.first !== String(this.first)) {
      this.units.dataset.first = this.first;
      this.units.replaceChildren();
      for (let unit = this.first; unit < this.first + count; unit++) {
        const made = append(this.units, "button", "inside-unit", String(unit + 1));
        made.type = "button";
        made.addEventListener("click", () => this.#turn(unit));
      }
    }
    [...this.units.children].forEach((made, i) => {
      const is = off.has(this.first + i);
      press(made, is);
      const unit = whole(this.first + i + 1);
      set(made, "aria-label", is ? say("Unit {unit}, off", { unit }) : say("Unit {unit}, on", { unit }));
    });
    this.pager.show({ first: this.first, count, total: units, most: MOST });
  }

  #turn(unit) {
    const is = ([layer, other]) => layer === this.layer && other === unit;
    const off = this.edits.off.some(is) ? this.edits.off.filter((one) => !is(one)) : [...this.edits.off, [this.layer, unit]];
    this.#change({ ...this.edits, off });
  }

  #change(edits) {
    if (JSON.stringify(edits) === JSON.stringify(this.edits)) return;
    this.past.push(this.edits);
    Object.assign(this, { edits, future: [] });
    this.#controls();
    this.#ask(true);
  }

  #back(from, to) {
    if (!from.length) return;
    to.push(this.edits);
    this.edits = from.pop();
    this.#controls();
    this.#ask(true);
  }

  #controls() {
    const { edits } = this;
    for (const [name, { hand, told }] of Object.entries({ prune: this.prune, noise: this.noise })) {
      hand.value = edits[name];
      write(told, percent(edits[name], 0));
    }
    this.bits.forEach((made, i) => press(made, BITS[i] === edits.bits));
    if (this.train) {
      this.undo.disabled = !this.past.length;
      this.redo.disabled = !this.future.length;
      this.heal.disabled = this.train.disabled = JSON.stringify(edits) === JSON.stringify(NOTHING);
    }
    if (this.layers) this.#showUnits();
  }

  #ask(now) {
    const { question } = this.context;
    if (!question) return;
    const query = new URLSearchParams({ edits: JSON.stringify(this.edits) });
    this.reader.want({ ...question, url: this.context.address("surgery", query), edits: this.edits, model: this.context.model }, now);
  }

  #told(answer, { edits, model }) {
    if (model !== this.context.model || edits !== this.edits) return;
    if (answer.error) {
      write(this.about, answer.error);
      return;
    }
    if (!this.layers) {
      this.layers = answer.layers;
      offerLayers(this.choice, answer.layers);
      this.layer = answer.layers[0]?.id ?? null;
      this.#showUnits();
    }
    this.#show(answer);
  }

  #show({ before, after, reading }) {
    const same = before.accuracy === after.accuracy;
    write(this.share, same
      ? say("{after} read", { after: percent(after.accuracy, 2) })
      : say("{before} → {after} read", { before: percent(before.accuracy, 2), after: percent(after.accuracy, 2) }));
    write(this.about, say("Of {count} test pictures. {left} of {weights} weights are not 0; {off} units are off.", {
      count: whole(after.count), left: whole(after.left), weights: whole(after.weights), off: whole(this.edits.off.length),
    }));
    write(this.reads, reading
      ? say("Your digit is read as {digit}, {share} sure.", { digit: reading.digit, share: percent(reading.probabilities[reading.digit], 1) })
      : "");
    this.rows.forEach(({ track, value }, digit) => {
      track.style.setProperty("--before", before.digits[digit]);
      track.style.setProperty("--after", after.digits[digit]);
      write(value, percent(after.digits[digit], 1));
    });
  }
}
