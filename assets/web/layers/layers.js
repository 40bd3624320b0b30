// What a classifier's run does in each of its layers over its steps, as heat maps: the norm of the gradient, how far the
// weights move, how many units rest. They grow while it trains.

import { append, mounting, set, write } from "../lib/component.js";
import { Record } from "../run/record.js";
import { RunView } from "../run/view.js";
import { NONE, number, percent, say } from "../lib/text.js";

// A scale that grows lighter evenly, read alike by the colour-blind (cividis, Nuñez et al. 2018).
const COLOURS = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];
const STOPS = COLOURS.map((one) => `rgb(${one})`).join();
const HEIGHT = 16; // px of a row's picture, which is as many pixels wide as steps were measured
const short = (value) => (Number.isFinite(value) ? number(Number(value.toPrecision(2))) : NONE);
const MAPS = [
  {
    name: say("Gradient of each layer"),
    why: say("Its norm: how strongly the layer is told to change. Where it fades by thousands towards the first layer, gradients vanish; where it grows to hundreds, they explode."),
    rows: "layers",
    values: "gradients",
    ends: [1e-6, 10],
    told: short,
  },
  {
    name: say("How far the weights move in a step"),
    why: say("As a share of their own size. About a thousandth is healthy; a hundred times less hardly learns, a hundred times more forgets."),
    rows: "layers",
    values: "ratios",
    ends: [1e-6, 1],
    told: (value) => (Number.isFinite(value) ? say("{percent} %", { percent: short(100 * value) }) : NONE),
  },
  {
    name: say("Units at rest"),
    why: say("A ReLU that gives 0 for the whole batch, or outputs of a sigmoid or tanh at one of their ends: these learn nothing or little in this step."),
    rows: "units",
    values: "resting",
    ends: null,
    told: (value) => percent(value ?? NaN),
  },
];

/** Where a value lies between the ends, 0 to 1; NaN for none. On a logarithmic scale where `ends` are given. */
export function level(value, ends) {
  if (!Number.isFinite(value)) return NaN;
  if (!ends) return Math.min(Math.max(value, 0), 1);
  const [low, high] = ends.map(Math.log10);
  return Math.min(Math.max((Math.log10(Math.max(value, 1e-30)) - low) / (high - low), 0), 1);
}

/** The colour of a level as [red, green, blue]. */
export function colour(share) {
  const place = share * (COLOURS.length - 1);
  const first = Math.min(Math.floor(place), COLOURS.length - 2);
  return COLOURS[first].map((from, i) => Math.round(from + (COLOURS[first + 1][i] - from) * (place - first)));
}

export class LayerRecord extends Record {
  measured = []; // in the order of their steps, each once

  takeSteps() {}

  take(event) {
    super.take(event);
    if (event.event === "layers_measured" && event.step > (this.measured.at(-1)?.step ?? 0)) this.measured.push(event);
  }
}

class Layers extends RunView {
  constructor(parent) {
    super();
    this.root = parent.querySelector(".layers");
    this.empty = append(this.root, "p", "layers-empty");
    this.maps = MAPS.map((map) => this.build(map));
    this.record = new LayerRecord();
  }

  build(map) {
    const root = append(this.root, "section", "layers-map");
    append(root, "h3", "", map.name);
    append(root, "p", "", map.why);
    const table = append(root, "table");
    const scale = append(root, "div", "layers-scale");
    append(scale, "span", "", map.told(map.ends?.[0] ?? 0));
    append(scale, "i").style.setProperty("--stops", STOPS);
    append(scale, "span", "", map.told(map.ends?.[1] ?? 1));
    const pointed = append(scale, "output");
    return { ...map, root, table, body: append(table, "tbody"), pointed, lines: [] };
  }

  begin() {
    this.record = new LayerRecord();
  }

  tellPage() {} // the chart of the run does

  update(component) {
    if (this.hear(component)) this.watch();
    this.schedule();
  }

  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const { measured, ended } = this.record;
    write(this.empty, measured.length ? "" : ended || this.connection === "ended" ? say("This run was recorded without what its layers do. Start one of your own to see it.") : say("Waiting for the first steps."));
    this.empty.hidden = measured.length > 0;
    for (const map of this.maps) {
      const names = measured.at(-1)?.[map.rows] ?? [];
      map.root.hidden = !names.length;
      while (map.lines.length > names.length) map.lines.pop().row.remove();
      names.forEach((name, i) => this.drawLine(map, name, i));
    }
  }

  drawLine(map, name, i) {
    const { measured } = this.record;
    const line = (map.lines[i] ??= this.line(map, i));
    write(line.name, name);
    const values = measured.map((event) => event[map.values][i]);
    write(line.last, map.told(values.at(-1)));
    set(line.canvas, "aria-label", say("{layer}: {first} at step {from}, {last} at step {to}", { layer: name, first: map.told(values[0]), from: measured[0].step, last: map.told(values.at(-1)), to: measured.at(-1).step }));
    if (line.drawn === values.length) return;
    line.drawn = values.length;
    line.canvas.width = values.length;
    const context = line.canvas.getContext("2d");
    values.forEach((value, x) => {
      const share = level(value, map.ends);
      if (Number.isNaN(share)) return;
      context.fillStyle = `rgb(${colour(share)})`;
      context.fillRect(x, 0, 1, HEIGHT);
    });
  }

  line(map, i) {
    const row = append(map.body, "tr");
    const name = append(row, "th");
    set(name, "scope", "row");
    const canvas = append(append(row, "td", "layers-strip"), "canvas");
    canvas.height = HEIGHT;
    set(canvas, "role", "img");
    canvas.addEventListener("pointermove", (event) => this.point(map, i, event.offsetX / canvas.clientWidth));
    canvas.addEventListener("pointerleave", () => write(map.pointed, ""));
    return { row, name, canvas, last: append(row, "td", "layers-last"), drawn: 0 };
  }

  point(map, i, share) {
    const { measured } = this.record;
    const event = measured[Math.min(Math.max(Math.floor(share * measured.length), 0), measured.length - 1)];
    if (event) write(map.pointed, say("step {step}, {layer}: {value}", { step: event.step, layer: event[map.rows][i], value: map.told(event[map.values][i]) }));
  }

  remove() {
    this.leave();
    cancelAnimationFrame(this.frame);
  }
}

export const mount = mounting((parent) => new Layers(parent));
