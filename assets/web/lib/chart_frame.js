// What our Plotly charts share: Plotly itself, its language, the frame, the axis of steps, marks on it; and still charts.

import { DECIMAL, LANGUAGE, THOUSANDS } from "./text.js";

/** Settings of every chart: no buttons of Plotly's own, numbers as the page's language writes them. */
export const CONFIG = {
  displayModeBar: false,
  doubleClick: false,
  showTips: false,
  locale: LANGUAGE,
  locales: { [LANGUAGE]: { format: { decimal: DECIMAL, thousands: THOUSANDS, grouping: [3] } } },
};

/** A size in pixels, larger on a projector as the page's own type is. */
export function sized(pixels) {
  return document.documentElement.classList.contains("projector") ? Math.round(1.3 * pixels) : pixels;
}

/** A layout without axes and marks. */
export function blank(theme) {
  return {
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: sized(13), color: theme.text },
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
  return { gridcolor: theme.grid, linecolor: theme.grid, zeroline: false, tickfont: { size: sized(12) } };
}

/** The axis below all plots, with a vertical line through them under the pointer; `title` says what it counts, `hover`
 *  where the pointer is. */
export function across(theme, title, hover) {
  return {
    ...axis(theme),
    title: { text: title, standoff: 2, font: { size: sized(13) } },
    unifiedhovertitle: { text: hover },
    tickformat: ",d",
    showspikes: true,
    spikemode: "across",
    spikethickness: 1,
    spikedash: "solid",
    spikecolor: theme.spike,
  };
}

const CUT_SHORT = ["stopped", "diverged", "failed"];

/** The end of the axis below: all steps that are planned, so that the picture stands still; the newest step of a run that
 *  ended before. Where no end is known it doubles from `first` as the run goes on. */
export function reach({ step, steps, status }, first) {
  if (steps) return CUT_SHORT.includes(status) ? Math.max(step, 1) : steps;
  let most = first;
  while (most < step) most *= 2;
  return most;
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

/** A vertical line over all plots. */
export function upright(step, color, dash, width) {
  return { type: "line", x0: step, x1: step, yref: "paper", y0: 0, y1: 1, line: { color, dash, width }, layer: "below" };
}

/** An annotation without an arrow. */
export function words(text, size, color) {
  return { text, yref: "paper", xanchor: "left", yanchor: "bottom", showarrow: false, font: { size: sized(size), color }, borderpad: 0 };
}

/** Hover over the values at a step, as under the pointer, or over none for null; where that is, for after a redraw. */
export function hoverAt({ Plotly, plot }, step) {
  if (step === null) {
    Plotly?.Fx.unhover(plot);
    return null;
  }
  const place = { at: { xval: step, yval: 0 }, subplot: "xy" };
  Plotly?.Fx.hover(plot, place.at, place.subplot);
  return place;
}

/** Where the pointer is on the plot, so as to hover there again after a redraw; null where no curve is drawn. Plotly's own
 *  event comes too late: a redraw throws away what waits for the next one. */
export function hovering(plot, { clientX, clientY }) {
  const box = plot.getBoundingClientRect();
  for (const [subplot, { xaxis, yaxis }] of Object.entries(plot._fullLayout?._plots ?? {})) {
    const at = { xpx: clientX - box.left - xaxis._offset, ypx: clientY - box.top - yaxis._offset };
    if (at.xpx >= 0 && at.xpx <= xaxis._length && at.ypx >= 0 && at.ypx <= yaxis._length) return { at, subplot };
  }
  return null;
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

/** A still chart: a figure that the server made. Streamlit calls it at first and whenever the figure changed; it returns
 *  what to do on unmount. */
export function mount({ parentElement, data }) {
  const place = parentElement.querySelector(".still-chart");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", data.told);
  const drawn = loadPlotly(data.plotly).then((Plotly) =>
    Plotly.react(place, data.figure.data, data.figure.layout, { ...CONFIG, responsive: true }).then(() => Plotly),
  );
  return () => drawn.then((Plotly) => place.isConnected || Plotly.purge(place));
}
