// A QR code, drawn from the rows of its squares, 1 for a dark one.

import { append } from "../lib/component.js";
import { say } from "../lib/text.js";

export function drawCode(parent, rows) {
  const quiet = 4; // squares of white around a code
  const side = rows.length + 2 * quiet;
  const drawing = append(parent, "svg", "shell-code");
  drawing.setAttribute("viewBox", `0 0 ${side} ${side}`);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", say("QR code of the address"));
  append(drawing, "path").setAttribute("d", `M0 0h${side}v${side}h-${side}z`);
  const dark = rows.flatMap((row, y) => [...row].map((square, x) => (square === "1" ? `M${x + quiet} ${y + quiet}h1v1h-1z` : "")));
  append(drawing, "path", "dark").setAttribute("d", dark.join(""));
}
