// What the Plotly figures of runs have in common: Plotly itself, the frame, the axis of steps, marks upon it.

/** A layout without axes and marks. */
export function blank(theme) {
  return {
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 13, color: theme.text },
    hovermode: "x unified",
    hoversubplots: "axis",
    hoverlabel: { bgcolor: theme.paper, bordercolor: theme.grid, font: { color: theme.text, family: theme.font } },
    showlegend: false,
    uirevision: "run",
    shapes: [],
    annotations: [],
  };
}

/** What every axis has. */
export function axis(theme) {
  return { gridcolor: theme.grid, linecolor: theme.grid, zeroline: false, tickfont: { size: 12 } };
}

/** The axis below all plots, with a line upright through them under the pointer; `unit` is what it counts. */
export function across(theme, unit) {
  return {
    ...axis(theme),
    title: { text: unit, standoff: 2, font: { size: 13 } },
    unifiedhovertitle: { text: `${unit} %{x}` },
    tickformat: ",d",
    showspikes: true,
    spikemode: "across",
    spikethickness: 1,
    spikedash: "solid",
    spikecolor: theme.spike,
  };
}

/** How far the axis below reaches: from `first` it doubles rather than creeps, so that the picture stands still. */
export function reach({ step, steps }, first) {
  let most = first;
  while (most < step) most *= 2;
  return steps ? Math.min(most, steps) : most;
}

/** A trace over the record's own arrays. */
export function line(curve, name, yaxis, style, hover = null) {
  return {
    type: "scatter",
    mode: "lines",
    x: curve.x,
    y: curve.y,
    name,
    yaxis,
    ...(hover ? { hovertemplate: hover } : { hoverinfo: "skip" }),
    showlegend: false,
    ...style,
  };
}

export function upright(step, color, dash, width) {
  return { type: "line", x0: step, x1: step, yref: "paper", y0: 0, y1: 1, line: { color, dash, width }, layer: "below" };
}

export function words(text, size, color) {
  return { text, yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size, color }, borderpad: 0 };
}

/** Where on the plot a pointer hovers, to hover there again after it was drawn anew; null without a real pointer. */
export function hovering(plot, { event, points }) {
  if (!event?.isTrusted) return null;
  const { xaxis, yaxis } = points[0];
  const box = plot.getBoundingClientRect();
  const at = { xpx: event.clientX - box.left - xaxis._offset, ypx: event.clientY - box.top - yaxis._offset };
  return { at, subplot: `x${yaxis._id}` };
}

let plotly = null;

/** A promise of Plotly; `url` is where this server keeps it. */
export function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = null;
      reject(new Error("Plotly could not be loaded"));
    };
    document.head.appendChild(script);
  });
  return plotly;
}
