// The GAN in the plane: its picture, film, figures and curves, fed by a run's stream; or the target, before it starts.

import { append, button, isDark, mounting, press, recalled, set, write } from "../lib/component.js";
import { duration, figure, NONE, percent, say, whole } from "../lib/text.js";
import { PlaneCurves } from "./curves.js";
import { PlaneFilm, PlaneFrames, PlanePen, units, unpacked } from "./film_and_pen.js";
import { css, mixed, Picture } from "./picture.js";
import { GanHead, tile } from "../gan/readout.js";
import { Rounds } from "../gan/record.js";
import { RunView } from "../run/view.js";

const BETWEEN = 150; // ms between two drawings of the curves
const BESIDE = 820; // px that picture and figures need side by side
const FIGURES_WIDTH = 400; // px kept for the figures
const AROUND = 350; // px of the window's height that are not for the picture
const SMALLEST = 396; // px that the picture may have however low the window is
const AT_FIRST = { verdict: true, real: true, made: true, arrows: true, density: false, lines: false };

class Plane extends RunView {
  constructor(parent, data) {
    super();
    this.root = parent.querySelector(".plane");
    this.hues = Object.fromEntries(Object.entries(data.colours).map(([name, hex]) => [name, parts(hex)]));
    this.record = new Rounds();
    this.body = append(this.root, "div", "plane-body");
    this.readout = new PlaneReadout(this.body);
    this.stage = append(this.body, "div", "plane-stage");
    this.picture = new Picture(this.stage);
    Object.assign(this.picture.layers, AT_FIRST, recalled("plane-layers"));
    this.film = new PlaneFilm(this.stage, { draw: (frame, kept) => this.draw(frame, kept), moved: () => this.moved() });
    this.pen = new PlanePen(this.picture.canvas, this.stage, (points, ended) => this.drawn(points, ended));
    this.picture.over = (scene) => this.pen.paint(scene);
    this.side = append(this.body, "div", "plane-side");
    this.readout.addTiles(this.side);
    this.readout.addSwitches(this.side, this.picture.layers, (name, shown) => this.toggle(name, shown));
    this.curves = new PlaneCurves(this.side, (step) => this.film.seek(step));
    this.lay = this.lay.bind(this);
    this.sizes = new ResizeObserver(this.lay);
    this.sizes.observe(this.root);
    window.addEventListener("resize", this.lay);
  }

  update(component) {
    const { data } = component;
    const other = this.hear(component);
    this.retheme();
    this.lay();
    if (other) this.watch();
    if (!data.run_id) this.preview();
    this.pen.open(data.drawing, data.points, data.most, data.extent);
    this.film.root.hidden = data.drawing;
    this.schedule();
  }

  /** The target, and what untrained networks generate. */
  preview() {
    const { real, frame, modes, extent } = this.data.preview;
    this.record.started = { modes };
    this.picture.open(units(real, 1000), extent);
    this.frame = null;
    if (frame) this.draw(unpacked(frame), { step: 0, seconds: 0 });
  }

  begin() {
    const { run_id: runId } = this.data;
    this.record = new Rounds();
    this.frame = null;
    const store = runId ? new PlaneFrames(runId) : null;
    this.film.open(this.record.frames, store, recalled(`plane:${runId}`)?.frame ?? null);
    set(this.root, "data-run", runId ?? "");
  }

  took({ events }) {
    const started = events.find(({ event }) => event === "plane_started");
    if (started) this.picture.open(units(started.real, 1000), started.extent);
    this.film.grew();
  }

  schedule() {
    this.waiting ??= setTimeout(() => {
      this.waiting = null;
      this.show();
    }, this.late ? BETWEEN : 0);
    this.late = true;
  }

  show() {
    const { loss, run_id: runId } = this.data;
    this.readout.show(this.record, this.frame, { connection: this.connection ?? "connecting", preview: !runId, loss });
    const moment = this.film.live ? null : this.film.moment;
    this.curves.paint(this.record, { look: this.look, verdict: loss.verdict, even: loss.even, moment });
  }

  draw(frame, { step, seconds }) {
    this.frame = frame;
    const places = { step: whole(step), duration: duration(seconds), percent: percent(frame.near) };
    this.picture.show(
      frame,
      say("The plane at round {step}, after {duration} of training: {percent} of the generated points lie near real ones", places),
    );
    set(this.root, "data-step", String(step));
    if (this.film.live) this.schedule();
    else this.moved();
  }

  /** The visitor has drawn; the page is told when the pen is lifted. */
  drawn(points, ended) {
    if (points) this.picture.open(Float32Array.from(points.flat()), this.data.extent);
    else this.picture.paint();
    if (points && ended) this.trigger("points", points);
  }

  toggle(name, shown) {
    this.picture.layers[name] = shown;
    this.picture.paint();
    sessionStorage.setItem("plane-layers", JSON.stringify(this.picture.layers));
  }

