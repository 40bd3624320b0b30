// The live chart of one run: figures above, curves below, fed by the run's own stream. It stays when the page reruns.

import { append, mounting, readTheme, set, write } from "../lib/component.js";
import { CONFIG, hoverAt, hovering, loadPlotly } from "../lib/chart_frame.js";
import { SpokenChart } from "../lib/spoken_chart.js";
import { failure } from "./record.js";
import { number, say } from "../lib/text.js";
import { Readout } from "./readout.js";
import { SlowStep } from "./slow_step.js";
import { accuracyScale, layout, lossScale, marks, reach, RunRecord, sentence, series, traces } from "./classifier.js";
import { RunView } from "./view.js";

const NARROW = 560; // px
const EMPTY = 500; // ms without a point
const START = ".st-key-run-go button"; // which also says Pause and Resume
const GROUPS = {
  training: [say("training"), say("Show or hide the training curves")],
  validation: [say("validation"), say("Show or hide the validation curves")],
  test: [say("test"), say("Show or hide the test curves")],
};

class LiveChart extends RunView {
  constructor(parent, data) {
    super();
    this.colours = data.colours;
    this.root = parent.querySelector(".run-chart");
    for (const [role, colour] of Object.entries(this.colours)) this.root.style.setProperty(`--run-${role}`, colour);
    this.note = append(this.root, "div", "run-note");
    this.readout = new Readout(this.root);
    const place = append(this.root, "div", "run-slow-place");
    this.readout.numbers.before(place);
    this.slow = new SlowStep(place);
    this.buildTools();
    this.stage = append(this.root, "div", "run-stage");
    this.plot = append(this.stage, "div", "run-plot");
    this.whole = append(this.stage, "button", "run-tool", say("Whole curve"));
    this.whole.title = say("Undo the zoom (a double click on the chart does the same). Drag over the chart to zoom in.");
    this.whole.style.visibility = "hidden";
    this.whole.onclick = () => this.follow();
    this.alert = append(this.stage, "div", "run-alert");
    this.alert.setAttribute("role", "alert");
    this.alert.hidden = true;
    this.logLoss = this.logError = false;
    this.following = true;
    this.record = new RunRecord();
    this.spoken = new SpokenChart(this.plot, {
      name: say("Loss, accuracy and learning rate over the steps"),
      counts: say("step"),
      series: () => series(this.record),
      sentence: () => sentence(this.record),
      pointed: (step) => this.point(step),
    });
    this.theme = this.readTheme();
    this.ready = loadPlotly(data.plotly).then((Plotly) => this.draw(Plotly));
    this.started = ({ target }) => target.closest?.(START) && this.record.ended && this.expect("classifier");
    document.addEventListener("click", this.started, true);
    this.ready.catch(() => this.warn(say("The curves could not be drawn. Reload the page.")));
  }

  buildTools() {
    this.tools = append(this.root, "div", "run-tools");
    this.switches = Object.entries(GROUPS).map(([group, [label, why]]) => {
      const button = append(this.tools, "button", `run-key run-${group}`);
      append(button, "i");
      append(button, "span", "", label);
      button.title = why;
      set(button, "data-hidden", say("hidden"));
      button.setAttribute("aria-pressed", "true");
      button.onclick = () => this.toggle(group, button);
      return button;
    });
    const why = say("Show the loss on a logarithmic scale: small values far apart, large ones close together");
    this.scale = this.buildSwitch(say("Loss, log scale"), why, () => this.toggleScale());
    const error = say("Show the share read wrongly on a logarithmic scale: 2 % and 1 % are then as far apart as 20 % and 10 %");
    this.errors = this.buildSwitch(say("Error, log scale"), error, () => this.toggleError());
  }

  buildSwitch(label, why, does) {
    const made = append(this.tools, "button", "run-tool", label);
    made.title = why;
    made.setAttribute("aria-pressed", "false");
    made.onclick = does;
    return made;
  }

  update(component) {
    write(this.note, component.data.label ?? "");
    if (this.hear(component)) this.watch();
    const theme = this.readTheme();
    if (JSON.stringify(theme) !== JSON.stringify(this.theme)) this.changeTheme(theme);
    this.schedule();
  }

