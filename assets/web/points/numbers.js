// One point forward and backward through the network, every number with its formula, one step at a time.

import { curve } from "../lib/activation.js";
import { append, button, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { ACTIVATIONS, pass } from "./maths.js";

const [SMALL, MOST_WEIGHTS] = [9, 30];
const REACH = 4; // of a curve, on either side of 0, at least
const TITLES = { x: "x", y: "y", xx: "x²", yy: "y²", xy: "xy", sinx: "sin x", siny: "sin y" };
const SUB = "₀₁₂₃₄₅₆₇₈₉";
const sub = (count) => String(count).replace(/\d/g, (digit) => SUB[digit]);
const n = (value) => (Number.isInteger(value) ? number(value) : number(Math.abs(value) < 5e-5 ? 0 : value, ".4f")).replace("-", "−");
const signed = (value) => (value < 0 ? `(${n(value)})` : n(value));

export class Numbers {
  /** `choose(step)` asks for the next point or the one before, `light(layer, unit)` marks a unit of the drawing. */
  constructor(parent, { choose, light }) {
    Object.assign(this, { choose, light, at: 0 });
    this.root = append(parent, "details", "points-numbers");
    append(this.root, "summary", "", say("In numbers: one point forward and backward, step by step"));
    const bar = append(this.root, "div", "points-numbers-bar");
    this.before = button(bar, { name: "back", label: say("Back"), why: say("One step of the calculation back"), does: () => this.turn(-1) });
    this.after = button(bar, { name: "next", label: say("Next"), why: say("The next step of the calculation"), does: () => this.turn(1) });
    this.count = append(bar, "span", "points-count");
    button(bar, { label: say("Point before"), why: say("Take the point before this one"), does: () => this.choose(-1) });
    button(bar, { label: say("Next point"), why: say("Take the next point"), does: () => this.choose(1) });
    this.point = append(this.root, "p", "points-hint");
    this.point.setAttribute("role", "status");
    const body = append(this.root, "div", "points-numbers-body");
    this.list = append(body, "ol", "points-steps");
    this.curve = append(body, "div", "points-curve");
    this.root.addEventListener("toggle", () => (this.root.open ? this.choose(0) : this.fill()));
    this.root.querySelector("summary").addEventListener("click", () => (this.closed = this.root.open));
    this.root.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation());
  }

  /** Open by itself where the network is small enough to follow; whoever closes it does not see it again. */
  offer({ count }) {
    if (count <= SMALL && !this.closed) this.root.open = true;
  }

  get isOpen() {
    return this.root.open;
  }

  turn(by) {
    this.at = Math.max(0, Math.min(this.steps.length - 1, this.at + by));
    this.mark();
  }

  show(told) {
    this.told = told;
    if (this.root.open) this.fill();
  }

  fill() {
    if (!this.root.open) return this.light(null, null);
    const { shape, weights, point, spec } = this.told ?? {};
    const large = shape && shape.count > MOST_WEIGHTS;
    if (!point || large) {
      write(this.point, large
        ? say("This network has {count} weights, too many to read. Take a smaller one, such as two inputs, two hidden units and one output.", { count: shape.count })
        : say("Choose a point: press one in the square, or Next point."));
      this.steps = [];
    } else {
      const kind = point.tests ? say("test point") : say("training point");
      const wanted = spec.classes ? say("class {label}", { label: point.target }) : n(point.target);
      write(this.point, say("Point {number}, a {kind}: x = {x}, y = {y}, wanted: {wanted}.", { number: point.number + 1, kind, x: n(point.x), y: n(point.y), wanted }));
      this.steps = spec.rule === "perceptron" ? perceptron(this.told) : backpropagation(this.told);
    }
    this.at = Math.max(0, Math.min(this.at, this.steps.length - 1));
    const same = this.list.childElementCount === this.steps.length;
    if (!same) this.list.replaceChildren(...this.steps.map(() => line()));
    this.steps.forEach((step, i) => {
      const row = this.list.children[i];
      write(row.title_, step.title);
      write(row.formula, step.formula);
      write(row.numbers, step.numbers.join("\n"));
    });
    this.mark();
  }

  /** Steps up to here are shown; the newest one is marked, and the unit that it is about. */
  mark() {
    const { steps, at } = this;
    [...this.list.children].forEach((row, i) => {
      row.hidden = i > at;
      if (i === at) set(row, "aria-current", "step");
      else row.removeAttribute("aria-current");
    });
    this.before.disabled = at <= 0;
    this.after.disabled = at >= steps.length - 1;
    write(this.count, steps.length ? say("{step} of {steps}", { step: at + 1, steps: steps.length }) : "");
    this.light(...(steps[at]?.unit ?? [null, null]));
    this.draw(steps[at]?.bend);
  }

  /** The curve that a step goes along, with its number on it; its place is always kept. */
  draw(bend) {
    this.curve.replaceChildren();
    if (!bend) return;
    const [of, z] = bend;
    const far = Math.max(REACH, 1.2 * Math.abs(z));
    const xs = Array.from({ length: 201 }, (_, i) => ((i - 100) / 100) * far);
    curve(this.curve, [xs, xs.map(of)], z, of(z));
  }
}

