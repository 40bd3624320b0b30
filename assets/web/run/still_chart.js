// A figure that came ready-made from the server, drawn with the Plotly that the live chart uses too.

import { loadPlotly } from "../lib/chart_frame.js";

/** Called by Streamlit at first and again whenever the figure changed. Returns what to do on unmount. */
export function mount({ parentElement, data }) {
  const place = parentElement.querySelector(".still-chart");
  const config = { displayModeBar: false, responsive: true };
  const drawn = loadPlotly(data.plotly).then((Plotly) =>
    Plotly.react(place, data.figure.data, data.figure.layout, config).then(() => Plotly),
  );
  return () => drawn.then((Plotly) => place.isConnected || Plotly.purge(place));
}
