// The settings fold away when a run of the visitor's starts: once for each, so what they open again stays open.

import { mounting, recalled } from "../lib/component.js";

const KEY = "playground_folded_for";

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
    // Start itself folds them, while the server begins the run: later it would hold up the first points.
    this.pressed = ({ target }) => {
      if (!this.runId && target.closest?.(`.st-key-${this.go} button:enabled`)) setTimeout(() => turn(false));
    };
    document.addEventListener("click", this.pressed);
  }

  update({ data: { run_id: runId, go } }) {
    Object.assign(this, { runId, go });
    if (!runId || recalled(KEY) === runId) return;
    sessionStorage.setItem(KEY, JSON.stringify(runId));
    turn(false);
  }

  remove() {
    document.removeEventListener("click", this.pressed);
  }
}

export const mount = mounting((parent) => new Fold(parent.host ?? parent));
