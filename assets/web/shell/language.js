// The switch between languages: it keeps the choice in a cookie and opens the page anew.

import { append, mounting } from "../lib/component.js";
import { LANGUAGE, say } from "../lib/text.js";

const YEAR = 365 * 24 * 3600;

function choose(cookie, tag) {
  document.cookie = `${cookie}=${tag}; path=/; max-age=${YEAR}; samesite=lax`;
  location.reload();
}

function makeSwitch(parent, { languages, cookie }) {
  const root = append(parent.querySelector(".language") ?? parent, "label", "language-switch");
  append(root, "span", "", say("Language"));
  const list = append(root, "select");
  for (const [tag, name] of languages) {
    const option = append(list, "option", "", name);
    option.value = option.lang = tag;
    option.selected = tag === LANGUAGE;
  }
  list.addEventListener("change", () => choose(cookie, list.value));
  return { root, update() {}, remove: () => root.remove() };
}

export const mount = mounting(makeSwitch);
