// The Plotly figure of a run: three plots over one step axis, as traces that hold the record's own arrays, and a layout.

import { across, axis, blank, line, reach as reachFrom, upright, words } from "../lib/chart_frame.js";

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
  const share = "%{y:.2f} %";
  return [
    of("training", curves.batchLoss, "loss of each batch", "y", faint),
    of("training", curves.loss, "training loss", "y", thick, loss),
    of("validation", curves.validationLoss, "validation loss", "y", dashed, loss),
    of("test", curves.testLoss, "test loss", "y", star, loss),
    of("training", curves.batchAccuracy, "accuracy of each batch", "y2", faint),
    of("training", curves.accuracy, "training accuracy", "y2", thick, share),
    of("validation", curves.validationAccuracy, "validation accuracy", "y2", dashed, share),
    of("test", curves.testAccuracy, "test accuracy", "y2", star, share),
    of("rate", curves.lr, "learning rate", "y3", rate, "%{y:.3g}"),
  ];
}

/** The layout of an empty chart in the page's colours. */
export function layout(theme, { logLoss }) {
  const y = (domain, extra) => ({ ...axis(theme), fixedrange: false, nticks: 5, domain, automargin: false, ...extra });
  return {
    ...blank(theme),
    margin: { l: 48, r: 12, t: 22, b: 36 },
    xaxis: {
      ...across(theme, "step"), anchor: "y3", range: [0, FIRST_STEPS], fixedrange: false, nticks: theme.narrow ? 5 : 10,
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

/** Vertical lines at the ends of epochs and where the learning rate was changed, with their labels. `range` is the part
 *  of the step axis in view. */
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
    const text = `epoch ${epoch + 1}`;
    annotations.push({ ...words(text, 11, theme.muted), x: step, y: 1 });
  }
  record.marks.forEach(({ step, lr }, index) => {
    shapes.push(upright(step, theme.muted, "dot", 2));
    const yshift = 2 + LABEL_HEIGHT * (index % LABEL_ROWS);
    const text = `learning rate ${Number(lr.toPrecision(3))}`;
    annotations.push({ ...words(text, 12, theme.text), x: step, y: 0.2, yshift, bgcolor: theme.paper, borderpad: 1 });
  });
  return { shapes, annotations };
}

function titles(theme) {
  const title = (text, y) => ({ ...words(`<b>${text}</b>`, 13, theme.text), x: 0, xref: "paper", y });
  return [title("Loss", 1), title("Accuracy, %", 0.53), title("Learning rate", 0.12)];
}
