// A study as it goes on: a dot for each training, with and without made pictures, their mean and spread.

import { mounting } from "./mounting.js";
import { append, set, write } from "./run_readout.js";
import { icon, NONE, turn } from "./gan_parts.js";
import { RunStream } from "./run_stream.js";

const SETTLED = 120; // ms without another change of status before the page is told
const STATUS = {
  starting: ["Getting ready", "dot"],
  running: ["Training", "play"],
  paused: ["Paused", "pause"],
  finished: ["Finished", "check"],
  stopped: ["Stopped", "stop"],
  diverged: ["Diverged", "cross"],
  failed: ["Failed", "cross"],
};
const ENDS = ["finished", "stopped", "diverged", "failed"];

class StudyView {
  constructor(parent, { colours }) {
    this.root = parent.querySelector(".study");
    for (const [role, colour] of Object.entries(colours)) this.root.style.setProperty(`--study-${role}`, colour);
    const head = append(this.root, "div", "study-head");
    const status = append(head, "span", "study-status");
    this.icon = icon(status, "dot");
    this.word = append(status, "span");
    this.word.setAttribute("role", "status");
    const bar = append(head, "div", "study-bar");
    this.filled = append(bar, "div", "study-filled");
    this.place = append(head, "span", "study-place");
    this.plot = append(this.root, "div", "study-plot");
    this.rows = { false: new Row(this.plot, "real"), true: new Row(this.plot, "mixed") };
    this.axis = append(this.plot, "div", "study-axis");
    const made = append(this.root, "div", "study-made");
    append(made, "span", "", "Ten of the made pictures, one of each digit:");
    this.strip = append(made, "img");
    this.strip.alt = "Ten digits made by the generator";
    this.strip.hidden = true;
  }

  update({ data, setTriggerValue }) {
    this.trigger = setTriggerValue;
    if (data.status !== this.data?.status) this.told = null;
    const first = data.run_id !== this.data?.run_id;
    this.data = data;
    const [, green] = getComputedStyle(this.root).color.match(/\d+/g);
    set(this.root, "data-dark", Number(green) > 127 ? "yes" : "no"); // light ink
    write(this.rows.false.label, `${data.per_digit} real pictures of each digit`);
    write(this.rows.true.label, `the same and ${data.added_per_digit} made ones`);
    if (first) this.watch();
    this.show();
  }

  watch() {
    this.stream?.close();
    Object.assign(this, { told: null, facts: { status: null }, scores: { false: [], true: [] } });
    this.strip.hidden = true;
    if (!this.data.run_id) return;
    this.stream = new RunStream(this.data.run_id, { onMessage: (message) => this.take(message), onState: () => {} });
  }

  take({ events }) {
    const { facts } = this;
    for (const event of events) {
      if (event.event === "study_started") Object.assign(facts, event, { event: undefined });
      if (event.event === "study_went") Object.assign(facts, { training: event.training, step: event.step });
      if (event.event === "study_scored") this.scores[event.with_made].push(100 * event.test_accuracy);
      if (event.event === "status_changed" && !ENDS.includes(facts.status)) facts.status = event.status;
      if (["diverged", "failed"].includes(event.event)) Object.assign(facts, { status: event.event, why: `${event.why} ${event.cure}` });
    }
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.tellPage(), SETTLED);
    this.show();
  }

  tellPage() {
    const { status } = this.facts;
    if (!status || status === this.data.status || status === this.told || (status === "running" && this.data.status === "starting")) return;
    this.told = status;
    this.trigger("status", status);
  }

  show() {
    const { facts, scores, data } = this;
    const [word, mark] = data.run_id ? (STATUS[facts.status] ?? STATUS.starting) : ["Not started", "dot"];
    write(this.word, word);
    turn(this.icon, mark);
    set(this.root, "data-run", data.run_id ?? "");
    const done = scores.false.length + scores.true.length;
    const going = facts.training > done ? facts.step / facts.steps : 0;
    this.filled.style.transform = `scaleX(${facts.trainings ? (done + going) / facts.trainings : 0})`;
    write(this.place, facts.why ?? (facts.trainings ? `${done} of ${facts.trainings} trainings done` : NONE));
    if (facts.made && this.strip.hidden) {
      this.strip.src = facts.made;
      this.strip.hidden = false;
    }
    const [low, high] = range([...scores.false, ...scores.true]);
    for (const with_made of [false, true]) this.rows[with_made].show(scores[with_made], low, high);
    this.showAxis(low, high);
  }

  showAxis(low, high) {
    const step = high - low > 40 ? 20 : high - low > 15 ? 5 : high - low > 5 ? 2 : 1;
    const ticks = [];
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) ticks.push(value);
    this.axis.replaceChildren();
    for (const value of ticks) {
      const tick = append(this.axis, "span", "", `${value} %`);
      tick.style.left = `${(100 * (value - low)) / (high - low)}%`;
    }
  }

  remove() {
    this.stream?.close();
    clearTimeout(this.settling);
    this.root.replaceChildren();
  }
}

class Row {
  constructor(parent, role) {
    this.root = append(parent, "div", `study-row study-${role}`);
    this.label = append(this.root, "span", "study-label");
    this.track = append(this.root, "div", "study-track");
    this.number = append(this.root, "b", "", NONE);
    this.number.title = "Mean accuracy on 10,000 test pictures, and the standard deviation over the repeats";
  }

  show(scores, low, high) {
    const at = (value) => `${(100 * (value - low)) / (high - low)}%`;
    this.track.replaceChildren();
    if (!scores.length) {
      write(this.number, NONE);
      return;
    }
    const [mean, spread] = summedUp(scores);
    const band = append(this.track, "i", "study-band");
    Object.assign(band.style, { left: at(mean - spread), width: `${(200 * spread) / (high - low)}%` });
    append(this.track, "i", "study-mean").style.left = at(mean);
    for (const score of scores) {
      const dot = append(this.track, "i", "study-dot");
      dot.style.left = at(score);
      dot.title = `${score.toFixed(2)} %`;
    }
    write(this.number, `${mean.toFixed(1)} %${scores.length > 1 ? ` ± ${spread.toFixed(1)}` : ""}`);
  }
}

/** Mean and sample standard deviation. */
function summedUp(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0];
}

/** The part of 0 to 100 % that is shown: whole points, with room on both sides. */
function range(values) {
  if (!values.length) return [50, 100];
  return [Math.max(0, Math.floor(Math.min(...values)) - 2), Math.min(100.5, Math.ceil(Math.max(...values)) + 1)];
}

export const mount = mounting((parent, data) => new StudyView(parent, data));
