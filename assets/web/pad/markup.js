// The elements of the pad and their words.

import { append } from "../lib/dom.js";
import { say } from "../lib/text.js";

const KEYS = [
  [say("Arrows"), say("move, with Shift in small steps")],
  [say("Space"), say("pen down, pen up")],
  ["Z", say("undo")],
  ["Y", say("redo")],
  ["C", say("clear")],
  [say("Ctrl V"), say("paste a picture")],
];

/** Fill `root`: the drawing with its tools, the answer, the steps from the drawing to what the network sees. */
export function buildPad(root) {
  root.replaceChildren();
  const drawing = part(root, "section", "drawing", { "aria-label": say("Drawing") });
  buildPaper(part(drawing, "div", "paper"));
  buildTools(part(drawing, "div", "tools", { role: "group", "aria-label": say("Drawing tools") }));
  part(drawing, "p", "message", { role: "alert" });
  buildKeys(part(drawing, "div", "keys", { id: "keys", hidden: "" }));
  buildAnswer(part(root, "section", "answer", { "aria-label": say("Answer") }));
  part(root, "ol", "steps", { "aria-label": say("From the drawing to what the network sees") });
  part(root, "p", "spoken", { role: "status" });
}

function buildPaper(paper) {
  part(paper, "canvas", "ink", { tabindex: "0", role: "application", "aria-label": say("Drawing pad"), "aria-describedby": "keys" });
  part(paper, "img", "picture", { alt: say("The picture that is read instead of a drawing"), hidden: "" });
  const hint = part(paper, "p", "hint", { "aria-hidden": "true" });
  symbol(hint, "draw");
  append(hint, "span", "", say("Draw a digit\nfrom 0 to 9"));
  append(hint, "small", "", say("or drop a picture here"));
}

function buildTools(tools) {
  tool(tools, "undo", "undo", say("Undo"));
  tool(tools, "redo", "redo", say("Redo"));
  tool(tools, "clear", "delete", say("Clear"));
  const pen = append(tools, "label", "pen", say("Pen"));
  part(pen, "span", "nib", { "aria-hidden": "true" });
  part(pen, "input", "", { type: "range", min: "12", max: "60", step: "2", value: "32", "aria-label": say("Pen width") });
  tool(tools, "choose", "upload", say("Upload"), { title: say("Read a picture file instead") });
  tool(tools, "help", "keyboard", say("Keys"), { "aria-expanded": "false", "aria-controls": "keys" });
  part(tools, "input", "", { type: "file", accept: "image/*", hidden: "" });
}

function buildKeys(keys) {
  const list = append(keys, "dl");
  for (const [key, does] of KEYS) {
    append(list, "dt", "", key);
    append(list, "dd", "", does);
  }
  append(keys, "p", "", say("Click the pad first, or reach it with Tab."));
}

function buildAnswer(answer) {
  const reading = append(answer, "div", "reading");
  append(reading, "p", "caption", say("The network reads"));
  part(reading, "p", "digit", { "aria-hidden": "true" });
  append(reading, "p", "sure");
  const seen = append(answer, "figure", "seen");
  const box = append(seen, "div", "box");
  part(box, "canvas", "pixels", { width: "28", height: "28", role: "img", "aria-label": say("What the network sees") });
  append(seen, "figcaption", "", say("What it sees,\n28 × 28 pixels"));
  part(answer, "ol", "bars", { "aria-label": say("How sure the network is of each digit") });
  const raw = append(answer, "label", "raw");
  part(raw, "input", "", { type: "checkbox", role: "switch" });
  append(raw, "span", "track");
  append(raw, "span", "", say("As the network sees it"));
}

/** A button with a symbol and a word. */
function tool(parent, name, picture, word, attributes = {}) {
  const made = part(parent, "button", name, { type: "button", ...attributes });
  symbol(made, picture);
  append(made, "span", "word", word);
}

function symbol(parent, name) {
  part(parent, "span", "symbol", { "aria-hidden": "true" }).textContent = name;
}

function part(parent, tag, className, attributes = {}) {
  const made = append(parent, tag, className);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
