// The figures of a GAN's run: status, progress, pace, and how good its pictures are. Built once, then only texts change.

import { append, set, write } from "./run_readout.js";
import { duration, icon, NONE, percent, turn, whole } from "./gan_parts.js";

const STATUS = {
  starting: ["Getting ready", "dot", "The run waits for its first round."],
  running: ["Training", "play", "Both networks are learning right now."],
  paused: ["Paused", "pause", "The run stands still. Resume goes on from here; Step D and Step G train one of the two."],
  finished: ["Finished", "check", "All rounds are done."],
  stopped: ["Stopped", "stop", "Ended early by Stop; the pictures are those of the generator as it was then."],
  diverged: ["Diverged", "cross", "The losses exploded, so the run was ended."],
  failed: ["Failed", "cross", "The run could not go on."],
};

export class Readout {
  constructor(parent) {
    this.head = append(parent, "div", "studio-head");
    this.status = append(this.head, "span", "studio-status");
    this.icon = icon(this.status, "dot");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.head, "div", "studio-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the run");
    this.filled = append(this.bar, "div", "studio-filled");
    this.round = pace(this.head, "round", "", "In one round first D learns, then G, as many steps as the settings say.");
    this.seconds = pace(this.head, "", "trained", "Time this run was at work, pauses left out.");
    this.speed = pace(this.head, "", "rounds/s", "Rounds in one second, on this machine, right now.");
  }

  /** The tiles stand elsewhere on the page than the head; `explain(sentence)` is called when one is pressed. */
  addTiles(parent, explain) {
    this.tiles = append(parent, "div", "studio-tiles");
    this.tiles.addEventListener("click", (event) => {
      const tile = event.target.closest(".studio-tile");
      if (tile) explain(tile.title);
    });
    this.distance = tile(this.tiles, "Distance", "");
    this.covered = tile(this.tiles, "Digits covered", "How many of the ten digits are drawn at least one time in a hundred.");
    this.cells = append(this.covered.parentElement, "div", "studio-cells");
    for (let digit = 0; digit < 10; digit++) append(this.cells, "i", "", String(digit));
    this.agreement = tile(
      this.tiles,
      "Drawn as asked",
      "Of the digits that G was asked for, how many a classifier reads as that digit. 95 % and more is good.",
    );
    this.variety = tile(
      this.tiles,
      "Variety",
      "How different the pictures of one digit are, beside real ones: 100 % is as varied as MNIST, near 0 is always the same picture.",
    );
  }

  show(record, connection) {
    const { facts } = record;
    const [word, mark, why] = STATUS[facts.status] ?? STATUS.starting;
    write(this.word, word);
    set(this.status, "title", why);
    turn(this.icon, mark);
    set(this.head, "data-status", facts.status ?? "starting");
    set(this.head, "data-connection", connection);
    const share = facts.steps ? facts.step / facts.steps : 0;
    this.filled.style.transform = `scaleX(${share.toFixed(4)})`;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
    write(this.round, facts.steps ? `${whole(facts.step)} / ${whole(facts.steps)}` : NONE);
    write(this.seconds, facts.seconds === null ? NONE : duration(facts.seconds));
    write(this.speed, facts.status === "running" && facts.speed ? String(Number(facts.speed.toPrecision(2))) : NONE);
    this.showQuality(facts);
  }

  showQuality({ quality, started }) {
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

function pace(parent, before, after, why) {
  const box = append(parent, "span", "studio-pace");
  box.title = why;
  if (before) append(box, "span", "", before);
  const value = append(box, "b", "", NONE);
  if (after) append(box, "span", "", after);
  return value;
}

function tile(parent, label, why) {
  const box = append(parent, "button", "studio-tile");
  box.type = "button";
  box.title = why;
  append(box, "span", "studio-label", label);
  return append(box, "span", "studio-number", NONE);
}
