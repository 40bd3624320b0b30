// A chart by keys and for screen readers: its name, its sentence, its points one by one, its table.

import { SpokenChart } from "/web/lib/spoken_chart.js";
import { equal } from "./expect.js";

const upTo = (count) => Array.from({ length: count }, (_, i) => i + 1);

/** A chart over `count` steps with one value in ten validated; `[its plot, what it was told to point at, the chart]`. */
function chart(count) {
  const root = document.body.appendChild(document.createElement("div"));
  const plot = root.appendChild(document.createElement("div"));
  const pointed = [];
  const loss = { x: upTo(count), y: upTo(count).map((step) => 1 / step) };
  const tens = loss.x.filter((step) => step % 10 === 0);
  const spoken = new SpokenChart(plot, {
    name: "Loss over the steps",
    counts: "step",
    series: () => [["training", loss, ".2f"], ["validation", { x: tens, y: tens }, "d"]],
    sentence: () => `It fell to ${loss.y.at(-1) ?? 1}.`,
    pointed: (step) => pointed.push(step),
    chosen: (step) => pointed.push(`chosen ${step}`),
  });
  return [plot, pointed, spoken, loss];
}

function press(plot, ...keys) {
  for (const key of keys) plot.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

export function a_chart_has_a_name_and_a_sentence_of_now() {
  const [plot, , spoken, loss] = chart(2);
  const told = document.getElementById(plot.getAttribute("aria-describedby"));
  equal([plot.getAttribute("aria-label"), told.textContent], ["Loss over the steps", "It fell to 0.5."]);
  loss.x.push(3);
  loss.y.push(0.25);
  spoken.tell();
  equal(told.textContent, "It fell to 0.25.");
}

export function arrows_step_along_the_points_and_say_their_values() {
  const [plot, pointed] = chart(20);
  equal(plot.getAttribute("aria-valuetext"), "step 20, training: 0.05, validation: 20");
  press(plot, "ArrowLeft");
  equal(plot.getAttribute("aria-valuetext"), "step 19, training: 0.05");
  press(plot, "Home", "ArrowLeft", "ArrowRight", "Enter", "PageUp", "End");
  equal(pointed, [19, 1, 1, 2, "chosen 2", 12, 20]);
  plot.dispatchEvent(new FocusEvent("blur"));
  equal(pointed.at(-1), null);
}

export function other_keys_are_left_to_the_page() {
  const [plot, pointed] = chart(20);
  const space = new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true });
  let heard = 0;
  document.body.addEventListener("keydown", () => (heard += 1), { once: true });
  plot.dispatchEvent(space);
  equal([heard, space.defaultPrevented, pointed.length], [1, false, 0]);
}

export function a_long_curve_is_a_short_table_up_to_its_newest_value() {
  const [plot] = chart(1000);
  plot.parentElement.querySelector(".chart-opener").click();
  const dialog = plot.parentElement.querySelector("dialog");
  const rows = [...dialog.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent));
  equal([dialog.open, rows.length, rows.at(-1)], [true, 40, ["1,000", "0.00", "1000"]]);
  equal([...dialog.querySelectorAll("thead th")].map((cell) => cell.textContent), ["step", "training", "validation"]);
  dialog.close();
}

export function an_empty_chart_says_so_and_survives_its_keys() {
  const [plot, pointed] = chart(0);
  press(plot, "ArrowLeft", "Home", "Enter");
  equal([plot.getAttribute("aria-valuetext"), pointed.length], ["step 0", 0]);
}
