// One training process on the Machine page: its figures, its runs in order of their turns, and the bars and lines it uses.

import { append, set, write } from "../lib/component.js";
import { bytes, NONE, number, percent, plural, say, span } from "../lib/text.js";

const STATUS = { starting: say("getting ready"), running: say("training"), paused: say("paused"), testing: say("testing") };
const DEVICES = { cpu: say("Processor"), cuda: say("Graphics card (CUDA)"), mps: say("Graphics chip (MPS)") };
const NEARLY_FULL = 0.9;
export const COLUMNS = [
  [say("Run"), say("Its name, what it does now, and whether somebody watches it. A run that nobody watches gets less.")],
  [say("Share of a core"), say("How much of a processor core it may use at the moment; more than 100 %: of several. It uses less at a slow pace: Cores busy is what is used.")],
  [say("Step"), say("How long one of its steps takes; the others wait for as long.")],
  [say("Waited"), say("Seconds since it had its last turn.")],
];

export class HostCard {
  constructor(parent, number) {
    this.number = number;
    this.root = append(parent, "section", "machine-host");
    const head = append(this.root, "div", "machine-head");
    append(head, "h3", "", say("Process {number}", { number }));
    this.kind = append(head, "span", "machine-tag");
    this.facts = append(this.root, "p", "machine-muted");
    this.trouble = append(this.root, "p", "machine-trouble");
    this.trouble.setAttribute("role", "status");
    const meters = append(this.root, "div", "machine-meters");
    this.memory = new Bar(meters, say("Memory"), say("What the runs in this process take, and what they may take."));
    this.busy = new Bar(meters, say("Cores busy"), say("How many processor cores it kept busy over the last second. Runs at a slow pace use less than the share that is theirs."));
    this.turns = append(this.root, "p", "machine-turns");
    this.buildTable();
    this.rows = new Map();
  }

  buildTable() {
    this.table = append(this.root, "table", "machine-runs");
    append(this.table, "caption", "machine-hint", say("Runs of process {number}", { number: this.number }));
    const row = append(append(this.table, "thead"), "tr");
    for (const [label, why] of COLUMNS) {
      const cell = append(row, "th", "", label);
      cell.scope = "col";
      cell.title = why;
    }
    this.body = append(this.table, "tbody");
  }

  show(host, total) {
    write(this.kind, host.is_heavy ? say("for runs with long steps") : say("ordinary"));
    write(this.facts, facts(host));
    write(this.trouble, say(host.trouble));
    set(this.root, "data-lost", "no");
    const limit = host.memory_limit || total;
    const words = host.memory_limit ? say("{used} of {limit}", { used: bytes(host.memory), limit: bytes(limit) }) : bytes(host.memory);
    const used = limit ? host.memory / limit : 0;
    this.memory.show(used, words, used > NEARLY_FULL);
    this.busy.show(host.cores / Math.max(1, host.threads), cores(host.cores));
    write(this.turns, say(host.turns));
    this.showRuns(host.runs);
  }

  /** The process is gone: its place says so for a while. */
  lose() {
    set(this.root, "data-lost", "yes");
    write(this.trouble, say("This process was lost. Its runs go on elsewhere."));
    write(this.turns, "");
    this.busy.show(0, NONE);
    this.memory.show(0, NONE);
    this.showRuns([]);
  }

  showRuns(runs) {
    this.table.hidden = runs.length === 0;
    const gone = new Set(this.rows.keys());
    const ordered = turned(runs, this.body.firstChild?.dataset.key);
    ordered.forEach((run, place) => {
      if (!this.rows.has(run.key)) this.rows.set(run.key, new Row(this.body, run.key));
      const row = this.rows.get(run.key);
      row.show(run);
      if (this.body.children[place] !== row.root) this.body.insertBefore(row.root, this.body.children[place] ?? null);
      gone.delete(run.key);
    });
    for (const key of gone) {
      this.rows.get(key).root.remove();
      this.rows.delete(key);
    }
  }

  remove() {
    this.root.remove();
  }
}

class Row {
  constructor(body, key) {
    this.root = append(body, "tr");
    this.root.dataset.key = key;
    const head = append(this.root, "th");
    head.scope = "row";
    const line = append(head, "span", "machine-name");
    this.name = append(line, "a");
    this.mine = append(line, "span", "machine-tag machine-mine", say("yours"));
    this.state = append(head, "span", "machine-state");
    this.words = append(this.state, "span");
    this.at = append(this.state, "span", "machine-step");
    const share = append(append(this.root, "td"), "div", "machine-share");
    this.bar = append(append(share, "div", "machine-track"), "i");
    this.share = append(share, "span");
    this.step = append(this.root, "td");
    this.waited = append(this.root, "td");
  }

  show(run) {
    const trains = ["starting", "running", "testing"].includes(run.status);
    write(this.name, run.name || say("Unnamed network"));
    if (run.address) this.name.href = run.address;
    this.mine.hidden = !run.mine;
    write(this.words, state(run));
    write(this.at, run.step ? " · " + say("step {step:,d}", { step: run.step }) : "");
    set(this.root, "data-trains", trains ? "yes" : "no");
    fill(this.bar, run.cores);
    write(this.share, trains ? upTo(run.cores) : NONE);
    write(this.step, span(run.step_seconds));
    write(this.waited, trains ? say("{seconds:.1f} s", { seconds: run.waited }) : NONE);
  }
}

/** What a run may use, which is seldom what it does use. */
function upTo(cores) {
  return cores >= 0.01 ? say("up to {share}", { share: percent(cores) }) : say("under 1 %");
}

/** The runs in order of turns, beginning with the one that stands first on screen: so the rows seldom move. */
function turned(runs, first) {
  const at = Math.max(0, runs.findIndex((run) => run.key === first));
  return [...runs.slice(at), ...runs.slice(0, at)];
}

function facts({ device, threads, process, machine, heard }) {
  const computes = say(
    plural("{device}, {count} thread", "{device}, {count} threads", { count: threads, device: DEVICES[device] ?? device }),
  );
  const id = machine ? say("process id {process} on {machine}", { process, machine }) : say("process id {process}", { process });
  const when = heard < 1.5 ? say("heard just now") : say("heard {seconds:.0f} s ago", { seconds: heard });
  return [computes, id, when].join(" · ");
}

/** What a run does now, what it is, and whether somebody watches it. */
export function state({ kind, status, watchers }) {
  const seen = watchers ? say(plural("{count}\u00a0watching", "{count}\u00a0watching", { count: watchers })) : say("unwatched");
  return [STATUS[status] ?? status, kind, seen].join(" · ");
}

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
    this.values = []; // [time in s, value]
    this.root = append(parent, "svg", "machine-line");
    this.root.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.root.setAttribute("preserveAspectRatio", "none");
    this.root.setAttribute("aria-hidden", "true");
    this.path = append(this.root, "path");
  }

  add(value, most = 0) {
    const now = performance.now() / 1000;
    this.values.push([now, value]);
    while (now - this.values[0][0] > SPAN) this.values.shift();
    const top = Math.max(most, ...this.values.map(([, old]) => old)) || 1;
    const place = ([time, old]) => `${x(now - time)} ${(HEIGHT - 1 - (old / top) * (HEIGHT - 2)).toFixed(1)}`;
    set(this.path, "d", `M${this.values.map(place).join("L")}`);
  }
}

function x(ago) {
  return (WIDTH * (1 - ago / SPAN)).toFixed(1);
}

export function cores(count) {
  return number(count, ".1f");
}
