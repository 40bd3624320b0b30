// The curve of an activation with the number that went in.

import { append, set } from "./component.js";
import { say } from "./text.js";

const WIDE = 280;
const HIGH = 120;

export function curve(root, [xs, ys], x, y) {
  const drawing = append(root, "svg", "activation");
  set(drawing, "viewBox", `0 0 ${WIDE} ${HIGH}`);
  set(drawing, "role", "img");
  set(drawing, "aria-label", say("The curve of this activation"));
  const [low, high] = [Math.min(...ys, 0), Math.max(...ys, 1)];
  const across = (value) => ((value - xs[0]) / (xs.at(-1) - xs[0])) * WIDE;
  const down = (value) => 6 + (1 - (value - low) / (high - low)) * (HIGH - 12);
  stroke(drawing, `M0 ${down(0)}H${WIDE}M${across(0)} 0V${HIGH}`, "activation-axis");
  stroke(drawing, xs.map((value, i) => `${i ? "L" : "M"}${across(value).toFixed(1)} ${down(ys[i]).toFixed(1)}`).join(""), "activation-line");
  const [cx, cy] = [across(x).toFixed(1), down(y).toFixed(1)];
  stroke(drawing, `M${cx} ${cy}m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0`, "activation-point");
}

function stroke(drawing, d, name) {
  set(append(drawing, "path", name), "d", d);
}
