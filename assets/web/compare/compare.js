// Several runs on one chart as they go on: one curve each, over steps, epochs, pictures or seconds, and who is ahead.

import { across, axis, blank, CONFIG, hoverAt, line, loadPlotly, sized } from "../lib/chart_frame.js";
import { append, button, mounting, press, readTheme, set, write } from "../lib/component.js";
import { SpokenChart } from "../lib/spoken_chart.js";
import { NONE, number, percent, say } from "../lib/text.js";
import { RunRecord } from "../run/classifier.js";
import { standing } from "../run/record.js";
import { RunView } from "../run/view.js";
import { meanOf, spread } from "./spread.js";

// Colour-blind safe, and never by colour alone: each has a dash of its own, and its number.
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7A6A55", "#8977EC"];
const DASHES = ["solid", "dash", "dot", "dashdot", "solid", "dash", "dot", "dashdot"];
const SHOWN = {
  accuracy: { label: say("Validation accuracy"), axis: say("Validation accuracy, %"), curve: "validationAccuracy", format: ".2f" },
  error: { label: say("Error, log scale"), axis: say("Validation error, %"), curve: "validationError", isLower: true, format: ".2f", log: true },
  loss: { label: say("Training loss"), axis: say("Training loss"), curve: "loss", isLower: true, format: ".4f" },
  validation: { label: say("Validation loss"), axis: say("Validation loss"), curve: "validationLoss", isLower: true, format: ".4f" },
};
const OVER = {
  steps: { label: say("Steps"), of: (step) => step },
  epochs: { label: say("Epochs"), of: (step, { record }) => step / (record.facts.stepsPerEpoch ?? NaN) },
  pictures: { label: say("Pictures"), of: (step, { run }) => step * run.batch },
  seconds: { label: say("Seconds of work"), of: (step, lane) => lane.secondsAt(step) },
};
const EVERY = 250; // ms between two drawings
const IN_SIGHT = 150; // px of the curves that are enough to be noticed

/** One run of those compared: its record, and the busy seconds at the end of each epoch. */
class Lane extends RunView {
  constructor(run, trigger, changed) {
    super();
    Object.assign(this, { run, trigger, changed, data: { run_id: run.id, status: run.status } });
    this.watch();
  }

  begin() {
    this.record = new RunRecord();
    this.times = [[0, 0]];
  }

  schedule() {
    this.changed();
  }

  took({ events }) {
    for (const event of events) {
      if (["epoch_done", "finished"].includes(event.event)) this.times.push([event.step, event.train_seconds]);
    }
  }

  /** The busy seconds at a step, between two epochs in proportion; not a number behind the last known. */
  secondsAt(step) {
    const next = this.times.findIndex(([known]) => known >= step);
    if (next < 1) return next === 0 ? 0 : NaN;
    const [[before, from], [after, to]] = [this.times[next - 1], this.times[next]];
    return after === before ? to : from + ((to - from) * (step - before)) / (after - before);
  }

  /** The curve that is shown, as `{x, y}` over what goes across. */
  curve(shown, over) {
    const { x, y } = this.record.curves[SHOWN[shown].curve];
    const across = x.map((step) => OVER[over].of(step, this));
    const known = across.map((at, i) => i).filter((i) => Number.isFinite(across[i]) && Number.isFinite(y[i]));
    return { x: known.map((i) => across[i]), y: known.map((i) => y[i]) };
  }
}

class Comparison {
  constructor(parent, data) {
    this.root = parent.querySelector(".compare");
    Object.assign(this, { lanes: [], shown: "accuracy", over: "steps", isMean: false, alike: "" });
    const tools = append(this.root, "div", "compare-tools");
    this.choices = [this.choice(tools, say("Curve"), SHOWN, "shown"), this.choice(tools, say("Over"), OVER, "over")];
    const does = () => this.takeMean(!this.isMean);
    this.meanButton = button(tools, { label: say("Mean and spread"), why: say("The mean of all runs, and one standard deviation around it"), does, kind: "compare-button" });
    this.stage = append(this.root, "div", "compare-stage");
    this.plot = append(this.stage, "div", "compare-plot");
    this.empty = append(this.stage, "p", "compare-empty", say("No run is chosen yet. Choose some below: their curves stand here, one over the other."));
    this.list = append(this.root, "ol", "compare-list");
    this.mean = append(this.root, "p", "compare-mean");
    this.rows = [];
    this.spoken = new SpokenChart(this.plot, {
      name: say("The curves of the runs that are compared"),
      counts: say("step"),
      series: () => this.lanes.map((lane) => [lane.run.name, lane.curve(this.shown, "steps"), SHOWN[this.shown].format]),
      sentence: () => this.sentence(),
      pointed: (step) => hoverAt(this, step),
    });
    this.ready = loadPlotly(data.plotly).then((Plotly) => this.draw(Plotly));
    this.ready.catch(() => write(this.empty, say("The curves could not be drawn. Reload the page.")));
  }

