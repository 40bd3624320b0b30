// The path of a curve that is being drawn has gaps where nothing is drawn yet.

import { pathOf } from "/web/learn/curve.js";
import { equal } from "./expect.js";

const placed = (place, value) => [10 * place, value];

export function a_curve_has_gaps_where_nothing_is_drawn() {
  equal(pathOf([1, 2, null, 3, 4], placed), "M0.0 1.0L10.0 2.0M30.0 3.0L40.0 4.0");
  equal(pathOf([null, null], placed), "");
}
