// What the bar at the top does: its button opens the settings of the page and folds them away.

import { append, mounting, set } from "../lib/component.js";
import { say } from "../lib/text.js";
import { watchServer } from "./gone.js";
import { placeHelp } from "./help.js";
import { listen, showAddress } from "./keys.js";
import { areOpen, settings, turn } from "./fold.js";

const NARROW = matchMedia("(max-width: 768px)"); // the settings lie over the page

class TopBar {
  constructor(parent, { place }) {
    this.root = parent.querySelector(".top-bar");
    document.querySelector(".opening")?.remove();
    this.ends = [listen(place), placeHelp(), watchServer()];
    if (place) {
      this.address = append(this.root, "button", "address-button", place.address);
      this.address.type = "button";
      this.address.addEventListener("click", showAddress);
    }
    this.button = append(this.root, "button", "settings-button");
    this.button.type = "button";
    set(append(this.button, "span", "symbol", "tune"), "aria-hidden", "true");
    append(this.button, "span", "", say("Settings"));
    this.button.addEventListener("click", () => turn(!areOpen()));
    this.pages = document.querySelector(".st-key-pages");
    this.chosen = (event) => event.target.closest("a") && NARROW.matches && turn(false);
    this.pages?.addEventListener("click", this.chosen);
    this.root.tabIndex = -1;
    this.skipped = (event) => event.target.closest?.("[data-testid=stSkipToContent]") && this.root.focus();
    document.addEventListener("click", this.skipped); // the main content begins behind the pages
    this.sizes = new ResizeObserver(() => this.fit());
    if (this.pages) this.sizes.observe(this.pages);
    this.watcher = new MutationObserver(() => this.look());
    this.look();
  }

  /** Streamlit makes the place of the settings when the first of them arrives, and takes it away on other pages. */
  look() {
    const container = document.querySelector("[data-testid=stAppViewContainer]");
    this.watcher.disconnect();
    if (container) this.watcher.observe(container, { childList: true });
    if (settings()) this.watcher.observe(settings(), { attributeFilter: ["data-collapsed"] });
    this.pages?.querySelector('a[href=""]')?.setAttribute("href", "/"); // Streamlit leaves the first page's address out
    this.button.hidden = !settings();
    set(this.button, "aria-expanded", String(areOpen()));
  }

  /** Longer words leave no room for the icons beside them. */
  fit() {
    this.pages.toggleAttribute("data-tight", false);
    this.pages.toggleAttribute("data-tight", this.pages.scrollWidth > this.pages.clientWidth);
  }

  update() {
    this.look();
    if (this.pages) this.fit();
  }

  remove() {
    for (const end of this.ends) end();
    this.pages?.removeEventListener("click", this.chosen);
    document.removeEventListener("click", this.skipped);
    this.watcher.disconnect();
    this.sizes.disconnect();
    this.root.replaceChildren();
  }
}

export const mount = mounting((parent, data) => new TopBar(parent, data));
