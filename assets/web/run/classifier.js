// A classifier's run: its record, gathered from its messages, and its Plotly figure: three plots over one axis of steps.

import { across, axis, blank, line, reach as reachFrom, upright, words } from "../lib/chart_frame.js";
import { number, say } from "../lib/text.js";
import { Curve, Record, Smoothed } from "./record.js";

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
      lr: new Curve(),
    };
    this.marks = []; // {step, lr}: where the visitor changed the learning rate
    Object.assign(this.facts, { epoch: 0, stepsPerEpoch: null, epochs: null });
    this.smooth(20);
  }

  smooth(span) {
    this.smoothedLoss = new Smoothed(span);
    this.smoothedAccuracy = new Smoothed(span);
    this.facts.span = span;
  }

  takeSteps({ step, epoch, loss, accuracy, lr }) {
    const { curves, facts } = this;
    for (let i = 0; i < step.length; i++) {
      const percent = 100 * accuracy[i];
      curves.batchLoss.push(step[i], loss[i]);
      curves.batchAccuracy.push(step[i], percent);
      curves.loss.push(step[i], this.smoothedLoss.next(loss[i]));
      curves.accuracy.push(step[i], this.smoothedAccuracy.next(percent));
      curves.lr.push(step[i], lr[i]);
    }
    facts.step = step.at(-1);
    facts.epoch = epoch.at(-1);
    facts.loss = this.smoothedLoss.value;
    facts.accuracy = this.smoothedAccuracy.value;
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
      case "setting_changed":
        if (event.name !== "lr") break;
        if (this.marks.at(-1)?.step === event.step) this.marks.pop();
        this.marks.push({ step: event.step, lr: event.value });
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
        break;
    }
  }

  takeValidation(step, loss, share) {
    this.curves.validationLoss.put(step, loss);
    this.curves.validationAccuracy.put(step, 100 * share);
    this.facts.validationLoss = loss;
    this.facts.validationAccuracy = 100 * share;
  }
}

const MOST_EPOCH_LINES = 20;
const LABEL_ROWS = 3;
const LABEL_HEIGHT = 19; // px
const FIRST_STEPS = 50;
const EPOCH_LABEL = 64; // px that one needs

/** The traces in a fixed order; the first is the raw training loss. `group` is what the legend switches. */
export function traces(curves, colours, theme) {
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
  return [
    of("training", curves.batchLoss, say("loss of each batch"), "y", faint),
    of("training", curves.loss, say("training loss"), "y", thick, loss),
    of("validation", curves.validationLoss, say("validation loss"), "y", dashed, loss),
    of("test", curves.testLoss, say("test loss"), "y", star, loss),
    of("training", curves.batchAccuracy, say("accuracy of each batch"), "y2", faint),
    of("training", curves.accuracy, say("training accuracy"), "y2", thick, share),
    of("validation", curves.validationAccuracy, say("validation accuracy"), "y2", dashed, share),
    of("test", curves.testAccuracy, say("test accuracy"), "y2", star, share),
    of("rate", curves.lr, say("learning rate"), "y3", rate, "%{y:.3g}"),
  ];
}

/** The layout of an empty chart in the page's colours. */
export function layout(theme, { logLoss }) {
  const y = (domain, extra) => ({ ...axis(theme), fixedrange: false, nticks: 5, domain, automargin: false, ...extra });
  return {
    ...blank(theme),
    margin: { l: 48, r: 12, t: 22, b: 36 },
    xaxis: {
      ...across(theme, say("step"), say("step {step}", { step: "%{x}" })), anchor: "y3", range: [0, FIRST_STEPS], fixedrange: false, nticks: theme.narrow ? 5 : 10,
    },
    yaxis: y([0.61, 1], lossScale(logLoss)),
    yaxis2: y([0.2, 0.53], { range: [0, 100], nticks: 6 }),
    yaxis3: y([0, 0.12], { rangemode: "tozero", nticks: 3, tickformat: "~g", tickfont: { size: 11 } }),
    annotations: titles(theme),
  };
}

/** Loss on a linear axis from zero, or on a logarithmic one. */
export function lossScale(logLoss) {
  return logLoss
    ? { type: "log", rangemode: "normal", dtick: null, autorange: true, tickformat: "~g" }
    : { type: "linear", rangemode: "tozero", autorange: true, tickformat: "~g" };
}

export function reach(facts) {
  return reachFrom(facts, FIRST_STEPS);
}

/** Vertical lines, with labels, at the ends of epochs and at changes of the learning rate. `range` is the part of the
 *  axis of steps in view. */
export function marks(record, theme, range) {
  const { facts } = record;
  const shapes = [];
  const annotations = titles(theme);
  const every = Math.ceil((facts.epoch || 1) / MOST_EPOCH_LINES);
  const space = ((every * facts.stepsPerEpoch) / (range[1] - range[0])) * theme.width;
  for (let epoch = every; epoch < facts.epoch; epoch += every) {
    const step = epoch * facts.stepsPerEpoch;
    shapes.push(upright(step, theme.grid, "solid", 2));
    if (space < EPOCH_LABEL || step < range[0] || step > range[1]) continue;
    const text = say("epoch {epoch}", { epoch: epoch + 1 });
    annotations.push({ ...words(text, 11, theme.muted), x: step, y: 1 });
  }
  record.marks.forEach(({ step, lr }, index) => {
    shapes.push(upright(step, theme.muted, "dot", 2));
    const yshift = 2 + LABEL_HEIGHT * (index % LABEL_ROWS);
    const text = say("learning rate {rate}", { rate: number(Number(lr.toPrecision(3))) });
    annotations.push({ ...words(text, 12, theme.text), x: step, y: 0.2, yshift, bgcolor: theme.paper, borderpad: 1 });
  });
  return { shapes, annotations };
}

function titles(theme) {
  const title = (text, y) => ({ ...words(`<b>${text}</b>`, 13, theme.text), x: 0, xref: "paper", y });
  return [title(say("Loss"), 1), title(say("Accuracy, %"), 0.53), title(say("Learning rate"), 0.12)];
}
