// The Plotly figure of a run: three plots over one step axis, as traces that hold the record's own arrays, and a layout.

const MOST_EPOCH_LINES = 20;
const LABEL_ROWS = 3;
const LABEL_HEIGHT = 19; // px
const FIRST_STEPS = 50;
const EPOCH_LABEL = 64; // px that one needs

/** The traces in a fixed order; the first is the raw training loss. `group` is what the legend switches. */
export function traces(curves, colours, theme) {
  const line = (curve, group, name, axis, style, hover = null) => ({
    type: "scatter",
    mode: "lines",
    x: curve.x,
    y: curve.y,
    meta: group,
    name,
    yaxis: axis,
    ...(hover ? { hovertemplate: hover } : { hoverinfo: "skip" }),
    showlegend: false,
    ...style,
  });
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
    line(curves.batchLoss, "training", "loss of each batch", "y", faint),
    line(curves.loss, "training", "training loss", "y", thick, loss),
    line(curves.validationLoss, "validation", "validation loss", "y", dashed, loss),
    line(curves.testLoss, "test", "test loss", "y", star, loss),
    line(curves.batchAccuracy, "training", "accuracy of each batch", "y2", faint),
    line(curves.accuracy, "training", "training accuracy", "y2", thick, share),
    line(curves.validationAccuracy, "validation", "validation accuracy", "y2", dashed, share),
    line(curves.testAccuracy, "test", "test accuracy", "y2", star, share),
    line(curves.lr, "rate", "learning rate", "y3", rate, "%{y:.3g}"),
  ];
}

/** The layout of an empty chart in the page's colours. */
export function layout(theme, { logLoss }) {
  const axis = {
    gridcolor: theme.grid,
    linecolor: theme.grid,
    zeroline: false,
    tickfont: { size: 12 },
    fixedrange: false,
    nticks: 5,
  };
  const y = (domain, extra) => ({ ...axis, domain, automargin: false, ...extra });
  return {
    autosize: true,
    margin: { l: 48, r: 12, t: 22, b: 36 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 13, color: theme.text },
    hovermode: "x unified",
    hoversubplots: "axis",
    hoverlabel: { bgcolor: theme.paper, bordercolor: theme.grid, font: { color: theme.text, family: theme.font } },
    showlegend: false,
    uirevision: "run",
    xaxis: {
      ...axis,
      anchor: "y3",
      title: { text: "step", standoff: 2, font: { size: 13 } },
      range: [0, FIRST_STEPS],
      nticks: theme.narrow ? 5 : 10,
      unifiedhovertitle: { text: "step %{x}" },
      tickformat: ",d",
      showspikes: true,
      spikemode: "across",
      spikethickness: 1,
      spikedash: "solid",
      spikecolor: theme.spike,
    },
    yaxis: y([0.61, 1], lossScale(logLoss)),
    yaxis2: y([0.2, 0.53], { range: [0, 100], nticks: 6 }),
    yaxis3: y([0, 0.12], { rangemode: "tozero", nticks: 3, tickformat: "~g", tickfont: { size: 11 } }),
    shapes: [],
    annotations: titles(theme),
  };
}

/** Loss on a linear axis from zero, or on a logarithmic one. */
export function lossScale(logLoss) {
  return logLoss
    ? { type: "log", rangemode: "normal", dtick: null, autorange: true, tickformat: "~g" }
    : { type: "linear", rangemode: "tozero", autorange: true, tickformat: "~g" };
}

/** How far the step axis reaches: it doubles rather than creeps, so that the picture stands still. */
export function reach(facts) {
  let most = FIRST_STEPS;
  while (most < facts.step) most *= 2;
  return facts.steps ? Math.min(most, facts.steps) : most;
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
    annotations.push({ ...label(text, 11, theme.muted), x: step, y: 1 });
  }
  record.marks.forEach(({ step, lr }, index) => {
    shapes.push(upright(step, theme.muted, "dot", 2));
    const yshift = 2 + LABEL_HEIGHT * (index % LABEL_ROWS);
    const text = `learning rate ${Number(lr.toPrecision(3))}`;
    annotations.push({ ...label(text, 12, theme.text), x: step, y: 0.2, yshift, bgcolor: theme.paper, borderpad: 1 });
  });
  return { shapes, annotations };
}

function upright(step, color, dash, width) {
  return { type: "line", x0: step, x1: step, yref: "paper", y0: 0, y1: 1, line: { color, dash, width }, layer: "below" };
}

function label(text, size, color) {
  return { text, yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size, color } };
}

function titles(theme) {
  const title = (text, y) => ({ ...label(`<b>${text}</b>`, 13, theme.text), x: 0, xref: "paper", y });
  return [title("Loss", 1), title("Accuracy, %", 0.53), title("Learning rate", 0.12)];
}
