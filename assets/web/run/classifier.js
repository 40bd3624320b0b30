// A classifier's run: its record, gathered from its messages, and its Plotly figure: three plots over one axis of steps.

import { across, axis, blank, line, reach as reachFrom, sized, upright, words } from "../lib/chart_frame.js";
import { number, percent, say } from "../lib/text.js";
import { Curve, Record, Smoothed } from "./record.js";

// From which accuracy on the axis begins where: late enough that the curve stays on it.
const STAGES = [[98.5, 95], [96, 90], [92, 80], [90, 50]];
const PATIENT_STEPS = 300;
const MORE = 9; // a network that reads a ninth of what guessing leaves open has learned something: 20 % of ten digits
const GOOD = 50;
const LOST = 20;
const LEAST_ERROR = 0.05; // %: what has none stands at the bottom of a logarithmic axis

export class RunRecord extends Record {
  constructor() {
    super();
    this.curves = {
      batchLoss: new Curve({ extremes: true }),
      loss: new Curve(),
      validationLoss: new Curve(),
      testLoss: new Curve(),
      batchAccuracy: new Curve({ extremes: true }),
      accuracy: new Curve(),
      validationAccuracy: new Curve(),
      testAccuracy: new Curve(),
      batchError: new Curve({ extremes: true }),
      error: new Curve(),
      validationError: new Curve(),
      testError: new Curve(),
      lr: new Curve(),
    };
    this.shown = null; // the newest step in slow motion
    this.marks = []; // {step, lr}: where the visitor changed the learning rate
    Object.assign(this.facts, { epoch: 0, stepsPerEpoch: null, epochs: null });
    this.smooth(20);
  }

  smooth(span) {
    this.smoothedLoss = new Smoothed(span);
    this.smoothedAccuracy = new Smoothed(span);
    this.facts.span = span;
  }

  /** Where the axis of accuracy begins, in per cent: it only rises, stage by stage, until the curve falls off it; then it
   *  is the whole axis, for good. */
  floor = 0;
  isFallen = false;

  watchFloor() {
    const { accuracy, validationAccuracy = accuracy } = this.facts;
    if (this.isFallen || !Number.isFinite(accuracy)) return;
    const [, floor] = STAGES.find(([from]) => Math.min(accuracy, validationAccuracy) >= from) ?? [0, 0];
    this.floor = Math.max(this.floor, floor);
    this.isFallen = accuracy < this.floor;
    if (this.isFallen) this.floor = 0;
  }

  best = 0;
  guessing = 0.1; // the share of a network that only guesses

  /** What is wrong with the learning itself, in a sentence; empty while it goes well. */
  get trouble() {
    const { accuracy, step } = this.facts;
    if (this.ended && this.facts.why) return "";
    const values = { step, now: percent(accuracy / 100), best: percent(this.best / 100) };
    if (this.best > GOOD && accuracy < this.best - LOST) {
      return say("This network has got much worse: it read {best} of the pictures rightly, now {now}. Its steps are too large.", values);
    }
    if (step >= PATIENT_STEPS && this.best < 100 * (this.guessing + (1 - this.guessing) / MORE)) {
      return say("This network does not learn: after {step:,} steps it reads {now} of the pictures rightly, as if it guessed.", values);
    }
    return "";
  }

  takeSteps({ step, epoch, loss, accuracy, lr }) {
    const { curves, facts } = this;
    for (let i = 0; i < step.length; i++) {
      const right = 100 * accuracy[i];
      curves.batchLoss.push(step[i], loss[i]);
      curves.batchAccuracy.push(step[i], right);
      curves.loss.push(step[i], this.smoothedLoss.next(loss[i]));
      facts.accuracy = this.smoothedAccuracy.next(right);
      curves.accuracy.push(step[i], facts.accuracy);
      curves.batchError.push(step[i], errorOf(right));
      curves.error.push(step[i], errorOf(facts.accuracy));
      if (step[i] > facts.span) this.best = Math.max(this.best, facts.accuracy);
      this.watchFloor();
      curves.lr.push(step[i], lr[i]);
    }
    facts.step = step.at(-1);
    facts.epoch = epoch.at(-1);
    facts.loss = this.smoothedLoss.value;
    facts.lr = lr.at(-1);
  }

