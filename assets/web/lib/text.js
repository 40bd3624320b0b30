// Text that a person reads: a template and its values, in the language of the page, the twin of engine/text.py; and numbers,
// with the signs, units and words of that language.

export const LANGUAGE = document.documentElement.lang || "en";
const { PLURALS, WORDS } = await import(new URL(`./words/${LANGUAGE}.js`, import.meta.url));
const PLACE = /\{(\w+)(?::([^{}]*))?\}/g;
const PARTS = new Intl.NumberFormat(LANGUAGE).formatToParts(1234567.8);
/** What stands before the decimals and between the thousands of a number. */
export const [DECIMAL, THOUSANDS] = ["decimal", "group"].map((type) => PARTS.find((part) => part.type === type)?.value ?? "");

/** A template with its `{values}`, or a text that came from the server, in the visitor's language. Old runs have stored
 *  whole sentences: they stay as they are. */
export function say(text, values = {}) {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return filled(WORDS[text] ?? text, values);
  return filled(text.many ? form(text) : (WORDS[text.text] ?? text.text), text.values ?? {});
}

/** A text in two forms, for `values.count` of one and for any other. */
export function plural(one, many, values) {
  return { text: one, many, values };
}

/** A number by a format of Python's: `,` `d` `.2f` `,.0f` `.3g` `.1e`, or `n` for a number as people write it. */
export function number(value, format = "n") {
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  const [, grouped, digits, sort] = /^(,?)(?:\.(\d+))?([defgn]?)$/.exec(format) ?? [];
  if (sort === "e") return value.toExponential(Number(digits ?? 6)).replace(".", DECIMAL);
  const options = { useGrouping: Boolean(grouped) || sort === "n" };
  if (sort === "f") options.minimumFractionDigits = options.maximumFractionDigits = Number(digits ?? 6);
  else if (sort === "g") options.maximumSignificantDigits = Number(digits || 6);
  else options.maximumSignificantDigits = Number.isInteger(value) ? 21 : 6;
  return value.toLocaleString(LANGUAGE, options);
}

function form({ text, many, values }) {
  const forms = WORDS[text];
  if (!forms) return values.count === 1 ? text : many;
  const count = Math.trunc(Math.abs(values.count));
  return forms[PLURALS[count < PLURALS.length ? count : 100 + (count % 100)]] ?? many;
}

function filled(template, values) {
  return template.replace(PLACE, (place, name, format) => {
    if (!(name in values)) return place;
    const value = values[name];
    if (value !== null && typeof value === "object") return say(value);
    return typeof value === "number" && format ? number(value, format) : String(value);
  });
}

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
