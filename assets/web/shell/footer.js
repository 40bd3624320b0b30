// The foot of every page: what trains now, the language, the theme, and the button for the keys. Language and theme are
// kept by the browser for all pages, and the page is opened anew in them.

import { append, mounting, Poll, write } from "../lib/component.js";
import { LANGUAGE, say } from "../lib/text.js";
import { showKeys } from "./keys.js";

const YEAR = 365 * 24 * 3600;
const EVERY = 4000; // ms between two questions; who begins a run sees it here soon
const THEME = "playground_theme"; // ui/api/web.py reads it before the page is drawn
const THEMES = [["system", say("As the device")], ["light", say("Light")], ["dark", say("Dark")]];

class Footer {
  constructor(parent, { languages, cookie, going_on: goingOn }) {
    this.root = append(parent.querySelector(".foot"), "div", "foot-parts");
    const line = append(this.root, "span", "going-on", goingOn);
    if (languages.length > 1) {
      const choose = (tag) => (document.cookie = `${cookie}=${tag}; path=/; max-age=${YEAR}; samesite=lax`);
      const list = choice(this.root, say("Language"), "language-switch", languages, LANGUAGE, choose);
      for (const option of list.options) option.lang = option.value;
    }
    const theme = localStorage.getItem(THEME) ?? "system";
    choice(this.root, say("Theme"), "theme-switch", THEMES, theme, (name) => localStorage.setItem(THEME, name));
    const keys = append(this.root, "button", "foot-keys", say("Keys ?"));
    keys.type = "button";
    keys.addEventListener("click", showKeys);
    this.poll = new Poll("/api/going-on", EVERY, { onAnswer: (told) => write(line, told.going_on) });
  }

  update() {}

  remove() {
    this.poll.close();
    this.root.remove();
  }
}

/** A labelled list of [value, name] to choose from; `keep(value)` notes the choice. */
function choice(parent, label, kind, entries, chosen, keep) {
  const root = append(parent, "label", kind);
  append(root, "span", "", label);
  const list = append(root, "select");
  for (const [value, name] of entries) {
    const option = append(list, "option", "", name);
    option.value = value;
    option.selected = value === chosen;
  }
  list.addEventListener("change", () => {
    keep(list.value);
    location.reload();
  });
  return list;
}

export const mount = mounting((parent, data) => new Footer(parent, data));
