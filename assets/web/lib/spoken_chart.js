// A chart for who does not see it, or uses no mouse: its name, a sentence that says what it shows now, arrow keys that step
// along its points and say their values, and a table of these. The pattern is that of uPlot's issue 954.

import { append, button, set, write } from "./component.js";
import { NONE, number, say } from "./text.js";

const MOST_ROWS = 40;
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
let charts = 0;

export class SpokenChart {
  /** `plot` is what is seen. `name` says what it is; `counts` is the word for what goes across. `series()` gives
   *  `[label, {x, y}, format]` of each curve, `sentence()` what they show now. `pointed(x)` marks a place, null none;
   *  `chosen(x)` is what Enter does there. */
  constructor(plot, { name, counts, series, sentence, pointed = () => {}, chosen = () => {} }) {
    Object.assign(this, { plot, name, counts, series, sentence, pointed, chosen, at: null });
    for (const [attribute, value] of [["role", "slider"], ["tabindex", "0"], ["aria-label", name], ["aria-valuemin", "0"]]) set(plot, attribute, value);
    this.told = append(plot.parentElement, "p", "chart-told");
    this.told.id = `chart-told-${++charts}`;
    set(plot, "aria-describedby", this.told.id);
    plot.addEventListener("keydown", (event) => this.pressed(event));
    plot.addEventListener("focus", () => this.place());
    plot.addEventListener("blur", () => this.leave());
    const why = say("The values of these curves as a table");
    this.opener = button(plot.parentElement, { label: say("Table"), why, does: () => this.open(), kind: "chart-opener" });
    this.place();
  }

  /** Something new is shown. What is said of a place is left alone: a screen reader would begin anew. */
  tell() {
    write(this.told, this.sentence());
  }

  pressed(event) {
    const steps = this.rows().map(([x]) => x);
    const here = this.at === null ? steps.length - 1 : steps.findLastIndex((x) => x <= this.at);
    let next = here + STEPS[event.key];
    if (event.key === "Home") next = 0;
    else if (event.key === "End") next = steps.length - 1;
    else if (event.key === "Enter" && this.at !== null) this.chosen(this.at);
    if (Number.isNaN(next) || !steps.length || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.at = steps[Math.min(Math.max(next, 0), steps.length - 1)];
    this.place();
    this.pointed(this.at);
  }

  leave() {
    if (this.at !== null) this.pointed(null);
    this.at = null;
  }

  /** Say the place that the keys have come to, at first the newest. */
  place() {
    this.tell();
    const rows = this.rows();
    const [x, values] = rows.find(([step]) => step === this.at) ?? rows.at(-1) ?? [0, []];
    const known = this.series().map(([label], i) => [label, values[i]]).filter(([, value]) => value !== undefined && value !== NONE);
    const said = known.map(([label, value]) => say("{label}: {value}", { label, value }));
    set(this.plot, "aria-valuenow", String(x));
    set(this.plot, "aria-valuemax", String(rows.at(-1)?.[0] ?? 0));
    set(this.plot, "aria-valuetext", [say("{counts} {step:,}", { counts: this.counts, step: x }), ...said].join(", "));
  }

  /** `[x, values]` at places spread over the longest curve; a curve with fewer points has a dash where it has none. */
  rows() {
    const series = this.series();
    const longest = series.reduce((most, [, { x }]) => (x.length > most.length ? x : most), []);
    const every = Math.max(1, Math.ceil(longest.length / MOST_ROWS));
    const steps = longest.filter((_, i) => (longest.length - 1 - i) % every === 0);
    const ends = series.map(() => 0);
    return steps.map((step) => [step, series.map(([, { x, y }, format], i) => {
      const from = ends[i];
      while (ends[i] < x.length && x[ends[i]] <= step) ends[i] += 1;
      return ends[i] > from ? number(y[ends[i] - 1], format) : NONE;
    })]);
  }

  open() {
    this.dialog?.remove();
    this.dialog = append(this.plot.parentElement, "dialog", "chart-values");
    this.dialog.setAttribute("aria-label", this.name);
    append(this.dialog, "strong", "", this.name);
    append(this.dialog, "p", "", this.sentence());
    const place = append(this.dialog, "div", "chart-rows");
    for (const [attribute, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", say("Values")]]) set(place, attribute, value);
    this.fill(append(place, "table"));
    button(this.dialog, { label: say("Close"), why: say("Back to the curves"), does: () => this.dialog.close(), kind: "chart-close" });
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation()); // the page's own keys rest meanwhile
    this.dialog.addEventListener("close", () => this.opener.focus());
    this.dialog.showModal();
  }

  fill(table) {
    const series = this.series();
    const head = append(append(table, "thead"), "tr");
    for (const label of [this.counts, ...series.map(([label]) => label)]) append(head, "th", "", label).scope = "col";
    const body = append(table, "tbody");
    for (const [step, values] of this.rows()) {
      const row = append(body, "tr");
      append(row, "th", "", number(step, ",")).scope = "row";
      for (const value of values) append(row, "td", "", value);
    }
  }
}
