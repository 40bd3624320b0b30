// The 2-D playground: the network, the plane and its figures, fed by a run's stream; or the first weights before it starts.

import { append, isCalm, isDark, mounting, set, write } from "../lib/component.js";
import { NONE, percent, rough, say, whole } from "../lib/text.js";
import { Head } from "../run/readout.js";
import { RunView } from "../run/view.js";
import { Legend, Tiles, Tools } from "./beside.js";
import { LossCurves } from "./loss.js";
import { ACTIVATIONS, FEATURES, figures, grid, inputs, Shape } from "./maths.js";
import { NetworkView } from "./network.js";
import { Numbers } from "./numbers.js";
import { css, mixed, Picture, ramp } from "./picture.js";
import { PointsRecord } from "./record.js";

const GLIDE = 260; // ms from one set of weights to the next; they come a little more often, so that it never stands still
const BETWEEN = 30; // ms between two pictures at least
const BESIDE = 660; // px that network and picture need side by side
const [LEAST, USUAL] = [300, 380]; // px of the picture beside the network
const AROUND = 520; // px of the window's height that are not for the picture
const CALM = 200; // ms between two drawings of the figures
const FIGURES = [
  ["step", say("step"), "", say("One step is one update of the weights.")],
  ["speed", "", say("steps/s"), say("Steps in one second, on this machine, right now.")],
];
const MEANINGS = {
  preview: say("The first weights are random. Press Start."),
  running: say("The network is learning right now."),
  paused: say("The run is paused. Resume goes on from here, Step takes a single one."),
  finished: say("All steps are done, or no point is on the wrong side any more."),
  stopped: say("Ended early by Stop; the picture is what the network knew then."),
  diverged: say("The loss exploded, so the run was ended."),
};
const ANSWER = say("the answer of the network");
const UNKNOWN = { loss: null, right: null };
const GRID = grid();

class Playground extends RunView {
  constructor(parent, { colours }) {
    super();
    this.root = parent.querySelector(".points");
    this.hues = Object.fromEntries(Object.entries(colours).map(([name, hex]) => [name, parts(hex)]));
    this.record = new PointsRecord();
    this.film = { goLive: () => {} }; // there is none: the newest weights are always shown
    this.pending = new Map(); // weights set by hand that the run has not confirmed
    this.pictures = 0;
    const resumed = ({ step, why }) => say("Step {step:,d}: {why}", { step, why: say(why) });
    this.head = new Head(append(this.root, "div", "points-head"), { figures: FIGURES, resumed, meanings: MEANINGS });
    this.body = append(this.root, "div", "points-body");
    const net = append(this.body, "div", "points-net");
    this.network = new NetworkView(net, {
      change: (settings) => this.trigger("change", settings),
      edit: (...edit) => this.edit(...edit),
      choose: () => this.show(),
    });
    const side = append(this.body, "div", "points-side");
    this.picture = new Picture(side, {
      chosen: (number) => this.choose(number),
      drawn: (points, ended) => this.drawn(points, ended),
    });
    this.caption = append(side, "p", "points-caption");
    this.caption.setAttribute("role", "status");
    this.legend = new Legend(side, () => this.switched());
    this.tools = new Tools(side, { take: (mode) => this.useTool(mode), clear: () => this.drawn([], true) });
    this.tiles = new Tiles(side);
    this.curves = new LossCurves(side);
    this.numbers = new Numbers(net, {
      choose: (step) => this.choose(step ? this.neighbour(step) : this.picture.marked),
      light: (layer, unit) => this.light(layer, unit),
    });
    this.lay = this.lay.bind(this);
    this.sizes = new ResizeObserver(this.lay);
    this.sizes.observe(this.root);
  }

  switched() {
    this.picture.showsTests = this.legend.tests;
    this.picture.redot();
    this.paint();
  }

  useTool(mode) {
    this.picture.mode = mode;
    set(this.picture.canvas, "data-mode", mode);
  }

  update(component) {
    const { data } = component;
    const before = this.data;
    const other = this.hear(component);
    this.retheme();
    if (!before || JSON.stringify(before.spec) !== JSON.stringify(data.spec)) this.open();
    if (other) this.watch();
    if (!data.run_id) this.preview();
    const own = data.spec.data === "own";
    this.tools.root.hidden = !own;
    this.legend.show(data.spec.classes, this.isPerceptron);
    if (own !== this.wasOwn) this.tools.take(own && !data.run_id ? "1" : "look");
    this.wasOwn = own;
    Object.assign(this.picture, { own: data.spec.points, most: data.most.points });
    this.lay();
    this.schedule();
  }

  /** Another network or other points. */
  open() {
    const { spec, most } = this.data;
    this.shape = new Shape(spec);
    this.network.open(this.shape, most);
    this.numbers.offer(this.shape);
    this.grid = inputs(spec.features, GRID);
    this.columns = null;
    if (this.now?.length !== this.shape.count) this.now = this.goal = null;
    this.pending.clear();
    this.features = Object.fromEntries(Object.entries(FEATURES).map(([name, [, scale]]) => [name, [inputs([name], GRID)[0], scale]]));
    set(this.root, "data-classes", String(spec.classes));
  }

