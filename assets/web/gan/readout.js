// The figures of a run of two networks: its head, the tiles that say how good its pictures are, its health.

import { append, button, icon, set, turn, write } from "../lib/component.js";
import { duration, NONE, number, percent, rough, say, whole } from "../lib/text.js";
import { failure } from "../run/record.js";
import { Head } from "../run/readout.js";
import { NOISE, SPOKEN } from "./record.js";

const FIGURES = [
  ["round", say("round"), "", say("In one round first D learns, then G, as many steps as the settings say.")],
  ["seconds", "", say("trained"), say("Time this run was at work, pauses left out.")],
  ["speed", "", say("rounds/s"), say("Rounds in one second, on this machine, right now.")],
];
const MEANINGS = {
  preview: say("G and D know nothing yet. Press Start."),
  starting: say("The run waits for its first round."),
  running: say("Both networks are learning right now."),
  paused: say("The run is paused. Resume goes on from here; Step D and Step G train one of the two."),
  finished: say("All rounds are done."),
  stopped: say("Ended early by Stop; the pictures are what G generated then."),
  diverged: say("The losses exploded, so the run was ended."),
};

const ONLY = {
  D: say("Just now only D was trained, on one batch."),
  G: say("Just now only G was trained, on one batch."),
};

export class GanHead {
  constructor(parent) {
    const resumed = ({ step, why }) => say("Round {step:,d}: {why}", { step, why: say(why) });
    this.head = new Head(append(parent, "div", "studio-head"), { figures: FIGURES, resumed, meanings: MEANINGS });
  }

  show(facts, connection) {
    const { step, steps, seconds, speed, status } = facts;
    const values = {
      round: steps ? `${whole(step)} / ${whole(steps)}` : NONE,
      seconds: seconds === null ? NONE : duration(seconds),
      speed: status === "running" && speed ? rough(speed) : NONE,
    };
    this.head.show(facts, values, connection, status === "paused" ? ONLY[facts.only] : "");
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
    this.distance = tile(this.tiles, say("Fréchet distance"), "", "button");
    this.covered = tile(
      this.tiles,
      say("Modes covered"),
      say("How many of the ten digits are drawn at least one time in a hundred."),
      "button",
    );
    this.cells = append(this.covered.parentElement, "div", "studio-cells");
    for (let digit = 0; digit < 10; digit++) append(this.cells, "i", "", String(digit));
    this.agreement = tile(
      this.tiles,
      say("Matches its label"),
      say("Of the digits that G was asked for, how many a classifier reads as that digit. 95 % and more is good."),
      "button",
    );
    this.variety = tile(
      this.tiles,
      say("Variety (real: 100 %)"),
      say("How different the pictures of one digit are: 100 % is as varied as MNIST, more is more varied, near 0 is always the same picture."),
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
      real
        ? say(
            "Fréchet distance of generated pictures from real ones, by what a digit classifier sees in them. " +
              "Pure noise is at {noise:,}, readable from about 25, clean from 12; real pictures score {real:.0f}.",
            { noise: NOISE, real },
          )
        : say(
            "Fréchet distance of generated pictures from real ones, by what a digit classifier sees in them. " +
              "Pure noise is at {noise:,}, readable from about 25, clean from 12.",
            { noise: NOISE },
          ),
    );
    write(this.covered, quality ? `${quality.digits_covered} / 10` : NONE);
    write(this.agreement, quality ? percent(quality.agreement ?? NaN) : NONE);
    write(this.variety, quality ? percent(quality.variety) : NONE);
    const shares = quality?.shares ?? [];
    this.cells.childNodes.forEach((cell, digit) => {
      const share = shares[digit] ?? 0;
      set(cell, "data-covered", share >= 0.01 ? "yes" : "no");
      set(cell, "title", say("{digit}: {percent} of the generated pictures", { digit, percent: percent(share) }));
    });
  }
}

function distance(value) {
  return value >= 100 ? whole(value) : number(value, ".1f");
}

const EXPLAINED = 8000; // ms that another sentence stands here
const EARLY = say("Too early to say how the game between G and D stands.");

/** How the game stands, in one sentence with its number, and the button that cures it. Its place is always kept. */
export class Health {
  /** `cure(step)` is called when the visitor takes the cure that was offered at round `step`. */
  constructor(parent, cure) {
    this.root = append(parent, "div", "studio-health");
    this.mark = icon(this.root, "check");
    this.words = append(this.root, "span", "studio-why");
    this.words.setAttribute("role", "status");
    this.remedy = button(this.root, {
      label: "", why: "", does: () => this.take(cure),
      kind: "studio-button studio-cure",
    });
  }

  take(cure) {
    this.taken = this.told;
    this.remedy.style.visibility = "hidden";
    cure(this.told.step);
  }

  /** Say something else for a while, in the same place. */
  explain(sentence) {
    clearTimeout(this.explaining);
    this.explained = sentence;
    write(this.words, sentence);
    set(this.root, "data-state", "explaining");
    turn(this.mark, "info");
    this.explaining = setTimeout(() => {
      this.explained = null;
      this.show(...this.last);
    }, EXPLAINED);
  }

  show(record, { mine }) {
    this.last = [record, { mine }];
    if (this.explained) return;
    const { facts, health } = record;
    const broken = facts.why && health?.state !== "diverged" ? { state: facts.status, why: failure(facts), changes: {} } : null;
    const told = (this.told = broken ?? health ?? { state: "healthy", why: EARLY, changes: {} });
    const well = told.state === "healthy";
    set(this.root, "data-state", told.state);
    const early = told.state === "alike" || !(health || broken);
    turn(this.mark, early ? "dot" : well ? "check" : "warn");
    const why = say(told.why);
    write(this.words, why);
    set(this.words, "title", why);
    const offered = !well && Boolean(told.cure) && told !== this.taken && (!told.live || (mine && !record.ended));
    this.remedy.style.visibility = offered ? "visible" : "hidden";
    this.remedy.style.display = told.cure && !well ? "" : "none";
    write(this.remedy.label, say(told.cure));
    const each = Object.entries(told.changes).map(([name, value]) => `${SPOKEN[name] ?? name.replaceAll("_", " ")} ${short(value)}`);
    const changes = each.join(", ");
    const how = told.live ? say("Changes it while it trains: {changes}.", { changes }) : say("Starts again with: {changes}.", { changes });
    set(this.remedy, "title", how);
  }
}

function short(value) {
  return typeof value === "number" ? number(Number(value.toPrecision(3))) : value;
}
