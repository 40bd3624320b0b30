// What is known of a classifier's run, gathered from its messages.

import { lane, reach, RunRecord } from "/web/run/classifier.js";
import { equal } from "./expect.js";

const STARTED = { event: "started", steps: 20, steps_per_epoch: 10, validation_images: 100, parameters: 7 };

export function a_change_of_the_rate_leaves_one_mark_where_it_was_made() {
  const record = new RunRecord();
  const changed = (step, value) => ({ event: "setting_changed", step, name: "lr", value });
  record.add({ events: [STARTED, changed(4, 0.1), changed(4, 0.2), changed(9, 0.05)] });
  equal(record.marks, [{ step: 4, lr: 0.2 }, { step: 9, lr: 0.05 }]);
}

export function the_figures_of_the_test_set_come_with_the_end() {
  const record = new RunRecord();
  record.add({ events: [STARTED, { event: "status_changed", status: "running" }] });
  equal([record.facts.status, record.ended], ["running", false]);
  const end = { event: "finished", step: 20, test_loss: 0.1, test_accuracy: 0.97, train_seconds: 3, samples_per_second: 9 };
  record.add({ events: [{ ...end, stopped: false }] });
  equal([record.facts.status, record.facts.testAccuracy, record.ended], ["finished", 97, true]);
}

function learning(...percents) {
  const record = new RunRecord();
  record.add({ events: [STARTED] });
  return percents.map((percent) => {
    const step = Array.from({ length: 200 }, (_, i) => i + 1);
    const same = (value) => step.map(() => value);
    record.add({ events: [], steps: { step, epoch: same(1), loss: same(1), accuracy: same(percent / 100), lr: same(0.1) } });
    return record.floor;
  });
}

export function the_axis_of_accuracy_zooms_in_by_stages_and_never_back_and_forth() {
  equal(learning(80, 91, 89, 93, 97, 96, 99, 97), [0, 50, 50, 80, 90, 90, 95, 95]);
}

export function a_curve_that_falls_off_its_axis_gets_the_whole_one_for_good() {
  equal(learning(97, 40, 97, 99), [90, 0, 0, 0]);
}

export function a_change_of_the_pace_is_no_mark_on_the_curves() {
  const record = new RunRecord();
  record.add({ events: [STARTED, { event: "setting_changed", step: 3, name: "pace", value: 10 }] });
  equal([record.marks, record.facts.pace], [[], 10]);
}

export function the_axis_of_steps_ends_with_the_plan_from_the_first_step_on() {
  const facts = { step: 3, steps: 4690, status: "running" };
  equal([reach(facts), reach({ ...facts, step: 4000 }), reach({ ...facts, status: "diverged" })], [4690, 4690, 3]);
  equal([reach({ step: 3, steps: null }), reach({ step: 70, steps: 0 })], [50, 100]);
}

export function labels_of_the_rate_stand_in_rows_of_their_own_and_never_on_one_another() {
  const changes = [5, 400, 405, 410, 999].map((step) => ({ step, lr: 0.01 }));
  const placed = lane(changes, { width: 1060 }, [0, 1000]);
  equal(placed.map(({ step, row }) => [step, row]), [[5, 1], [400, 0], [405, 1]]);
}

function troubles(...percents) {
  const record = new RunRecord();
  record.add({ events: [STARTED] });
  return percents.map((percent, part) => {
    const step = Array.from({ length: 200 }, (_, i) => 200 * part + i + 1);
    const same = (value) => step.map(() => value);
    record.add({ events: [], steps: { step, epoch: same(1), loss: same(2), accuracy: same(percent / 100), lr: same(1) } });
    return record.trouble;
  });
}

export function a_network_that_guesses_is_said_not_to_learn_once_it_had_time() {
  const [early, late] = troubles(10, 10);
  equal([early, late.startsWith("This network does not learn: after 400 steps it reads 10 %")], ["", true]);
  equal(troubles(10, 60), ["", ""]);
}

export function a_network_that_was_wrecked_is_said_to_have_got_worse_than_its_best() {
  const [good, bad] = troubles(97, 36);
  equal([good, bad.includes("it read 97 % of the pictures rightly, now 36 %")], ["", true]);
}