function line() {
  const row = document.createElement("li");
  row.title_ = append(row, "b");
  row.formula = append(row, "code");
  row.numbers = append(row, "span", "points-working");
  return row;
}

/** What a unit is called in formulas: h₁ of a single hidden layer, h₂.₁ of the second, o at the end. */
function called(shape, layer, unit) {
  const end = shape.layers.length - 1;
  if (layer === end) return shape.layers[end].outs > 1 ? `o${sub(unit + 1)}` : "o";
  return end > 1 ? `h${sub(layer + 1)}.${sub(unit + 1)}` : `h${sub(unit + 1)}`;
}

const zOf = (name) => `z(${name})`;

/** What goes into a layer, by its name. */
function sources(shape, layer) {
  if (!layer) return shape.features.map((name) => TITLES[name]);
  return Array.from({ length: shape.layers[layer].ins }, (_, i) => called(shape, layer - 1, i));
}

function features({ shape, point }) {
  const { x, y } = point;
  const values = { x, y, xx: x * x, yy: y * y, xy: x * y, sinx: Math.sin(x), siny: Math.sin(y) };
  return shape.features.map((name) => values[name]);
}

function summing(told, worked, layer, unit) {
  const { shape, weights } = told;
  const into = worked.a[layer];
  const name = called(shape, layer, unit);
  const terms = into.map((value, i) => `${signed(weights[shape.place(layer, unit, i)])} · ${signed(value)}`);
  const formula = sources(shape, layer).map((from) => `w(${from}→${name}) · ${from}`).join(" + ");
  return {
    title: say("Sum of {unit}", { unit: name }),
    formula: `z(${name}) = ${formula} + b(${name})`,
    numbers: [`= ${terms.join(" + ")} + ${signed(weights[shape.place(layer, unit)])} = ${n(worked.z[layer][unit])}`],
    unit: [layer, unit],
  };
}

function backpropagation(told) {
  const { shape, weights, point, lr } = told;
  const worked = pass(shape, weights, features(told), point.target);
  return [...forward(told, worked), lossStep(told, worked), ...backward(told, worked), update(told, worked, weights, lr)];
}

function forward(told, worked) {
  const { shape } = told;
  const { name } = ACTIVATIONS[shape.activation];
  const steps = [];
  shape.layers.forEach(({ outs }, layer) => {
    for (let unit = 0; unit < outs; unit++) {
      steps.push(summing(told, worked, layer, unit));
      if (layer === shape.layers.length - 1) continue;
      const [z, a] = [worked.z[layer][unit], worked.a[layer + 1][unit]];
      const unitName = called(shape, layer, unit);
      const of = (argument) => (name ? `${name}(${argument})` : argument);
      steps.push({
        title: say("Activation of {unit}", { unit: unitName }),
        formula: `${unitName} = ${of(zOf(unitName))}`,
        numbers: [`= ${of(n(z))} = ${n(a)}`],
        unit: [layer, unit],
        bend: [ACTIVATIONS[shape.activation].value, z],
      });
    }
  });
  return steps;
}

function lossStep({ shape, point }, worked) {
  const { classes } = shape;
  const t = point.target;
  const end = [shape.layers.length - 1, 0];
  if (classes === 0) {
    const o = worked.z.at(-1)[0];
    return { title: say("Loss: the squared error"), formula: "L = (z(o) − t)²", numbers: [`= (${n(o)} − ${signed(t)})² = ${n(worked.loss)}`], unit: end };
  }
  if (classes === 3) {
    const told = worked.answers.map((p, k) => `p${sub(k + 1)} = ${n(p)}`).join(", ");
    return { title: say("Probabilities and loss: cross-entropy"), formula: "p = softmax(z), L = −ln p(t)", numbers: [told, `L = −ln ${n(worked.answers[t])} = ${n(worked.loss)}`], unit: end };
  }
  const [p] = worked.answers;
  return {
    title: say("Probability of class 1, and loss: cross-entropy"),
    formula: "p = σ(z(o)) = 1 / (1 + e⁻ᶻ), L = −t ln p − (1 − t) ln(1 − p)",
    numbers: [`p = ${n(p)}`, t ? `L = −ln ${n(p)} = ${n(worked.loss)}` : `L = −ln(1 − ${n(p)}) = ${n(worked.loss)}`],
    unit: end,
    bend: [ACTIVATIONS.Sigmoid.value, worked.z.at(-1)[0]],
  };
}

