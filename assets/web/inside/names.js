// How layers, shapes and places in them are called.

import { append } from "../lib/component.js";
import { number, say } from "../lib/text.js";

export function sizes(shape) {
  return shape.map((side) => number(side, ",d")).join(" × ");
}

const JOINS = { add: say("Added up"), concatenate: say("Side by side"), multiply: say("Multiplied") };

/** The name of a layer, of a join, or of one time of a repeat. */
export function called({ id, kind, join, times }) {
  if (id === "input") return say("Input");
  if (id === "shares") return say("Softmax: the answer");
  if (times) return say("Repeat, {number} of {count}", { number: times[0], count: times[1] });
  return join ? `${kind}: ${JOINS[join]}` : kind;
}

/** Fill a select box with layers, numbered from 1; the input has no number. */
export function offerLayers(select, layers) {
  select.replaceChildren();
  const first = layers[0]?.id === "input" ? 0 : 1;
  layers.forEach((layer, i) => {
    const name = say("{number}. {name}, {sizes}", { number: i + first, name: called(layer), sizes: sizes(layer.shape) });
    append(select, "option", "", i + first ? name : called(layer)).value = layer.id;
  });
}

/** Where a number stands, counted from 1. */
export function place(at, digits = false) {
  const [first, second, third] = at.map((index) => number(index + 1, ",d"));
  if (digits) return say("digit {digit}", { digit: at[0] });
  if (at.length === 3) return say("map {first}, row {second}, column {third}", { first, second, third });
  if (at.length === 2) return say("step {first}, number {second}", { first, second });
  return say("unit {first}", { first });
}
