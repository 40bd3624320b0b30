// What happens over time in a recurrent layer, and which patch looks at which in attention, as heat maps.

import { append } from "../lib/component.js";
import { percent, say } from "../lib/text.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const WIDE = 300; // px
const HEAD = 140;
const GATES = {
  hidden: say("Hidden state (−1 to 1)"),
  forget: say("Forget gate (0 to 1)"),
  input: say("Input gate (0 to 1)"),
  output: say("Output gate (0 to 1)"),
  cell: say("Cell"),
  reset: say("Reset gate (0 to 1)"),
  update: say("Update gate (0 to 1)"),
};

export function heat(root, { gates, readings, heads, patches, at }, colours) {
  root.replaceChildren();
  if (readings) readingTable(root, readings);
  if (gates) {
    append(root, "h3", "", say("Over time: a row for each step, a column for each unit"));
    for (const gate of gates) figure(root, gate, WIDE, colours, titleOf(gate));
  }
  if (!heads) return;
  append(root, "h3", "", say("Which patch looks at which: a row for each that looks, a column for each looked at"));
  const grid = append(root, "div", "inside-heads");
  const step = at[0];
  heads.forEach((head, i) => {
    const made = figure(grid, head, HEAD, colours, say("Head {number}", { number: i + 1 }));
    const mark = append(made.parentElement, "span", "inside-mark");
    const side = made.scale;
    Object.assign(mark.style, { left: "0", top: `${step * side}px`, width: `${made.width}px`, height: `${side}px` });
    if (patches) figure(grid, seenBy(step, head, patches), HEAD, colours, say("Where step {step} looks", { step: step + 1 }));
  });
}

// The row of one step as the square of patches that it looks at; a class token before them is left out.
function seenBy(step, { size: [, count], pixels }, side) {
  const row = bytesOf(pixels).subarray(step * count, (step + 1) * count);
  return { size: [side, side], bytes: row.subarray(count - side * side) };
}

function titleOf({ name, backwards }) {
  return backwards ? say("{gate}, backwards", { gate: GATES[name] }) : GATES[name];
}

function figure(parent, picture, most, colours, title) {
  const made = append(parent, "figure");
  const canvas = pictureCanvas(append(made, "div", "inside-box"), picture, most, colours, title);
  append(made, "figcaption", "", title);
  return canvas;
}

function readingTable(root, readings) {
  append(root, "h3", "", say("What it would read after each step"));
  const list = append(root, "ol", "inside-readings");
  readings.forEach((shares, step) => {
    const digit = shares.indexOf(Math.max(...shares));
    const item = append(list, "li");
    append(item, "span", "inside-step", String(step + 1));
    append(item, "strong", "", String(digit));
    append(item, "span", "", percent(shares[digit]));
    item.style.setProperty("--share", shares[digit]);
  });
}
