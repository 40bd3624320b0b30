// The loss around trained weights, row by row as it is seen: a map with lines of equal loss, or a relief.

import { axis, blank, CONFIG, loadPlotly, sized } from "../lib/chart_frame.js";
import { append, mounting, press, readTheme, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { failure, Record, standing } from "../run/record.js";
import { RunView } from "../run/view.js";

const LEAST = 1e-4; // a loss below it is drawn as this: the scale is logarithmic
const COLOURS = [[0, "#440154"], [0.25, "#3b528b"], [0.5, "#21918c"], [0.75, "#5ec962"], [1, "#fde725"]]; // viridis
const EYE = { x: 1.3, y: -1.3, z: 0.9 };

class LandscapeRecord extends Record {
  axis = [];
  rows = [];

  take(event) {
    super.take(event);
    if (event.event === "landscape_started") Object.assign(this, { axis: event.axis, rows: event.axis.map(() => null) });
    if (event.event === "row_seen") {
      this.rows[event.row] = event.losses;
      Object.assign(this.facts, { done: event.done, of: event.of });
    }
    if (event.event === "landscape_finished") Object.assign(this.facts, { centre: event.centre, edge: event.edge });
  }
}

class LandscapeView extends RunView {
  constructor(parent, data) {
    super();
    this.root = parent.querySelector(".landscape");
    const head = append(this.root, "div", "landscape-head");
    this.words = append(head, "p", "landscape-words");
    this.words.setAttribute("role", "status");
    this.relief = append(head, "button", "landscape-relief", say("As a relief"));
    this.relief.type = "button";
    press(this.relief, false);
    this.relief.addEventListener("click", () => {
      press(this.relief, this.relief.getAttribute("aria-pressed") !== "true");
      this.draw();
    });
    this.plot = append(this.root, "div", "landscape-plot");
    this.plot.setAttribute("role", "img");
    loadPlotly(data.plotly).then((Plotly) => {
      this.Plotly = Plotly;
      this.draw();
    }, () => write(this.words, say("The map could not be drawn. Reload the page.")));
  }

  update(component) {
    if (this.hear(component)) this.watch();
    this.schedule();
  }

  begin() {
    this.record = new LandscapeRecord();
  }

  schedule() {
    const { facts } = this.record;
    set(this.root, "data-run", facts.status ?? "");
    write(this.words, this.sentence());
    set(this.plot, "aria-label", this.words.textContent);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), 60);
  }

  sentence() {
    const { facts, ended } = this.record;
    if (facts.why) return failure(facts);
    if (!ended) return facts.of ? say("Seen: {done} of {of} rows", facts) : standing(facts.status).word;
    if (facts.centre === null || facts.centre === undefined) return standing(facts.status).word;
    const values = { centre: number(facts.centre, ".3g"), edge: facts.edge === null ? say("no usable number") : number(facts.edge, ".3g") };
    return say("The loss is {centre} at the weights, and {edge} on average at a distance of 1.", values);
  }

  draw() {
    const { axis: places, rows } = this.record;
    if (!this.Plotly || !this.root.isConnected || !places.length) return;
    const theme = readTheme(this.root, this.words);
    const empty = places.map(() => null);
    const shown = rows.map((row) => row ?? empty);
    const heights = shown.map((row) => row.map((loss) => loss === null ? null : Math.log10(Math.max(loss, LEAST))));
    const most = heights.flat().filter((height) => height !== null);
    if (!most.length) return;
    const ticks = powers(Math.min(...most), Math.max(...most));
    const bar = { title: { text: say("Loss"), side: "top" }, tickvals: ticks, ticktext: ticks.map((power) => number(10 ** power, ".2g")), thickness: 14, outlinewidth: 0 };
    const shared = { x: places, y: places, z: heights, customdata: shown, colorscale: COLOURS, colorbar: bar };
    const hover = `${say("Loss")} %{customdata:.3g}<extra></extra>`;
    const isRelief = this.relief.getAttribute("aria-pressed") === "true";
    const traces = isRelief
      ? [{ type: "surface", ...shared, hovertemplate: hover }]
      : [
        { type: "contour", ...shared, hovertemplate: hover, ncontours: 24, line: { width: 0.5, color: theme.spike }, connectgaps: false },
        { type: "scatter", x: [0], y: [0], mode: "markers", marker: { symbol: "cross-thin", size: sized(14), line: { width: 3, color: "#fff" } }, hovertemplate: `${say("The weights that training found")}<extra></extra>` },
      ];
    this.Plotly.react(this.plot, traces, isRelief ? relief(theme, ticks) : map(theme), { ...CONFIG, responsive: true });
  }

  remove() {
    clearTimeout(this.waiting);
    this.leave();
    this.Plotly?.purge(this.plot);
    this.root.replaceChildren();
  }
}

function map(theme) {
  const titled = (text) => ({ ...axis(theme), title: { text, standoff: 6 }, constrain: "domain", dtick: 0.5 });
  return {
    ...blank(theme),
    hovermode: "closest",
    margin: { l: 56, r: 8, t: 24, b: 48 },
    xaxis: titled(say("first direction")),
    yaxis: { ...titled(say("second direction")), scaleanchor: "x" },
  };
}

function relief(theme, ticks) {
  const side = (text) => ({ title: { text }, gridcolor: theme.grid, backgroundcolor: "rgba(0,0,0,0)", showbackground: false });
  const height = { ...side(say("Loss")), tickvals: ticks, ticktext: ticks.map((power) => number(10 ** power, ".2g")) };
  return {
    ...blank(theme),
    margin: { l: 0, r: 0, t: 0, b: 0 },
    scene: { xaxis: side(say("first direction")), yaxis: side(say("second direction")), zaxis: height, camera: { eye: EYE }, aspectratio: { x: 1, y: 1, z: 0.6 } },
  };
}

/** Whole powers of ten between two heights; where there are fewer than two, halves as well. */
function powers(least, most) {
  const found = [];
  for (const step of [1, 0.5, 0.25]) {
    found.length = 0;
    for (let power = Math.ceil(least / step) * step; power <= most; power += step) found.push(power);
    if (found.length > 1) break;
  }
  return found;
}

export const mount = mounting((parent, data) => new LandscapeView(parent, data));