  take(event) {
    super.take(event);
    const { curves, facts } = this;
    switch (event.event) {
      case "started":
        facts.steps = event.steps;
        facts.stepsPerEpoch = event.steps_per_epoch;
        facts.epochs = Math.round(event.steps / event.steps_per_epoch);
        facts.validationImages = event.validation_images;
        this.smooth(Math.min(30, Math.max(5, Math.round(event.steps_per_epoch / 30))));
        break;
      case "evaluated":
        this.takeValidation(event.step, event.loss, event.accuracy);
        break;
      case "epoch_done":
        if (event.validation_loss !== null) {
          this.takeValidation(event.step, event.validation_loss, event.validation_accuracy);
        }
        break;
      case "step_shown":
        if (event.step >= (this.shown?.step ?? 0)) this.shown = event; // a process that goes on elsewhere tells old ones again
        break;
      case "setting_changed":
        if (event.name !== "lr") break;
        if (this.marks.at(-1)?.step === event.step) this.marks.pop();
        this.marks.push({ step: event.step, lr: event.value });
        break;
      case "clipped":
        facts.clipped = event;
        break;
      case "weights_restored":
        facts.restored = event;
        break;
      case "target_reached":
        facts.reached = event;
        break;
      case "progress":
        facts.speed = event.samples_per_second;
        break;
      case "finished":
        facts.speed = event.samples_per_second;
        facts.testLoss = event.test_loss;
        facts.testAccuracy = 100 * event.test_accuracy;
        facts.trainSeconds = event.train_seconds;
        curves.testLoss.put(event.step, event.test_loss);
        curves.testAccuracy.put(event.step, 100 * event.test_accuracy);
        curves.testError.put(event.step, errorOf(100 * event.test_accuracy));
        break;
    }
  }

  takeValidation(step, loss, share) {
    this.curves.validationLoss.put(step, loss);
    this.curves.validationAccuracy.put(step, 100 * share);
    this.curves.validationError.put(step, errorOf(100 * share));
    this.facts.validationLoss = loss;
    this.facts.validationAccuracy = 100 * share;
  }
}

function errorOf(right) {
  return Math.max(100 - right, LEAST_ERROR);
}

const MOST_EPOCH_LINES = 20;
const LANE_ROWS = 2;
const LANE_HEIGHT = 16; // px of a row
const LETTER = 7.5; // px
const margins = () => ({ l: sized(48), r: 12, t: sized(22), b: sized(36) });
const FIRST_STEPS = 50;
const EPOCH_LABEL = 64; // px that one needs

/** The traces in a fixed order; the first is the raw training loss. `group` is what the legend switches. With `logError`
 *  the share that was read wrongly stands in the place of the one read rightly. */
export function traces(curves, colours, theme, { logError }) {
  const of = (group, curve, name, yaxis, style, hover) => ({ ...line(curve, name, yaxis, style, hover), meta: group });
  const faint = { line: { color: colours.train, width: 1 }, opacity: theme.faint };
  const thick = { line: { color: colours.train, width: 3 } };
  const dashed = {
    mode: "lines+markers",
    line: { color: colours.validation, width: 2, dash: "dash" },
    marker: { size: 7 },
  };
  const star = { mode: "markers", marker: { color: colours.test, size: 15, symbol: "star" }, cliponaxis: false };
  const rate = { line: { color: "gray", width: 2 } };
  const loss = "%{y:.4f}";
  const share = say("{percent} %", { percent: "%{y:.2f}" });
  const right = logError
    ? [
        [curves.batchError, say("error of each batch")],
        [curves.error, say("training error")],
        [curves.validationError, say("validation error")],
        [curves.testError, say("test error")],
      ]
    : [
        [curves.batchAccuracy, say("accuracy of each batch")],
        [curves.accuracy, say("training accuracy")],
        [curves.validationAccuracy, say("validation accuracy")],
        [curves.testAccuracy, say("test accuracy")],
      ];
  return [
    of("training", curves.batchLoss, say("loss of each batch"), "y", faint),
    of("training", curves.loss, say("training loss"), "y", thick, loss),
    of("validation", curves.validationLoss, say("validation loss"), "y", dashed, loss),
    of("test", curves.testLoss, say("test loss"), "y", star, loss),
    of("training", ...right[0], "y2", faint),
    of("training", ...right[1], "y2", thick, share),
    of("validation", ...right[2], "y2", dashed, share),
    of("test", ...right[3], "y2", star, share),
    of("rate", curves.lr, say("learning rate"), "y3", rate, "%{y:.3g}"),
  ];
}

/** The layout of an empty chart in the page's colours. */
export function layout(theme, { logLoss, logError, record }) {
  const y = (domain, extra) => ({ ...axis(theme), fixedrange: false, nticks: 5, domain, automargin: false, ...extra });
  return {
    ...blank(theme),
    margin: margins(),
    xaxis: {
      ...across(theme, say("step"), say("step {step}", { step: "%{x}" })), anchor: "y3", range: [0, FIRST_STEPS], fixedrange: false, nticks: theme.narrow ? 5 : 10,
    },
    yaxis: y([0.61, 1], lossScale(logLoss)),
    yaxis2: y([0.22, 0.53], accuracyScale(record, logError)),
    yaxis3: y([0, 0.11], { rangemode: "tozero", nticks: 3, tickformat: "~g", tickfont: { size: sized(11) } }),
    annotations: titles(theme, logError),
  };
}

