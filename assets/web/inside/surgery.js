// Surgery: cut small weights away, round or shake them, set one by hand, switch units off, scale or shift them, and see
// what the network still reads.

import { append, button, press, set, write } from "../lib/component.js";
import { Pager } from "../lib/pager.js";
import { number, percent, say, whole } from "../lib/text.js";
import { Reader } from "../pad/reader.js";
import { offerLayers } from "./names.js";

const MOST = 64; // units of a page
const MOST_AT_ONCE = 512; // units operated on
const BITS = [32, 8, 4, 2, 1];
const NOTHING = { off: [], prune: 0, noise: 0, bits: 32, scaled: [], weights: [] };
const LARGEST = 100; // a weight set by hand

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
    this.#buildWeight(left);
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
    this.keep = this.#button(right, say("Keep it as a model"), say("It is tested and kept among your runs as it is, without training."), () => this.context.trainOn?.({ ...this.edits, keep: true }));
    this.train.hidden = this.keep.hidden = true;
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
    this.single.hidden = true;
    this.#controls();
  }

  take() {
    this.#ask(false);
  }

  paint() {
    this.train.hidden = this.keep.hidden = !this.context.trainOn;
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
    const slider = ranged(parent, label, { min: 0, max: most, step: 0.01 }, (value) => percent(value, 0));
    slider.hand.addEventListener("change", () => this.#change({ ...this.edits, [name]: Number(slider.hand.value) }));
    return slider;
  }

  #buildUnits(parent) {
    append(parent, "h3", "inside-count", say("Single units and maps"));
    const bar = append(parent, "div", "inside-choice");
    const label = append(bar, "label", "inside-field", say("Layer"));
    this.choice = append(label, "select");
    this.choice.addEventListener("change", () => {
      Object.assign(this, { layer: this.choice.value, first: 0 });
      this.#showUnits();
      this.#ask(true);
    });
    this.#button(bar, say("All of them"), say("Do it to this whole layer, up to 512 units."), () => {
      const others = this.#without(([layer]) => layer === this.layer);
      const room = MOST_AT_ONCE - others.off.length - others.scaled.length;
      this.#operate(others, Array.from({ length: Math.min(room, this.#chosen().units) }, (_, unit) => unit));
    });
    append(parent, "p", "inside-quiet", say("Press a unit: what it makes is multiplied, and something is added. Times 0, plus 0 switches it off."));
    this.times = ranged(parent, say("Multiply by"), { min: -2, max: 3, step: 0.1 }, (value) => number(value, ".1f"));
    this.plus = ranged(parent, say("Add"), { min: -5, max: 5, step: 0.1 }, (value) => number(value, ".1f"));
    this.units = append(parent, "div", "inside-units");
    set(this.units, "role", "group");
    set(this.units, "aria-label", say("Units and maps of the layer"));
    this.pager = new Pager(parent, (first) => {
      this.first = first;
      this.#showUnits();
    });
  }

  /** One weight of one unit: what it is, and what it shall be. */
  #buildWeight(parent) {
    this.single = append(parent, "section");
    append(this.single, "h3", "inside-count", say("One weight"));
    const bar = append(this.single, "div", "inside-choice");
    const field = (label, values) => {
      const hand = append(append(bar, "label", "inside-field", label), "input", "inside-number");
      Object.assign(hand, { type: "number", min: 1, value: 1, ...values });
      hand.addEventListener("keydown", (event) => event.stopPropagation());
      return hand;
    };
    this.unit = field(say("Unit"), {});
    this.input = field(say("Its weight"), {});
    this.value = field(say("Value"), { min: -LARGEST, max: LARGEST, step: "any", value: 0 });
    for (const hand of [this.unit, this.input]) hand.addEventListener("change", () => this.#ask(true));
    this.#button(bar, say("Set"), say("From now on this weight has this value."), () => this.#setWeight());
    this.is = append(this.single, "p", "inside-quiet");
    set(this.is, "role", "status");
  }

  #setWeight() {
    const [at, value] = [this.#place(), Number(this.value.value)];
    if (at === null || this.value.value === "" || !(Math.abs(value) <= LARGEST)) {
      write(this.is, say("Choose a unit and a weight that are there, and a value from −100 to 100."));
      return;
    }
    const others = this.edits.weights.filter(([layer, place]) => layer !== this.layer || place !== at);
    this.#change({ ...this.edits, weights: [...others, [this.layer, at, value]] });
  }

  /** Where the chosen weight is among all of its layer; null for one that is not there. */
  #place() {
    const { units, weights } = this.#chosen();
    const [unit, place] = [Number(this.unit.value), Number(this.input.value)];
    const isThere = (one, most) => Number.isInteger(one) && one >= 1 && one <= most;
    return isThere(unit, units) && isThere(place, weights) ? (unit - 1) * weights + place - 1 : null;
  }

  #chosen() {
    return this.layers?.find(({ id }) => id === this.layer) ?? { units: 0, weights: 0 };
  }

  #showUnits() {
    const { units, weights } = this.#chosen();
    const count = Math.min(MOST, units - this.first);
    const off = new Set(this.edits.off.filter(([layer]) => layer === this.layer).map(([, unit]) => unit));
    const scaled = new Map(this.edits.scaled.filter(([layer]) => layer === this.layer).map(([, unit, ...by]) => [unit, by]));
    this.single.hidden = !weights;
    Object.assign(this.unit, { max: units });
    Object.assign(this.input, { max: weights });
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
      const [isOff, by] = [off.has(this.first + i), scaled.get(this.first + i)];
      press(made, isOff || by !== undefined);
      set(made, "data-scaled", by ? "yes" : "no");
      const unit = whole(this.first + i + 1);
      const words = by && say("Unit {unit}, times {times:n}, plus {plus:n}", { unit, times: by[0], plus: by[1] });
      set(made, "aria-label", words ?? (isOff ? say("Unit {unit}, off", { unit }) : say("Unit {unit}, on", { unit })));
      made.title = made.getAttribute("aria-label");
    });
    this.pager.show({ first: this.first, count, total: units, most: MOST });
  }

  #turn(unit) {
    const is = ([layer, other]) => layer === this.layer && other === unit;
    const was = this.edits.off.some(is) || this.edits.scaled.some(is);
    this.#operate(this.#without(is), was ? [] : [unit]);
  }

  #without(is) {
    return { off: this.edits.off.filter((one) => !is(one)), scaled: this.edits.scaled.filter((one) => !is(one)) };
  }

  /** Do to these units of the layer what the sliders say; `others` are those that stay. */
  #operate({ off, scaled }, units) {
    const [times, plus] = [Number(this.times.hand.value), Number(this.plus.hand.value)];
    const isOff = times === 0 && plus === 0;
    this.#change({
      ...this.edits,
      off: isOff ? [...off, ...units.map((unit) => [this.layer, unit])] : off,
      scaled: isOff ? scaled : [...scaled, ...units.map((unit) => [this.layer, unit, times, plus])],
    });
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
      this.heal.disabled = this.train.disabled = this.keep.disabled = JSON.stringify(edits) === JSON.stringify(NOTHING);
    }
    if (this.layers) this.#showUnits();
  }

  #ask(now) {
    const { question } = this.context;
    if (!question) return;
    const query = new URLSearchParams({ edits: JSON.stringify(this.edits) });
    const place = this.#place();
    if (place !== null) {
      query.set("layer", this.layer);
      query.set("place", place);
    }
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
      this.#ask(true); // now it knows which weight to ask for
    }
    this.#show(answer);
  }

  #show({ before, after, reading, weight }) {
    const shown = weight && { before: number(weight.before, ".4f"), after: number(weight.after, ".4f") };
    if (shown) write(this.is, weight.before === weight.after ? say("It is {before}.", shown) : say("It was {before} and is {after}.", shown));
    const same = before.accuracy === after.accuracy;
    write(this.share, same
      ? say("{after} read", { after: percent(after.accuracy, 2) })
      : say("{before} → {after} read", { before: percent(before.accuracy, 2), after: percent(after.accuracy, 2) }));
    write(this.about, say("Of {count} test pictures. {left} of {weights} weights are not 0; {off} units are off, {scaled} scaled or shifted; {set} weights were set by hand.", {
      count: whole(after.count),
      left: whole(after.left),
      weights: whole(after.weights),
      off: whole(this.edits.off.length),
      scaled: whole(this.edits.scaled.length),
      set: whole(this.edits.weights.length),
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

/** A slider with its label before it and its value after it. */
function ranged(parent, label, range, said) {
  const field = append(parent, "label", "inside-slide-field");
  append(field, "span", "", label);
  const hand = Object.assign(append(field, "input"), { type: "range", ...range, value: 0 });
  const told = append(field, "output", "", said(0));
  hand.addEventListener("input", () => write(told, said(Number(hand.value))));
  hand.addEventListener("keydown", (event) => event.stopPropagation());
  return { hand, told };
}
