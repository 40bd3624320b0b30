// The live curves of a GAN's run, in one Plotly chart that is drawn once and then only redrawn in place.

import { append } from "../lib/dom.js";
import { readTheme } from "../lib/theme.js";
import { hovering } from "../lib/chart_frame.js";
import { layout, marks, reach, span, traces } from "./figure.js";
import { loadPlotly } from "../lib/plotly.js";

const NARROW = 420; // px
const BETWEEN = 180; // ms between two redraws: the eye needs no more, the training needs the processor

export class Curves {
  /** `seek(step)` is called when the visitor clicks on a round. */
  constructor(parent, { plotly, colours, seek }) {
    Object.assign(this, { colours, seek, even: null, verdict: "probability", moment: null });
    this.root = append(parent, "div", "studio-curves");
    this.plot = append(this.root, "div", "studio-plot");
    this.theme = this.readTheme();
    this.ready = loadPlotly(plotly).then((Plotly) => this.draw(Plotly));
    this.ready.catch(() => (this.root.textContent = "The curves could not be drawn. Reload the page."));
  }

  async draw(Plotly) {
    const config = { displayModeBar: false, doubleClick: false, responsive: false, showTips: false };
    await Plotly.newPlot(this.plot, traces(this.record ?? EMPTY, this), layout(this), config);
    this.Plotly = Plotly;
    this.plot.on("plotly_hover", (found) => (this.pointer = hovering(this.plot, found) ?? this.pointer));
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
    await this.Plotly.redraw(this.plot);
    if (this.pointer) this.Plotly.Fx.hover(this.plot, this.pointer.at, this.pointer.subplot);
  }

  readTheme() {
    const theme = readTheme(this.root, this.plot);
    const accent = getComputedStyle(this.root).getPropertyValue("--st-primary-color") || theme.text;
    return { ...theme, accent, faint: theme.dark ? 0.5 : 0.35, narrow: this.root.clientWidth < NARROW };
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
