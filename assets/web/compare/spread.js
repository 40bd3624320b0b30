// The mean of several curves, and how far they lie apart.

/** The value of a curve at `place`, between two points in proportion. */
function at({ x, y }, place) {
  const next = x.findIndex((known) => known >= place);
  if (next < 1) return y[0];
  const part = (place - x[next - 1]) / (x[next] - x[next - 1]);
  return y[next - 1] + part * (y[next] - y[next - 1]);
}

/** The mean of values, and their standard deviation: that of a sample, divided by one less than their number. */
export function meanOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** As `{x, mean, low, high}`, one standard deviation around the mean, where all curves `{x, y}` have values. */
export function spread(curves) {
  if (!curves.length || curves.some(({ x }) => !x.length)) return { x: [], mean: [], low: [], high: [] };
  const from = Math.max(...curves.map(({ x }) => x[0]));
  const to = Math.min(...curves.map(({ x }) => x.at(-1)));
  const x = curves[0].x.filter((place) => place >= from && place <= to);
  const found = x.map((place) => meanOf(curves.map((curve) => at(curve, place))));
  return {
    x,
    mean: found.map(({ mean }) => mean),
    low: found.map(({ mean, deviation }) => mean - deviation),
    high: found.map(({ mean, deviation }) => mean + deviation),
  };
}
