// The head over a run of two networks, on digits or in the plane, and the tiles beside it.

import { append } from "../lib/dom.js";
import { duration, NONE, rough, whole } from "../lib/format.js";
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
