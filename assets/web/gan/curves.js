// The live curves of a GAN's run, in one Plotly chart that is drawn once and then only redrawn in place.

import { across, axis, blank, CONFIG, hoverAt, hovering, line, loadPlotly, reach as reachFrom, sized, upright, words } from "../lib/chart_frame.js";
import { append, readTheme } from "../lib/component.js";
import { SpokenChart } from "../lib/spoken_chart.js";
import { figure, number, say } from "../lib/text.js";
import { NOISE, SPOKEN } from "./record.js";

const FIRST_ROUNDS = 200;
const LABEL_ROWS = 3;
const LABEL_HEIGHT = 17; // px
const DOMAINS = { y: [0.73, 0.965], y2: [0.45, 0.66], y3: [0.17, 0.38], y4: [0.03, 0.1] };

/** The traces in a fixed order; the first is D's loss. Generator solid, discriminator dashed, everywhere. */
export function traces({ curves }, { colours, theme }) {
  const g = { line: { color: colours.generator, width: 3 } };
  const d = { line: { color: colours.discriminator, width: 3, dash: "6px,3px" } };
  const faint = (colour) => ({ line: { color: colour, width: 1 }, opacity: theme.faint });
  const ink = { line: { color: theme.text, width: 2 }, marker: { size: 5, color: theme.text }, mode: "lines+markers" };
  return [
    line(curves.dLoss, say("D's loss"), "y", d, "%{y:.3f}"),
    line(curves.gLoss, say("G's loss"), "y", g, "%{y:.3f}"),
    line(curves.dLossRaw, say("D's loss, each round"), "y", faint(colours.discriminator)),
    line(curves.gLossRaw, say("G's loss, each round"), "y", faint(colours.generator)),
    line(curves.real, say("D on real pictures"), "y2", d, "%{y:.3f}"),
    line(curves.made, say("D on generated pictures"), "y2", g, "%{y:.3f}"),
    line(curves.distance, say("Fréchet distance"), "y3", ink, "%{y:.1f}"),
    line(curves.covered, say("modes covered"), "y4", { ...ink, mode: "lines", line: { ...ink.line, shape: "hv" } }, "%{y}"),
  ];
}

/** The layout of an empty chart in the page's colours; `verdict` is "probability" or "score". */
export function layout({ theme, verdict }) {
  const y = (name, extra) => ({ ...axis(theme), fixedrange: true, domain: DOMAINS[name], automargin: false, nticks: 4, ...extra });
  return {
    ...blank(theme),
    margin: { l: sized(44), r: 10, t: sized(8), b: sized(34) },
    dragmode: false,
    xaxis: {
      ...across(theme, say("round"), say("round {step}", { step: "%{x}" })), anchor: "y4", range: [0, FIRST_ROUNDS], fixedrange: true, nticks: theme.narrow ? 4 : 7,
    },
    yaxis: y("y", { tickformat: "~g" }),
    yaxis2: y("y2", verdict === "probability" ? { range: [0, 1], tickvals: [0, 0.5, 1] } : { tickformat: "~g" }),
    yaxis3: y("y3", { type: "log", range: [0.4, 3.2], tickvals: [10, 100, 1000] }),
    yaxis4: y("y4", { range: [0, 10.5], tickvals: [0, 10] }),
  };
}

/** What the chart shows now, in a sentence; and its curves as a table has them. */
export function sentence({ curves, facts }) {
  const now = (curve) => figure(curve.y.at(-1));
  if (!facts.step) return say("Nothing is drawn yet: the first round is not played.");
  const places = {
    step: facts.step, d: now(curves.dLoss), g: now(curves.gLoss), real: now(curves.real), made: now(curves.made),
    distance: now(curves.distance), covered: curves.covered.y.at(-1),
  };
  return curves.distance.y.length
    ? say("At round {step:,} the loss of D is {d}, that of G {g}; D's verdict is {real} on real and {made} on generated pictures; the Fréchet distance is {distance}, with {covered} of 10 modes covered.", places)
    : say("At round {step:,} the loss of D is {d}, that of G {g}; D's verdict is {real} on real and {made} on generated pictures.", places);
}

