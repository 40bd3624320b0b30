// "Compare with": which other models of the visitor are looked at beside this one, and their curves.

import { append, set } from "../lib/component.js";
import { percent, say } from "../lib/text.js";

export const MOST_BESIDE = 3;
const [WIDTH, HEIGHT, EDGE] = [300, 90, 8];

/** A select box of the other models; `chosen(id)` is called with one, or with "" for none. */
export class Beside {
  constructor(parent, context, chosen) {
    Object.assign(this, { context, told: null });
    this.label = append(parent, "label", "inside-field", say("Compare with"));
    this.choice = append(this.label, "select");
    this.choice.addEventListener("change", () => chosen(this.choice.value));
  }

  /** Offer the models that are there now, but for this one and those in `taken`. */
  offer(taken = []) {
    const { others = {}, model } = this.context;
    const offered = Object.entries(others).filter(([id]) => id !== model && !taken.includes(id));
    this.label.hidden = !offered.length && !taken.length;
    const told = JSON.stringify(offered);
    if (told === this.told) return;
    this.told = told;
    const value = this.choice.value;
    this.choice.replaceChildren();
    append(this.choice, "option", "", say("No other model")).value = "";
    for (const [id, name] of offered) append(this.choice, "option", "", name).value = id;
    this.choice.value = offered.some(([id]) => id === value) ? value : "";
  }
}

/** The names of the models, each with its line. */
export function showLegend(root, names, drop) {
  root.replaceChildren();
  root.hidden = names.length < 2;
  names.forEach((name, i) => {
    const item = append(root, "li");
    const sample = drawing(item, 26, 8);
    set(sample, "aria-hidden", "true");
    line(sample, i, "M0 4H26");
    append(item, "span", "", name);
    if (!i) return;
    const out = append(item, "button", "inside-button", say("Remove"));
    out.type = "button";
    set(out, "aria-label", say("Remove {name}", { name }));
    out.addEventListener("click", () => drop(i - 1));
  });
}

/** Curves from 0 to 100 %, one of each model, over the same levels; `names` and `levels` say what they are. */
export function showCurves(parent, curves, names, levels) {
  const box = append(parent, "div", "inside-hard-curves");
  append(box, "span", "inside-hard-most", percent(1, 0));
  append(box, "span", "inside-hard-least", percent(0, 0));
  const root = drawing(box, WIDTH, HEIGHT);
  const across = (WIDTH - 2 * EDGE) / Math.max(1, levels.length - 1);
  const at = (share, i) => [EDGE + across * i, EDGE + (HEIGHT - 2 * EDGE) * (1 - share)].map((n) => n.toFixed(1));
  for (const share of [0, 0.5, 1]) set(append(root, "path", "inside-curve-grid"), "d", `M0 ${at(share, 0)[1]}H${WIDTH}`);
  curves.forEach((curve, i) => line(root, i, `M${curve.map((share, n) => at(share, n).join()).join("L")}`));
  const read = (curve) => curve.map((share, n) => `${levels[n]} ${percent(share, 1)}`).join(", ");
  set(root, "role", "img");
  set(root, "aria-label", curves.map((curve, i) => `${names[i]}: ${read(curve)}`).join(". "));
}

function drawing(parent, width, height) {
  const root = append(parent, "svg");
  set(root, "viewBox", `0 0 ${width} ${height}`);
  return root;
}

/** The line of model `number` along the path `way`. */
function line(root, number, way) {
  set(append(root, "path", `inside-curve inside-curve-${number}`), "d", way);
}
