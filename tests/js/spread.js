// The mean of several curves, and how far they lie apart.

import { meanOf, spread } from "/web/compare/spread.js";
import { equal } from "./expect.js";

export function mean_and_deviation_are_those_of_a_sample() {
  equal(meanOf([2, 4, 6]), { mean: 4, deviation: 2 });
  equal(meanOf([7]), { mean: 7, deviation: 0 });
}

export function curves_are_compared_where_all_of_them_have_values() {
  const one = { x: [1, 2, 3, 4], y: [0, 0, 0, 0] };
  const other = { x: [2, 4], y: [2, 6] };
  const { x, mean, low, high } = spread([one, other]);
  equal([x, mean], [[2, 3, 4], [1, 2, 3]]);
  equal(low.map((value, i) => Math.round(1000 * (high[i] - value)) / 1000), [2.828, 5.657, 8.485]);
}

export function a_curve_without_points_leaves_nothing_to_compare() {
  equal(spread([{ x: [1], y: [1] }, { x: [], y: [] }]).x, []);
  equal(spread([]).x, []);
}