export function series({ curves }) {
  return [
    [say("D's loss"), curves.dLoss, ".3f"],
    [say("G's loss"), curves.gLoss, ".3f"],
    [say("D on real pictures"), curves.real, ".3f"],
    [say("D on generated pictures"), curves.made, ".3f"],
    [say("Fréchet distance"), curves.distance, ".1f"],
    [say("modes covered"), curves.covered, "d"],
  ];
}

export function reach(facts) {
  return reachFrom(facts, FIRST_ROUNDS);
}

/** The range of the losses' axis: that of the smoothed ones, since a single round may leap far out. */
export function span({ dLoss, gLoss }) {
  const values = [...dLoss.y, ...gLoss.y].filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  return [low - 0.05 * (high - low) * (low < 0), high + 0.15 * (high - low)];
}

/** Lines and words over the curves: what is fair, what is perfect, where a setting was changed, where the film stands. */
export function marks(record, { theme, colours, even, moment }) {
  const real = record.started?.real_distance;
  const shapes = [];
  const annotations = titles(theme, colours);
  if (even !== null) shapes.push(level(even, "y2", theme.spike));
  if (even !== null) annotations.push(aside(say("cannot tell"), even, "y2", theme));
  if (real) shapes.push(level(real, "y3", theme.spike));
  if (real) annotations.push(aside(say("real against real {distance:.0f}", { distance: real }), Math.log10(real), "y3", theme));
  record.marks.forEach(({ step, name, value }, index) => {
    shapes.push(upright(step, theme.muted, "dot", 2));
    const yshift = -4 - LABEL_HEIGHT * (index % LABEL_ROWS);
    const text = `${SPOKEN[name] ?? name} ${number(Number(value.toPrecision(3)))}`;
    annotations.push({ ...words(text, 12, theme.text), x: step, y: DOMAINS.y[1], yshift, yanchor: "top", bgcolor: theme.paper });
  });
  if (moment) shapes.push(upright(moment.step, theme.accent, "solid", 2));
  return { shapes, annotations };
}

function level(value, axis, color) {
  return { type: "line", xref: "paper", x0: 0, x1: 1, yref: axis, y0: value, y1: value, line: { color, width: 1, dash: "dot" }, layer: "below" };
}

function aside(text, y, yref, theme) {
  const place = { x: 1, xref: "paper", xanchor: "right", y, yref, bgcolor: theme.paper, opacity: 0.85 };
  return { ...words(text, 11, theme.muted), ...place };
}

const LETTER = 7.5; // px
const KEYS = 14; // letters that the keys of the lines take

function titles(theme, { generator, discriminator }) {
  const key = (colour, stroke, text) => `<span style="color:${colour}"><b>${stroke}</b></span> ${text}`;
  const g = (text) => key(generator, "━━", text);
  const d = (text) => key(discriminator, "╸╸╸", text);
  const title = (text, axis, hovertext) => ({
    ...words(text, 13, theme.text), x: 0, xref: "paper", y: DOMAINS[axis][1], hovertext,
  });
  const [name, real, made] = [say("D's verdict"), say("on real"), say("on generated")];
  const gap = LETTER * (name.length + real.length + made.length + KEYS) > theme.width ? "<br>" : "   ";
  const verdicts = `<b>${name}</b>${gap}${d(real)}   ${g(made)}`;
  return [
    title(`<b>${say("Loss")}</b>   ${d("D")}   ${g("G")}`, "y", say("What D and G minimise. Neither has to go down: they play against each other.")),
    title(verdicts, "y2", say("How real D finds the pictures. A good G brings both lines together.")),
    title(say("<b>Fréchet distance</b>, log scale"), "y3", say("How far generated pictures are from real ones: noise {noise:,}, readable 25, clean 12.", { noise: NOISE })),
    title(say("<b>Modes covered</b>, of 10"), "y4", say("The modes are the ten digits: how many of them are generated at least one time in a hundred.")),
  ];
}

const NARROW = 420; // px
const BETWEEN = 180; // ms between two redraws: the eye needs no more, the training needs the processor