  begin() {
    this.record = new RunRecord();
    this.slow.forget();
    this.alert.hidden = true;
    this.stale = this.hasPoints = false;
    clearTimeout(this.empty);
    this.ready.then(() => this.trace()).catch(() => {});
  }

  /** A drawing without points would only be in the way of the first ones; it comes where these do not. */
  took() {
    clearTimeout(this.empty);
    const draw = () => (this.stale = true);
    const { facts, ended } = this.record;
    if (!facts.step && !ended) {
      this.empty = setTimeout(() => (draw(), this.schedule()), EMPTY);
      return;
    }
    draw();
    if (!facts.step || this.hasPoints) return;
    this.hasPoints = true;
    this.show(); // now: the next frame comes only when the page around it has been drawn anew
  }

  connected(state, reason) {
    if (state === "refused") this.warn(say("This run cannot be shown. {reason}", { reason }));
    super.connected(state);
  }

  /** At most one redraw a frame, and none while the visitor drags a zoom box. */
  schedule() {
    if (this.frame || this.dragging) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.show();
    });
  }

  show() {
    const { facts, ended } = this.record;
    const tests = this.data.stopping || (facts.status === "running" && facts.steps && facts.step >= facts.steps);
    const shown = tests && !ended ? { ...facts, status: "stopping" } : facts;
    this.readout.show(shown, this.connection ?? "connecting");
    set(this.root, "data-run", this.runId);
    this.tellTrouble();
    this.tellRate();
    this.spoken.tell();
    this.slow.refresh(this.record);
    if (!this.Plotly || !this.stale) return;
    this.stale = false;
    this.showCurves(facts);
  }

  showCurves(facts) {
    const { layout: shown } = this.plot;
    if (this.following) {
      shown.xaxis.range = [0, reach(facts)];
      if (!this.logError) shown.yaxis2.range = [this.record.floor, 100];
    }
    Object.assign(shown, marks(this.record, this.theme, shown.xaxis.range, this.logError));
    this.redraw();
  }

  async redraw() {
    set(this.plot, "data-outdated", "no");
    await this.Plotly.redraw(this.plot);
    this.hoverAgain();
  }

  hoverAgain() {
    if (this.pointer) this.Plotly.Fx.hover(this.plot, this.pointer.at, this.pointer.subplot);
  }

  /** Show the values at a step, as under the pointer; none for null. */
  point(step) {
    this.pointer = hoverAt(this, step);
  }

  async draw(Plotly) {
    const { matches: touch } = window.matchMedia("(pointer: coarse)");
    await Plotly.newPlot(
      this.plot,
      traces(this.record.curves, this.colours, this.theme, this),
      { ...layout(this.theme, this), dragmode: touch ? false : "zoom" },
      CONFIG,
    );
    this.Plotly = Plotly;
    this.plot.on("plotly_relayout", (change) => this.zoomed(change));
    this.plot.on("plotly_doubleclick", () => this.follow());
    this.plot.addEventListener("pointermove", (event) => (this.pointer = hovering(this.plot, event)));
    this.plot.addEventListener("pointerleave", () => (this.pointer = null));
    this.plot.addEventListener("pointerdown", () => (this.dragging = true));
    this.released = () => {
      this.dragging = false;
      this.schedule();
    };
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, this.released);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.stage);
  }

  /** Give the traces of the chart the arrays of the run now watched. The curves of the run before are hidden, since to
   *  redraw them would take as long as to draw the first points. */
  trace() {
    this.retrace();
    set(this.plot, "data-outdated", "yes");
    this.pointer = null;
    this.unzoom();
    this.schedule();
  }

  retrace() {
    const fresh = traces(this.record.curves, this.colours, this.theme, this);
    this.plot.data.forEach((trace, i) => Object.assign(trace, { x: fresh[i].x, y: fresh[i].y, name: fresh[i].name }));
  }

  follow() {
    this.unzoom();
    this.redraw();
  }

  unzoom() {
    this.following = true;
    this.whole.style.visibility = "hidden";
    const { layout: shown } = this.plot;
    shown.xaxis.range = [0, reach(this.record.facts)];
    shown.yaxis.autorange = shown.yaxis3.autorange = true;
    Object.assign(shown.yaxis2, accuracyScale(this.record, this.logError));
  }

  zoomed(change) {
    if (!Object.keys(change).some((key) => key.includes(".range["))) return;
    this.following = false;
    this.whole.style.visibility = "visible";
  }

  toggle(group, button) {
    const shown = button.getAttribute("aria-pressed") !== "true";
    set(button, "aria-pressed", String(shown));
    if (!this.Plotly) return;
    for (const trace of this.plot.data) if (trace.meta === group) trace.visible = shown;
    this.redraw();
  }

  toggleScale() {
    this.logLoss = !this.logLoss;
    set(this.scale, "aria-pressed", String(this.logLoss));
    if (!this.Plotly) return;
    Object.assign(this.plot.layout.yaxis, lossScale(this.logLoss));
    delete this.plot.layout.yaxis.range;
    this.redraw();
  }

  toggleError() {
    this.logError = !this.logError;
    set(this.errors, "aria-pressed", String(this.logError));
    if (!this.Plotly) return;
    this.retrace();
    const { layout: shown } = this.plot;
    Object.assign(shown.yaxis2, accuracyScale(this.record, this.logError));
    Object.assign(shown, marks(this.record, this.theme, shown.xaxis.range, this.logError));
    this.redraw();
  }

  /** The learning rate of this moment, beside the slider of the one that the schedule multiplies. */
  tellRate() {
    const place = document.querySelector(".rate-moment");
    const { lr } = this.record.facts;
    if (place) write(place, lr > 0 ? say("Now: {rate}", { rate: number(Number(lr.toPrecision(2))) }) : "");
  }

  /** Why the run ended without a result, or that it does not learn, with the cure. */
  tellTrouble() {
    const { facts, trouble } = this.record;
    if (facts.why) return this.warn(failure(facts));
    const rate = number(this.data.advised);
    const cure = say("Try the learning rate {rate}.", { rate });
    if (trouble) this.warn(`${trouble} ${cure}`);
    else if (this.connection !== "refused") this.alert.hidden = true;
  }

  warn(sentence) {
    this.alert.hidden = false;
    write(this.alert, `✕ ${sentence}`);
  }

  readTheme() {
    const { clientWidth: width } = this.root;
    const theme = readTheme(this.root, this.note);
    return { ...theme, width, faint: theme.dark ? 0.65 : 0.35, narrow: width < NARROW };
  }

  changeTheme(theme) {
    this.theme = theme;
    if (!this.Plotly) return;
    const fresh = layout(theme, this);
    const { layout: shown } = this.plot;
    Object.assign(shown, marks(this.record, theme, shown.xaxis.range, this.logError), { font: fresh.font, hoverlabel: fresh.hoverlabel, margin: fresh.margin });
    shown.xaxis.title = fresh.xaxis.title;
    for (const trace of this.plot.data) if ("opacity" in trace) trace.opacity = theme.faint;
    shown.xaxis.nticks = fresh.xaxis.nticks;
    shown.xaxis.spikecolor = fresh.xaxis.spikecolor;
    for (const name of ["xaxis", "yaxis", "yaxis2", "yaxis3"]) {
      shown[name].gridcolor = fresh[name].gridcolor;
      shown[name].linecolor = fresh[name].linecolor;
      shown[name].tickfont = fresh[name].tickfont;
    }
    this.redraw();
  }

  async resized() {
    if (!this.plot.clientWidth) return; // hidden, or already gone
    this.changeTheme(this.readTheme());
    await this.Plotly.Plots.resize(this.plot);
    this.hoverAgain();
  }

  remove() {
    this.leave();
    this.next?.close();
    clearTimeout(this.empty);
    document.removeEventListener("click", this.started, true);
    this.slow.remove();
    cancelAnimationFrame(this.frame);
    this.sizes?.disconnect();
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, this.released);
    this.Plotly?.purge(this.plot);
    this.root.replaceChildren();
  }
}

export const mount = mounting((parent, data) => new LiveChart(parent, data));
