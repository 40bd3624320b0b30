// The figures of a run of two networks: its head, and the tiles that say how good its pictures are.

import { append, set, write } from "../lib/dom.js";
import { duration, NONE, percent, rough, whole } from "../lib/format.js";
import { Head } from "../run/head.js";

const FIGURES = [
  ["round", "round", "", "In one round first D learns, then G, as many steps as the settings say."],
  ["seconds", "", "trained", "Time this run was at work, pauses left out."],
  ["speed", "", "rounds/s", "Rounds in one second, on this machine, right now."],
];
const MEANINGS = {
  preview: "G and D know nothing yet. Press Start.",
  starting: "The run waits for its first round.",
  running: "Both networks are learning right now.",
  paused: "The run stands still. Resume goes on from here; Step D and Step G train one of the two.",
  finished: "All rounds are done.",
  stopped: "Ended early by Stop; what is shown is what G made then.",
  diverged: "The losses exploded, so the run was ended.",
};

export class GanHead {
  constructor(parent) {
    this.head = new Head(parent, { figures: FIGURES, unit: "Round", meanings: MEANINGS });
  }

  show(facts, connection) {
    const { step, steps, seconds, speed, status } = facts;
    const values = {
      round: steps ? `${whole(step)} / ${whole(steps)}` : NONE,
      seconds: seconds === null ? NONE : duration(seconds),
      speed: status === "running" && speed ? rough(speed) : NONE,
    };
    this.head.show(facts, values, connection);
  }
}

/** A number with its name in one of the tiles beside the picture; as a button it can be asked what it means. */
export function tile(parent, label, why, tag = "div") {
  const box = append(parent, tag, "studio-tile");
  if (tag === "button") box.type = "button";
  box.title = why;
  append(box, "span", "studio-label", label);
  return append(box, "span", "studio-number", NONE);
}

export class Readout {
  constructor(parent) {
    this.head = new GanHead(parent);
  }

  /** The tiles stand elsewhere on the page than the head; `explain(sentence)` is called when one is pressed. */
  addTiles(parent, explain) {
    this.tiles = append(parent, "div", "studio-tiles");
    this.tiles.addEventListener("click", (event) => {
      const pressed = event.target.closest(".studio-tile");
      if (pressed) explain(pressed.title);
    });
    this.distance = tile(this.tiles, "Distance", "", "button");
    this.covered = tile(this.tiles, "Digits covered", "How many of the ten digits are drawn at least one time in a hundred.", "button");
    this.cells = append(this.covered.parentElement, "div", "studio-cells");
    for (let digit = 0; digit < 10; digit++) append(this.cells, "i", "", String(digit));
    this.agreement = tile(
      this.tiles,
      "Drawn as asked",
      "Of the digits that G was asked for, how many a classifier reads as that digit. 95 % and more is good.",
      "button",
    );
    this.variety = tile(
      this.tiles,
      "Variety",
      "How different the pictures of one digit are, beside real ones: 100 % is as varied as MNIST, near 0 is always the same picture.",
      "button",
    );
  }

  show({ facts, started }, connection) {
    this.head.show(facts, connection);
    const { quality } = facts;
    const real = started?.real_distance;
    write(this.distance, quality ? distance(quality.distance) : NONE);
    set(
      this.distance.parentElement,
      "title",
      "Fréchet distance of made pictures from real ones, by what a digit classifier sees in them. " +
        `Pure noise is at 1,046, readable from about 25, clean from 12${real ? `; real pictures score ${real.toFixed(0)}` : ""}.`,
    );
    write(this.covered, quality ? `${quality.digits_covered} / 10` : NONE);
    write(this.agreement, quality ? percent(quality.agreement ?? NaN) : NONE);
    write(this.variety, quality ? percent(quality.variety) : NONE);
    const shares = quality?.shares ?? [];
    this.cells.childNodes.forEach((cell, digit) => {
      const share = shares[digit] ?? 0;
      set(cell, "data-covered", share >= 0.01 ? "yes" : "no");
      set(cell, "title", `${digit}: ${percent(share)} of the made pictures`);
    });
  }
}

function distance(value) {
  return value >= 100 ? whole(value) : value.toFixed(1);
}