  moved() {
    sessionStorage.setItem(`plane:${this.data.run_id}`, JSON.stringify({ frame: this.film.place }));
    this.schedule();
  }

  /** Colours that follow the theme: on dark paper, blue needs more light. */
  retheme() {
    const { color, backgroundColor, fontFamily } = getComputedStyle(this.root);
    const [ink, paper] = [parts(color), parts(backgroundColor)];
    const dark = isDark(this.root);
    const { real, made, generator, discriminator } = this.hues;
    const shown = dark ? mixed(real, [255, 255, 255], 0.35) : real;
    const strong = dark ? discriminator : mixed(discriminator, ink, 0.15);
    const muted = mixed(ink, paper, 0.3);
    const rule = mixed(paper, ink, 0.2);
    this.look = { real: shown, made, generator, discriminator: strong, ink, paper, muted, rule, font: fontFamily };
    const edge = dark ? paper : mixed(ink, made, 0.3);
    for (const [name, colour] of Object.entries({ real: shown, made, edge })) this.root.style.setProperty(`--plane-${name}`, css(colour));
    this.picture.dress({ real: shown, made, paper, ink, edge });
  }

  /** Picture and figures side by side where there is room, the picture as large as the window allows. */
  lay() {
    const width = this.root.clientWidth;
    if (!width) return;
    const beside = width >= BESIDE;
    set(this.root, "data-beside", beside ? "yes" : "no");
    const room = beside ? width - FIGURES_WIDTH : width;
    const side = Math.floor(Math.min(room, Math.max(SMALLEST, window.innerHeight - AROUND)));
    this.root.style.setProperty("--side", `${side}px`);
    this.picture.fit(side);
    if (this.data) this.schedule();
  }

  remove() {
    this.leave();
    clearTimeout(this.waiting);
    this.sizes.disconnect();
    window.removeEventListener("resize", this.lay);
    this.film.close();
    this.picture.close();
    this.root.replaceChildren();
  }
}

/** Red, green and blue of "#rrggbb" or "rgb(r, g, b)". */
function parts(colour) {
  if (colour.startsWith("#")) return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

const SWITCHES = [
  ["verdict", say("D's verdict"), say("What D thinks of every place in the plane")],
  ["real", say("Real points"), say("Two hundred points of the distribution that G is to imitate")],
  ["made", say("Generated points"), say("What G generates, always from the same random numbers z")],
  ["arrows", say("Gradient at G"), say("Where G's loss would move each generated point; long where D's verdict is steep")],
  ["density", say("Density of G"), say("Where a thousand generated points lie")],
  ["lines", say("Grid of z"), say("Straight lines of z, as G bends and tears them")],
];

/** Beside the plane: the status of the run, its measures, and the switches of the layers, which are its legend too. */
class PlaneReadout {
  constructor(parent) {
    this.head = new GanHead(parent);
  }

  addTiles(parent) {
    this.tiles = append(parent, "div", "studio-tiles plane-tiles");
    this.near = tile(this.tiles, say("Near real points"), say("Generated points that lie within three standard deviations of a real one. 90 % and more is good."));
    this.covered = tile(this.tiles, say("Real points covered"), say("Real points with a generated one near them. Well under 100 % means that G leaves something out."));
    this.modes = tile(this.tiles, say("Modes covered"), say("Modes, the clumps of real points, that get at least a quarter of their share of the generated points."));
    this.push = tile(this.tiles, say("Gradient at G"), say("Mean length of the arrows: how much G's loss falls per unit of length. Near 0 G has nothing to learn from."));
  }

  /** `toggled(name, shown)` is called when the visitor switches a layer. */
  addSwitches(parent, layers, toggled) {
    const row = append(parent, "div", "plane-switches");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", say("What is shown"));
    for (const [name, label, why] of SWITCHES) {
      const made = button(row, {
        label, why, kind: `studio-button plane-${name}`,
        does: () => {
          const shown = made.getAttribute("aria-pressed") !== "true";
          press(made, shown);
          toggled(name, shown);
        },
      });
      made.prepend(append(made, "i"));
      press(made, layers[name]);
    }
    this.scale = append(parent, "div", "plane-scale");
    this.low = append(this.scale, "span");
    append(this.scale, "i", "", say("cannot tell"));
    this.high = append(this.scale, "span");
  }

  show({ facts, started }, frame, { connection, preview, loss }) {
    this.head.show(preview ? { ...facts, status: "preview" } : facts, connection);
    write(this.near, percent(frame?.near));
    write(this.covered, percent(frame?.covered));
    write(this.modes, frame && started?.modes ? `${frame.modes_hit} / ${started.modes}` : NONE);
    write(this.push, frame ? figure(frame.push) : NONE);
    const scored = frame && loss.verdict !== "probability";
    write(this.low, scored ? say("D: generated {score}", { score: figure(frame.low) }) : say("D: generated"));
    write(this.high, scored ? say("{score} real", { score: figure(frame.high) }) : say("real"));
  }
}

export const mount = mounting((parent, data) => new Plane(parent, data));
