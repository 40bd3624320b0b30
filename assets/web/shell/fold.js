// The settings fold away when a run of the visitor's starts: once for each, so what they open again stays open.

import { mounting, recalled } from "../lib/component.js";

const KEY = "playground_folded_for";
const [LATEST, AGAIN] = [1500, 500]; // ms
const POINTED_AT = ".js-plotly-plot:hover, .dragcover"; // curves that are being read, or zoomed into
const whenIdle = window.requestIdleCallback ?? ((does) => setTimeout(does, AGAIN)); // Safari has none

export const settings = () => document.querySelector("[data-testid=stSidebar]");
export const areOpen = () => settings()?.dataset.collapsed === "false";

/** Open the settings, or fold them away, by Streamlit's own buttons. */
export function turn(open) {
  if (!settings() || areOpen() === open) return;
  const which = open ? "stExpandSidebarButton" : "stSidebarCollapseButton";
  const found = document.querySelector(`[data-testid=${which}]`);
  (found?.matches("button") ? found : found?.querySelector("button"))?.click();
}

class Fold {
  constructor(root) {
    this.root = root;
  }

  // The first points come first; and nothing moves under a pointer that reads a curve.
  update({ data: { run_id: runId } }) {
    if (!runId || recalled(KEY) === runId) return;
    sessionStorage.setItem(KEY, JSON.stringify(runId));
    const fold = () => {
      if (this.isGone) return;
      if (document.querySelector(POINTED_AT)) this.timer = setTimeout(fold, AGAIN);
      else turn(false);
    };
    whenIdle(fold, { timeout: LATEST });
  }

  remove() {
    this.isGone = true;
    clearTimeout(this.timer);
  }
}

export const mount = mounting((parent) => new Fold(parent.host ?? parent));
