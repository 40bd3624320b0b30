// The points of a long curve: bounded in number, true in outline.

import { Curve, Smoothed } from "/web/run/record.js";
import { equal } from "./expect.js";

const LONG = 43_000; // steps: 100 epochs of batches of 128

function drawn(steps, extremes) {
  const curve = new Curve({ extremes });
  let most = 0;
  for (let step = 1; step <= steps; step++) {
    curve.push(step, step % 5000 === 0 ? 9 : Math.sin(step));
    most = Math.max(most, curve.x.length);
  }
  return { x: curve.x, y: curve.y, most };
}

export function a_short_curve_keeps_every_point() {
  equal(drawn(1999, false).x, Array.from({ length: 1999 }, (_, i) => i + 1));
}

export function a_long_curve_stays_small_in_order_and_covers_the_whole_run() {
  for (const extremes of [true, false]) {
    const { x, most } = drawn(LONG, extremes);
    equal([most <= (extremes ? 4000 : 2000), x.length > 900], [true, true]);
    equal([...new Set(x)].sort((a, b) => a - b), x);
    equal([x[0] < 100, x.at(-1) > LONG - 100], [true, true]);
    equal(Math.max(...x.slice(1).map((step, i) => step - x[i])) < 100, true);
  }
}

export function the_peaks_of_a_noisy_curve_are_all_still_there() {
  const { x, y } = drawn(LONG, true);
  equal(x.filter((_, i) => y[i] === 9), [5000, 10000, 15000, 20000, 25000, 30000, 35000, 40000]);
}

export function the_running_mean_begins_at_the_first_value_and_leaves_out_what_is_no_number() {
  const mean = new Smoothed(10);
  const means = [4, 4, null, 4, 0].map((value) => mean.next(value));
  equal(means.slice(0, 4), [4, 4, 4, 4]);
  equal(means[4] > 0 && means[4] < 4, true);
}
