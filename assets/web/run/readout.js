// The figures above a classifier's curves: its head, and tiles with the current numbers.

import { append, set, write } from "../lib/dom.js";
import { decimal, duration, NONE, percent, rough, whole } from "../lib/format.js";
import { Head } from "./head.js";

const FIGURES = [
  ["epoch", "epoch", "", "One epoch is one pass over all training pictures."],
  ["step", "step", "", "One step is one update of the parameters, from one batch of pictures."],
  ["speed", "", "pictures/s", "Training pictures read in one second, on this machine, right now."],
  ["left", "", "left", "Estimated time until the last epoch is done."],
];
const MEANINGS = {
  running: "The network is learning right now.",
  paused: "The run stands still; Resume goes on from here, a step does one batch.",
  finished: "All epochs are done and the test set was read once.",
  stopped: "Ended early by Stop; the figures are those of the network as it was then.",
  diverged: "The loss exploded, so the run was ended.",
};

export class Readout {
  constructor(parent) {
    this.head = new Head(parent, { figures: FIGURES, unit: "Step", meanings: MEANINGS });

    this.numbers = append(parent, "div", "run-numbers");
    this.loss = tile(this.numbers, "training", "Training loss");
    this.validation = tile(
      this.numbers,
      "validation",
      "Validation accuracy",
      "Share of held-back pictures read correctly; the network never trains on them. 97 % and more is good.",
    );
    this.testAccuracy = tile(
      this.numbers,
      "test",
      "Test accuracy",
      "Share of MNIST's 10,000 test pictures read correctly. Measured once, at the end, so that no choice can lean on it.",
    );
    this.testLoss = tile(this.numbers, "test", "Test loss", "The loss on the 10,000 test pictures, at the end.");
  }

  show(facts, connection) {
    this.head.show(facts, figures(facts), connection);
    write(this.loss, decimal(facts.loss));
    set(
      this.loss.parentElement,
      "title",
      `How wrong the network is on the batches it trains on, as a mean over about ${facts.span} steps. ` +
        "Guessing gives 2.303 with cross-entropy; smaller is better.",
    );
    write(this.validation, facts.validationImages === 0 ? "none" : percent(facts.validationAccuracy / 100, 2));
    write(this.testAccuracy, percent(facts.testAccuracy / 100, 2));
    write(this.testLoss, decimal(facts.testLoss));
  }
}

function figures({ status, epoch, epochs, step, steps, speed, secondsLeft }) {
  return {
    epoch: epochs ? `${epoch} / ${epochs}` : NONE,
    step: steps ? `${whole(step)} / ${whole(steps)}` : NONE,
    speed: speed && status !== "interrupted" ? rough(speed) : NONE,
    left: status === "running" && secondsLeft >= 0 ? duration(secondsLeft) : NONE,
  };
}

function tile(parent, role, label, why = "") {
  const box = append(parent, "div", `run-tile run-${role}`);
  box.title = why;
  append(box, "span", "run-label", label);
  return append(box, "span", "run-number", NONE);
}
