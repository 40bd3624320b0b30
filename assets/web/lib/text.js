// Text that a person reads: a template and its values, in the language of the page. The twin of engine/text.py.

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
