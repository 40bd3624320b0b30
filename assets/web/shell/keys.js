// The keys that work on a page, in a dialog under "?"; and the projector mode under "p": larger type, no settings, and the
// address that a class opens, as a QR code. The mode stays until the tab is closed.

import { append, recalled } from "../lib/component.js";
import { say } from "../lib/text.js";
import { drawCode } from "./qr.js";

const KEY = "playground_projector";
const TYPED_INTO = "input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, [contenteditable=true]";
let place = null; // {address, code}: where others open this page, and the dark squares of its code; null on this computer only

/** Listen to the keys; `shared` is where others open the playground, or null. Returns what ends that. */
export function listen(shared) {
  place = shared;
  project(recalled(KEY) === true);
  document.addEventListener("keydown", hear);
  document.addEventListener("keydown", pressPrinted, true);
  document.addEventListener("click", letGo, true);
  return () => {
    document.removeEventListener("keydown", hear);
    document.removeEventListener("keydown", pressPrinted, true);
    document.removeEventListener("click", letGo, true);
  };
}

/** A slider has no use for the keys that buttons print, but Streamlit keeps them from the buttons while it has the focus. */
function pressPrinted(event) {
  const { key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !event.composedPath()[0].matches?.("input[type=range]")) return;
  const name = key === " " ? "SPACE" : key.toUpperCase();
  const printed = [...document.querySelectorAll("button:enabled kbd")].find((kbd) => kbd.textContent.trim().toUpperCase() === name);
  if (!printed) return;
  printed.closest("button").click();
  event.preventDefault();
  event.stopPropagation();
}

/** One of several choices that was pressed by pointer gives the keyboard back to the page: it would keep Space for itself. */
function letGo({ target, detail }) {
  const choice = detail > 0 && target.closest?.("[data-testid=stButtonGroup] button, [role=tab]");
  if (choice) setTimeout(() => choice.blur());
}

function hear(event) {
  const typed = event.composedPath()[0];
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typed.matches?.(TYPED_INTO)) return;
  if (event.key === "?") showKeys();
  else if (event.key === "p" || event.key === "P") toggleProjector();
  else return;
  event.preventDefault();
}

export function toggleProjector() {
  const on = !document.documentElement.classList.contains("projector");
  sessionStorage.setItem(KEY, JSON.stringify(on));
  project(on);
  document.querySelector(".shell-dialog")?.close();
  if (on && place) showAddress();
}

function project(on) {
  document.documentElement.classList.toggle("projector", on);
  window.dispatchEvent(new Event("resize")); // charts and pictures find their new size
}

export function showKeys() {
  const dialog = open(say("Keys on this page"));
  const list = append(dialog, "dl");
  for (const [key, does] of keysHere()) {
    append(append(list, "dt"), "kbd", "", key);
    append(list, "dd", "", does);
  }
  if (!place) append(dialog, "p", "", say("Only this computer can open this page. To share it with a class, start it with: make class"));
  const row = append(dialog, "div", "shell-buttons");
  const label = document.documentElement.classList.contains("projector") ? say("End projector mode") : say("Projector mode");
  button(row, label, toggleProjector);
  button(row, say("Close"), () => dialog.close()).focus();
}

/** Every [key, what it does]: the buttons say theirs. */
function keysHere() {
  const found = new Map(); // Streamlit draws some of them twice
  for (const one of document.querySelectorAll("button:has(kbd)")) {
    const label = one.querySelector("[data-testid=stMarkdownContainer]") ?? one;
    found.set(one.querySelector("kbd").textContent.trim(), label.textContent.trim());
  }
  const pad = document.querySelector("[class*=st-key-pad-], .st-key-run-pad") ? [[say("Arrows, Space"), say("Draw, when the pad is chosen with Tab")]] : [];
  return [...found, ...pad, ["P", say("Projector mode: larger type, no settings")], ["?", say("These keys")], [say("Esc"), say("Close")]];
}

/** The address of the class, large enough to be scanned from the last row. */
export function showAddress() {
  const dialog = open(say("Open this on your own device"));
  drawCode(dialog, place.code);
  append(dialog, "p", "shell-address", place.address);
  button(append(dialog, "div", "shell-buttons"), say("Close"), () => dialog.close()).focus();
}

function open(title) {
  document.querySelector(".shell-dialog")?.close();
  const dialog = append(document.body, "dialog", "shell-dialog");
  dialog.setAttribute("aria-label", title);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  append(dialog, "h2", "", title);
  dialog.showModal();
  return dialog;
}

function button(parent, label, does) {
  const made = append(parent, "button", "", label);
  made.type = "button";
  made.addEventListener("click", does);
  return made;
}
