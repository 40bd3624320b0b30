// Numbers for people, with the signs, units and words of the page's language.

import { number, say } from "./text.js";

export const NONE = "–";

export function whole(value) {
  return number(Math.round(value), ",d");
}

/** Two significant digits: a speed is never steadier than that. */
export function rough(value) {
  return number(Number(value.toPrecision(2)));
}

/** Two decimals below a hundred, none above; a dash for what is no number. */
export function figure(value) {
  if (!Number.isFinite(value)) return NONE;
  if (Math.abs(value) >= 1e5) return number(value, ".1e");
  return Math.abs(value) >= 100 ? whole(value) : number(value, ".2f");
}

/** Three decimals, or a power of ten for a large number; a dash for a missing one. */
export function decimal(value) {
  if (value === null || value === undefined) return NONE;
  return number(value, Math.abs(value) >= 1000 ? ".1e" : ".3f");
}

/** A share from 0 to 1 as per cent; a dash for what is no number. */
export function percent(share, decimals = 0) {
  return Number.isFinite(share) ? say("{percent} %", { percent: number(100 * share, `.${decimals}f`) }) : NONE;
}

export function duration(seconds) {
  const all = Math.round(seconds);
  if (seconds < 99.5) return say("{seconds} s", { seconds: all });
  const minutes = Math.floor(all / 60);
  if (minutes < 100) return say("{minutes} min {seconds} s", { minutes, seconds: all % 60 });
  return say("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

export function bytes(count) {
  if (!count) return NONE;
  if (count >= 1e9) return say("{count} GB", { count: number(count / 1e9, ".1f") });
  return say("{count} MB", { count: number(Math.round(count / 1e6), "d") });
}

/** A short time in the unit that suits: a step takes milliseconds, or seconds. */
export function span(seconds) {
  if (!seconds) return NONE;
  if (seconds >= 1) return say("{seconds} s", { seconds: number(seconds, ".1f") });
  return say("{milliseconds} ms", { milliseconds: number(1000 * seconds, seconds < 0.01 ? ".1f" : ".0f") });
}
