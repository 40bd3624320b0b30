// Plotly's script, loaded once however many components ask for it.

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