/** Accuracy from the stage that the run has come to up to 100 %; or the error, in per cent, on a logarithmic axis. */
export function accuracyScale(record, logError) {
  return logError
    ? { type: "log", range: [Math.log10(LEAST_ERROR), 2], tickvals: [0.1, 1, 10, 100], ticktext: [0.1, 1, 10, 100].map((share) => number(share)) }
    : { type: "linear", range: [record.floor, 100], tickvals: null, ticktext: null, nticks: 6 };
}

/** Loss on a linear axis from zero, or on a logarithmic one. */
export function lossScale(logLoss) {
  return logLoss
    ? { type: "log", rangemode: "normal", dtick: null, autorange: true, tickformat: "~g" }
    : { type: "linear", rangemode: "tozero", autorange: true, tickformat: "~g" };
}

/** What the chart shows now, in a sentence; and its curves as a table has them. */
export function sentence({ curves, facts }) {
  const { step, loss, accuracy, validationAccuracy } = facts;
  if (!step) return say("Nothing is drawn yet: the first step is not done.");
  const places = { step, first: curves.batchLoss.y[0], loss, accuracy: percent(accuracy / 100, 1), validation: percent(validationAccuracy / 100, 1) };
  return Number.isFinite(validationAccuracy)
    ? say("At step {step:,} the training loss has gone from {first:.2f} to {loss:.2f}; {accuracy} of the training pictures and {validation} of the validation pictures are read rightly.", places)
    : say("At step {step:,} the training loss has gone from {first:.2f} to {loss:.2f}; {accuracy} of the training pictures are read rightly.", places);
}

export function series({ curves }) {
  return [
    [say("training loss"), curves.loss, ".4f"],
    [say("validation loss"), curves.validationLoss, ".4f"],
    [say("training accuracy, %"), curves.accuracy, ".2f"],
    [say("validation accuracy, %"), curves.validationAccuracy, ".2f"],
    [say("test accuracy, %"), curves.testAccuracy, ".2f"],
    [say("learning rate"), curves.lr, ".3g"],
  ];
}

export function reach(facts) {
  return reachFrom(facts, FIRST_STEPS);
}

/** Vertical lines, with labels, at the ends of epochs and at changes of the learning rate. `range` is the part of the
 *  axis of steps in view. */
export function marks(record, theme, range, logError) {
  const { facts } = record;
  const shapes = [];
  const annotations = titles(theme, logError);
  const every = Math.ceil((facts.epoch || 1) / MOST_EPOCH_LINES);
  const space = ((every * facts.stepsPerEpoch) / (range[1] - range[0])) * theme.width;
  for (let epoch = every; epoch < facts.epoch; epoch += every) {
    const step = epoch * facts.stepsPerEpoch;
    shapes.push(upright(step, theme.grid, "solid", 2));
    if (space < EPOCH_LABEL || step < range[0] || step > range[1]) continue;
    const text = say("epoch {epoch}", { epoch: epoch + 1 });
    annotations.push({ ...words(text, 11, theme.muted), x: step, y: 1 });
  }
  for (const { step } of record.marks) shapes.push(upright(step, theme.muted, "dot", 2));
  for (const { step, text, row } of lane(record.marks, theme, range)) {
    annotations.push({ ...words(text, 12, theme.text), x: step, y: 0.11, yshift: LANE_HEIGHT * row });
  }
  return { shapes, annotations };
}

/** The labels of changes of the rate that have room in the lane between the rate and the accuracy: `{step, text, row}`. The
 *  lowest row begins behind the title that stands in it. */
export function lane(changes, theme, range) {
  const wide = (text) => sized(LETTER) * (text.length + 1);
  const { l, r } = margins();
  const scale = (theme.width - l - r) / (range[1] - range[0]);
  const taken = Array(LANE_ROWS).fill(0);
  taken[0] = wide(say("Learning rate"));
  const placed = [];
  for (const { step, lr } of changes) {
    const text = number(Number(lr.toPrecision(3)));
    const left = (step - range[0]) * scale;
    const row = taken.findIndex((end) => left >= end);
    if (row < 0 || left + wide(text) > theme.width - l || left < 0) continue;
    taken[row] = left + wide(text);
    placed.push({ step, text, row });
  }
  return placed;
}

function titles(theme, logError) {
  const title = (text, y) => ({ ...words(`<b>${text}</b>`, 13, theme.text), x: 0, xref: "paper", y });
  const right = logError ? say("Error, %") : say("Accuracy, %");
  return [title(say("Loss"), 1), title(right, 0.53), title(say("Learning rate"), 0.11)];
}