export class Curves {
  /** `seek(step)` is called when the visitor clicks on a round. */
  constructor(parent, { plotly, colours, seek }) {
    Object.assign(this, { colours, seek, even: null, verdict: "probability", moment: null });
    this.root = append(parent, "div", "studio-curves");
    this.plot = append(this.root, "div", "studio-plot");
    this.spoken = new SpokenChart(this.plot, {
      name: say("Losses, verdicts and quality over the rounds"),
      counts: say("round"),
      series: () => series(this.record ?? EMPTY),
      sentence: () => sentence(this.record ?? EMPTY),
      pointed: (step) => this.point(step),
      chosen: seek,
    });
    this.theme = this.readTheme();
    this.ready = loadPlotly(plotly).then((Plotly) => this.draw(Plotly));
    this.ready.catch(() => (this.root.textContent = say("The curves could not be drawn. Reload the page.")));
  }

  /** Show the values at a round, as under the pointer; none for null. */
  point(step) {
    this.pointer = hoverAt(this, step);
  }

  async draw(Plotly) {
    await Plotly.newPlot(this.plot, traces(this.record ?? EMPTY, this), layout(this), CONFIG);
    this.Plotly = Plotly;
    this.plot.addEventListener("pointermove", (event) => (this.pointer = hovering(this.plot, event)));
    this.plot.on("plotly_click", ({ points }) => this.seek(points[0].x));
    this.plot.addEventListener("pointerleave", () => (this.pointer = null));
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.root);
    this.begin();
  }

  /** Show another run; `verdict` and `even` say what its D's outputs mean. */
  watch(record, { verdict, even }) {
    Object.assign(this, { record, verdict, even });
    this.begin();
  }

  begin() {
    if (!this.Plotly || !this.record) return;
    const fresh = traces(this.record, this);
    this.plot.data.forEach((trace, i) => Object.assign(trace, { x: fresh[i].x, y: fresh[i].y }));
    Object.assign(this.plot.layout, layout(this));
    this.refresh();
  }

  /** Something new is to be seen; it is drawn soon, and not while the chart is hidden. */
  refresh() {
    if (this.timer || !this.Plotly || !this.record || !this.root.clientWidth) return;
    this.timer = setTimeout(() => this.redraw(), BETWEEN);
  }

  async redraw() {
    this.timer = null;
    const { layout: shown } = this.plot;
    shown.xaxis.range = [0, reach(this.record.facts)];
    shown.yaxis.range = span(this.record.curves);
    Object.assign(shown, marks(this.record, this));
    this.spoken.tell();
    await this.Plotly.redraw(this.plot);
    if (this.pointer) this.Plotly.Fx.hover(this.plot, this.pointer.at, this.pointer.subplot);
  }

  readTheme() {
    const theme = readTheme(this.root, this.plot);
    const accent = getComputedStyle(this.root).getPropertyValue("--st-primary-color") || theme.text;
    return { ...theme, accent, faint: theme.dark ? 0.5 : 0.35, width: this.root.clientWidth, narrow: this.root.clientWidth < NARROW };
  }

  retheme() {
    const theme = this.readTheme();
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return;
    this.theme = theme;
    if (!this.Plotly) return;
    const fresh = traces(this.record ?? EMPTY, this);
    this.plot.data.forEach((trace, i) => {
      for (const part of ["line", "marker", "opacity"]) if (fresh[i][part] !== undefined) trace[part] = fresh[i][part];
    });
    Object.assign(this.plot.layout, layout(this));
    this.refresh();
  }

  resized() {
    if (!this.plot.clientWidth) return; // hidden, or already gone
    this.retheme();
    this.Plotly.Plots.resize(this.plot);
    this.refresh();
  }

  close() {
    clearTimeout(this.timer);
    this.sizes?.disconnect();
    this.Plotly?.purge(this.plot);
  }
}

const NO_CURVE = { x: [], y: [] };
const EMPTY = { curves: new Proxy({}, { get: () => NO_CURVE }), facts: { step: 0 }, marks: [] };
