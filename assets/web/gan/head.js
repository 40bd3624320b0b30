// The head over a GAN's run: how it stands, how far it is and how fast. Built once, then only texts change.

import { append, set, write } from "../run/readout.js";
import { duration, icon, NONE, turn, whole } from "./parts.js";

const STATUS = {
  preview: ["Not started", "dot", "G and D know nothing yet. Press Start."],
  starting: ["Getting ready", "dot", "The run waits for its first round."],
  running: ["Training", "play", "Both networks are learning right now."],
  paused: ["Paused", "pause", "The run stands still. Resume goes on from here; Step D and Step G train one of the two."],
  interrupted: ["Interrupted", "pause", "The playground was closed while this run was training. Press Resume to go on."],
  finished: ["Finished", "check", "All rounds are done."],
  stopped: ["Stopped", "stop", "Ended early by Stop; what is shown is what G made then."],
  diverged: ["Diverged", "cross", "The losses exploded, so the run was ended."],
  failed: ["Failed", "cross", "The run could not go on."],
};

export class Head {
  constructor(parent) {
    this.root = append(parent, "div", "studio-head");
    this.status = append(this.root, "span", "studio-status");
    this.icon = icon(this.status, "dot");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.root, "div", "studio-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the run");
    this.filled = append(this.bar, "div", "studio-filled");
    this.round = pace(this.root, "round", "", "In one round first D learns, then G, as many steps as the settings say.");
    this.seconds = pace(this.root, "", "trained", "Time this run was at work, pauses left out.");
    this.speed = pace(this.root, "", "rounds/s", "Rounds in one second, on this machine, right now.");
    this.note = append(this.root, "span", "studio-note");
    this.note.setAttribute("role", "status");
  }

  /** `facts` are those of a record; `connection` is the state of its stream. */
  show({ step, steps, seconds, speed, why, cure, recovered, ...facts }, connection) {
    const status = facts.status in STATUS ? facts.status : "starting";
    const [word, mark, meaning] = STATUS[status];
    write(this.word, word);
    set(this.status, "title", why ? `${why} ${cure}` : meaning);
    turn(this.icon, mark);
    set(this.root, "data-status", status);
    set(this.root, "data-connection", connection);
    const share = steps ? step / steps : 0;
    this.filled.style.transform = `scaleX(${share.toFixed(4)})`;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
    write(this.round, steps ? `${whole(step)} / ${whole(steps)}` : NONE);
    write(this.seconds, seconds === null ? NONE : duration(seconds));
    write(this.speed, status === "running" && speed ? Number(speed.toPrecision(2)).toLocaleString("en") : NONE);
    this.tell(status === "interrupted" ? meaning : recovered ? wentOn(recovered) : "");
  }

  tell(sentence) {
    write(this.note, sentence);
    set(this.note, "title", sentence);
  }
}

function wentOn({ step, why }) {
  return `Round ${whole(step)}: ${why}`;
}

function pace(parent, before, after, why) {
  const box = append(parent, "span", "studio-pace");
  box.title = why;
  if (before) append(box, "span", "", before);
  const value = append(box, "b", "", NONE);
  if (after) append(box, "span", "", after);
  return value;
}

/** A number with its name in one of the tiles beside the picture; as a button it can be asked what it means. */
export function tile(parent, label, why, tag = "div") {
  const box = append(parent, tag, "studio-tile");
  if (tag === "button") box.type = "button";
  box.title = why;
  append(box, "span", "studio-label", label);
  return append(box, "span", "studio-number", NONE);
}
