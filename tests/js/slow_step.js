// One step in slow motion: what is said of its four phases, and when it comes and goes.

import { RunRecord } from "/web/run/classifier.js";
import { phases, SlowStep } from "/web/run/slow_step.js";
import { equal } from "./expect.js";

const STARTED = { event: "started", steps: 20, steps_per_epoch: 10, validation_images: 100, parameters: 7 };

function shown(step, values = {}) {
  return {
    event: "step_shown", step, images: 64, share: 0.1, correct: 7, loss: 2.3, measure: { text: "How surprised." }, chance: "2.30",
    layers: ["1 Conv2d", "3 Linear"], gradients: [0.5, 2], optimizer: "Adam", lr: 0.001, ratios: [null, 0.00123],
    loss_after: 2.1, share_after: 0.2, correct_after: 9, ...values,
  };
}

function a_run() {
  const record = new RunRecord();
  record.add({ events: [STARTED, { event: "status_changed", status: "paused" }] });
  const slow = new SlowStep(document.createElement("div"));
  slow.forget();
  const add = (step, ...events) => {
    const one = (value) => [value];
    record.add({ events, steps: { step: one(step), epoch: one(1), loss: one(1), accuracy: one(0.1), lr: one(0.1) } });
    slow.refresh(record);
    return !slow.root.hidden;
  };
  return { slow, add };
}

export function each_phase_says_its_own_numbers() {
  const [forward, loss, backward, update] = phases(shown(1));
  equal(forward.figures.map(([, value]) => value), ["64", "10.0 %", "7 of 64"]);
  equal(loss.figures.map(([, value]) => value), ["2.300", "2.30"]);
  equal(backward.bars.rows, [["1 Conv2d", 0.25, "0.5"], ["3 Linear", 1, "2"]]);
  equal(update.figures.map(([, value]) => value), ["2.300 → 2.100", "7 → 9 of 64"]);
  equal(update.bars.rows, [["1 Conv2d", 0, "–"], ["3 Linear", 1, "0.12 %"]]);
}

export function numbers_that_are_none_are_dashes() {
  const [forward, , , update] = phases(shown(1, { share: null, loss: null, loss_after: null }));
  equal([forward.figures[1][1], update.figures[0][1]], ["–", "– → –"]);
}

export function it_comes_with_a_step_by_hand_and_goes_when_the_run_goes_on() {
  const { slow, add } = a_run();
  equal(add(1), false);
  equal(add(2, shown(2)), true);
  slow.move(1);
  slow.move(1);
  slow.move(-1);
  equal([slow.at, slow.timer], [1, null]);
  equal(add(3, { event: "status_changed", status: "running" }), false);
  equal(add(4, { event: "status_changed", status: "paused" }, shown(3)), false); // of a step long past
  slow.remove();
}

export function at_the_slowest_pace_it_stays_where_the_visitor_stopped_it_or_away() {
  const { slow, add } = a_run();
  add(1, { event: "setting_changed", name: "pace", step: 0, value: 0.2 }, { event: "status_changed", status: "running" }, shown(1));
  slow.choose(2);
  equal([add(2, shown(2)), slow.at, slow.title.textContent], [true, 2, "Step 2 in slow motion"]);
  slow.dismiss();
  equal(add(3, shown(3)), false);
  equal(add(4, { event: "status_changed", status: "paused" }, shown(4)), true);
  slow.remove();
}
