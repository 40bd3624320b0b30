// What the bar at the top does: its button opens the settings of the page and folds them away.

import { append, mounting, set } from "../lib/component.js";
import { say } from "../lib/text.js";
import { areOpen, settings, turn } from "./fold.js";

const NARROW = matchMedia("(max-width: 768px)"); // the settings lie over the page

class TopBar {
  constructor(parent) {
    this.root = parent.querySelector(".top-bar");
    this.button = append(this.root, "button", "settings-button");
    this.button.type = "button";
    set(append(this.button, "span", "symbol", "tune"), "aria-hidden", "true");
    append(this.button, "span", "", say("Settings"));
    this.button.addEventListener("click", () => turn(!areOpen()));
    this.pages = document.querySelector(".st-key-pages");
    this.chosen = (event) => event.target.closest("a") && NARROW.matches && turn(false);
    this.pages?.addEventListener("click", this.chosen);
    this.watcher = new MutationObserver(() => this.look());
    this.look();
  }

  /** Streamlit makes the place of the settings when the first of them arrives, and takes it away on other pages. */
  look() {
    const container = document.querySelector("[data-testid=stAppViewContainer]");
    this.watcher.disconnect();
    if (container) this.watcher.observe(container, { childList: true });
    if (settings()) this.watcher.observe(settings(), { attributeFilter: ["data-collapsed"] });
    this.button.hidden = !settings();
    set(this.button, "aria-expanded", String(areOpen()));
  }

  update() {
    this.look();
  }

  remove() {
    this.pages?.removeEventListener("click", this.chosen);
    this.watcher.disconnect();
    this.root.replaceChildren();
  }
}

export const mount = mounting((parent) => new TopBar(parent));