  /** A row of buttons of which one is pressed. */
  choice(parent, title, table, field) {
    const group = append(parent, "div", "compare-choice");
    set(group, "role", "group");
    set(group, "aria-label", title);
    append(group, "span", "compare-title", title);
    const buttons = Object.entries(table).map(([key, { label }]) => {
      const does = () => this.choose(field, key, buttons);
      const made = button(group, { label, why: label, does, kind: "compare-button" });
      press(made, this[field] === key);
      return [key, made];
    });
    return buttons;
  }

  choose(field, key, buttons) {
    this[field] = key;
    for (const [name, made] of buttons) press(made, name === key);
    this.show();
  }

  takeMean(isMean) {
    this.isMean = isMean;
    press(this.meanButton, isMean);
    this.show();
  }

  update({ data, setTriggerValue }) {
    const known = new Map(this.lanes.map((lane) => [lane.run.id, lane]));
    const changed = () => this.schedule();
    const begun = data.runs.filter((run) => !known.has(run.id)).length;
    this.lanes = data.runs.map((run) => {
      const lane = known.get(run.id) ?? new Lane(run, setTriggerValue, changed);
      known.delete(run.id);
      Object.assign(lane, { run, trigger: setTriggerValue, data: { run_id: run.id, status: run.status } });
      return lane;
    });
    for (const lane of known.values()) lane.leave();
    this.empty.hidden = this.lanes.length > 0;
    this.meanButton.hidden = this.lanes.length < 2;
    // Runs that differ by chance alone, as folds and seeds do, are one result: first shown so.
    if (this.alike !== (this.alike = data.alike)) this.takeMean(Boolean(data.alike));
    set(this.root, "data-count", String(this.lanes.length));
    this.show();
    // An experiment was begun by a button far below its curves.
    if (begun > 1 && this.stage.getBoundingClientRect().bottom < IN_SIGHT) this.root.scrollIntoView();
  }

