// Small parts of the Machine page: figures with names and units, bars, and the line of the last two minutes.

import { append, set, write } from "../lib/dom.js";
import { NONE } from "../lib/format.js";

const SPAN = 120; // s that a line shows
const [WIDTH, HEIGHT] = [120, 24];

/** A named figure; `why` explains it. Returns the node of its value. */
export function figure(parent, label, why) {
  const box = append(parent, "div", "machine-figure");
  box.title = why;
  append(box, "dt", "", label);
  return append(box, "dd", "", NONE);
}

/** A bar with a name and its words, for screen readers too. */
export class Bar {
  constructor(parent, label, why = "") {
    this.root = append(parent, "div", "machine-meter");
    this.root.title = why;
    append(this.root, "span", "machine-muted", label);
    this.track = append(this.root, "div", "machine-track");
    this.track.setAttribute("role", "meter");
    this.track.setAttribute("aria-label", label);
    this.filled = append(this.track, "i");
    this.words = append(this.root, "span", "machine-words", NONE);
  }

  /** `isFull`: there is nothing left, which is bad. */
  show(part, words, isFull = false) {
    fill(this.filled, part);
    set(this.track, "aria-valuenow", String(Math.round(100 * part)));
    set(this.track, "aria-valuetext", words);
    set(this.track, "data-full", isFull ? "yes" : "no");
    write(this.words, words);
  }
}

export function fill(bar, part) {
  const width = `${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}%`;
  if (bar.style.width !== width) bar.style.width = width;
}

/** A figure as it was over the last two minutes, from nothing to the largest, or to `most`. */
export class Line {
  constructor(parent) {
    this.past = []; // [time in s, value]
    this.root = append(parent, "svg", "machine-line");
    this.root.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.root.setAttribute("preserveAspectRatio", "none");
    this.root.setAttribute("aria-hidden", "true");
    this.path = append(this.root, "path");
  }

  add(value, most = 0) {
    const now = performance.now() / 1000;
    this.past.push([now, value]);
    while (now - this.past[0][0] > SPAN) this.past.shift();
    const top = Math.max(most, ...this.past.map(([, past]) => past)) || 1;
    const place = ([time, past]) => `${x(now - time)} ${(HEIGHT - 1 - (past / top) * (HEIGHT - 2)).toFixed(1)}`;
    set(this.path, "d", `M${this.past.map(place).join("L")}`);
  }
}

function x(ago) {
  return (WIDTH * (1 - ago / SPAN)).toFixed(1);
}

export function cores(count) {
  return count.toFixed(1);
}

const PATIENCE = 8000; // ms for an answer

/** Calls `onAnswer(json)` about every `every` ms; `onGone()` whenever the server does not answer. `onAnswer` may return
 *  true to end it. Begins at once. */
export class Poll {
  constructor(path, every, { onAnswer, onGone = () => {} }) {
    Object.assign(this, { path, every, onAnswer, onGone });
    this.looked = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.looked);
    this.ask();
  }

  async ask() {
    if (this.asking || this.closed) return;
    clearTimeout(this.timer);
    this.asking = true;
    const answer = await this.fetched();
    this.asking = false;
    if (this.closed) return;
    if (answer === null) this.onGone();
    else if (this.onAnswer(answer)) this.close();
    if (!this.closed && !document.hidden) this.timer = setTimeout(() => this.ask(), this.every);
  }

  /** The answer, or null where there was none that can be used. */
  async fetched() {
    try {
      const response = await fetch(this.path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.looked);
  }
}
