// What is known of a classifier's run, gathered from its messages.

import { RunRecord } from "/web/run/classifier.js";
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
