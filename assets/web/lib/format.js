// Numbers for people.

export const NONE = "–";

export function whole(value) {
  return Math.round(value).toLocaleString("en");
}

/** Two significant digits: a speed is never steadier than that. */
export function rough(value) {
  return Number(value.toPrecision(2)).toLocaleString("en");
}

/** Two decimals below a hundred, none above; a dash for what is no number. */
export function figure(value) {
  if (!Number.isFinite(value)) return NONE;
  if (Math.abs(value) >= 1e5) return value.toExponential(1);
  return Math.abs(value) >= 100 ? whole(value) : value.toFixed(2);
}

/** Three decimals, or a power of ten for what is large; a dash for what is not there. */
export function decimal(value) {
  if (value === null || value === undefined) return NONE;
  return Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(3);
}

/** A share from 0 to 1 as per cent; a dash for what is no number. */
export function percent(share, decimals = 0) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(decimals)} %` : NONE;
}

export function duration(seconds) {
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  return minutes < 100 ? `${minutes} min ${Math.round(seconds) % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function bytes(count) {
  if (!count) return NONE;
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.round(count / 1e6)} MB`;
}

/** A short time in the unit that suits: a step takes milliseconds, or seconds. */
export function span(seconds) {
  if (!seconds) return NONE;
  return seconds < 1 ? `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`;
}
