// Ctrl+Z takes the last change of the network back and Ctrl+Shift+Z or Ctrl+Y makes it again, but for whoever types in a
// field, which has its own undo.

import { mounting } from "../lib/component.js";

function undo(event) {
  const key = event.key.toLowerCase();
  const [target] = event.composedPath();
  const typing = /^(input|textarea)$/i.test(target.tagName ?? "") || target.isContentEditable;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || !["z", "y"].includes(key)) return;
  const name = key === "y" || event.shiftKey ? "redo" : "undo";
  event.preventDefault();
  document.querySelector(`.st-key-${name} button:enabled`)?.click();
}

function makeKeys(parent) {
  document.addEventListener("keydown", undo);
  return { root: parent, update() {}, remove: () => document.removeEventListener("keydown", undo) };
}

export const mount = mounting(makeKeys);