  preview() {
    const { started, shown } = this.data.preview ?? {};
    this.record = new PointsRecord();
    if (!started) return this.sketch(this.data.spec.points);
    this.points(started);
    this.record.shown = shown;
    this.aim(shown.weights);
  }

  begin() {
    this.record = new PointsRecord();
    this.pending.clear();
    set(this.root, "data-run", this.data.run_id ?? "");
  }

  took({ events }) {
    const started = events.find(({ event }) => event === "points_started");
    if (started) this.points(started);
    for (const name of this.record.confirmed.splice(0)) this.pending.delete(name);
    if (events.some(({ event }) => event === "points_shown")) this.aim(this.record.shown.weights);
  }

  /** The points of a run, or of the one that may be started. */
  points({ places, targets, train, classes }) {
    const scale = classes ? 1 : 1000;
    this.places = Float32Array.from(places, (part) => part / 100);
    this.targets = targets.map((target) => target / scale);
    Object.assign(this, { train, classes, columns: inputs(this.data.spec.features, this.places) });
    this.picture.open({ places: this.places, targets: this.targets, train, classes });
    if (this.picture.marked >= this.targets.length) this.picture.marked = -1;
  }

  /** Glide to these weights; those set by hand stay until the run has them. */
  aim(weights) {
    if (weights.length !== this.shape.count) return;
    this.goal = Float64Array.from(weights);
    for (const { place, value } of this.pending.values()) this.goal[place] = value;
    const glides = this.now && !isCalm() && !document.hidden;
    this.from = glides ? Float64Array.from(this.now) : this.goal;
    this.began = performance.now();
    this.gliding ??= requestAnimationFrame((now) => this.glide(now));
  }

  glide(now) {
    const share = Math.min(1, Math.max(0, (now - this.began) / GLIDE));
    if (share === 1 || now - (this.painted ?? 0) >= BETWEEN) {
      this.now = share === 1 ? this.goal : this.goal.map((to, i) => this.from[i] + share * (to - this.from[i]));
      this.painted = now;
      this.paint();
    }
    this.gliding = share < 1 ? requestAnimationFrame((later) => this.glide(later)) : null;
    if (share === 1) this.schedule();
  }

  /** Draw what the network with the weights of now says of every place. */
  paint() {
    if (!this.now || !this.look) return;
    const { shape, picture, network } = this;
    const said = shape.forward(this.now, this.grid);
    const [layer, unit] = network.unit ?? [];
    const outputs = said.at(-1);
    const last = network.unit === null || layer === shape.layers.length - 1;
    const hard = shape.classes && (this.legend.hard || this.isPerceptron);
    if (network.unit === null && shape.classes === 3) picture.surface.fillClasses(outputs, this.look.hues, this.look.paper, hard);
    else if (hard && last && shape.classes === 2) picture.surface.fill(outputs[0].map((z) => (z > 0 ? 0.7 : -0.7)), this.look.numbers);
    else if (last) picture.surface.fill(shape.classes === 2 ? outputs[unit ?? 0].map((z) => 2 / (1 + Math.exp(-z)) - 1) : outputs[unit ?? 0], this.look.numbers, shape.classes === 3 ? 4 : 1);
    else picture.surface.fill(said[layer][unit], this.look.numbers, ACTIVATIONS[shape.activation].bounded ? 1 : 3);
    picture.border = this.border();
    picture.paint();
    network.paint(this.now, said, this.features, this.look, this.isPerceptron);
    this.pictures += 1;
    this.root.dataset.pictures = String(this.pictures);
  }

  /** The weights of x and y and the bias of a single neuron with two classes, or of a chosen unit of the first layer. */
  border() {
    const { features, layers } = this.shape;
    if (features.some((name) => name !== "x" && name !== "y")) return null;
    const [layer, unit] = this.network.unit ?? [layers.length - 1, 0];
    if (layer > 0 || (this.shape.classes !== 2 && !this.network.unit)) return null;
    const of = (name) => (features.includes(name) ? this.now[this.shape.place(0, unit, features.indexOf(name))] : 0);
    return [of("x"), of("y"), this.now[this.shape.place(0, unit)]];
  }

  get isPerceptron() {
    return this.data.spec.rule === "perceptron";
  }

