// What the head over a run says of one that was cut off, resumed, or went on by itself.

import { GanHead } from "/web/gan/readout.js";
import { Rounds } from "/web/gan/record.js";
import { Readout } from "/web/run/readout.js";
import { equal } from "./expect.js";

const STARTED = { event: "gan_started", steps: 1500 };
const RUNNING = { event: "status_changed", status: "running" };
const ROUND = { step: [1, 2], d_loss: [1.3, null], g_loss: [0.7, 0.8], real: [0.5, 0.6], made: [0.5, 0.4] };
const CLOSED = "The playground was closed while this run was training. Press Resume to go on.";

function said(...messages) {
  const root = document.createElement("div");
  const [record, head] = [new Rounds(), new GanHead(root)];
  return messages.map((message) => {
    record.add(message);
    head.show(record.facts, "open");
    return [root.querySelector("[role=status]").textContent, root.querySelector(".run-aside").textContent];
  });
}

export function a_run_cut_off_with_the_server_says_so_until_it_is_resumed() {
  const cutOff = { events: [STARTED, RUNNING], steps: ROUND, interrupted: true };
  equal(said(cutOff, { events: [] }, { events: [RUNNING] }), [
    ["Interrupted", CLOSED],
    ["Getting ready", ""],
    ["Training", ""],
  ]);
}

export function a_single_step_says_which_network_it_trained() {
  const paused = { event: "status_changed", status: "paused" };
  const both = { step: [3], d_loss: [1.2], g_loss: [0.9], real: [0.5], made: [0.5] };
  equal(said({ events: [STARTED, paused], steps: ROUND }, { events: [], steps: both }), [
    ["Paused", "Just now only G was trained, on one batch."],
    ["Paused", ""],
  ]);
}

export function a_run_that_is_being_stopped_says_that_it_tests() {
  const root = document.createElement("div");
  new Readout(root).show({ status: "stopping" }, "open");
  equal(root.querySelector("[role=status]").textContent, "Testing");
}

export function a_run_that_went_on_elsewhere_says_from_which_round_and_why() {
  const lost = { event: "recovered", step: 1120, why: "A training process was lost; this run went on by itself." };
  const told = said({ events: [STARTED, RUNNING], steps: ROUND }, { events: [lost] });
  equal(told, [["Training", ""], ["Training", `Round 1,120: ${lost.why}`]]);
}

export function an_end_is_not_taken_back_by_news_that_come_late() {
  for (const [event, word] of [["diverged", "Diverged"], ["failed", "Failed"]]) {
    const end = { event, why: "The losses exploded.", cure: "Take a smaller learning rate." };
    equal(said({ events: [STARTED, end, RUNNING] }), [[word, ""]]);
  }
}

export function a_run_of_any_kind_ends_with_its_result() {
  for (const event of ["finished", "gan_finished", "plane_finished", "study_finished"]) {
    equal(said({ events: [STARTED, RUNNING, { event, step: 9, stopped: false }] })[0][0], "Finished");
    equal(said({ events: [STARTED, RUNNING, { event, step: 9, stopped: true }] })[0][0], "Stopped");
  }
}

export function why_a_run_failed_is_said_from_a_template_and_from_an_old_sentence() {
  const title = (why, cure) => {
    const root = document.createElement("div");
    const [record, head] = [new Rounds(), new GanHead(root)];
    record.add({ events: [STARTED, { event: "failed", why, cure }] });
    head.show(record.facts, "open");
    return root.querySelector(".run-status").title;
  };
  const template = { text: "It took {size:,} MB.", values: { size: 5000 } };
  equal(title(template, { text: "Use less." }), "It took 5,000 MB. Use less.");
  equal(title("It took 5 MB.", ""), "It took 5 MB.");
}

export function a_tile_says_what_it_means_when_it_is_pressed_and_not_for_long() {
  const readout = new Readout(document.body.appendChild(document.createElement("div")));
  const [, validation, test] = readout.numbers.querySelectorAll(".run-tile");
  validation.click();
  equal([readout.meaning.hidden, readout.meaning.textContent], [false, validation.title]);
  test.click();
  equal([readout.meaning.hidden, readout.meaning.textContent], [false, test.title]);
  test.click();
  equal(readout.meaning.hidden, true);
}
