// One training process on the Machine page: what it has and uses, and its runs in order of their turns.

import { append, set, write } from "../lib/dom.js";
import { bytes, NONE, percent, span } from "../lib/format.js";
import { Bar, cores, fill } from "./parts.js";

const KINDS = { classifier: "classifier", gan: "GAN", plane: "GAN in 2D", study: "study" };
const STATUS = { starting: "getting ready", running: "training", paused: "paused" };
const DEVICES = { cpu: "Processor", cuda: "Graphics card (CUDA)", mps: "Graphics chip (MPS)" };
const NEARLY_FULL = 0.9;
export const COLUMNS = [
  ["Run", "Its name, what it does now, and whether somebody looks at it. What nobody looks at gets less."],
  ["Share of a core", "How much of a processor core it is given at the moment. More than 100 %: it uses several."],
  ["Step", "How long one of its steps takes; the others wait for as long."],
  ["Waited", "Seconds since it had its last turn."],
];

export class HostCard {
  constructor(parent, number) {
    this.number = number;
    this.root = append(parent, "section", "machine-host");
    const head = append(this.root, "div", "machine-head");
    append(head, "h3", "", `Process ${number}`);
    this.kind = append(head, "span", "machine-tag");
    this.facts = append(this.root, "p", "machine-muted");
    this.trouble = append(this.root, "p", "machine-trouble");
    this.trouble.setAttribute("role", "status");
    const meters = append(this.root, "div", "machine-meters");
    this.memory = new Bar(meters, "Memory", "What the runs in this process take, and what they may take.");
    this.busy = new Bar(meters, "Cores busy", "How many processor cores it kept busy over the last second.");
    this.turns = append(this.root, "p", "machine-turns");
    this.buildTable();
    this.rows = new Map();
  }

  buildTable() {
    this.table = append(this.root, "table", "machine-runs");
    append(this.table, "caption", "machine-hint", `Runs of process ${this.number}`);
    const row = append(append(this.table, "thead"), "tr");
    for (const [label, why] of COLUMNS) {
      const cell = append(row, "th", "", label);
      cell.scope = "col";
      cell.title = why;
    }
    this.body = append(this.table, "tbody");
  }

  show(host, total) {
    write(this.kind, host.is_heavy ? "for runs with long steps" : "ordinary");
    write(this.facts, facts(host));
    write(this.trouble, host.trouble);
    set(this.root, "data-lost", "no");
    const limit = host.memory_limit || total;
    const words = host.memory_limit ? `${bytes(host.memory)} of ${bytes(limit)}` : bytes(host.memory);
    const used = limit ? host.memory / limit : 0;
    this.memory.show(used, words, used > NEARLY_FULL);
    this.busy.show(host.cores / Math.max(1, host.threads), cores(host.cores));
    write(this.turns, host.turns);
    this.showRuns(host.runs);
  }

  /** The process is gone: say so for a while in its place. */
  lose() {
    set(this.root, "data-lost", "yes");
    write(this.trouble, "This process was lost. Its runs go on elsewhere.");
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
    this.name = append(line, "b");
    this.mine = append(line, "span", "machine-tag machine-mine", "yours");
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
    const trains = run.status === "starting" || run.status === "running";
    write(this.name, run.name || "Unnamed network");
    this.mine.hidden = !run.mine;
    write(this.words, state(run));
    write(this.at, run.step ? ` · step ${run.step.toLocaleString("en")}` : "");
    set(this.root, "data-trains", trains ? "yes" : "no");
    fill(this.bar, run.cores);
    write(this.share, trains ? (run.cores >= 0.01 ? percent(run.cores) : "under 1 %") : NONE);
    write(this.step, span(run.step_seconds));
    write(this.waited, trains ? `${run.waited.toFixed(1)} s` : NONE);
  }
}

/** In order of turns the list begins anew with every turn: let it begin with the run that stands first on screen. */
function turned(runs, first) {
  const at = Math.max(0, runs.findIndex((run) => run.key === first));
  return [...runs.slice(at), ...runs.slice(0, at)];
}

function facts({ device, threads, process, machine, heard }) {
  const computes = `${DEVICES[device] ?? device}, ${threads} thread${threads === 1 ? "" : "s"}`;
  const where = `process id ${process}${machine ? ` on ${machine}` : ""}`;
  return `${computes} · ${where} · heard ${heard < 1.5 ? "just now" : `${heard.toFixed(0)} s ago`}`;
}

function state({ kind, status, watchers }) {
  return [STATUS[status] ?? status, KINDS[kind] ?? kind, watchers ? `${watchers}\u00a0watching` : "unwatched"].join(" · ");
}
