// A study as it goes on: a dot for each training, with and without generated pictures, their mean and spread.

import { append, icon, markDark, mounting, set, turn, write } from "../lib/component.js";
import { NONE, number, percent, say } from "../lib/text.js";
import { failure, Record, standing } from "../run/record.js";
import { RunView } from "../run/view.js";

class StudyRecord extends Record {
  scores = { false: [], true: [] }; // by whether generated pictures were added, in per cent

  take(event) {
    super.take(event);
    const { event: name, ...said } = event;
    if (["study_started", "study_went"].includes(name)) Object.assign(this.facts, said);
    if (name === "study_scored") this.scores[event.with_made].push(100 * event.test_accuracy);
  }
}

class StudyView extends RunView {
  constructor(parent, { colours }) {
    super();
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
    append(made, "span", "", say("Ten of the generated pictures, one of each digit:"));
    this.strip = append(made, "img");
    this.strip.alt = say("Ten digits by the generator");
    this.strip.hidden = true;
  }

  update(component) {
    const { data } = component;
    const other = this.hear(component);
    markDark(this.root);
    write(this.rows.false.label, say("{count} real pictures of each digit", { count: data.per_digit }));
    write(this.rows.true.label, say("the same and {count} generated ones", { count: data.added_per_digit }));
    if (other) this.watch();
    this.schedule();
  }

  begin() {
    this.record = new StudyRecord();
    this.strip.hidden = true;
  }

  schedule() {
    this.show();
  }

  show() {
    const { data, record } = this;
    const { facts, scores } = record;
    const { word, mark } = standing(facts.status);
    write(this.word, word);
    turn(this.icon, mark);
    set(this.root, "data-run", data.run_id);
    const done = scores.false.length + scores.true.length;
    const going = facts.training > done ? facts.step / facts.steps : 0;
    this.filled.style.transform = `scaleX(${facts.trainings ? (done + going) / facts.trainings : 0})`;
    write(this.place, place(facts, done));
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
      const tick = append(this.axis, "span", "", percent(value / 100));
      tick.style.left = `${(100 * (value - low)) / (high - low)}%`;
    }
  }

  remove() {
    this.leave();
    this.root.replaceChildren();
  }
}

class Row {
  constructor(parent, role) {
    this.root = append(parent, "div", `study-row study-${role}`);
    this.label = append(this.root, "span", "study-label");
    this.track = append(this.root, "div", "study-track");
    this.number = append(this.root, "b", "", NONE);
    this.number.title = say("Mean accuracy on 10,000 test pictures, and the standard deviation over the repeats");
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
      dot.title = percent(score / 100, 2);
    }
    write(this.number, percent(mean / 100, 1) + (scores.length > 1 ? ` ± ${number(spread, ".1f")}` : ""));
  }
}

/** How far the study is, or why it went no further. */
function place({ status, why, cure, trainings, recovered }, done) {
  if (why) return failure({ why, cure });
  if (status === "interrupted") return say("The playground was closed while this study went on. Press Resume to go on.");
  if (!trainings) return NONE;
  if (!recovered) return say("{done} of {trainings} trainings done", { done, trainings });
  return say("{done} of {trainings} trainings done; a training process was lost, it went on by itself", { done, trainings });
}

/** Mean and sample standard deviation. */
function summedUp(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0];
}

/** The part of 0 to 100 % that is shown: whole per cents, with space on both sides. */
function range(values) {
  if (!values.length) return [50, 100];
  return [Math.max(0, Math.floor(Math.min(...values)) - 2), Math.min(100.5, Math.ceil(Math.max(...values)) + 1)];
}

export const mount = mounting((parent, data) => new StudyView(parent, data));
