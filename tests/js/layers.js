// The heat maps of what a run does in its layers: where a value lies on the scale, and what is kept of a stream.

import { colour, LayerRecord, level } from "/web/layers/layers.js";
import { equal } from "./expect.js";

export function a_value_lies_on_its_scale_and_none_is_no_place() {
  equal([1e-6, 1e-2, 100, 1e-9].map((value) => Math.round(100 * level(value, [1e-6, 1e2])) / 100), [0, 0.5, 1, 0]);
  equal([level(0.25, null), level(null, null)], [0.25, NaN]);
  equal([colour(0), colour(1)], [[0, 34, 78], [254, 232, 56]]);
}

export function steps_that_are_told_again_count_once() {
  const record = new LayerRecord();
  const measured = (step) => ({ event: "layers_measured", step, layers: [], gradients: [], ratios: [], units: [], resting: [] });
  record.add({ events: [measured(1), measured(2)] });
  record.add({ events: [measured(2), measured(5)], steps: { step: [2, 3, 4, 5] } });
  equal(record.measured.map(({ step }) => step), [1, 2, 5]);
}