  schedule() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.show();
    }, EVERY);
  }

  async draw(Plotly) {
    this.Plotly = Plotly;
    await Plotly.newPlot(this.plot, [], this.layout(), CONFIG);
    this.sizes = new ResizeObserver(() => this.plot.clientWidth && this.show());
    this.sizes.observe(this.stage);
    this.show();
  }

  layout() {
    const theme = readTheme(this.root, this.empty);
    const { axis: title, log } = SHOWN[this.shown];
    const over = OVER[this.over].label;
    return {
      ...blank(theme),
      margin: { l: sized(58), r: 14, t: sized(12), b: sized(44) },
      uirevision: `${this.shown} ${this.over}`,
      xaxis: { ...across(theme, over, `${over} %{x:,.4~g}`), tickformat: ",.4~r", ...this.reach() },
      yaxis: { ...axis(theme), title: { text: title, standoff: 4, font: { size: sized(13) } }, tickformat: "~g", ...this.scale(log) },
    };
  }

  /** The end of what goes across, once it is known, so that the picture stands still. */
  reach() {
    const ends = this.lanes.map((lane) => OVER[this.over].of(lane.record.facts.steps ?? NaN, lane));
    const end = Math.max(...ends);
    return ends.length && Number.isFinite(end) ? { range: [0, end] } : { rangemode: "tozero" };
  }

  /** Accuracy from the stage that the last of the runs has come to; the rest as far as the curves go. */
  scale(log) {
    if (log) return { type: "log", dtick: "D2" };
    const floors = this.lanes.map(({ record }) => record.floor);
    return this.shown === "accuracy" ? { range: [floors.length ? Math.min(...floors) : 0, 100], nticks: 6 } : { rangemode: "tozero", nticks: 8 };
  }

  show() {
    this.rankAll();
    this.spoken.tell();
    if (!this.Plotly) return;
    const { format } = SHOWN[this.shown];
    const curves = this.lanes.map((lane) => lane.curve(this.shown, this.over));
    const isMean = this.isMean && curves.length > 1;
    const traces = this.lanes.map((lane, i) => ({
      ...line(curves[i], `${i + 1}. ${lane.run.name}`, "y", {
        line: { color: COLOURS[i], width: isMean ? 1.5 : 3, dash: DASHES[i] },
        ...(curves[i].x.length < 3 ? { mode: "lines+markers" } : {}),
      }, `%{y:${format}}`),
    }));
    this.Plotly.react(this.plot, [...(isMean ? this.band(curves) : []), ...traces], this.layout(), CONFIG);
  }

  /** The mean of all curves as a wide line, on a band of one standard deviation to both sides. */
  band(curves) {
    const { x, mean, low, high } = spread(curves);
    const { text, grid } = readTheme(this.root, this.empty);
    const edge = { line: { width: 0 } };
    const fill = { ...edge, fill: "tonexty", fillcolor: grid };
    const style = { line: { color: text, width: 4 } };
    return [
      line({ x, y: low }, "", "y", edge),
      line({ x, y: high }, "", "y", fill),
      line({ x, y: mean }, say("Mean"), "y", style, `%{y:${SHOWN[this.shown].format}}`),
    ];
  }

  /** Below the chart: each run with its line, where it stands, and its place among the others. */
  rankAll() {
    while (this.rows.length < this.lanes.length) this.rows.push(new Row(this.list, this.rows.length));
    while (this.rows.length > this.lanes.length) this.rows.pop().root.remove();
    const values = this.lanes.map((lane) => this.latest(lane));
    const order = values.map((value, i) => i).filter((i) => Number.isFinite(values[i]));
    const { isLower } = SHOWN[this.shown]; // whether less is better
    order.sort((a, b) => (isLower ? values[a] - values[b] : values[b] - values[a]));
    this.lanes.forEach((lane, i) => this.rows[i].show(lane, values[i], order.indexOf(i) + 1, this.shown));
    this.ahead = order.length ? this.lanes[order[0]] : null;
    this.mean.hidden = !this.isMean || this.lanes.length < 2;
    write(this.mean, order.length === values.length ? this.meanSentence(values) : NONE);
  }

  latest(lane) {
    return lane.record.curves[SHOWN[this.shown].curve].y.at(-1) ?? NaN;
  }

  /** The newest values of all runs as one result: their mean and how far they lie apart. */
  meanSentence(values) {
    const { mean, deviation } = meanOf(values);
    const share = ["accuracy", "error"].includes(this.shown);
    const format = (value, digits) => (share ? percent(value / 100, digits) : number(value, ".4f"));
    const told = { curve: SHOWN[this.shown].label, count: values.length, mean: format(mean, 2), deviation: format(deviation, 2) };
    return say("{curve} of these {count} runs: {mean} on average, standard deviation {deviation}.", told);
  }

  sentence() {
    if (!this.lanes.length) return say("No run is compared.");
    const values = { count: this.lanes.length, curve: SHOWN[this.shown].label };
    return this.ahead
      ? say("{count} runs by their {curve}; ahead is {name}.", { ...values, name: this.ahead.run.name })
      : say("{count} runs by their {curve}; none has a value yet.", values);
  }

  remove() {
    clearTimeout(this.timer);
    for (const lane of this.lanes) lane.leave();
    this.sizes?.disconnect();
    this.Plotly?.purge(this.plot);
    this.root.replaceChildren();
  }
}

const DRAWN_DASHES = { solid: "", dash: "9 5", dot: "3 4", dashdot: "9 4 3 4" };

class Row {
  constructor(parent, place) {
    this.root = append(parent, "li", "compare-row");
    const key = append(this.root, "svg", "compare-key");
    set(key, "viewBox", "0 0 34 10");
    set(key, "aria-hidden", "true");
    const path = append(key, "path");
    for (const [name, value] of [["d", "M0 5h34"], ["stroke", COLOURS[place]], ["stroke-width", "3.5"], ["stroke-dasharray", DRAWN_DASHES[DASHES[place]]]]) set(path, name, value);
    this.name = append(this.root, "span", "compare-name");
    this.state = append(this.root, "span", "compare-state");
    this.value = append(this.root, "b", "compare-value", NONE);
    this.test = append(this.root, "span", "compare-test", NONE);
    this.rank = append(this.root, "span", "compare-rank", NONE);
  }

  show({ run, record }, value, rank, shown) {
    const { facts } = record;
    const share = ["accuracy", "error"].includes(shown);
    write(this.name, run.name);
    const { word, status } = standing(facts.status ?? run.status);
    const going = status === "running" && facts.steps;
    write(this.state, going ? say("{word}, {share}", { word, share: percent(facts.step / facts.steps, 0) }) : word);
    write(this.value, Number.isFinite(value) ? (share ? percent(value / 100, 1) : number(value, ".4f")) : NONE);
    write(this.test, Number.isFinite(facts.testAccuracy) ? say("test {accuracy}", { accuracy: percent(facts.testAccuracy / 100, 2) }) : "");
    write(this.rank, rank ? say("place {rank}", { rank }) : "");
    set(this.root, "data-rank", String(rank));
  }
}

export const mount = mounting((parent, data) => new Comparison(parent, data));