  schedule() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.show();
    }, this.late ? CALM : 0);
    this.late = true;
  }

  show() {
    const { facts } = this.record;
    const preview = !this.data.run_id;
    const { step, steps, speed, status } = facts;
    this.head.show(preview ? { ...facts, status: "preview" } : facts, {
      step: steps ? `${whole(step)} / ${whole(steps)}` : NONE,
      speed: status === "running" && speed ? rough(speed) : NONE,
    }, preview ? "open" : (this.connection ?? "connecting"), facts.flawless ? say("No point is on the wrong side any more: the perceptron is done.") : "");
    this.showFigures();
    this.curves.paint(this.record, this.look && { ...this.look, ink: css(this.look.ink), rule: css(this.look.rule) });
    this.paint();
    this.tell();
    this.showNumbers();
    set(this.root, "data-step", String(step));
  }

  /** The figures of the weights that are shown, those set by hand included. */
  showFigures() {
    if (!this.goal || !this.columns) return;
    const outputs = this.shape.forward(this.goal, this.columns).at(-1);
    const { classes } = this.shape;
    const [train, test] = [[0, this.train], [this.train, this.targets.length]].map((part) => figures(outputs, this.targets, classes, ...part, this.isPerceptron));
    this.tiles.show(train, test);
    this.right = train.right;
  }

  tell() {
    const { unit } = this.network;
    const node = unit && this.network.tiles.find((one) => one.layer === unit[0] && one.unit === unit[1]);
    write(this.caption, say("Shown in every place: {what}.", { what: node ? node.words : ANSWER }));
    const words = this.right === null || this.right === undefined ? say("The plane with its points.") : say("The plane with its points, {share} of the training points on the right side.", { share: percent(this.right, 1) });
    this.picture.tell(words);
  }

  /** A weight set by hand: shown at once, and given to the page. */
  edit(layer, unit, input, value) {
    const [name, place] = [this.shape.name(layer, unit, input), this.shape.place(layer, unit, input)];
    this.pending.set(name, { place, value });
    this.aim(this.goal ?? this.now);
    clearTimeout(this.editing);
    this.edits = { ...this.edits, [name]: value };
    this.editing = setTimeout(() => {
      this.trigger("weights", this.edits);
      this.edits = {};
    }, 250);
  }

  choose(number) {
    this.picture.marked = number;
    this.showNumbers();
    this.picture.paint();
  }

  neighbour(step) {
    const count = this.targets?.length ?? 0;
    return count ? (Math.max(this.picture.marked, step > 0 ? -1 : 0) + step + count) % count : -1;
  }

  showNumbers() {
    const { shown } = this.record;
    const { spec } = this.data;
    if (this.isPerceptron && shown && shown !== this.followed) this.picture.marked = shown.next;
    this.followed = shown;
    if (this.numbers.isOpen && this.picture.marked < 0 && this.targets?.length) this.picture.marked = 0;
    const number = this.picture.marked;
    const known = number >= 0 && this.places && this.goal;
    const point = known && { number, x: this.places[2 * number], y: this.places[2 * number + 1], target: this.targets[number], tests: number >= this.train };
    this.numbers.show({ shape: this.shape, weights: this.goal, point, spec, lr: spec.optimizer.lr });
  }

  light(layer, unit) {
    for (const node of this.network.tiles) if (node.layer !== undefined) node.toggleAttribute("data-lit", node.layer === layer && node.unit === unit);
  }

  drawn(points, ended) {
    this.picture.own = points;
    this.sketch(points);
    if (ended) this.trigger("points", points);
  }

  /** Points of the visitor's own that no network has read yet. */
  sketch(points) {
    this.columns = null;
    this.tiles.show(UNKNOWN, UNKNOWN);
    const places = Float32Array.from(points.flatMap(([x, y]) => [x, y]));
    this.picture.open({ places, targets: points.map(([, , label]) => label), train: points.length, classes: 3 });
    this.picture.paint();
  }

  retheme() {
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.root);
    const [ink, paper, dark] = [parts(color), parts(backgroundColor), isDark(this.root)];
    const { negative, positive, third, train, test } = this.hues;
    const bright = (hue) => (dark ? mixed(hue, [255, 255, 255], 0.3) : hue);
    const strong = [negative, positive, third].map((hue) => mixed(hue, ink, dark ? 0.35 : 0.15));
    this.look = {
      ink, paper, strong,
      hues: [negative, positive, third].map(bright),
      rule: mixed(paper, ink, 0.25),
      font: fontFamily,
      numbers: ramp({ negative: bright(negative), positive: bright(positive), paper }),
      weights: { negative: bright(negative), positive: bright(positive) },
      train: css(bright(train)),
      test: css(bright(test)),
    };
    strong.forEach((hue, label) => this.root.style.setProperty(`--class-${label}`, css(hue)));
    this.picture.dress(this.look);
    this.paint();
  }

  lay() {
    const width = this.root.clientWidth;
    if (!width) return;
    const beside = width >= BESIDE;
    set(this.root, "data-beside", beside ? "yes" : "no");
    const largest = Math.max(USUAL, window.innerHeight - AROUND);
    const side = Math.floor(beside ? Math.min(largest, Math.max(LEAST, width * 0.38)) : Math.min(USUAL, width));
    this.root.style.setProperty("--side", `${side}px`);
    this.picture.fit(side);
    this.network.measure();
    this.paint();
  }

  remove() {
    this.leave();
    for (const timer of [this.waiting, this.editing]) clearTimeout(timer);
    cancelAnimationFrame(this.gliding);
    this.sizes.disconnect();
    this.root.replaceChildren();
  }
}

/** Red, green and blue of "#rrggbb" or "rgb(r, g, b)". */
function parts(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

export const mount = mounting((parent, data) => new Playground(parent, data));
