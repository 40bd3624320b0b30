// The settings fold away when a run of the visitor's starts: once for each, so what they open again stays open.

import { mounting, recalled } from "../lib/component.js";

const KEY = "playground_folded_for";
const LATEST = 1500; // ms
const whenIdle = window.requestIdleCallback ?? ((does) => setTimeout(does, 500)); // Safari has none

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

  update({ data: { run_id: runId } }) {
    if (!runId || recalled(KEY) === runId) return;
    sessionStorage.setItem(KEY, JSON.stringify(runId));
    whenIdle(() => turn(false), { timeout: LATEST }); // the first points come first
  }

  remove() {}
}

export const mount = mounting((parent) => new Fold(parent.host ?? parent));