function backward(told, worked) {
  const { shape, weights, point } = told;
  const end = shape.layers.length - 1;
  const steps = [];
  const { slopeName } = ACTIVATIONS[shape.activation];
  for (let layer = end; layer >= 0; layer--) {
    for (let unit = 0; unit < shape.layers[layer].outs; unit++) {
      const name = called(shape, layer, unit);
      const d = worked.dz[layer][unit];
      if (layer === end) steps.push(ending(told, worked, unit, name));
      else {
        const next = Array.from({ length: shape.layers[layer + 1].outs }, (_, k) => k);
        const formula = next.map((k) => `∂L/∂${zOf(called(shape, layer + 1, k))} · w(${name}→${called(shape, layer + 1, k)})`).join(" + ");
        const terms = next.map((k) => `${signed(worked.dz[layer + 1][k])} · ${signed(weights[shape.place(layer + 1, k, unit)])}`);
        const da = worked.da[layer][unit];
        steps.push({ title: say("Slope at {unit}", { unit: name }), formula: `∂L/∂${name} = ${formula}`, numbers: [`= ${terms.join(" + ")} = ${n(da)}`], unit: [layer, unit] });
        const slope = ACTIVATIONS[shape.activation].slope(worked.z[layer][unit], worked.a[layer + 1][unit]);
        const rule = slopeName.replaceAll("a", name).replaceAll("z", zOf(name));
        steps.push({ title: say("Slope at the sum of {unit}", { unit: name }), formula: `∂L/∂z(${name}) = ∂L/∂${name} · (${rule})`, numbers: [`= ${signed(da)} · ${signed(slope)} = ${n(d)}`], unit: [layer, unit] });
      }
      const lines = sources(shape, layer).map((from, i) => `∂L/∂w(${from}→${name}) = ${signed(d)} · ${signed(worked.a[layer][i])} = ${n(worked.dw[shape.place(layer, unit, i)])}`);
      steps.push({
        title: say("Slopes along the weights of {unit}", { unit: name }),
        formula: `∂L/∂w = ∂L/∂z(${name}) · ${say("input")}, ∂L/∂b = ∂L/∂z(${name})`,
        numbers: [...lines, `∂L/∂b(${name}) = ${n(d)}`],
        unit: [layer, unit],
      });
    }
  }
  return steps;
}

function ending({ shape, point }, worked, unit, name) {
  const end = shape.layers.length - 1;
  const t = point.target;
  const d = worked.dz[end][unit];
  const title = say("Slope at the sum of {unit}", { unit: name });
  if (shape.classes === 0) return { title, formula: `∂L/∂z(${name}) = 2 (z(${name}) − t)`, numbers: [`= 2 · (${n(worked.z[end][unit])} − ${signed(t)}) = ${n(d)}`], unit: [end, unit] };
  const wanted = shape.classes === 2 ? t : Number(unit === t);
  return { title, formula: `∂L/∂z(${name}) = p − t`, numbers: [`= ${n(worked.answers[unit])} − ${wanted} = ${n(d)}`], unit: [end, unit] };
}

function update({ shape }, worked, weights, lr) {
  const lines = [];
  shape.layers.forEach(({ ins, outs }, layer) => {
    for (let unit = 0; unit < outs; unit++) {
      const name = called(shape, layer, unit);
      for (let i = 0; i <= ins; i++) {
        const place = i < ins ? shape.place(layer, unit, i) : shape.place(layer, unit);
        const what = i < ins ? `w(${sources(shape, layer)[i]}→${name})` : `b(${name})`;
        lines.push(`${what}: ${n(weights[place])} − ${number(lr)} · ${signed(worked.dw[place])} = ${n(weights[place] - lr * worked.dw[place])}`);
      }
    }
  });
  return { title: say("A step of plain gradient descent, for this point alone"), formula: `w ← w − ${say("learning rate")} · ∂L/∂w`, numbers: lines };
}

function perceptron(told) {
  const { shape, weights, point, lr } = told;
  const into = features(told);
  const worked = pass(shape, weights, into, point.target);
  const [z] = worked.z[0];
  const says = Number(z > 0);
  const error = point.target - says;
  const lines = [...sources(shape, 0), null].map((from, i) => {
    const place = from === null ? shape.place(0, 0) : shape.place(0, 0, i);
    const value = from === null ? 1 : into[i];
    const what = from === null ? "b" : `w(${from})`;
    const factor = from === null ? "" : ` · ${signed(value)}`;
    return `${what}: ${n(weights[place])} + ${number(lr)} · ${signed(error)}${factor} = ${n(weights[place] + lr * error * value)}`;
  });
  return [
    summing(told, worked, 0, 0),
    { title: say("What the neuron says"), formula: "o = step(z) = 1 if z > 0, else 0", numbers: [`= ${says}`], unit: [0, 0], bend: [ACTIVATIONS.Step.value, z] },
    { title: say("Its error"), formula: "e = t − o", numbers: [`= ${point.target} − ${says} = ${n(error)}`, error ? say("Wrong: the weights change.") : say("Right: the weights stay as they are.")], unit: [0, 0] },
    { title: say("The perceptron rule"), formula: `w ← w + ${say("learning rate")} · e · ${say("input")}`, numbers: lines, unit: [0, 0] },
  ];
}
