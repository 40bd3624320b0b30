// A search for settings as it goes on: for each setting a strip with a dot for every trial, as high as it read well; below,
// the trials, the best first.

import { append, icon, mounting, set, turn, write } from "../lib/component.js";
import { NONE, number, percent, say, whole } from "../lib/text.js";
import { failure, Record, standing } from "../run/record.js";
import { RunView } from "../run/view.js";

const ENDED = { done: "", pruned: say("ended early"), diverged: say("diverged") };
const MOST = 12; // trials in the list
const [WIDE, HIGH, EDGE] = [220, 110, 12]; // px of a strip

class SearchRecord extends Record {
  trials = [];

  take(event) {
    super.take(event);
    const { event: name, ...said } = event;
    if (name === "search_started") Object.assign(this.facts, { planned: said.trials });
    if (name === "search_went") Object.assign(this.facts, said);
    if (name === "trial_done") this.trials.push(said);
    if (name === "search_finished") this.facts.importances = said.importances;
  }
}

class SearchView extends RunView {
  constructor(parent) {
    super();
    this.root = parent.querySelector(".search");
    const head = append(this.root, "div", "search-head");
    const status = append(head, "span", "search-status");
    this.icon = icon(status, "dot");
    this.word = append(status, "span");
    this.word.setAttribute("role", "status");
    const bar = append(head, "div", "search-bar");
    this.filled = append(bar, "div", "search-filled");
    this.place = append(head, "span", "search-place");
    this.strips = append(this.root, "div", "search-strips");
    this.list = append(this.root, "table", "search-list");
  }

  update(component) {
    if (this.hear(component)) this.watch();
    this.schedule();
  }

  begin() {
    this.record = new SearchRecord();
    this.drawn = null;
  }

  schedule() {
    const { data, record } = this;
    const { facts, trials } = record;
    const { word, mark } = standing(facts.status);
    write(this.word, word);
    turn(this.icon, mark);
    set(this.root, "data-run", data.run_id);
    set(this.root, "data-status", facts.status ?? "");
    const going = facts.trial > trials.length ? facts.step / facts.steps : 0;
    this.filled.style.transform = `scaleX(${facts.planned ? (record.ended ? 1 : (trials.length + going) / facts.planned) : 0})`;
    write(this.place, place(facts, trials.length));
    const state = `${data.run_id} ${trials.length} ${facts.status}`;
    if (state === this.drawn) return;
    this.drawn = state;
    const sorted = [...trials].sort((a, b) => rank(b) - rank(a));
    this.strips.replaceChildren();
    for (const setting of data.settings) this.#strip(setting, sorted);
    this.#table(sorted);
  }

  /** Across: the value; up: the validation accuracy. */
  #strip({ name, title, log, options }, sorted) {
    const { importances } = this.record.facts;
    const figure = append(this.strips, "figure", "search-strip");
    const share = importances?.[name];
    append(figure, "figcaption", "", share === undefined ? title : say("{title}: {share} of the differences", { title, share: percent(share, 0) }));
    const values = sorted.map((trial) => trial.values[name]);
    const scale = options.length ? places(options) : spread(values, log);
    const low = Math.min(...sorted.map(({ accuracy }) => accuracy), 0.9);
    const high = Math.max(...sorted.map(({ accuracy }) => accuracy), low + 0.01);
    const drawing = append(figure, "svg");
    set(drawing, "viewBox", `0 0 ${WIDE} ${HIGH + 22}`);
    set(drawing, "role", "img");
    set(drawing, "aria-label", say("{title}: how well each trial reads. The list below has the numbers.", { title }));
    for (const [share, y] of [[high, EDGE], [low, HIGH - EDGE]]) {
      const mark = append(drawing, "text", "search-mark", percent(share, 0));
      set(mark, "x", -6);
      set(mark, "y", y + 4);
      set(mark, "text-anchor", "end");
    }
    const line = append(drawing, "line", "search-axis");
    for (const [end, value] of Object.entries({ x1: 0, x2: WIDE, y1: HIGH, y2: HIGH })) set(line, end, value);
    for (const [at, label] of scale.marks) {
      const text = append(drawing, "text", "search-mark", label);
      set(text, "x", EDGE + at * (WIDE - 2 * EDGE));
      set(text, "y", HIGH + 16);
      set(text, "text-anchor", at < 0.1 ? "start" : at > 0.9 ? "end" : "middle");
    }
    for (const trial of [...sorted].reverse()) {
      const dot = append(drawing, "circle", "search-dot");
      set(dot, "cx", EDGE + scale.at(trial.values[name]) * (WIDE - 2 * EDGE));
      set(dot, "cy", HIGH - EDGE - ((Math.max(low, trial.accuracy) - low) / (high - low)) * (HIGH - 2 * EDGE));
      set(dot, "r", trial === sorted[0] ? 6 : 4.5);
      set(dot, "data-ended", trial === sorted[0] ? "best" : trial.ended);
      append(dot, "title").textContent = `${percent(trial.accuracy, 2)}: ${said(trial.values[name])}`;
    }
  }

  #table(sorted) {
    this.list.replaceChildren();
    if (!sorted.length) return;
    const head = append(append(this.list, "thead"), "tr");
    const titles = [say("Trial"), say("Validation accuracy"), ...this.data.settings.map(({ title }) => title), ""];
    for (const title of titles) append(head, "th", "", title);
    const body = append(this.list, "tbody");
    for (const trial of sorted.slice(0, MOST)) {
      const row = append(body, "tr");
      set(row, "data-ended", trial === sorted[0] ? "best" : trial.ended);
      append(row, "td", "", whole(trial.trial));
      append(row, "td", "", trial.epoch ? percent(trial.accuracy, 2) : NONE);
      for (const { name } of this.data.settings) append(row, "td", "", said(trial.values[name]));
      append(row, "td", "", ENDED[trial.ended] ?? "");
    }
    if (sorted.length > MOST) append(this.list, "caption", "", say("The best {most} of {count} trials.", { most: MOST, count: sorted.length }));
  }

  remove() {
    this.leave();
    this.root.replaceChildren();
  }
}

/** Trials that went to their end come first. */
function rank({ ended, accuracy }) {
  return (ended === "done" ? 1 : ended === "pruned" ? 0 : -1) + accuracy;
}

function said(value) {
  return typeof value === "number" ? number(value) : String(value);
}

/** Where each of a few options stands, from 0 to 1, and what is written there. */
function places(options) {
  const at = (value) => (options.length > 1 ? options.indexOf(value) / (options.length - 1) : 0.5);
  return { at, marks: options.map((option) => [at(option), said(option)]) };
}

/** The same for numbers, up to their least and largest. */
function spread(values, log) {
  const by = log ? Math.log : Number;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const at = (value) => (high > low ? (by(value) - by(low)) / (by(high) - by(low)) : 0.5);
  return { at, marks: values.length ? [[0, said(low)], [1, said(high)]] : [] };
}

/** How far the search is, or why it went no further. */
function place({ status, why, cure, planned, recovered }, done) {
  if (why) return failure({ why, cure });
  if (status === "interrupted") return say("The playground was closed while this search went on. Press Resume to go on.");
  if (!planned) return NONE;
  if (!recovered) return say("{done} of {planned} trials done", { done, planned });
  return say("{done} of {planned} trials done; a training process was lost, it went on by itself", { done, planned });
}

export const mount = mounting((parent) => new SearchView(parent));
