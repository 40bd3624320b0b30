// What is known of a run of any kind, gathered from its messages: its status, with the word, icon and sentence for it, the
// same on every page; its curves, thinned and smoothed.

import { EVENTS } from "../lib/kinds.js"; // made by ui/api/web.py from the tables of events
import { say } from "../lib/text.js";

const STATUS = {
  preview: [say("Not started"), "dot"],
  starting: [say("Getting ready"), "dot"],
  running: [say("Training"), "play"],
  paused: [say("Paused"), "pause"],
  stopping: [say("Testing"), "stop"],
  interrupted: [say("Interrupted"), "pause"],
  finished: [say("Finished"), "check"],
  stopped: [say("Stopped"), "stop"],
  diverged: [say("Diverged"), "cross"],
  failed: [say("Failed"), "cross"],
};
const MEANING = {
  stopping: say("Training has ended; the last figures are worked out."),
  starting: say("The run waits for its first step."),
  interrupted: say("The playground was closed while this run was training. Press Resume to go on."),
  failed: say("The run could not go on."),
};
const UNDER_WAY = ["starting", "running", "paused"];

/** `{word, mark, meaning}` of a status; `meanings` are those that one kind of run has in other words. */
export function standing(status, meanings = {}) {
  const known = status in STATUS ? status : "starting";
  const [word, mark] = STATUS[known];
  return { status: known, word, mark, meaning: meanings[known] ?? MEANING[known] ?? "" };
}

/** Whether a run of this status goes on, or may. */
export function isUnderWay(status) {
  return UNDER_WAY.includes(status);
}

/** The status in which an event leaves its run; null where it does not end it. */
export function endOf(event) {
  const sort = EVENTS[event.event];
  if (sort === "failure") return event.event;
  return sort === "result" ? (event.stopped ? "stopped" : "finished") : null;
}

/** Why a run failed, then the cure: both as texts of the server, or as whole sentences from an old run. */
export function failure({ why, cure }) {
  return [why, cure].filter(Boolean).map((text) => say(text)).join(" ");
}

export class Record {
  constructor() {
    this.facts = { status: null, step: 0, steps: null };
  }

  /** Whether the run has ended; an event that comes late does not change that. */
  ended = false;

  /** Takes one message. The run's first event says how to read its steps, so it comes before them, all others after. */
  add({ events, steps, interrupted }) {
    const first = ({ event }) => event.endsWith("started");
    if (this.facts.status === "interrupted") this.facts.status = "starting"; // it was resumed
    for (const event of events) if (first(event)) this.take(event);
    if (steps) this.takeSteps(steps);
    for (const event of events) if (!first(event)) this.take(event);
    if (interrupted) this.facts.status = "interrupted";
  }

  take(event) {
    const { facts } = this;
    switch (event.event) {
      case "progress":
        facts.speed = event.steps_per_second;
        facts.secondsLeft = event.seconds_left;
        break;
      case "status_changed":
        if (!this.ended) facts.status = event.status;
        break;
      case "setting_changed":
        if (event.name === "pace") facts.pace = event.value;
        break;
      case "recovered":
        facts.recovered = event;
        break;
    }
    const end = endOf(event);
    if (!end) return;
    this.ended = true;
    facts.status = end;
    if (event.why) Object.assign(facts, { why: event.why, cure: event.cure });
  }
}

const MOST_POINTS = 2000; // of one curve
const MOST_EXTREMES = 4000;

/** `x` and `y` grow in place. Beyond `most` every two points become one; with `extremes` every four become their
 *  lowest and highest, which keeps the outline of a noisy curve. */
export class Curve {
  constructor({ extremes = false } = {}) {
    this.x = [];
    this.y = [];
    this.extremes = extremes;
    this.most = extremes ? MOST_EXTREMES : MOST_POINTS;
    this.stride = 1; // steps that one kept point stands for
    this.waiting = [];
  }

  push(x, y) {
    if (this.stride === 1) {
      this.append(x, y);
    } else {
      this.waiting.push([x, y]);
      if (this.waiting.length === this.stride * (this.extremes ? 2 : 1)) {
        for (const point of this.kept(this.waiting)) this.append(...point);
        this.waiting = [];
      }
    }
    if (this.x.length >= this.most) this.thin();
  }

  /** Add a point, or correct the last one when it stands at the same `x`. */
  put(x, y) {
    if (this.x.at(-1) === x) this.y[this.y.length - 1] = y;
    else this.append(x, y);
  }

  append(x, y) {
    this.x.push(x);
    this.y.push(y);
  }

  thin() {
    const points = this.x.map((x, i) => [x, this.y[i]]);
    const group = this.extremes ? 4 : 2;
    this.x.length = this.y.length = 0;
    for (let i = 0; i < points.length; i += group) {
      for (const point of this.kept(points.slice(i, i + group))) this.append(...point);
    }
    this.stride *= 2;
  }

  kept(points) {
    if (!this.extremes) return [points.at(-1)];
    let low = points[0];
    let high = points[0];
    for (const point of points) {
      if (point[1] < low[1]) low = point;
      if (point[1] > high[1]) high = point;
    }
    return low[0] === high[0] ? [low] : low[0] < high[0] ? [low, high] : [high, low];
  }
}

/** Exponential moving mean over about `span` values; over fewer at the beginning, where much changes at once. */
export class Smoothed {
  constructor(span) {
    this.span = span;
    this.count = 0;
    this.value = null;
  }

  next(value) {
    if (!Number.isFinite(value)) return this.value;
    this.count += 1;
    const share = Math.max(1 / this.span, 1 / (1 + this.count / 4));
    this.value = this.value === null ? value : this.value + share * (value - this.value);
    return this.value;
  }
}
